"""What stands in each edition of a published file, and how consecutive editions differ: counted from the rows
that stand alone, not from when they came or went. Used by `following.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

_SIDES = ("home", "away")
#: Columns of `live_match_changes` by the kind of line that a change of them is.
GROUPS = {
    "state": ["status_id", "period_started_at", *(f"{side}_half_time_score" for side in _SIDES)],
    "score": [f"{s}_{name}" for name in ("score", "overtime_score", "shootout_score") for s in _SIDES],
    "numbers": [f"{s}_{name}" for name in ("red_cards", "yellow_cards", "corners") for s in _SIDES],
}
TICK_KEY = ("match_id", "company_id", "market", "tick_at", "sequence")
TICK_REST = ("minute", "home_or_over", "draw_or_line", "away_or_under", "status_id", "suspended")
SCORES = ("home_score", "away_score")
_TICK = ", ".join((*TICK_KEY, *TICK_REST, *SCORES))

_STANDING = {
    "ticks": f"SELECT {_TICK} FROM odds_ticks "
    f"UNION ALL SELECT {_TICK} FROM aged_odds_ticks WHERE replaced_at IS NULL",
    "states": "SELECT * EXCLUDE (seen_at, replaced_at, observed_at) FROM live_match_changes "
    "WHERE replaced_at IS NULL",
    "incidents": "SELECT * EXCLUDE (seen_at, replaced_at, sequence) FROM match_incident_changes "
    "WHERE replaced_at IS NULL",
    "listed": "SELECT match_id FROM live_matches",
}

Counted = Counter[tuple[Any, ...]]


class Standing:
    """What stood in the edition before, and what is to be told of all editions so far."""

    def __init__(self) -> None:
        self._memory = duckdb.connect()
        self._memory.execute("SET TimeZone = 'UTC'")
        self._memory.execute("SET enable_progress_bar = false")
        self._before: dict[str, list[Any]] = {"states": [], "incidents": [], "listed": []}
        self._has_ticks = False
        self.expected: Counted = Counter()
        self.editions = 0

    def look(self, path: Path) -> None:
        """Take the file's newest edition in; it must be the one after the last that was taken in."""
        self._memory.execute(f"ATTACH '{path}' AS published (READ_ONLY)")
        try:
            self._memory.execute("USE published")
            edition = self._memory.execute("SELECT max(edition) FROM editions").fetchall()[0][0]
            if edition != self.editions + 1:
                raise SystemExit(f"edition {edition} came after {self.editions}")
            self.editions = edition
            self._memory.execute(f"CREATE OR REPLACE TABLE memory.now_ticks AS {_STANDING['ticks']}")
            now = {name: self._rows(_STANDING[name]) for name in self._before}
        finally:
            self._memory.execute("USE memory")
            self._memory.execute("DETACH published")
        self.expected.update((edition, *what) for what in self._ticks())
        self.expected.update((edition, *what) for what in _states(self._before["states"], now["states"]))
        self.expected.update((edition, *w) for w in _incidents(self._before["incidents"], now["incidents"]))
        self.expected.update((edition, *what) for what in _listed(self._before["listed"], now["listed"]))
        self._before = now

    def _rows(self, statement: str) -> list[Any]:
        cursor = self._memory.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _ticks(self) -> Iterator[tuple[Any, ...]]:
        if not self._has_ticks:
            self._memory.execute("CREATE TABLE ticks AS FROM now_ticks LIMIT 0")
            self._has_ticks = True
        come = self._rows("FROM now_ticks EXCEPT ALL FROM ticks")
        gone = self._rows("FROM ticks EXCEPT ALL FROM now_ticks")
        self._memory.execute("CREATE OR REPLACE TABLE ticks AS FROM now_ticks")
        was = {tick_key(row) for row in gone}
        is_now = {tick_key(row) for row in come}
        for row in come:
            yield ("price", "corrected" if tick_key(row) in was else "new", tick_key(row), tick_rest(row))
        for row in gone:
            if tick_key(row) not in is_now:
                yield ("price", "withdrawn", tick_key(row), tick_rest(row))


def tick_key(row: Any) -> tuple[Any, ...]:
    """What tells a tick from all others."""
    return tuple(row[name] for name in TICK_KEY)


def tick_rest(row: Any) -> tuple[Any, ...]:
    """What a tick says."""
    return tuple(row[name] for name in (*TICK_REST, *SCORES))


def _states(before: Iterable[Any], now: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    old, new = ({row["match_id"]: row for row in rows} for rows in (before, now))
    for match_id in old.keys() | new.keys():
        if match_id not in old or match_id not in new:
            yield ("state", "new" if match_id in new else "withdrawn", match_id)
            continue
        for kind, columns in GROUPS.items():
            if any(old[match_id][name] != new[match_id][name] for name in columns):
                yield (kind, "told", match_id)


def _incidents(before: Iterable[Any], now: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """How many incidents of a match there are that were not before, and how many were that are no more."""
    old, new = (Counter(tuple(row.items()) for row in rows) for rows in (before, now))
    for word, left in (("come", new - old), ("gone", old - new)):
        for row, number in left.items():
            yield from [("incident", word, dict(row)["match_id"])] * number


def _listed(before: Iterable[Any], now: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    old, new = ({row["match_id"] for row in rows} for rows in (before, now))
    yield from (("listing", "entered", match_id) for match_id in new - old)
    yield from (("listing", "left", match_id) for match_id in old - new)
