"""The lake: what was published once more, for readers on other machines. Nothing of it fails a cycle."""

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, fields, replace

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetsDefinition,
    AssetSpec,
    DefaultScheduleStatus,
    InitResourceContext,
    JobDefinition,
    MaterializeResult,
    OpExecutionContext,
    ResourceDefinition,
    ResourceParam,
    ScheduleDefinition,
    in_process_executor,
    job,
    multi_asset,
    op,
    resource,
)

from football_assets.assets.specs import OWNERS
from football_assets.instance.fence import Fence
from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.state import LakeState, now_text, read_lake_state, write_lake_state
from football_assets.lake.target import target_of
from football_assets.logs import get_logger
from football_assets.names import LAKE_ASSET, PATIENT_TAG, PUBLISHED_ASSET
from football_assets.redaction import redacted
from football_assets.settings import Settings

CHECK = "lake_up_to_date"

#: So many cycles may be missing before it is more than a hiccup.
CYCLES_MISSING = 3

#: Hourly, not at the full hour like everybody; it is ended after so many seconds.
MAINTENANCE_CRON = "41 * * * *"
MAINTENANCE_SECONDS = 120.0

DESCRIPTION = """\
The published tables in a DuckLake, one snapshot a cycle, for readers on other machines.

What it lacks while it cannot be reached goes with the next cycle: nothing is lost, and no cycle waits for it
longer than FOOTBALL_LAKE_TIMEOUT_SECONDS.
"""


@dataclass(frozen=True)
class LakeDefinitions:
    """All of the lake that Dagster knows; empty where there is no lake."""

    asset: AssetsDefinition
    resource: ResourceDefinition
    maintenance: JobDefinition
    schedule: ScheduleDefinition


def lake_definitions(settings: Settings) -> LakeDefinitions:
    """The asset of the lake, the resource that it needs, and its hourly maintenance."""
    maintenance, schedule = build_maintenance(settings)
    return LakeDefinitions(build_lake(settings), lake_resource(settings), maintenance, schedule)


def build_maintenance(settings: Settings) -> tuple[JobDefinition, ScheduleDefinition]:
    """The job that keeps the lake small, and its schedule, on from the start."""

    @op(description="Expires old snapshots, merges small files, and removes what nothing refers to.")
    def maintain_lake(context: OpExecutionContext) -> None:
        target = target_of(settings)
        assert target is not None, "without a lake there is no job for it"
        # What is moved is larger than what a cycle sends.
        target = replace(target, timeout_seconds=MAINTENANCE_SECONDS)
        with closing(LakeClient(target, Fence(settings).holds)) as client:
            try:
                context.add_output_metadata(client.maintain(MAINTENANCE_SECONDS))
            except (LakeFailed, OSError) as error:
                context.add_output_metadata({"error": redacted(str(error))})
                get_logger("lake").warning("the lake was not maintained", error=redacted(str(error)))

    @job(
        name="lake_maintenance",
        executor_def=in_process_executor,
        description="Expires old snapshots of the lake, merges small files, removes what is not needed.",
        config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        tags={PATIENT_TAG: "true"},
    )
    def lake_maintenance() -> None:
        maintain_lake()

    schedule = ScheduleDefinition(
        name="lake_maintenance_schedule",
        job=lake_maintenance,
        cron_schedule=MAINTENANCE_CRON,
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
    )
    return lake_maintenance, schedule


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
            )
        ],
    )
    def lake(lake: ResourceParam[LakeClient]) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        """Commit what was published to the lake."""
        state = bring_up_to_date(lake, settings)
        yield MaterializeResult(LAKE_ASSET, metadata=_figures(state))
        yield _check(state)

    return lake


def bring_up_to_date(client: LakeClient, settings: Settings) -> LakeState:
    """Commit within the time that the settings allow. Gives what is known of the lake then."""
    started = time.monotonic()
    try:
        told = client.commit(settings.lake_timeout_seconds)
        names = {field.name for field in fields(LakeState)}
        state = LakeState(**{k: v for k, v in told.items() if k in names}, committed_at=now_text())
    except (LakeFailed, OSError) as error:
        before = read_lake_state(settings.lake_path) or LakeState()
        state = before.failed(redacted(str(error)), time.monotonic() - started)
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


def _check(state: LakeState) -> AssetCheckResult:
    waiting = state.cycles_waiting
    return AssetCheckResult(
        asset_key=LAKE_ASSET,
        check_name=CHECK,
        passed=not waiting,
        severity=AssetCheckSeverity.ERROR if waiting >= CYCLES_MISSING else AssetCheckSeverity.WARN,
        description=f"{waiting} cycles wait: {state.error}" if waiting else "The lake holds this cycle",
        metadata={"cycles_waiting": waiting, "files_waiting": state.files_waiting},
    )
