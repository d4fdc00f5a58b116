"""What is due of the live matches asked for and stored: details, odds, teams, competitions, countries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from football_assets.cycle.measure import Measure
from football_assets.enrichment.engine import enrich
from football_assets.enrichment.fallback import add_placeholders
from football_assets.enrichment.known import Enriched, Stamp
from football_assets.enrichment.scope import Scope
from football_assets.resources.api import ApiSession
from football_assets.settings import Settings
from football_assets.warehouse.history.revival import revive_told
from football_assets.warehouse.knowledge import read_known, read_live
from football_assets.warehouse.rows import count
from football_assets.warehouse.store import store_enriched
from football_assets.warehouse.store_odds import TicksStored
from football_assets.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Enrichment:
    """What was learned, what came of storing the ticks, and how many rows each table of the scope holds."""

    enriched: Enriched
    ticks: TicksStored
    rows: dict[str, int]


async def renew_enrichment(
    api: ApiSession, warehouse: Warehouse, settings: Settings, measure: Measure, scope: Scope
) -> Enrichment:
    """Ask for what is due within `scope`, and store it in one transaction.

    Raises `WarehouseError`, `OSError` or `duckdb.Error`; what the API refuses stands in the result.
    """
    connection = warehouse.open()
    live, known = read_live(connection), read_known(connection)
    stamp = Stamp(datetime.now(UTC), measure.data_source)
    asked = api.ask(lambda thesports: enrich(thesports, live, known, stamp, scope=scope))
    warehouse.checkpoint()  # of the live list, while the answers are on their way
    if not scope.is_pulse:
        warehouse.read_through()
    enriched = await asked
    if settings.fallback == "mock":
        add_placeholders(enriched, known, stamp)
    revive_told(warehouse, settings.history_path, enriched)
    with warehouse.transaction() as connection:
        ticks = store_enriched(connection, enriched, stamp, scope.tables, datetime.now(UTC))
        rows = {table: count(connection, table) for table in scope.tables}
    _note(measure, enriched, ticks)
    return Enrichment(enriched, ticks, rows)


def failure_lines(enriched: Enriched) -> list[str]:
    """A line for each table with rows that could not be had: how many, and the first reason."""
    return [
        f"{table}: {len(failed)} not had, e.g. {next(iter(failed.values()))}"
        for table, failed in sorted(enriched.failed.items())
        if failed
    ]


def _note(measure: Measure, enriched: Enriched, ticks: TicksStored) -> None:
    measure.cache_hits += enriched.cache_hits
    measure.odds_ticks_new += ticks.new
    measure.odds_waiting = enriched.odds.waiting
    measure.odds_repaired += ticks.repaired
    measure.odds_set_aside += enriched.odds.set_aside
    measure.warnings += [*enriched.warnings, *failure_lines(enriched)]
    if ticks.missed:
        measure.warnings.append(
            f"odds/live had lost {ticks.missed} ticks; histories are read instead for an hour"
        )
    measure.note_rejected(enriched.rejected)
