"""The lake: what was published once more, for readers on other machines. Nothing of it fails a cycle."""

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetsDefinition,
    AssetSpec,
    InitResourceContext,
    MaterializeResult,
    ResourceDefinition,
    ResourceParam,
    multi_asset,
    resource,
)

from football_assets.assets.specs import OWNERS
from football_assets.instance.fence import Fence
from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.state import LakeState, known_lake_state, write_lake_state
from football_assets.lake.target import target_of
from football_assets.logs import get_logger
from football_assets.names import LAKE_ASSET, PUBLISHED_ASSET
from football_assets.redaction import redacted
from football_assets.settings import Settings

CHECK = "lake_up_to_date"
EQUAL_CHECK = "lake_equals_file"

#: So many cycles may be missing before it is more than a hiccup.
CYCLES_MISSING = 3

#: The lake is compared with the file every hour. A comparison or two may find it away.
UNVERIFIED_AFTER = timedelta(hours=4)

DESCRIPTION = """\
The published tables in a DuckLake, one snapshot a cycle, for readers on other machines.

What it lacks while it cannot be reached goes with the next cycle: nothing is lost, and no cycle waits for it
longer than FOOTBALL_LAKE_TIMEOUT_SECONDS.
"""


def lake_resource(settings: Settings) -> ResourceDefinition:
    """The process that opens the lake while the cycle asks the API, and is ended with the run."""

    @resource(description="The process that commits to the lake.")
    def lake(_: InitResourceContext) -> Iterator[LakeClient]:
        target = target_of(settings)
        assert target is not None, "without a lake there is no asset that needs it"
        # The run remembers as whose it was begun, also where its machine is frozen meanwhile.
        with closing(LakeClient(target, Fence(settings).holds)) as client:
            with suppress(OSError):
                client.start()
            yield client

    return lake


def build_lake(settings: Settings) -> AssetsDefinition:
    """The asset of the lake and its check, for the settings."""

    @multi_asset(
        name=LAKE_ASSET,
        specs=[
            AssetSpec(
                LAKE_ASSET,
                deps=[PUBLISHED_ASSET],
                description=DESCRIPTION,
                group_name="published",
                kinds={"ducklake", "parquet"},
                owners=OWNERS,
            )
        ],
        check_specs=[
            AssetCheckSpec(
                CHECK,
                asset=LAKE_ASSET,
                description="Whether the lake holds the newest cycle: a warning where it does not, an error "
                f"from {CYCLES_MISSING} cycles on.",
            ),
            AssetCheckSpec(
                EQUAL_CHECK,
                asset=LAKE_ASSET,
                description="Whether the lake was equal to the published file, row by row, when "
                "`lake_maintenance` compared them; a warning where that was long ago.",
            ),
        ],
    )
    def lake(lake: ResourceParam[LakeClient]) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        """Commit what was published to the lake."""
        state = bring_up_to_date(lake, settings)
        yield MaterializeResult(LAKE_ASSET, metadata=_figures(state))
        yield _up_to_date(state)
        yield equal_check(state, datetime.now(UTC))

    return lake


def bring_up_to_date(client: LakeClient, settings: Settings) -> LakeState:
    """Commit within the time that the settings allow. Gives what is known of the lake then."""
    started = time.monotonic()
    try:
        figures = client.commit(settings.lake_timeout_seconds)
        state = known_lake_state(settings.lake_path).committed(figures)
    except (LakeFailed, OSError) as error:
        seconds = time.monotonic() - started
        state = known_lake_state(settings.lake_path).failed(redacted(str(error)), seconds)
        get_logger("lake").warning(
            "the lake lacks this cycle; the next one brings it along",
            error=state.error,
            cycles_waiting=state.cycles_waiting,
        )
    with suppress(OSError):  # it is told again by the next cycle
        write_lake_state(settings.lake_path, state)
    return state


def _figures(state: LakeState) -> dict[str, str | int | float]:
    figures = {
        "snapshot": state.snapshot,
        "edition": state.edition,
        "seconds": state.seconds,
        "rows_sent": state.rows,
        "cycles_waiting": state.cycles_waiting,
        "files_waiting": state.files_waiting,
        "error": state.error,
    }
    return {name: value for name, value in figures.items() if value is not None}


def _up_to_date(state: LakeState) -> AssetCheckResult:
    waiting = state.cycles_waiting
    return AssetCheckResult(
        asset_key=LAKE_ASSET,
        check_name=CHECK,
        passed=not waiting,
        severity=AssetCheckSeverity.ERROR if waiting >= CYCLES_MISSING else AssetCheckSeverity.WARN,
        description=f"{waiting} cycles wait: {state.error}" if waiting else "The lake holds this cycle",
        metadata={"cycles_waiting": waiting, "files_waiting": state.files_waiting},
    )


def equal_check(state: LakeState, now: datetime) -> AssetCheckResult:
    """What the last comparison of the lake with the file found: an error where tables differed, a warning
    where it was long ago, or there was none since the first commit."""
    at = datetime.fromisoformat(state.verified_at) if state.verified_at else None
    begun = at or (datetime.fromisoformat(state.first_committed_at) if state.first_committed_at else now)
    late = now - begun > UNVERIFIED_AFTER
    compared = f"Compared at {at:%Y-%m-%d %H:%M} UTC" if at else "Not compared yet"
    sent = "are to be" if state.cycles_waiting else "were"
    found = (
        f"{', '.join(state.different)} differed and {sent} sent anew" if state.different else "no difference"
    )
    return AssetCheckResult(
        asset_key=LAKE_ASSET,
        check_name=EQUAL_CHECK,
        passed=not state.different and not late,
        severity=AssetCheckSeverity.ERROR if state.different else AssetCheckSeverity.WARN,
        description=f"{compared}: {found}" if at else compared,
        metadata={"different": list(state.different)},
    )
