"""What is done for the lake once an hour, beside the cycles: it is kept small, and compared with the file."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Any

from dagster import (
    AssetsDefinition,
    DefaultScheduleStatus,
    In,
    JobDefinition,
    Nothing,
    OpExecutionContext,
    ResourceDefinition,
    ScheduleDefinition,
    in_process_executor,
    job,
    op,
)

from football_assets.assets.lake import build_lake, lake_resource
from football_assets.instance.fence import Fence
from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.state import known_lake_state, write_lake_state
from football_assets.lake.target import target_of
from football_assets.logs import get_logger
from football_assets.names import PATIENT_TAG
from football_assets.redaction import redacted
from football_assets.settings import Settings

#: Hourly, not at the full hour like everybody; each of its steps is ended after so many seconds.
CRON = "41 * * * *"
SECONDS = 120.0


@dataclass(frozen=True)
class LakeDefinitions:
    """All of the lake that Dagster knows."""

    asset: AssetsDefinition
    resource: ResourceDefinition
    maintenance: JobDefinition
    schedule: ScheduleDefinition


def lake_definitions(settings: Settings) -> LakeDefinitions:
    """The asset of the lake, the resource that it needs, and its hourly maintenance."""
    maintenance, schedule = build_maintenance(settings)
    return LakeDefinitions(build_lake(settings), lake_resource(settings), maintenance, schedule)


def build_maintenance(settings: Settings) -> tuple[JobDefinition, ScheduleDefinition]:
    """The job that keeps the lake small and compares it with the file, and its schedule, on at the start."""

    @op(description="Expires old snapshots, merges small files, and removes what nothing refers to.")
    def maintain_lake(context: OpExecutionContext) -> None:
        context.add_output_metadata(_asked(settings, "maintained", lambda client: client.maintain(SECONDS)))

    @op(
        ins={"maintained": In(Nothing)},
        description="Compares all tables with the published file. The next cycle sends anew what differs.",
    )
    def verify_lake(context: OpExecutionContext) -> None:
        found = _asked(settings, "compared with the file", lambda client: client.verify(SECONDS))
        if "different" in found:
            found["different"] = _told(settings, found["different"])
        context.add_output_metadata(found)

    @job(
        name="lake_maintenance",
        executor_def=in_process_executor,
        description="Expires old snapshots of the lake, merges small files, and looks whether it is what the "
        "published file is.",
        config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        tags={PATIENT_TAG: "true"},
    )
    def lake_maintenance() -> None:
        verify_lake(maintain_lake())

    schedule = ScheduleDefinition(
        name="lake_maintenance_schedule",
        job=lake_maintenance,
        cron_schedule=CRON,
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
    )
    return lake_maintenance, schedule


def _asked(settings: Settings, what: str, ask: Callable[[LakeClient], dict[str, Any]]) -> dict[str, Any]:
    """What the lake's process answers, or why it did not."""
    target = target_of(settings)
    assert target is not None, "without a lake there is no job for it"
    # What is moved is larger than what a cycle sends.
    target = replace(target, timeout_seconds=SECONDS)
    with closing(LakeClient(target, Fence(settings).holds)) as client:
        try:
            return ask(client)
        except (LakeFailed, OSError) as error:
            get_logger("lake").warning(f"the lake was not {what}", error=redacted(str(error)))
            return {"error": redacted(str(error))}


def _told(settings: Settings, different: list[dict[str, Any]]) -> dict[str, str]:
    """What differs, by table; the next cycle's check tells of it, too."""
    rows = {
        one["name"]: f"{one['only_in_file']} rows only in the file, {one['only_in_lake']} only in the lake"
        for one in different
    }
    if rows:
        get_logger("lake").error("the lake was not what the file is; it is sent anew", **rows)
    with suppress(OSError):  # it is looked at again in an hour
        path = settings.lake_path
        write_lake_state(path, known_lake_state(path).verified(sorted(rows)))
    return rows
