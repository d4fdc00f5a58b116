"""Teams, competitions and countries: asked for once a day, when they change, or when nobody knows them."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from football_assets.enrichment.changes import read_changes
from football_assets.enrichment.entities import COUNTRIES, Reference
from football_assets.enrichment.known import (
    SOUND_SOURCES,
    UNKNOWN_HOURS,
    Cursor,
    Enriched,
    Known,
    KnownReference,
    Stamp,
)
from football_assets.thesports.errors import BrokenAnswer, TheSportsError

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

REFRESH_HOURS = 24.0
#: Refreshing is spread over so many hours more, by id, and so many rows a cycle.
SPREAD_HOURS = 2.0
REFRESHES_A_CYCLE = 20
CHANGES_EVERY_SECONDS = 600
_FIRST_PRIORITY, _REFRESH_PRIORITY = 1, 3


@dataclass
class References:
    """Fetches the rows of one entity by id, each once, as they are wanted."""

    entity: Reference
    api: TheSports
    known: Known
    stamp: Stamp
    out: Enriched
    tasks: asyncio.TaskGroup
    _wanted: set[str] = field(default_factory=set)
    _due: list[tuple[datetime, str]] = field(default_factory=list)
    _named: list[str] = field(default_factory=list)
    _room: int = REFRESHES_A_CYCLE

    @property
    def table(self) -> str:
        """The table that is filled."""
        return self.entity.table

    @property
    def _held(self) -> Mapping[str, KnownReference]:
        return self.known.references.get(self.table, {})

    def want(self, id_: str | None) -> None:
        """Make sure that the row of this id is there after the cycle."""
        if not id_ or id_ in self._wanted:
            return
        self._wanted.add(id_)
        known = self._held.get(id_)
        if known is not None and known.data_source in SOUND_SOURCES:
            self.out.cache_hits += 1
            self.want(known.merged_into)
            if self._is_due(id_, known) and not self._is_unknown(id_):
                self._due.append((known.fetched_at, id_))
        elif self._is_unknown(id_):
            self.out.cache_hits += 1
        elif self.entity.name_suffices and id_ in self.out.partial.get(self.table, ()):
            self._named.append(id_)
        else:
            self.tasks.create_task(self._one(id_, _FIRST_PRIORITY))

    def _is_due(self, id_: str, known: KnownReference) -> bool:
        return id_ in self.known.partial.get(self.table, ()) or is_due(id_, known.fetched_at, self.stamp.at)

    def _is_unknown(self, id_: str) -> bool:
        """Whether the API has said within the hour that it does not know the id."""
        asked_at = self.known.unknown.get((self.table, id_))
        return asked_at is not None and asked_at > self.stamp.before(hours=UNKNOWN_HOURS)

    async def read_changes(self) -> None:
        """Ask for what changed, then for what is due."""
        await self._read_changes()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the oldest of what is due, a few in each cycle. Rows of which a cycle has only learned the
        name are asked for at once where they are few, else in later cycles."""
        due = [id_ for _, id_ in sorted(self._due)]
        due += self._named if len(due) + len(self._named) <= self._room else []
        new = [id_ for id_ in due if id_ not in self.out.of(self.table)][: self._room]
        for id_ in new:
            self.tasks.create_task(self._one(id_, _REFRESH_PRIORITY))
        self._room -= len(new)
        self._due.clear()
        self._named.clear()

    async def _one(self, id_: str, priority: int) -> None:
        assert self.entity.ask is not None
        try:
            answer = await self.entity.ask(self.api, id_, priority)
            if not answer.results:
                self.out.unknown.add((self.table, id_))
            elif not self._take(answer.results, {id_}):
                raise BrokenAnswer(f"{self.table}: no readable row of {id_}")
        except TheSportsError as error:
            self.out.fail(self.table, id_, error)

    async def _read_changes(self) -> None:
        cursor, ask_since = self.known.cursors.get(self.table), self.entity.ask_since
        if not self._held or ask_since is None:
            return
        if cursor is None:
            newest = max(row.fetched_at for row in self._held.values())
            self.out.cursors[self.table] = Cursor(int(newest.timestamp()), self.stamp.at)
            return
        if cursor.asked_at > self.stamp.before(seconds=CHANGES_EVERY_SECONDS):
            return
        try:
            changes = await read_changes(lambda since: ask_since(self.api, since), cursor, self.stamp)
        except TheSportsError as error:
            self.out.warnings.append(f"changes of {self.table} not read: {error}")
            return
        self._take(changes.rows, self._held.keys())
        self.out.cursors[self.table] = changes.cursor
        if not changes.is_whole:
            wanted = self._wanted & self._held.keys()
            self._due += [(self._held[id_].fetched_at, id_) for id_ in wanted]

    def _take(self, rows: list[Any], only: Any) -> int:
        """Keep the rows of the ids `only`; gives how many were kept."""
        own = [row for row in rows if isinstance(row, dict) and str(row.get("id")) in only]
        parsed = self.entity.parse(own, fetched_at=self.stamp.at, data_source=self.stamp.data_source)
        self.out.rejected += parsed.rejected
        for row in parsed.rows:
            self.out.of(self.table)[getattr(row, self.entity.key)] = row
            self.want(row.merged_into)
        return len(parsed.rows)


def is_due(id_: str, fetched_at: datetime, now: datetime) -> bool:
    """Whether a row is to be refreshed: after a day, and up to two hours more by a hash of its id."""
    spread = SPREAD_HOURS * (zlib.crc32(id_.encode()) % 1000) / 1000
    return now - fetched_at > timedelta(hours=REFRESH_HOURS + spread)


def are_countries_due(known: Known, stamp: Stamp) -> bool:
    """Whether the countries are not known, not sound, not all readable last time, or a day old. The newest
    row tells."""
    held, read_at = known.references.get(COUNTRIES.table, {}), known.read_at.get(COUNTRIES.table)
    newest = max(held.values(), key=lambda row: row.fetched_at, default=None)
    if newest is None or newest.data_source not in SOUND_SOURCES:
        return True
    return read_at != newest.fetched_at or is_due("countries", newest.fetched_at, stamp.at)


async def fetch_countries(api: TheSports, known: Known, stamp: Stamp, out: Enriched) -> None:
    """All countries, where they are due. One that the API lists no longer stays as it was."""
    held = known.references.get(COUNTRIES.table, {})
    if not are_countries_due(known, stamp):
        out.cache_hits += len(held)
        return
    try:
        answer = await api.countries(_FIRST_PRIORITY)
        parsed = COUNTRIES.parse(answer.results, fetched_at=stamp.at, data_source=stamp.data_source)
        if not parsed.rows:
            raise BrokenAnswer("country/list gave no readable country")
    except TheSportsError as error:
        for country_id in held or ("all",):
            out.fail(COUNTRIES.table, country_id, error)
        return
    out.rejected += parsed.rejected
    rows = {row.country_id: row for row in parsed.rows}
    if all(isinstance(row, dict) and str(row.get("id")) in rows for row in answer.results):
        out.read_at[COUNTRIES.table] = stamp.at
    out.rows[COUNTRIES.table] = rows
