"""Lists of matches under their competitions: those in play, coming and finished ones. No HTML here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from football_assets.codes import BEFORE_PLAY, IN_PLAY, MatchStatus
from football_assets.published.formatting import NONE, goals, number, when
from football_assets.published.notices import OLDER_SOURCES
from football_assets.published.reading import Row
from football_assets.published.selection import NO_COUNTRY
from football_assets.scoreboard.address import Address, is_safe_id
from football_assets.scoreboard.views.base import Link, Own, View
from football_assets.scoreboard.views.prices import LISTED_MARKETS, Odds, odds

#: Said of a match that did not simply end, by its status.
_ODD_ENDS = {
    MatchStatus.ABNORMAL: "not shown by the API",
    MatchStatus.CUT_IN_HALF: "abandoned",
    MatchStatus.CANCEL: "cancelled",
    MatchStatus.DELAY: "postponed",
    MatchStatus.INTERRUPT: "interrupted",
    MatchStatus.TO_BE_DETERMINED: "time not settled",
}


@dataclass(frozen=True)
class Card:
    """How many cards of a colour a side has."""

    colour: Own
    count: int


@dataclass(frozen=True)
class Side:
    """One side of a match; None for a team whose name is not known yet."""

    team: str | None
    cards: Sequence[Card]
    goals: Own
    won: bool = False


@dataclass(frozen=True)
class Star:
    """The switch that makes a match or competition a favourite; `id` is empty where it can be none."""

    id: Own
    label: str
    on: bool


@dataclass(frozen=True)
class Match:
    """A match of a list; the whole of it links to its page. Without `odds` it has no column for them."""

    key: Own
    star: Star
    address: Own
    when: str
    marks: Sequence[Own]
    sides: Sequence[Side]
    note_label: Own
    note: Own
    odds: Odds | None


@dataclass(frozen=True)
class League(View):
    """A competition's matches, which can be folded; None for a name that is not known yet."""

    template = "league.html"
    key: Own
    star: Star
    country: str
    competition: str | None
    matches: Sequence[Match]
    open: bool


@dataclass(frozen=True)
class Choice:
    """A value that can be chosen, as it is shown."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Filters(View):
    """The search and the filters, a form whose fields are the address's."""

    template = "filters.html"
    kept: Sequence[tuple[Own, str]]
    q: str
    countries: Sequence[Choice]
    competitions: Sequence[Choice]
    sorts: Sequence[Choice]
    favourites: bool
    american: bool | None
    found: Own
    folding: Link | None


def league(
    rows: Sequence[Row],
    address: Address,
    favourites: frozenset[str],
    at: datetime | None,
    *,
    priced: bool,
    grouped: bool = True,
) -> League:
    """Matches of one competition, published at that time; or all of a list that is not grouped."""
    first = rows[0]
    id_ = str(first["competition_id"] or "none") if grouped else "all"
    name = (first["competition"] or "") if grouped else "All matches"
    return League(
        key_of(id_),
        star(id_ if grouped else "", name or "this competition", favourites),
        (first["country"] or NO_COUNTRY) if grouped else "",
        (name or None) if grouped else Own(name),
        [match(row, address, favourites, at, priced=priced) for row in rows],
        not address.folded,
    )


def match(
    row: Row, address: Address, favourites: frozenset[str], at: datetime | None, *, priced: bool
) -> Match:
    """A match of a list."""
    id_ = str(row["match_id"])
    sides = f"{row['home_team'] or 'home'} – {row['away_team'] or 'away'}"
    label, note = ("Corners", corners(row)) if priced else _half_time(row)
    return Match(
        key_of(id_),
        star(id_, sides, favourites),
        Own(address.match_link(id_)),
        shown_when(row),
        marks(row),
        both_sides(row),
        Own(label),
        Own(note),
        odds(row, LISTED_MARKETS, at, as_american=address.american) if priced else None,
    )


def shown_when(row: Row) -> str:
    """Where a match stands: the minute in play; `FT`, `AET` (after extra time) or `Pens` after the end; else
    the kick-off."""
    status = row["status_id"]
    if status in IN_PLAY:
        return when(row)
    if status == MatchStatus.END:
        return Own(_end(row))
    if row["kickoff_at"] is None:
        return Own(NONE)
    return Own(f"{row['kickoff_at']:%d %b %H:%M}")


def _end(row: Row) -> str:
    if row["home_shootout_score"] or row["away_shootout_score"]:
        return "Pens"
    return "AET" if row["home_overtime_score"] or row["away_overtime_score"] else "FT"


def marks(row: Row) -> list[Own]:
    """What is to be known of a match's row: deleted, cancelled, last known."""
    told = []
    if row.get("deleted_at"):
        told.append("deleted")
    elif row["status_id"] in _ODD_ENDS:
        told.append(_ODD_ENDS[row["status_id"]])
    if row["data_source"] in OLDER_SOURCES:
        told.append(OLDER_SOURCES[row["data_source"]])
    return [Own(mark) for mark in told]


def both_sides(row: Row) -> tuple[Side, Side]:
    """Home and away; before the kick-off without goals."""
    scores = ("", "") if row["status_id"] in BEFORE_PLAY else goals(row)
    home, away = (
        Side(row[f"{side}_team"], _cards(row, side), Own(scored), won=row.get("result") == side)
        for side, scored in zip(("home", "away"), scores, strict=True)
    )
    return home, away


def corners(row: Row) -> str:
    """The corners of both sides."""
    both = row["home_corners"], row["away_corners"]
    return NONE if both == (None, None) else f"{number(both[0])}–{number(both[1])}"


def star(id_: str, name: str, favourites: frozenset[str]) -> Star:
    """The switch of a favourite."""
    return Star(Own(id_ if is_safe_id(id_) else ""), name, id_ in favourites)


def key_of(id_: str) -> Own:
    """An id as part of an attribute: one with other signs than TheSports' ids have by its numbers."""
    return Own(id_ if is_safe_id(id_) else "x" + id_.encode("utf-8", "replace").hex()[:80])


def choices(found: Iterable[tuple[str, str]], chosen: str, nothing: str) -> list[Choice]:
    """What can be chosen, the choice of nothing first; what is chosen stays even where it is not there."""
    listed = dict(found)
    if chosen and chosen not in listed:
        listed[chosen] = chosen
    return [
        Choice("", Own(nothing), not chosen),
        *(Choice(value, label, value == chosen) for value, label in listed.items()),
    ]


def _half_time(row: Row) -> tuple[str, str]:
    if row["status_id"] in BEFORE_PLAY or row["home_half_time_score"] is None:
        return "", ""
    return "Half-time", f"{number(row['home_half_time_score'])}–{number(row['away_half_time_score'])}"


def _cards(row: Row, side: str) -> list[Card]:
    counts = ((colour, row[f"{side}_{colour}_cards"]) for colour in ("red", "yellow"))
    return [Card(Own(colour), count) for colour, count in counts if count]
