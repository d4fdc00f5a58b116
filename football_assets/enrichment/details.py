"""The details of the live matches: by change where that covers a match, else one request for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from football_assets.enrichment.changes import present, read_changes, updated_at
from football_assets.enrichment.known import Cursor, Enriched, Known, KnownDetail, Moment
from football_assets.thesports.client import TheSports
from football_assets.thesports.errors import BrokenAnswer, TheSportsError
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.rows import MatchDetail

TABLE = "match_details"
#: A match whose status in the live list is another is asked for, but not again within this time.
MISMATCH_AGAIN_SECONDS = 240
#: Details are asked for anew after this time even where no change was told, so many a cycle at most.
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
    moment: Moment
    out: Enriched
    named: Named
    _present: int | None = field(default=None, init=False)

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
        if cursor is not None:
            try:
                rows, moved = await read_changes(self.api.matches_since, cursor, self.moment.now)
            except TheSportsError as error:
                for match_id in held:
                    self.out.fail(TABLE, match_id, error)
                return
            self._take([row for row in rows if self._is_news(row, held)])
            self.out.cursors[TABLE] = moved
            self.out.confirmed.add(TABLE)
        async with asyncio.TaskGroup() as tasks:
            for match_id in self._stale(held):
                tasks.create_task(self._one(match_id))

    def _is_news(self, row: object, held: Mapping[str, KnownDetail]) -> bool:
        detail = held.get(str(row.get("id"))) if isinstance(row, dict) else None
        if detail is None:
            return False
        return detail.updated_at is None or int(detail.updated_at.timestamp()) != updated_at(row)

    def _stale(self, held: Mapping[str, KnownDetail]) -> list[str]:
        """Matches that the changes do not cover: the live list contradicts them, or they are old."""
        rest = {match_id: detail for match_id, detail in held.items() if match_id not in self.out.details}
        contradicted = [
            match_id
            for match_id, detail in rest.items()
            if detail.status_id != self.live[match_id]
            and detail.fetched_at < self.moment.before(seconds=MISMATCH_AGAIN_SECONDS)
        ]
        old = sorted(
            (detail.fetched_at, match_id)
            for match_id, detail in rest.items()
            if detail.fetched_at < self.moment.before(seconds=REFRESH_SECONDS)
        )
        return list(dict.fromkeys([*contradicted, *(match_id for _, match_id in old[:REFRESHES_A_CYCLE])]))

    async def _one(self, match_id: str) -> None:
        try:
            answer = await self.api.match(match_id)
            self._present = present(answer, self.moment.now)
            self._take(answer.results, match_id)
        except TheSportsError as error:
            self.out.fail(TABLE, match_id, error)

    def _take(self, rows: list[object], wanted: str | None = None) -> None:
        """Keep the rows. One that was `wanted` must be there if the API gave any."""
        parsed = parse_details(rows, fetched_at=self.moment.now, data_source=self.moment.data_source)
        self.out.rejected += parsed.rejected
        taken = [row for row in parsed.rows if wanted in (None, row.match_id)]
        if rows and wanted is not None and not taken:
            raise BrokenAnswer(f"match/recent/list gave no readable details of {wanted}")
        for row in taken:
            self.out.details[row.match_id] = row
            self.named(row)

    def _begin_cursor(self) -> None:
        """The first cursor: changes of the matches just read are newer than their newest, which is never
        later than the present."""
        times = [int(row.updated_at.timestamp()) for row in self.out.details.values() if row.updated_at]
        if times and self._present is not None and TABLE not in self.known.cursors:
            self.out.cursors[TABLE] = Cursor(min(max(times), self._present), self.moment.now)
