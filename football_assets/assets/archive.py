"""The archive: the days of the past that the API still has, a partition each."""

from datetime import UTC, date, datetime, timedelta

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    DailyPartitionsDefinition,
    Failure,
    MaterializeResult,
    asset,
)

from football_assets.assets.specs import OWNERS
from football_assets.settings import Settings

GROUP = "archive"
#: The API has the past of so many days.
DAYS = 30
#: A run ends after this, and a later one goes on where it was.
RUN_SECONDS = 3600.0


def build_archive(settings: Settings) -> AssetsDefinition:
    """The asset of the archive, for the data directory and the API of `settings`."""
    first = datetime.now(UTC).date() - timedelta(days=DAYS)

    @asset(
        group_name=GROUP,
        partitions_def=DailyPartitionsDefinition(start_date=first.isoformat(), timezone="UTC"),
        owners=OWNERS,
        kinds={"python"},
    )
    def archive_day(context: AssetExecutionContext) -> MaterializeResult[None]:
        """All matches of a past day: results, incidents, statistics and odds. The next cycles take them over.

        It is read behind the cycles; a run that ended early goes on where it was.
        """
        from football_assets.steps.archive import fetch_day

        state = fetch_day(settings, date.fromisoformat(context.partition_key), RUN_SECONDS)
        if not state.is_whole:
            missing = state.matches - state.read
            raise Failure(f"{missing} of {state.matches} matches not read, e.g. {state.errors[0]}")
        return MaterializeResult(metadata={"matches": state.matches, "read": state.read})

    return archive_day
