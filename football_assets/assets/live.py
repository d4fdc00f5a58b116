"""The live list: one request, four tables. A cycle begins here."""

from datetime import UTC, datetime

from dagster import (
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
    RetryPolicy,
    multi_asset,
)

from football_assets.assets.metadata import endpoint_figures
from football_assets.assets.specs import table_spec
from football_assets.resources.api import ApiSession
from football_assets.resources.cycle import Cycle
from football_assets.thesports.client import LIVE, TheSports
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.live import LiveBatch, parse_live
from football_assets.warehouse.store import LIVE_TABLES, store_live


@multi_asset(
    name="live_matches",
    specs=[table_spec(name, "live", kinds=["python"]) for name in LIVE_TABLES],
    can_subset=True,
    retry_policy=RetryPolicy(max_retries=1, delay=1),
)
async def live_matches(  # type: ignore[no-untyped-def] # Dagster takes no AsyncIterator for an annotation
    context: AssetExecutionContext, cycle: ResourceParam[Cycle], api: ResourceParam[ApiSession]
):
    """All live matches with their statistics, incidents and commentary: one request fills all four tables,
    whichever of them are selected. Without a good answer the run fails, and nothing is replaced."""
    with cycle.phase("live_fetch"):
        answer = await api.ask(TheSports.live)
        batch = readable(
            parse_live(answer.results, fetched_at=answer.received_at, data_source=cycle.data_source),
            given=len(answer.results),
        )
        with cycle.warehouse.transaction() as connection:
            rows = store_live(connection, batch, datetime.now(UTC))
    cycle.measure.note_rejected(batch.rejected)
    figures = endpoint_figures(cycle.report(), [LIVE])
    seconds = {"seconds": cycle.measure.seconds["live_fetch"]}
    for key in sorted(context.selected_asset_keys):
        table = key.path[-1]
        extra = {**seconds, **figures} if table == "live_matches" else {}
        yield MaterializeResult(asset_key=key, metadata={"rows": rows[table], **extra})


def readable(batch: LiveBatch, *, given: int) -> LiveBatch:
    """The batch, unless rows were `given` and none could be read, which is no empty live list.

    Raises `BrokenAnswer` then.
    """
    if given and not batch.matches:
        raise BrokenAnswer(
            f"{LIVE}: none of {given} matches could be read, the first because {batch.rejected[0].reason}"
        )
    return batch
