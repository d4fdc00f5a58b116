"""What every view is made of: the project's own words, links, banners, titles, figures. No HTML here.

`str` is text from the data, `Own` the project's own words and numbers: only these may stand in an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from football_assets.published.freshness import Freshness
from football_assets.published.notices import Notice
from football_assets.scoreboard.address import VIEWS, Address


class Own(str):
    """Text of the project's own making. It is escaped like any other, and not isolated."""

    __slots__ = ()


EMPTY = Own("")


@dataclass(frozen=True)
class View:
    """Something that is shown; `template` is the file that shows it, its fields are the template's names."""

    template: ClassVar[str]


@dataclass(frozen=True)
class Link:
    """A link; `here` marks the one where we are."""

    label: Own
    address: Own
    here: bool = False


@dataclass(frozen=True)
class Header(View):
    """The page's name and its views."""

    template = "header.html"
    home: Own
    links: Sequence[Link]


@dataclass(frozen=True)
class Links(View):
    """A choice of links in a row, under a name that is read out."""

    template = "links.html"
    name: Own
    links: Sequence[Link]


@dataclass(frozen=True)
class Status(View):
    """How old the data are, and whether that will do (fresh, late, dead)."""

    template = "status.html"
    said: Own
    state: Own
    more: Sequence[Own]


@dataclass(frozen=True)
class Banner(View):
    """What a reader must know."""

    template = "banner.html"
    kind: Own
    text: str


@dataclass(frozen=True)
class Nothing(View):
    """Said in the place of something that is not there."""

    template = "nothing.html"
    text: Own


@dataclass(frozen=True)
class Heading(View):
    """The first heading of a view, with a note (none where it is empty)."""

    template = "heading.html"
    text: Own
    note: str = ""


@dataclass(frozen=True)
class Title(View):
    """A heading of a part of a view, with a note (none where it is empty)."""

    template = "title.html"
    text: Own
    note: str = ""


@dataclass(frozen=True)
class Said:
    """A line of commentary or of an error, with its minute or time."""

    when: str
    text: str


@dataclass(frozen=True)
class Lines(View):
    """Lines of text, each with its minute or time. With a `summary` they are folded under it."""

    template = "lines.html"
    lines: Sequence[Said]
    kind: Own = EMPTY
    summary: Own = EMPTY


@dataclass(frozen=True)
class Figure:
    """A value, and what it is measured against."""

    label: Own
    value: Own
    note: Own = EMPTY
    bad: bool = False


@dataclass(frozen=True)
class Figures(View):
    """A row of figures."""

    template = "figures.html"
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Cell:
    """A value in a column of a table."""

    kind: Own
    value: str


@dataclass(frozen=True)
class Line:
    """A row of a table; `kind` is its look."""

    kind: Own
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table(View):
    """A table under a caption that is read out. With a `summary` it is folded under it."""

    template = "table.html"
    caption: Own
    columns: Sequence[Cell]
    rows: Sequence[Line]
    summary: Own = EMPTY


def header(address: Address) -> Header:
    """The page's name and its views, the search and the filters kept."""
    links = [
        Link(
            Own(view.capitalize()),
            Own(address.view_link(view)),
            here=not address.match and view == address.view,
        )
        for view in VIEWS
    ]
    return Header(Own(Address(odds=address.odds).link()), links)


def status(said: str, state: Freshness, more: Sequence[str] = ()) -> Status:
    """The line that tells how old the data are."""
    return Status(Own(said[:1].upper() + said[1:]), Own(state.word), [Own(part) for part in more])


def banners(said: Iterable[Notice]) -> list[Banner]:
    """What a reader must know, one banner each."""
    return [Banner(Own(notice.kind), Own(notice.text)) for notice in said]
