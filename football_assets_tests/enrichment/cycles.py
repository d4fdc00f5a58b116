"""Cycles on a scripted API and a real warehouse: what is known, read; enriched; stored in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from football_assets.enrichment.engine import enrich
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.enrichment.known import Enriched, Known, Stamp
from football_assets.enrichment.scope import Scope
from football_assets.thesports.client import TheSports
from football_assets.thesports.parsing.live import LiveBatch, parse_live
from football_assets.thesports.quota import Quota
from football_assets.warehouse.knowledge import read_known
from football_assets.warehouse.store import store_enriched, store_live
from football_assets.warehouse.store_odds import TicksStored
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.thesports.api import ScriptedApi
from football_assets_tests.thesports.clock import Clock


@dataclass
class Cycle:
    """What came of one: what was learned, what was stored, how often each endpoint was asked."""

    enriched: Enriched
    ticks: TicksStored
    asked: Counter[str]
    queries: list[tuple[str, dict[str, str]]]


class Cycles:
    """Runs cycles, each `clock` apart as the test moves it."""

    def __init__(self, api: ScriptedApi, path: Path, **client: Any) -> None:
        self.api = api
        self.clock = Clock()
        self.warehouse = Warehouse(path)
        self.quota = Quota(clock=self.clock.time)
        self.client = client

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    async def run(
        self,
        live: Mapping[str, int],
        *,
        after: float = 60,
        tables: Collection[str] = ENRICHED_TABLES,
        fixture_days: int = 0,
        prematch_hours: float = 0,
        data_source: str = "api",
        is_pulse: bool = False,
    ) -> Cycle:
        """One cycle, or pulse, with the live list `live` (match id to status), so many seconds after the
        last one."""
        self.clock.now += after
        began = len(self.api.asked)
        with self.warehouse.transaction() as connection:
            store_live(connection, self._batch(live, data_source), self.now)
        stamp = Stamp(self.now, data_source)
        scope = Scope(tables, fixture_days, prematch_hours, is_pulse=is_pulse)
        enriched = await self._enrich(live, stamp, scope)
        with self.warehouse.transaction() as connection:
            ticks = store_enriched(connection, enriched, stamp, tables, self.now)
        asked = self.api.asked[began:]
        counts = Counter(each.endpoint for each in asked)
        return Cycle(enriched, ticks, counts, [(each.endpoint, dict(each.query)) for each in asked])

    def _batch(self, live: Mapping[str, int], data_source: str) -> LiveBatch:
        sevens = [[0] * 7] * 2
        rows = [{"id": id_, "score": [id_, status, *sevens, 0, ""]} for id_, status in live.items()]
        return parse_live(rows, fetched_at=self.now, data_source=data_source)

    async def _enrich(self, live: Mapping[str, int], stamp: Stamp, scope: Scope) -> Enriched:
        options = {"max_attempts": 1, "sleep": self.clock.sleep} | self.client
        client = TheSports(self.api.base_url, "user", SecretStr("secret"), quota=self.quota, **options)
        try:
            return await enrich(client, live, self.known(), stamp, scope=scope)
        finally:
            await client.close()

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self.warehouse.open().execute(statement, list(values) or None).fetchall()

    def known(self) -> Known:
        return read_known(self.warehouse.open())
