"""What changed in the live list from one edition to the next. Pure functions.

They are given the rows that came or went: `came` is the first edition that has a row, `went` the first that
has it no more; None where that is before or after all editions that are looked at. What came and went within
one edition was never published, and is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from football_assets.codes import BEFORE_PLAY, ENDED, MatchStatus
from football_assets.follow.change import Event

Row = Mapping[str, Any]

#: The columns of each kind of change of a match's state.
FACETS: Mapping[str, tuple[str, ...]] = {
    "state": ("status_id", "period_started_at", "home_half_time_score", "away_half_time_score"),
    "score": tuple(
        f"{side}_{name}"
        for name in ("score", "overtime_score", "shootout_score")
        for side in ("home", "away")
    ),
    "numbers": tuple(
        f"{side}_{name}" for name in ("red_cards", "yellow_cards", "corners") for side in ("home", "away")
    ),
}

#: The order of play. What is not in it (an interruption, a cancellation) can come at any time.
_COURSE: Mapping[int, int] = {
    **dict.fromkeys(BEFORE_PLAY, 0),
    MatchStatus.FIRST_HALF: 1,
    MatchStatus.HALF_TIME: 2,
    MatchStatus.SECOND_HALF: 3,
    MatchStatus.OVERTIME: 4,
    MatchStatus.OVERTIME_DEPRECATED: 4,
    MatchStatus.SHOOT_OUT: 5,
    MatchStatus.END: 6,
}


def listing_events(spells: Iterable[Row]) -> Iterator[Event]:
    """Matches that entered or left the live list, by the rows of `live_spells`. One that left and came back
    within an edition did neither."""
    for edition, match_id, gone, come in moved_by_edition(spells):
        if come and not gone:
            yield Event(edition, match_id, "listing", "entered", come[0]["seen_at"], {})
        elif gone and not come:
            yield Event(edition, match_id, "listing", "left", gone[0]["replaced_at"], {})


def state_events(states: Iterable[Row]) -> Iterator[Event]:
    """Changes of the state of play, by the rows of `live_match_changes`: a line for each kind of them."""
    for edition, match_id, gone, come in moved_by_edition(states):
        old, new = next(iter(gone), None), next(iter(come), None)
        if old is None and new is not None:
            yield Event(edition, match_id, "state", "new", new["seen_at"], _values(new))
        elif new is None and old is not None:
            yield Event(edition, match_id, "state", "withdrawn", old["replaced_at"], _values(old))
        elif old is not None and new is not None:
            yield from _facets(edition, match_id, old, new)


def _facets(edition: int, match_id: str, old: Row, new: Row) -> Iterator[Event]:
    for kind, columns in FACETS.items():
        before = {name: old[name] for name in columns if old[name] != new[name]}
        if before:
            change = "corrected" if _is_corrected(kind, before, old, new) else "changed"
            if "status_id" in before:
                before["status"] = old["status"]
            yield Event(edition, match_id, kind, change, new["seen_at"], _values(new), before)


def _is_corrected(kind: str, before: Row, old: Row, new: Row) -> bool:
    """Whether what was told before was wrong: a number that fell, a match that went back, anything else after
    the end, another start of the period that runs."""
    if old["status_id"] in ENDED and new["status_id"] in ENDED:
        return True
    if any(_fell(old[name], new[name]) for name in before if name not in ("status_id", "period_started_at")):
        return True
    if kind != "state":
        return False
    if old["status_id"] == new["status_id"]:
        return "period_started_at" in before and old["period_started_at"] is not None
    ranks = _COURSE.get(old["status_id"]), _COURSE.get(new["status_id"])
    return _fell(*ranks)


def _fell(old: int | None, new: int | None) -> bool:
    return old is not None and new is not None and new < old


def _values(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _NOT_TOLD}


#: What dates a row, and the match, which every line tells.
_NOT_TOLD = frozenset({"match_id", "seen_at", "replaced_at", "observed_at", "kickoff_day", "came", "went"})


def moved_by_edition(rows: Iterable[Row]) -> Iterator[tuple[int, str, list[Row], list[Row]]]:
    """Edition, match, the rows that it has no more and those that it has first."""
    moved = [
        (row[side], row["match_id"], side, row)
        for row in rows
        for side in ("came", "went")
        if row[side] is not None and row["came"] != row["went"]
    ]
    moved.sort(key=lambda one: one[:2])
    for (edition, match_id), group in groupby(moved, key=lambda one: one[:2]):
        both = list(group)
        gone = [row for _, _, side, row in both if side == "went"]
        come = [row for _, _, side, row in both if side == "came"]
        yield edition, match_id, gone, come
