"""One pulse: the live list and the prices renewed, flattened and published, by the steps of a cycle."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from football_assets.cycle.lock import PipelineBusy, holding
from football_assets.cycle.measure import Measure
from football_assets.cycle.pulses import PulseReport
from football_assets.enrichment.ahead import begin_pulse
from football_assets.enrichment.entities import ENRICHED_TABLES, MATCH_DETAILS, ODDS_TICKS
from football_assets.enrichment.scope import Scope
from football_assets.logs import get_logger
from football_assets.redaction import error_line
from football_assets.resources.api import ApiSession
from football_assets.settings import Settings
from football_assets.steps.enrichment import renew_enrichment
from football_assets.steps.live import renew_live
from football_assets.steps.publishing import publish_stored
from football_assets.thesports.errors import TheSportsError
from football_assets.warehouse.errors import WarehouseError
from football_assets.warehouse.publish import Publication, Work
from football_assets.warehouse.store import flatten, mark_stored, never_stored
from football_assets.warehouse.takeover import warehouse_of
from football_assets.warehouse.warehouse import Warehouse

#: `odds/update` tells the last 60 seconds: it is asked for only so often.
UPDATES_EVERY_SECONDS = 15.0


@dataclass
class Heart:
    """Beats. `api` stays open from one pulse to the next."""

    settings: Settings
    api: ApiSession
    _updated_at: float = field(default=float("-inf"), init=False)
    _asked_for: set[str] = field(default_factory=set, init=False)

    def beat(self, patience: float) -> PulseReport | None:
        """One pulse, in which the API is waited for at most `patience` seconds. None where another process
        has the data directory, or no cycle has brought all tables yet. What the API, a database or the disk
        refuses stands in the report, and the published file stays as it is."""
        settings = self.settings
        self.api.renew(patience)
        measure = Measure("", settings.data_source, settings.interval_seconds)
        try:
            with holding(settings.lock_path, 0):
                publication = self._renew(measure)
        except PipelineBusy:
            return None
        except (TheSportsError, WarehouseError, OSError, duckdb.Error) as error:
            return self._report(measure, None, error=error_line(error))
        return self._report(measure, publication.edition) if publication else None

    def _renew(self, measure: Measure) -> Publication | None:
        # Told at once: of a pulse that finds an empty warehouse there is no report.
        warehouse = warehouse_of(self.settings, get_logger("pulse").warning)
        try:
            if never_stored(warehouse.open(), ENRICHED_TABLES):
                return None
            return asyncio.run(self._steps(warehouse, measure))
        except duckdb.Error as error:
            warehouse.give_up_if_corrupt(error)
            raise
        finally:
            warehouse.close()

    async def _steps(self, warehouse: Warehouse, measure: Measure) -> Publication:
        settings, updates = self.settings, self._are_updates_due()
        with measure.phase("live_fetch"):
            asked = self.api.ask(lambda thesports: thesports.live())
            await self.api.ask(lambda thesports: begin_pulse(thesports, updates=updates))
            await renew_live(asked, warehouse, settings.history_path, measure)
        with measure.phase("enrichment"):
            scope = self._scope(warehouse, updates)
            await renew_enrichment(self.api, warehouse, settings, measure, scope)
        with measure.phase("flatten"), warehouse.transaction() as connection:
            now = datetime.now(UTC)
            mark_stored(connection, ENRICHED_TABLES, now)  # some seconds old, which will do
            flatten(connection, settings.bookmakers, now)
        with measure.phase("publish"):
            return publish_stored(warehouse, settings, lambda _: self._work(measure))

    def _are_updates_due(self) -> bool:
        now = time.monotonic()
        if now - self._updated_at < UPDATES_EVERY_SECONDS:
            return False
        self._updated_at = now
        return True

    def _scope(self, warehouse: Warehouse, updates: bool) -> Scope:
        """Prices only, unless a match is new: then its details and names too, asked for once."""
        new = self._new_matches(warehouse)
        self._asked_for |= new
        return Scope(
            ENRICHED_TABLES if new else (ODDS_TICKS.table,),
            prematch_hours=self.settings.prematch_hours,
            is_pulse=True,
            updates=updates,
        )

    def _new_matches(self, warehouse: Warehouse) -> set[str]:
        rows = warehouse.open().execute(
            f"SELECT match_id FROM live_matches ANTI JOIN {MATCH_DETAILS.table} USING (match_id)"
        )
        return {row[0] for row in rows.fetchall()} - self._asked_for

    def _work(self, measure: Measure) -> Work:
        report = measure.report("success", self.api.traffic)
        return Work(report.seconds["total"], report.requests)

    def _report(self, measure: Measure, edition: int | None, error: str | None = None) -> PulseReport:
        report = measure.report("success", self.api.traffic)
        return PulseReport(
            started_at=report.started_at,
            finished_at=datetime.now(UTC),
            pid=os.getpid(),
            edition=edition,
            error=error,
            seconds=report.seconds,
            network_seconds=report.network_seconds,
            requests=report.requests,
            odds_ticks_new=report.odds_ticks_new,
            warnings=report.warnings,
        )
