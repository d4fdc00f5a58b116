"""Reading changes from the published file, a page at a time.

The changes of an edition are those from the edition before it to this one. Any later edition gives them
again, in the same order, so that a position among them stays valid:

- All that a transaction of the pipeline stores bears one moment, and each edition a later one. So an edition
  shows the rows with `seen_at` up to its `published_at`, and no row of that time comes later.
- A row that was replaced stays, with the moment at which that was so.

What changed in a match is worked out in `play` and `incidents`, the prices in `sql/price_changes.sql`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from football_assets.follow.book import BEGINNING, Book, Newest, Row
from football_assets.follow.change import Change, Event, Match
from football_assets.follow.incidents import incident_events
from football_assets.follow.play import listing_events, state_events
from football_assets.follow.position import Position
from football_assets.follow.wanted import Wanted
from football_assets.published.reading import FileVersion, reading
from football_assets.tables.odds import OddsTick

#: At most so many changes of prices are in a page, and so many editions looked at together.
PAGE_CHANGES = 5_000
PAGE_EDITIONS = 500

_TICK = tuple(name for name in OddsTick.table.column_names if name not in ("match_id", "seen_at"))
_RANKS = {"entered": 0, "state": 1, "score": 2, "numbers": 3, "left": 5}
_INCIDENT_RANK = 4

Placed = tuple[Position, Event]


@dataclass(frozen=True)
class Page:
    """Some changes in their order, and the position after them and all that was not wanted among them.
    `is_last` tells that the file, which `file` is, holds no more."""

    changes: list[Change]
    end: Position
    is_last: bool
    file: FileVersion | None


def newest(path: Path) -> Newest:
    """The newest edition of the file. Raises `NotPublished` or `Unreadable`."""
    with reading(path) as source:
        return Book(source).newest


def resolve(path: Path, since: Position | datetime) -> Position:
    """The position that is meant: of a time, after the newest edition not later.

    Raises `BadPosition` where the file does not hold what comes after it, `NotPublished` or `Unreadable`.
    """
    with reading(path) as source:
        book = Book(source)
        if isinstance(since, datetime):
            return book.position_of(since)
        book.check(since)
        return since


def read_page(path: Path, after: Position, wanted: Wanted, *, most: int = PAGE_CHANGES) -> Page:
    """The changes after a position, as far as they are wanted; of prices at most so many.

    Raises as `resolve`.
    """
    with closing(read_pages(path, after, wanted, most=most)) as pages:
        return next(pages)


def read_pages(
    path: Path, after: Position, wanted: Wanted, *, most: int = PAGE_CHANGES
) -> Generator[Page, None, None]:
    """All that the file holds after a position, a page after the other. It stays open meanwhile.

    Raises as `resolve`.
    """
    with reading(path) as source:
        book = Book(source)
        book.check(after)
        page = Page([], after, after == book.newest.position, book.file)
        if page.is_last:
            yield page
        while not page.is_last:
            first = max(page.end.whole, 0)
            span = _Span(book, first, min(book.newest.edition, first + PAGE_EDITIONS), wanted)
            while page.end != span.end:
                page = span.page(page.end, most)
                yield page


class _Span:
    """What changed after one edition, up to another, as far as it is wanted."""

    def __init__(self, book: Book, first: int, last: int, wanted: Wanted) -> None:
        self._book = book
        self._wanted = wanted
        self._published = book.editions(first, last)
        self._since = self._published.pop(first, BEGINNING)
        self._until = self._published[last]
        self._events = list(_placed(sorted(self._moved_play(), key=_order)))
        self._others = Counter(event.edition for _, event in self._events)
        self._filters = self._price_filters()
        self.end = Position(last)

    def page(self, after: Position, most: int) -> Page:
        """The changes after a position, with at most so many of prices."""
        edition = after.whole + 1
        told = max(after.told - self._others[edition], 0)
        prices = self._prices(edition, told, most + 1)
        end = self.end
        if len(prices) > most:
            del prices[most:]
            cut: int = prices[-1]["edition"]
            end = Position(cut, self._others[cut] + prices[-1]["number"])
        placed = [*self._events, *(_price(row, self._others[row["edition"]]) for row in prices)]
        told_now = [one for one in placed if _is_after(one[0], after) and not _is_after(one[0], end)]
        return Page(self._named(told_now), end, end == self._book.newest.position, self._book.file)

    def _moved_play(self) -> Iterator[Event]:
        """What changed in the live list."""
        yield from listing_events(self._moved("followed_spells"))
        yield from state_events(self._moved("followed_states"))
        yield from incident_events(self._moved("followed_incidents"))

    def _moved(self, followed: str) -> list[Row]:
        return [
            row | {"came": self._edition_of(row["seen_at"]), "went": self._edition_of(row["replaced_at"])}
            for row in self._book.rows("moved_rows", followed=followed, since=self._since, until=self._until)
        ]

    def _edition_of(self, moment: datetime | None) -> int | None:
        """The first of these editions that is not before the moment; None where it is of another time."""
        if moment is None or not self._since < moment <= self._until:
            return None
        return list(self._published)[bisect_left(list(self._published.values()), moment)]

    def _price_filters(self) -> dict[str, Any]:
        """Work out the changes of prices where any are wanted; gives which are."""
        wanted = self._wanted
        if not wanted.price_kinds:
            return {}
        span = {"since": self._since, "until": self._until}
        self._book.run("price_of")
        self._book.run("moved_ticks", **span)
        self._book.run("price_changes", **span)
        return {
            "kinds": wanted.price_kinds,
            "markets": list(wanted.markets) or None,
            "companies": list(wanted.companies) or None,
            "matches": self._matches(),
        }

    def _prices(self, edition: int, told: int, most: int) -> list[Row]:
        """The changes of prices after the number `told` of an edition."""
        if not self._filters:
            return []
        return self._book.rows("price_page", **self._filters, edition=edition, told=told, most=most)

    def _matches(self) -> list[str] | None:
        """Those of the matches with moved ticks that are wanted; None for all."""
        if self._wanted.any_match:
            return None
        found = self._book.connection.execute("SELECT DISTINCT match_id FROM moved_ticks").fetchall()
        names = self._names(row[0] for row in found)
        return [match.match_id for match in names.values() if self._wanted.fits_match(match)]

    def _named(self, placed: list[Placed]) -> list[Change]:
        names = self._names(event.match_id for _, event in placed)
        published = self._published
        made = (
            Change(place, published[event.edition], names[event.match_id], event) for place, event in placed
        )
        fitting = (change for change in made if self._wanted.fits(change))
        return sorted(fitting, key=lambda change: change.position)

    def _names(self, match_ids: Iterable[str]) -> dict[str, Match]:
        ids = sorted(set(match_ids))
        rows = self._book.rows("names", matches=ids) if ids else []
        found = {row["match_id"]: Match(**row) for row in rows}
        return {id_: found.get(id_) or Match(id_) for id_ in ids}


def _order(event: Event) -> tuple[Any, ...]:
    """By edition, then match; of each match what is told first."""
    rank = _RANKS.get(event.change if event.kind == "listing" else event.kind, _INCIDENT_RANK)
    sequence = event.values.get("sequence", 0)
    return event.edition, event.match_id, rank, sequence, event.change != "withdrawn"


def _placed(events: Iterable[Event]) -> Iterator[Placed]:
    counts: Counter[int] = Counter()
    for event in events:
        counts[event.edition] += 1
        yield Position(event.edition, counts[event.edition]), event


def _price(row: Row, others: int) -> Placed:
    values = {name: row[name] for name in _TICK}
    if row["change"] == "withdrawn":
        values["stands"] = row["stands"]
    told = (row["edition"], row["match_id"], row["kind"], row["change"], row["known_at"])
    return Position(row["edition"], others + row["number"]), Event(*told, values, row["before"])


def _is_after(position: Position, other: Position) -> bool:
    if position.edition != other.edition or other.place is None or position.place is None:
        return position.edition > other.edition
    return position.place > other.place
