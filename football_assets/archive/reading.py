"""Reading a day of the past into the inbox, a file a match: what the API answers, unchanged.

    <data>/history/inbox/<day>/<match>.json

A match whose file is there, or `.done` once a cycle has taken it over, is not asked for again: a day that was
cut off goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import Any

from football_assets.archive.match import PastMatch
from football_assets.files import replace_file
from football_assets.thesports.client import TheSports
from football_assets.thesports.endpoints import LIVE_HISTORY, ODDS_HISTORY
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.reference import referenced
from football_assets.thesports.parsing.values import UnreadableValue, identifier

#: Requests to each of the two endpoints that are left to the cycles in any 60 seconds.
RESERVE = 40
#: How long to wait before it is looked again whether there is room.
PAUSE_SECONDS = 1.0
_AT_ONCE = 8
_PRIORITY = 9


@dataclass
class DayRead:
    """How far a day is: its matches, those whose answers are there, and all errors."""

    day: date
    matches: int
    read: int
    errors: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether all of the day is there."""
        return self.read == self.matches and not self.errors


async def read_day(
    api: TheSports,
    day: date,
    inbox: Path,
    *,
    reserve: int = RESERVE,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> DayRead:
    """Read all matches of a day (UTC), as far as the quota has more room than `reserve`.

    Raises `TheSportsError` where the day's matches cannot be read, `OSError` where the inbox cannot be
    written.
    """
    midnight = datetime.combine(day, time(), UTC)
    diary = await api.diary(int(midnight.timestamp()), _PRIORITY)
    listed = [(_id(row), row) for row in diary.results]
    rows = {id_: row for id_, row in listed if id_ is not None}
    folder = inbox / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    nameless = sum(id_ is None for id_, _ in listed)
    state = DayRead(day, len(rows), 0, [f"{nameless} rows without a readable id"] if nameless else [])
    turns, competitions = asyncio.Semaphore(_AT_ONCE), _Competitions(api)

    async def one(match_id: str, row: dict[str, Any]) -> None:
        path = folder / file_name(match_id)
        async with turns:
            if not path.exists() and not path.with_suffix(".done").exists():
                await _room(api, reserve, pause)
                extra = {kind: referenced(names, row) for kind, names in diary.extra.items()}
                try:
                    match = await _ask(api, match_id, row, extra)
                except TheSportsError as error:
                    state.errors.append(f"{match_id}: {error}")
                    return
                competition = await competitions.told(row.get("competition_id"))
                replace_file(path, replace(match, competition=competition).to_json())
        state.read += 1

    await asyncio.gather(*(one(match_id, row) for match_id, row in rows.items()))
    return state


class _Competitions:
    """The competitions of a day, each asked for once: a diary names them, and not their countries."""

    def __init__(self, api: TheSports) -> None:
        self._api = api
        self._asked: dict[str, asyncio.Task[Any]] = {}

    async def told(self, competition_id: object) -> Any:
        """What the API tells of it; None where it cannot be had: then its name is all that is known."""
        if not competition_id or not isinstance(competition_id, str):
            return None
        if competition_id not in self._asked:
            self._asked[competition_id] = asyncio.create_task(self._ask(competition_id))
        return await self._asked[competition_id]

    async def _ask(self, competition_id: str) -> Any:
        with suppress(TheSportsError):
            return (await self._api.competition(competition_id, _PRIORITY)).results
        return None


def _id(row: object) -> str | None:
    """The id of a raw row, None where it has none that can be read."""
    try:
        return identifier(row.get("id")) if isinstance(row, dict) else None
    except UnreadableValue:
        return None


def file_name(match_id: str) -> str:
    """The name of a match's file; an id may hold what no file name can."""
    return f"{blake2b(match_id.encode(), digest_size=12).hexdigest()}.json"


async def _room(api: TheSports, reserve: int, pause: Callable[[float], Awaitable[None]]) -> None:
    def is_tight() -> bool:
        return min(map(api.quota.available, (ODDS_HISTORY, LIVE_HISTORY))) <= reserve

    while monotonic() < api.deadline and is_tight():
        await pause(PAUSE_SECONDS)


async def _ask(api: TheSports, match_id: str, row: dict[str, Any], extra: dict[str, Any]) -> PastMatch:
    final = await api.live_history(match_id, _PRIORITY)
    odds = await api.odds_history(match_id, _PRIORITY)
    return PastMatch(
        match_id=match_id,
        detail=row,
        extra=extra,
        final=final.results,
        odds=odds.results,
        asked_at=odds.received_at,
        present=odds.server_time or odds.received_at,
    )
