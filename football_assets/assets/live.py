"""The live list: one request, four tables. A cycle begins here.

The assets' modules import nothing heavy. Here the packages that take the answer are loaded, where they are
not yet, while it is on its way.
"""

from datetime import UTC, datetime

from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import endpoint_figures
from football_assets.assets.specs import selected, table_spec
from football_assets.resources.api import ApiSession
from football_assets.resources.cycle import Cycle
from football_assets.tables import LIVE_TABLES
from football_assets.thesports.endpoints import LIVE


@multi_asset(
    name="live_matches",
    specs=[table_spec(name, "live", kinds=["python"]) for name in LIVE_TABLES],
    can_subset=True,
)
async def live_matches(  # type: ignore[no-untyped-def] # Dagster takes no AsyncIterator for an annotation
    context: AssetExecutionContext, cycle: ResourceParam[Cycle], api: ResourceParam[ApiSession]
):
    """All live matches with their statistics, incidents and commentary: one request fills all four tables,
    whichever of them are selected. Without a good answer the run fails, and nothing is replaced."""
    with cycle.phase("live_fetch", may_repeat=context.retry_number == 0):
        asked = api.ask(lambda thesports: thesports.live())
        from football_assets.enrichment.ahead import begin_ahead
        from football_assets.enrichment.known import Stamp
        from football_assets.steps.live import renew_live
        from football_assets.warehouse.knowledge import read_schedule

        if cycle.is_whole and not cycle.follows_failure:
            known, stamp = read_schedule(cycle.warehouse), Stamp(datetime.now(UTC), cycle.data_source)
            days = cycle.settings.fixture_days
            await api.ask(lambda thesports: begin_ahead(thesports, known, stamp, days))
        rows = await renew_live(asked, cycle.warehouse, cycle.settings.history_path, cycle.measure)
    figures = endpoint_figures(cycle.report(), [LIVE])
    seconds = {"seconds": cycle.measure.seconds["live_fetch"]}
    for table in selected(context, LIVE_TABLES):
        extra = {**seconds, **figures} if table == "live_matches" else {}
        yield MaterializeResult(asset_key=table, metadata={"rows": rows[table], **extra})
