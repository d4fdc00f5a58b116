"""Cycles on a scripted API and a real warehouse: what is known, read; enriched; stored in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from football_assets.thesports.parsing.odds import Window
from pydantic import SecretStr

from football_assets.enrichment.engine import TABLES, enrich
from football_assets.enrichment.known import Enriched, Known, Moment
from football_assets.thesports.client import TheSports
from football_assets.thesports.quota import Quota
from football_assets.warehouse.knowledge import (
    REFERENCES,
    TicksStored,
    mark_sources,
    read_known,
    store_details,
    store_learned,
    store_odds,
    store_references,
)
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
        polled: Sequence[Window] = (),
        tables: Collection[str] = TABLES,
        data_source: str = "api",
    ) -> Cycle:
        self.clock.now += after
        began = len(self.api.asked)
        enriched = await self._enrich(live, self.known(), polled, tables, data_source)
        ticks = self._store(live, enriched, data_source)
        asked = self.api.asked[began:]
        counts = Counter(each.endpoint for each in asked)
        return Cycle(enriched, ticks, counts, [(each.endpoint, dict(each.query)) for each in asked])

    async def _enrich(
        self,
        live: Mapping[str, int],
        known: Known,
        polled: Sequence[Window],
        tables: Collection[str],
        data_source: str,
    ) -> Enriched:
        options = {"max_attempts": 1, "sleep": self.clock.sleep} | self.client
        client = TheSports(self.api.base_url, "user", SecretStr("secret"), quota=self.quota, **options)
        try:
            moment = Moment(self.now, data_source)
            return await enrich(client, live, known, moment, polled=polled, tables=tables)
        finally:
            await client.close()

    def _store(self, live: Mapping[str, int], enriched: Enriched, data_source: str) -> TicksStored:
        with self.warehouse.transaction() as connection:
            connection.execute("DELETE FROM live_matches")
            for match_id, status_id in live.items():
                connection.execute(
                    "INSERT INTO live_matches (match_id, status_id) VALUES (?, ?)", [match_id, status_id]
                )
            store_details(connection, enriched)
            for table in REFERENCES:
                rows = getattr(enriched, table).values()
                store_references(connection, table, list(rows))
            for table, key in {"match_details": "match_id", **REFERENCES}.items():
                mark_sources(
                    connection,
                    table,
                    key,
                    enriched.failed.get(table, ()),
                    confirmed=table in enriched.confirmed,
                    data_source=data_source,
                )
            store_learned(connection, enriched, self.now)
            return store_odds(connection, enriched, self.now)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self.warehouse.open().execute(statement, list(values) or None).fetchall()

    def known(self) -> Known:
        return read_known(self.warehouse.open())
