"""What an address of the page asks for: each state of it has one, so that it can be sent and kept.
Nothing is drawn here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

#: The page's views, in the order of its navigation. A match's view is `match=ID`, without a name.
VIEWS = ("live", "coming", "finished", "pipeline")

SORTS = ("competition", "kickoff", "goals")

#: Hours of cycles that the view of the pipeline shows.
PERIODS = (1, 6, 24)

_LONGEST = 100

#: An id that can stand in an attribute, a cookie and a key: all of TheSports' do.
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MOST_FAVOURITES = 100


@dataclass(frozen=True)
class Address:
    """A state of the page, as the query of its address says it. What is not allowed there is left out."""

    view: str = "live"
    match: str = ""
    odds: str = ""
    q: str = ""
    country: str = ""
    competition: str = ""
    favourites: str = ""
    sort: str = "competition"
    folded: str = ""
    day: str = ""
    company: str = ""
    span: str = ""
    hours: str = "1"

    @property
    def american(self) -> bool:
        """Whether prices are shown as American odds."""
        return self.odds == "american"

    def link(self, **changes: str) -> str:
        """The address of this state with changes, relative to the page."""
        changed = replace(self, **changes)
        given = {
            field.name: getattr(changed, field.name)
            for field in fields(changed)
            if getattr(changed, field.name) != field.default
        }
        return f"./?{urlencode(given)}" if given else "./"

    def view_link(self, view: str) -> str:
        """The address of another view. Odds, search and filters go along."""
        return Address(
            odds=self.odds, q=self.q, country=self.country, competition=self.competition,
            favourites=self.favourites,
        ).link(view=view)  # fmt: skip

    def match_link(self, match_id: str) -> str:
        """The address of a match; the way back keeps search and filters."""
        return self.link(match=match_id, company="", span="")


def read_address(query: Mapping[str, str]) -> Address:
    """The state that a query asks for. Values that are not allowed count as not given."""
    given = {field.name: query.get(field.name, "").strip()[:_LONGEST] for field in fields(Address)}
    return Address(**{name: value for name, value in given.items() if value and _is_allowed(name, value)})


def read_favourites(cookie: str) -> frozenset[str]:
    """The ids of matches and competitions in the cookie, separated by dots; at most 100."""
    return frozenset(id_ for id_ in cookie.split(".")[:_MOST_FAVOURITES] if is_safe_id(id_))


def is_safe_id(id_: str | None) -> bool:
    """Whether an id can stand in an attribute and a cookie as it is."""
    return bool(id_ and _SAFE_ID.fullmatch(id_))


def _is_allowed(name: str, value: str) -> bool:
    match name:
        case "view":
            return value in VIEWS
        case "sort":
            return value in SORTS
        case "hours":
            return value in map(str, PERIODS)
        case "odds":
            return value == "american"
        case "span":
            return value == "opening"
        case "favourites" | "folded":
            return value == "1"
        case "company":
            return value.isascii() and value.isdigit() and len(value) < 10
        case "day":
            return _is_day(value)
    return True


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
