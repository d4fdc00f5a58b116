"""The enrichment: one concurrent step, five tables. What is asked and when is decided in `enrichment/`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dagster import AssetExecutionContext, Failure, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import endpoint_figures
from football_assets.assets.specs import selected, table_spec
from football_assets.enrichment.entities import ENRICHED_TABLES, ENTITIES, ODDS_TICKS
from football_assets.resources.api import ApiSession
from football_assets.resources.cycle import Cycle
from football_assets.settings import Fallback

if TYPE_CHECKING:
    from football_assets.enrichment.known import Enriched
    from football_assets.warehouse.store_odds import TicksStored


@multi_asset(
    name="enrichment",
    specs=[
        table_spec(entity.table, entity.group, deps=[entity.named_by], kinds=["python"])
        for entity in ENTITIES
    ],
    can_subset=True,
)
async def enrichment(  # type: ignore[no-untyped-def] # Dagster takes no AsyncIterator for an annotation
    context: AssetExecutionContext, cycle: ResourceParam[Cycle], api: ResourceParam[ApiSession]
):
    """Details, odds, teams, competitions and countries of the live matches: what is not known yet or has
    changed is asked for, all at once."""
    from football_assets.enrichment.engine import Scope, enrich
    from football_assets.enrichment.fallback import add_placeholders
    from football_assets.enrichment.known import Stamp
    from football_assets.enrichment.waiting_windows import WaitingWindows
    from football_assets.warehouse.history.revival import revive_told
    from football_assets.warehouse.knowledge import read_known, read_live
    from football_assets.warehouse.rows import count
    from football_assets.warehouse.store import store_enriched

    tables = selected(context, ENRICHED_TABLES)
    settings = cycle.settings
    windows = WaitingWindows(settings.odds_feed_path)
    scope = Scope(tables, settings.fixture_days, settings.prematch_hours)
    with cycle.phase("enrichment"):
        connection = cycle.warehouse.open()
        live, known = read_live(connection), read_known(connection)
        polled, waiting = windows.read()
        stamp = Stamp(datetime.now(UTC), cycle.data_source)
        asked = api.ask(lambda thesports: enrich(thesports, live, known, stamp, polled=polled, scope=scope))
        cycle.warehouse.checkpoint()  # of the live list, while the answers are on their way
        enriched = await asked
        if settings.fallback == "mock":
            add_placeholders(enriched, known, stamp)
        revive_told(cycle.warehouse, settings.history_path, enriched)
        with cycle.warehouse.transaction() as connection:
            stored = store_enriched(connection, enriched, stamp, tables, datetime.now(UTC))
            rows = {table: count(connection, table) for table in tables}
        if ODDS_TICKS.table in tables:
            windows.forget(waiting)
        _note(cycle, enriched, stored)
        _fail_if_asked(settings.fallback, enriched)
    report = cycle.report()
    endpoints = {entity.table: entity.endpoints for entity in ENTITIES}
    for table in tables:
        figures = {"rows": rows[table], "failed": len(enriched.failed.get(table, {}))}
        if table == ODDS_TICKS.table:
            figures |= {
                "new_ticks": stored.new,
                "repaired": stored.repaired,
                "set_aside": enriched.odds.set_aside,
                "waiting": enriched.odds.waiting,
            }
        yield MaterializeResult(
            asset_key=table, metadata={**figures, **endpoint_figures(report, endpoints[table])}
        )


def _note(cycle: Cycle, enriched: "Enriched", stored: "TicksStored") -> None:
    measure = cycle.measure
    measure.cache_hits += enriched.cache_hits
    measure.odds_ticks_new += stored.new
    measure.odds_waiting = enriched.odds.waiting
    measure.odds_repaired += stored.repaired
    measure.odds_set_aside += enriched.odds.set_aside
    measure.warnings += [*enriched.warnings, *failure_lines(enriched)]
    if stored.missed:
        measure.warnings.append(
            f"odds/live had lost {stored.missed} ticks; histories are read instead for an hour"
        )
    measure.note_rejected(enriched.rejected)


def failure_lines(enriched: "Enriched") -> list[str]:
    """A line for each table with rows that could not be had: how many, and the first reason."""
    return [
        f"{table}: {len(failed)} not had, e.g. {next(iter(failed.values()))}"
        for table, failed in sorted(enriched.failed.items())
        if failed
    ]


def _fail_if_asked(fallback: Fallback, enriched: "Enriched") -> None:
    if fallback == "fail" and (lines := failure_lines(enriched)):
        raise Failure(f"FOOTBALL_FALLBACK=fail, and {'; '.join(lines)}", allow_retries=False)
