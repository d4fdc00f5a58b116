"""The enrichment: one concurrent step, five tables. What is asked and when is decided in `enrichment/`."""

from dagster import AssetExecutionContext, Failure, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import endpoint_figures
from football_assets.assets.specs import selected, table_spec
from football_assets.enrichment.entities import ENRICHED_TABLES, ENTITIES, ODDS_TICKS
from football_assets.resources.api import ApiSession
from football_assets.resources.cycle import Cycle
from football_assets.settings import Fallback


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
    from football_assets.enrichment.scope import Scope
    from football_assets.steps.enrichment import failure_lines, renew_enrichment

    tables = selected(context, ENRICHED_TABLES)
    settings = cycle.settings
    scope = Scope(tables, settings.fixture_days, settings.prematch_hours)
    with cycle.phase("enrichment"):
        renewed = await renew_enrichment(api, cycle.warehouse, settings, cycle.measure, scope)
        enriched, ticks = renewed.enriched, renewed.ticks
        _fail_if_asked(settings.fallback, failure_lines(enriched))
    report = cycle.report()
    endpoints = {entity.table: entity.endpoints for entity in ENTITIES}
    for table in tables:
        figures = {"rows": renewed.rows[table], "failed": len(enriched.failed.get(table, {}))}
        if table == ODDS_TICKS.table:
            figures |= {
                "new_ticks": ticks.new,
                "repaired": ticks.repaired,
                "set_aside": enriched.odds.set_aside,
                "waiting": enriched.odds.waiting,
            }
        yield MaterializeResult(
            asset_key=table, metadata={**figures, **endpoint_figures(report, endpoints[table])}
        )


def _fail_if_asked(fallback: Fallback, lines: list[str]) -> None:
    if fallback == "fail" and lines:
        raise Failure(f"FOOTBALL_FALLBACK=fail, and {'; '.join(lines)}")
