"""The details of the live matches: by change where that covers a match, else one request for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from football_assets.enrichment.changes import read_changes, updated_at
from football_assets.enrichment.diary import Diary
from football_assets.enrichment.entities import MATCH_DETAILS
from football_assets.enrichment.known import Cursor, Enriched, Known, KnownDetail, Stamp
from football_assets.tables.details import MatchDetail
from football_assets.thesports.errors import BrokenAnswer, TheSportsError
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.reader import Parsed

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

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
    """Fetches the details of the live matches (`live`: match id to status) into `out`: new ones by the diary
    of their day where that is read, else one by one."""

    api: TheSports
    live: Mapping[str, int]
    known: Known
    stamp: Stamp
    out: Enriched
    named: Named
    diary: Diary
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
            tasks.create_task(self._new(self.live.keys() - held.keys()))
            if held:
                tasks.create_task(self._changed(held))
        self._begin_cursor()

    async def _new(self, match_ids: Set[str]) -> None:
        found = await self.diary.fetch()
        self._present = self.diary.present
        self.out.other_details |= {id_: row for id_, row in found.items() if id_ not in self.live}
        for match_id in match_ids & found.keys():
            self._keep(found[match_id])
        await asyncio.gather(*map(self._one, match_ids - found.keys()))

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
            self._take_others(changes.rows)
            self.out.cursors[TABLE] = changes.cursor
            self.out.confirmed.add(TABLE)
            missed = set() if changes.is_whole else held.keys() - set(map(_id, changes.rows))
        async with asyncio.TaskGroup() as tasks:
            for match_id in {*missed, *self._stale(held)}:
                tasks.create_task(self._one(match_id))

    def _is_news(self, row: object, held: Mapping[str, KnownDetail]) -> bool:
        detail = held.get(_id(row))
        if detail is None:
            return False
        return detail.updated_at is None or int(detail.updated_at.timestamp()) != updated_at(row)

    def _stale(self, held: Mapping[str, KnownDetail]) -> list[str]:
        """Matches that the changes do not cover: without a kick-off, contradicted by the live list, or
        they are old."""
        rest = {match_id: held[match_id] for match_id in held.keys() - self.out.of(TABLE).keys()}
        unread = [match_id for match_id, detail in rest.items() if not detail.has_kickoff]
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
        refreshed = [match_id for _, match_id in old[:REFRESHES_A_CYCLE]]
        return list(dict.fromkeys([*unread, *contradicted, *refreshed]))

    async def _one(self, match_id: str) -> None:
        try:
            answer = await self.api.match(match_id)
            self._present = self.stamp.present(answer)
            taken = self._take(answer.results, self._present, match_id)
            if answer.results and not taken:
                raise BrokenAnswer(f"match/recent/list gave no readable details of {match_id}")
        except TheSportsError as error:
            self.out.fail(TABLE, match_id, error)

    def _take_others(self, rows: list[object]) -> None:
        """Details of matches that are not in the live list: a result may change long after the end."""
        others = [row for row in rows if _id(row) not in self.live]
        parsed = self._parsed(others, self.stamp.at)
        self.out.other_details |= {row.match_id: row for row in parsed.rows}

    def _parsed(self, rows: list[object], present: datetime) -> Parsed[MatchDetail]:
        return parse_details(
            rows, fetched_at=self.stamp.at, data_source=self.stamp.data_source, present=present
        )

    def _take(self, rows: list[object], present: datetime, only: str | None = None) -> int:
        """Keep the rows, of an answer for one id `only` that one. Gives how many were kept."""
        parsed = self._parsed([row for row in rows if only in (None, _id(row))], present)
        self.out.rejected += parsed.rejected
        for row in parsed.rows:
            self._keep(row)
        return len(parsed.rows)

    def _keep(self, row: MatchDetail) -> None:
        self.out.of(TABLE)[row.match_id] = row
        self.named(row)

    def _begin_cursor(self) -> None:
        """The first cursor: changes of the matches just read are newer than their newest, which is never
        later than the present."""
        updates = [row.updated_at for row in self.out.of(TABLE).values() if row.updated_at]
        if updates and self._present is not None and TABLE not in self.known.cursors:
            newest = min(max(updates), self._present)
            self.out.cursors[TABLE] = Cursor(int(newest.timestamp()), self.stamp.at)


def _id(row: object) -> str:
    """The id of a raw row, "" where it has none."""
    value = row.get("id") if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""
