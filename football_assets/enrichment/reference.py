"""Teams, competitions and countries: asked for once a day, when they change, or when nobody knows them."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from football_assets.enrichment.changes import read_changes
from football_assets.enrichment.known import (
    SOUND_SOURCES,
    UNKNOWN_HOURS,
    Cursor,
    Enriched,
    KnownReference,
    Moment,
)
from football_assets.thesports.client import Answer, TheSports
from football_assets.thesports.errors import BrokenAnswer, TheSportsError
from football_assets.thesports.parsing.reader import Parsed
from football_assets.thesports.parsing.reference import parse_countries
from football_assets.thesports.rows import Competition, Team

REFRESH_HOURS = 24.0
#: Refreshing is spread over so many hours more, by id, and so many rows a cycle.
SPREAD_HOURS = 2.0
REFRESHES_A_CYCLE = 20
CHANGES_EVERY_SECONDS = 600
_FIRST_PRIORITY, _REFRESH_PRIORITY = 1, 3

Parse = Callable[..., Parsed[Any]]


@dataclass
class References:
    """Fetches the rows of one table (`teams` or `competitions`) by id, each once, as they are wanted."""

    table: str
    ask: Callable[[str, int], Awaitable[Answer]]
    ask_since: Callable[[int], Awaitable[Answer]]
    parse: Parse
    known: Mapping[str, KnownReference]
    unknown: Mapping[tuple[str, str], datetime]
    cursor: Cursor | None
    moment: Moment
    out: Enriched
    rows: dict[str, Any]
    tasks: asyncio.TaskGroup
    _wanted: set[str] = field(default_factory=set)
    _due: list[tuple[datetime, str]] = field(default_factory=list)

    def want(self, id_: str | None) -> None:
        """See to it that the row of this id is there after the cycle."""
        if not id_ or id_ in self._wanted:
            return
        self._wanted.add(id_)
        known = self.known.get(id_)
        if known is not None and known.data_source in SOUND_SOURCES:
            self.out.cache_hits += 1
            self.want(known.merged_into)
            if is_due(id_, known.fetched_at, self.moment.now) and not self._is_unknown(id_):
                self._due.append((known.fetched_at, id_))
        elif self._is_unknown(id_):
            self.out.cache_hits += 1
        else:
            self.tasks.create_task(self._one(id_, _FIRST_PRIORITY))

    def _is_unknown(self, id_: str) -> bool:
        """Whether the API has said within the hour that it does not know the id."""
        asked_at = self.unknown.get((self.table, id_))
        return asked_at is not None and asked_at > self.moment.before(hours=UNKNOWN_HOURS)

    async def refresh(self) -> None:
        """Ask for what changed, and for the oldest of what is due, a few in each cycle."""
        await self._read_changes()
        for _, id_ in sorted(self._due)[:REFRESHES_A_CYCLE]:
            if id_ not in self.rows:
                self.tasks.create_task(self._one(id_, _REFRESH_PRIORITY))

    async def _one(self, id_: str, priority: int) -> None:
        try:
            answer = await self.ask(id_, priority)
            if not answer.results:
                self.out.unknown.add((self.table, id_))
            elif id_ not in self._take(answer.results):
                raise BrokenAnswer(f"{self.table}: no readable row of {id_}")
        except TheSportsError as error:
            self.out.fail(self.table, id_, error)

    async def _read_changes(self) -> None:
        if not self.known:
            return
        if self.cursor is None:
            newest = max(row.fetched_at for row in self.known.values())
            self.out.cursors[self.table] = Cursor(int(newest.timestamp()), self.moment.now)
            return
        if self.cursor.asked_at > self.moment.before(seconds=CHANGES_EVERY_SECONDS):
            return
        try:
            rows, moved = await read_changes(self.ask_since, self.cursor, self.moment.now)
        except TheSportsError as error:
            self.out.warnings.append(f"changes of {self.table} not read: {error}")
            return
        self._take([row for row in rows if isinstance(row, dict) and str(row.get("id")) in self.known])
        self.out.cursors[self.table] = moved

    def _take(self, rows: list[Any]) -> set[str]:
        parsed = self.parse(rows, fetched_at=self.moment.now, data_source=self.moment.data_source)
        self.out.rejected += parsed.rejected
        taken = {_id(row): row for row in parsed.rows}
        self.rows.update(taken)
        for row in taken.values():
            self.want(row.merged_into)
        return set(taken)


def is_due(id_: str, fetched_at: datetime, now: datetime) -> bool:
    """Whether a row is to be refreshed: after a day, and up to two hours more by a hash of its id."""
    spread = SPREAD_HOURS * (zlib.crc32(id_.encode()) % 1000) / 1000
    return now - fetched_at > timedelta(hours=REFRESH_HOURS + spread)


async def fetch_countries(
    api: TheSports, known: Mapping[str, KnownReference], moment: Moment, out: Enriched
) -> None:
    """All countries, where they are not known, not sound, or a day old. The newest row tells: one that the
    API lists no longer stays as it was."""
    newest = max(known.values(), key=lambda row: row.fetched_at, default=None)
    sound = newest is not None and newest.data_source in SOUND_SOURCES
    if newest and sound and not is_due("countries", newest.fetched_at, moment.now):
        out.cache_hits += len(known)
        return
    try:
        answer = await api.countries(_FIRST_PRIORITY)
        parsed = parse_countries(answer.results, fetched_at=moment.now, data_source=moment.data_source)
        if not parsed.rows:
            raise BrokenAnswer("country/list gave no readable country")
    except TheSportsError as error:
        for country_id in known or ("all",):
            out.fail("countries", country_id, error)
        return
    out.rejected += parsed.rejected
    out.countries = {row.country_id: row for row in parsed.rows}


def _id(row: Team | Competition) -> str:
    return row.team_id if isinstance(row, Team) else row.competition_id
