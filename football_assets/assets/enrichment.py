"""The enrichment: one concurrent step, five tables. What is asked and when is decided in `enrichment/`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dagster import AssetExecutionContext, Failure, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import endpoint_figures
from football_assets.assets.specs import selected, table_spec
from football_assets.resources.api import ApiSession
from football_assets.resources.cycle import Cycle
from football_assets.settings import Fallback
from football_assets.thesports import endpoints
from football_assets.warehouse.tables import ENRICHED_TABLES

if TYPE_CHECKING:
    from football_assets.enrichment.known import Enriched
    from football_assets.warehouse.knowledge import TicksStored

#: The endpoints that each table is filled from.
ENDPOINTS: Mapping[str, tuple[str, ...]] = {
    "match_details": (endpoints.MATCHES,),
    "odds_ticks": (endpoints.ODDS_LIVE, endpoints.ODDS_HISTORY, endpoints.ODDS_UPDATE),
    "teams": (endpoints.TEAMS,),
    "competitions": (endpoints.COMPETITIONS,),
    "countries": (endpoints.COUNTRIES,),
}


@multi_asset(
    name="enrichment",
    specs=[
        table_spec("match_details", "enrichment", deps=["live_matches"], kinds=["python"]),
        table_spec("odds_ticks", "enrichment", deps=["live_matches"], kinds=["python"]),
        table_spec("teams", "reference", deps=["match_details"], kinds=["python"]),
        table_spec("competitions", "reference", deps=["match_details"], kinds=["python"]),
        table_spec("countries", "reference", deps=["live_matches"], kinds=["python"]),
    ],
    can_subset=True,
)
async def enrichment(  # type: ignore[no-untyped-def] # Dagster takes no AsyncIterator for an annotation
    context: AssetExecutionContext, cycle: ResourceParam[Cycle], api: ResourceParam[ApiSession]
):
    """Details, odds, teams, competitions and countries of the live matches: what is not known yet or has
    changed is asked for, all at once."""
    from football_assets.enrichment.engine import enrich
    from football_assets.enrichment.fallback import add_placeholders
    from football_assets.enrichment.known import Moment
    from football_assets.enrichment.odds_feed import OddsFeed
    from football_assets.warehouse.knowledge import read_known, read_live
    from football_assets.warehouse.store import store_enriched
    from football_assets.warehouse.warehouse import count

    tables = selected(context, ENRICHED_TABLES)
    feed = OddsFeed(cycle.settings.odds_feed_path)
    with cycle.phase("enrichment"):
        connection = cycle.warehouse.open()
        live, known = read_live(connection), read_known(connection)
        polled, waiting = feed.read()
        moment = Moment(datetime.now(UTC), cycle.data_source)
        asked = api.ask(
            lambda thesports: enrich(thesports, live, known, moment, polled=polled, tables=tables)
        )
        cycle.warehouse.checkpoint()  # of the live list, while the answers are on their way
        enriched = await asked
        if cycle.settings.fallback == "mock":
            add_placeholders(enriched, known, moment)
        with cycle.warehouse.transaction() as connection:
            stored = store_enriched(connection, enriched, moment, tables)
            rows = {table: count(connection, table) for table in tables}
        if "odds_ticks" in tables:
            feed.forget(waiting)
        _note(cycle, enriched, stored)
        _fail_if_asked(cycle.settings.fallback, enriched)
    report = cycle.report()
    for table in tables:
        figures = {"rows": rows[table], "failed": len(enriched.failed.get(table, {}))}
        if table == "odds_ticks":
            figures |= {"new_ticks": stored.new, "waiting": enriched.odds_waiting}
        yield MaterializeResult(
            asset_key=table, metadata={**figures, **endpoint_figures(report, ENDPOINTS[table])}
        )


def _note(cycle: Cycle, enriched: "Enriched", stored: "TicksStored") -> None:
    measure = cycle.measure
    measure.cache_hits += enriched.cache_hits
    measure.odds_ticks_new += stored.new
    measure.odds_waiting = enriched.odds_waiting
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
