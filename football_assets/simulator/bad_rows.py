"""Rows that are spoiled on purpose, at a share that can be set: what a client has to stand.

Which rows, and how, falls by lot for each row and minute of the clock. Other rows stay as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from football_assets.simulator.chance import scrambled
from football_assets.simulator.listing import Query
from football_assets.thesports import endpoints

_DAY = 86_400
#: What stands in a field that nobody can read.
_GARBAGE: tuple[Any, ...] = ("?", {"": []}, -1e300, [None])


class BadRows:
    """Spoils a share of the rows (0 to 1). A match's `odds/history` counts as one row, as does each change in
    `odds/live`."""

    def __init__(self, key: int, share: float) -> None:
        self._key = key
        self._bound = int(share * 2**64)
        self._spoilers: dict[str, Callable[[Any, int], Any]] = {
            endpoints.ODDS_HISTORY: _spoiled_history,
            endpoints.ODDS_LIVE: lambda results, lot: self._each_change(results, lot),
            endpoints.DELETED: lambda results, lot: {
                kind: self._each(ids, lot) for kind, ids in results.items()
            },
            endpoints.LIVE_HISTORY: _spoiled,
        }

    def spoil(self, endpoint: str, query: Query, answer: dict[str, Any], now: int) -> dict[str, Any]:
        """An answer with its share of bad rows at `now` (Unix)."""
        results = answer.get("results")
        if not (self._bound and results):
            return answer
        asked = f"{endpoint} {query.get('uuid', '')}"
        lot = scrambled(self._key ^ zlib.crc32(asked.encode()) ^ now // 60 << 32)
        if isinstance(results, list):
            return answer | {"results": self._each(results, lot)}
        spoiler = self._spoilers[endpoint]
        one_row = endpoint in (endpoints.ODDS_HISTORY, endpoints.LIVE_HISTORY)
        return answer | {"results": spoiler(results, lot)} if not one_row or lot < self._bound else answer

    def _each(self, rows: list[Any], lot: int) -> list[Any]:
        lots = (scrambled(lot + place) for place in range(len(rows)))
        return [_spoiled(row, lot) if lot < self._bound else row for row, lot in zip(rows, lots, strict=True)]

    def _each_change(self, results: dict[str, list[Any]], lot: int) -> dict[str, list[Any]]:
        return {company: self._each(changes, lot + int(company)) for company, changes in results.items()}


def _spoiled(row: Any, lot: int) -> Any:
    """A row, an entry or an id that cannot be read, or not in whole."""
    if isinstance(row, dict) and row:
        return _spoiled_fields(row, lot >> 8)
    if isinstance(row, list) and len(row) == 4:
        return _spoiled_change(row, lot >> 8)
    return _garbage(lot)


def _spoiled_fields(row: dict[str, Any], lot: int) -> Any:
    way, lot = lot % 4, lot >> 2
    if way == 0:
        return _garbage(lot)
    if way == 1 and "id" in row:
        return {name: value for name, value in row.items() if name != "id"}
    if way == 2 and "updated_at" in row:
        return row | {"updated_at": row["updated_at"] + 400 * _DAY}
    name = sorted(row)[lot % len(row)]
    return row | {name: _garbage(lot >> 8)}


def _spoiled_change(change: list[Any], lot: int) -> Any:
    """An entry of `odds/live`: unreadable, of no market that is known, or with a spoiled tick."""
    match_id, market, tick, score = change
    way = lot % 4
    if way == 0:
        return _garbage(lot >> 2)
    if way == 1:
        return [match_id, "xx", tick, score]
    return [match_id, market, _spoiled_tick(tick, lot >> 2), score]


def _spoiled_history(results: dict[str, dict[str, list[Any]]], lot: int) -> Any:
    """A history of which one of the newest ticks is spoiled."""
    company = sorted(results)[(lot >> 8) % len(results)]
    market = sorted(results[company])[(lot >> 16) % len(results[company])]
    ticks = results[company][market]
    place = (lot >> 24) % min(len(ticks), 3)
    changed = [*ticks[:place], _spoiled_tick(ticks[place], lot >> 32), *ticks[place + 1 :]]
    return results | {company: results[company] | {market: changed}}


def _spoiled_tick(tick: list[Any], lot: int) -> Any:
    way = lot % 4
    if way == 0:
        return [str(tick[0]), *tick[1:]]
    if way == 1:
        return [tick[0] + _DAY, *tick[1:]]
    if way == 2:
        return [*tick[:2], "?", *tick[3:]]
    return tick[:1]


def _garbage(lot: int) -> Any:
    return _GARBAGE[lot % len(_GARBAGE)]
