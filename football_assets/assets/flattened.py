"""The flattened table and its views: SQL over what is stored, without a request."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import PREVIEW, matches_preview
from football_assets.assets.specs import selected, table_spec
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.resources.cycle import Cycle
from football_assets.tables import VIEWS


@multi_asset(
    name="flattened_matches",
    specs=[
        table_spec("flattened_matches", "matches", deps=["live_matches", *ENRICHED_TABLES], kinds=["sql"])
    ],
)
def flattened_matches(cycle: ResourceParam[Cycle]) -> MaterializeResult[None]:
    """One row a live match, joined from all that is stored of it."""
    from football_assets.warehouse.store import flatten

    with cycle.phase("flatten"), cycle.warehouse.transaction() as connection:
        rows = flatten(connection, cycle.settings.bookmakers, datetime.now(UTC))
    cycle.warehouse.checkpoint_ahead()  # nothing is written before `football_db`
    return MaterializeResult(metadata={"rows": rows, "seconds": cycle.measure.seconds["flatten"]})


#: What each view is made of.
VIEW_DEPS = {
    "in_play_matches": ["flattened_matches"],
    "current_prices": ["live_matches", "odds_ticks"],
    "best_prices": ["current_prices"],
    "early_odds": ["odds_ticks"],
    "goals": ["match_incidents"],
    "matches": ["match_details", "teams", "competitions", "countries"],
}


@multi_asset(
    name="filter",
    specs=[
        table_spec(view.name, "matches", deps=VIEW_DEPS[view.name], kinds=["sql", "view"]) for view in VIEWS
    ],
    can_subset=True,
)
def views(context: AssetExecutionContext, cycle: ResourceParam[Cycle]) -> Iterator[MaterializeResult[None]]:
    """The views: the matches in play, the prices that stand, the goals, every match ever seen."""
    from football_assets.warehouse.rows import counts_of_views, records

    names = selected(context, (view.name for view in VIEWS))
    with cycle.phase("filter"):
        connection = cycle.warehouse.open()
        rows = counts_of_views(connection, names)
        shown = records(connection, PREVIEW)
    cycle.measure.rows |= rows
    cycle.measure.matches_in_play = rows.get("in_play_matches")
    cycle.measure.matches_priced = shown[0]["matches_priced"] if shown else 0
    seconds = cycle.measure.seconds["filter"]
    for name in names:
        extra = {"preview": matches_preview(shown)} if name == "in_play_matches" else {}
        yield MaterializeResult(asset_key=name, metadata={"rows": rows[name], "seconds": seconds, **extra})
