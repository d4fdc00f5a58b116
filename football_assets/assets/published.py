"""The published database: a cycle ends here."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dagster import AssetsDefinition, AssetSpec, MaterializeResult, ResourceParam, multi_asset

from football_assets.assets.metadata import cycle_figures
from football_assets.assets.specs import OWNERS
from football_assets.checks.freshness import published_freshness
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.logs import get_logger
from football_assets.names import PUBLISHED_ASSET
from football_assets.redaction import error_line
from football_assets.resources.cycle import Cycle
from football_assets.settings import Settings
from football_assets.tables import LIVE_TABLES, VIEWS

if TYPE_CHECKING:
    import duckdb

    from football_assets.warehouse.publish import Work

DESCRIPTION = """\
`football.duckdb`, the database that people query: all tables of one edition, replaced whole.

Open it at any time with any DuckDB client: no one waits for the pipeline, and it waits for no one.
"""


def build_published(settings: Settings) -> AssetsDefinition:
    """The asset of the published database, with the freshness that the settings ask for."""

    @multi_asset(
        name=PUBLISHED_ASSET,
        specs=[
            AssetSpec(
                PUBLISHED_ASSET,
                deps=[*LIVE_TABLES, *ENRICHED_TABLES, "flattened_matches", *(view.name for view in VIEWS)],
                description=DESCRIPTION,
                group_name="published",
                kinds={"duckdb", "file"},
                owners=OWNERS,
                freshness_policy=published_freshness(settings),
            )
        ],
    )
    def football_db(cycle: ResourceParam[Cycle]) -> MaterializeResult[None]:
        """Publish what is stored, then move what has aged into the history."""
        from football_assets.steps.publishing import publish_stored

        with cycle.phase("publish"):
            publication = publish_stored(cycle.warehouse, settings, lambda draft: _finish(cycle, draft))
        report = publication.work.report
        if report:
            cycle.finish(report)
        _move_to_history(cycle)
        figures = cycle_figures(report) if report else {}
        size = settings.published_path.stat().st_size
        told: dict[str, str | int] = {
            "path": str(settings.published_path),
            "bytes": size,
            "edition": publication.edition,
        }
        return MaterializeResult(metadata={**told, **figures})

    return football_db


def _finish(cycle: Cycle, draft: "duckdb.DuckDBPyConnection") -> "Work":
    """What the run took, with the report of the cycle, and in it what the draft holds; without one for a run
    that is no whole cycle."""
    from football_assets.warehouse.publish import Work, count_rows, newest_change

    measure = cycle.measure
    measure.rows = {**count_rows(draft), **measure.rows}
    measure.rows["cycles"] += cycle.is_whole
    measure.newest_change_at = newest_change(draft, datetime.now(UTC))
    report = cycle.report()
    seconds, requests = report.seconds["total"], report.requests
    return Work(seconds, requests, report if cycle.is_whole else None)


def _move_to_history(cycle: Cycle) -> None:
    """What cannot be moved today stays in the warehouse, and is tried again in the next cycle."""
    import duckdb

    from football_assets.warehouse.history.compaction import compact_day, remove_superseded
    from football_assets.warehouse.history.former import take_over_former
    from football_assets.warehouse.history.moves import move_to_history
    from football_assets.warehouse.inbox import take_over_inbox

    warehouse, directory, now = cycle.warehouse, cycle.settings.history_path, datetime.now(UTC)
    try:
        take_over_inbox(warehouse, cycle.settings.inbox_path, cycle.data_source, now)
        move_to_history(warehouse, directory, now)
        # One file and one day a cycle: what is left waits for the next.
        take_over_former(warehouse, directory)
        compact_day(warehouse, directory)
        remove_superseded(directory, now)
    except (OSError, duckdb.Error) as error:
        get_logger("history").warning("aged rows stay in the warehouse for now", error=error_line(error))
