"""The details of the live matches: by change where that covers a match, else one request for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from football_assets.enrichment.changes import read_changes, updated_at
from football_assets.enrichment.entities import MATCH_DETAILS
from football_assets.enrichment.known import Cursor, Enriched, Known, KnownDetail, Stamp
from football_assets.tables.details import MatchDetail
from football_assets.thesports.client import TheSports
from football_assets.thesports.errors import BrokenAnswer, TheSportsError
from football_assets.thesports.parsing.details import parse_details

TABLE = MATCH_DETAILS.table
#: A match whose status in the live list differs is asked for, but not again within this time.
MISMATCH_AGAIN_SECONDS = 240
#: Details are fetched again after this long even if no change was reported, so many a cycle at most.
REFRESH_SECONDS = 3600
REFRESHES_A_CYCLE = 5

#: Called with the details of each match as soon as they are there.
Named = Callable[[MatchDetail | KnownDetail], None]


@dataclass
class Details:
    """Fetches the details of the live matches (`live`: match id to status) into `out`."""

    api: TheSports
    live: Mapping[str, int]
    known: Known
    stamp: Stamp
    out: Enriched
    named: Named
    _present: datetime | None = field(default=None, init=False)

    async def fetch(self) -> None:
        """Ask for all that is due; each match's details are passed to `named` once they are there."""
        held = {
            match_id: self.known.details[match_id] for match_id in self.live if match_id in self.known.details
        }
        for detail in held.values():
            self.named(detail)
        self.out.cache_hits += len(held)
        async with asyncio.TaskGroup() as tasks:
            for match_id in self.live.keys() - held.keys():
                tasks.create_task(self._one(match_id))
            if held:
                tasks.create_task(self._changed(held))
        self._begin_cursor()

    async def _changed(self, held: Mapping[str, KnownDetail]) -> None:
        cursor = self.known.cursors.get(TABLE)
        missed: set[str] = set()
        if cursor is not None:
            try:
                changes = await read_changes(self.api.matches_since, cursor, self.stamp)
            except TheSportsError as error:
                for match_id in held:
                    self.out.fail(TABLE, match_id, error)
                return
            self._take([row for row in changes.rows if self._is_news(row, held)], self.stamp.at)
            self.out.cursors[TABLE] = changes.cursor
            self.out.confirmed.add(TABLE)
            told = {str(row.get("id")) for row in changes.rows if isinstance(row, dict)}
            missed = set() if changes.is_whole else held.keys() - told
        async with asyncio.TaskGroup() as tasks:
            for match_id in {*missed, *self._stale(held)}:
                tasks.create_task(self._one(match_id))

    def _is_news(self, row: object, held: Mapping[str, KnownDetail]) -> bool:
        detail = held.get(str(row.get("id"))) if isinstance(row, dict) else None
        if detail is None:
            return False
        return detail.updated_at is None or int(detail.updated_at.timestamp()) != updated_at(row)

    def _stale(self, held: Mapping[str, KnownDetail]) -> list[str]:
        """Matches that the changes do not cover: the live list contradicts them, or they are old."""
        rest = {match_id: held[match_id] for match_id in held.keys() - self.out.of(TABLE).keys()}
        contradicted = [
            match_id
            for match_id, detail in rest.items()
            if detail.status_id != self.live[match_id]
            and detail.fetched_at < self.stamp.before(seconds=MISMATCH_AGAIN_SECONDS)
        ]
        old = sorted(
            (detail.fetched_at, match_id)
            for match_id, detail in rest.items()
            if detail.fetched_at < self.stamp.before(seconds=REFRESH_SECONDS)
        )
        return list(dict.fromkeys([*contradicted, *(match_id for _, match_id in old[:REFRESHES_A_CYCLE])]))

    async def _one(self, match_id: str) -> None:
        try:
            answer = await self.api.match(match_id)
            self._present = self.stamp.present(answer)
            taken = self._take(answer.results, self._present, match_id)
            if answer.results and not taken:
                raise BrokenAnswer(f"match/recent/list gave no readable details of {match_id}")
        except TheSportsError as error:
            self.out.fail(TABLE, match_id, error)

    def _take(self, rows: list[object], present: datetime, only: str | None = None) -> int:
        """Keep the rows, of an answer for one id `only` that one. Gives how many were kept."""
        parsed = parse_details(
            rows, fetched_at=self.stamp.at, data_source=self.stamp.data_source, present=present
        )
        self.out.rejected += parsed.rejected
        taken = [row for row in parsed.rows if only in (None, row.match_id)]
        for row in taken:
            self.out.of(TABLE)[row.match_id] = row
            self.named(row)
        return len(taken)

    def _begin_cursor(self) -> None:
        """The first cursor: changes of the matches just read are newer than their newest, which is never
        later than the present."""
        updates = [row.updated_at for row in self.out.of(TABLE).values() if row.updated_at]
        if updates and self._present is not None and TABLE not in self.known.cursors:
            newest = min(max(updates), self._present)
            self.out.cursors[TABLE] = Cursor(int(newest.timestamp()), self.stamp.at)
