"""What Dagster recorded of the cycles that its sensor started. Used by the programs beside it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dagster import DagsterEventType, DagsterInstance, RunsFilter

from football_assets.names import CYCLE_JOB, TICK_TAG


@dataclass(frozen=True)
class Cycle:
    """A run by the sensor; all times in seconds since 1970, None for what it did not reach."""

    run_id: str
    status: str
    ticked: float
    created: float
    process: float | None
    started: float | None
    first_step: float | None
    ended: float | None


def cycles(data: Path, count: int) -> list[Cycle]:
    """The last so many cycles of a data directory, the oldest first."""
    os.environ["DAGSTER_HOME"] = str((data / "dagster").absolute())
    with DagsterInstance.get() as instance:
        return list(_cycles(instance, count))[::-1]


def _cycles(instance: DagsterInstance, count: int) -> Iterator[Cycle]:
    for record in instance.get_run_records(RunsFilter(job_name=CYCLE_JOB), limit=count):
        run = record.dagster_run
        if TICK_TAG not in run.tags:
            continue
        first: dict[DagsterEventType, float] = {}
        for entry in instance.all_logs(run.run_id):
            if entry.dagster_event:
                first.setdefault(entry.dagster_event.event_type, entry.timestamp)
        yield Cycle(
            run.run_id,
            run.status.value,
            datetime.fromisoformat(run.tags[TICK_TAG]).timestamp(),
            record.create_timestamp.timestamp(),
            first.get(DagsterEventType.ENGINE_EVENT),
            record.start_time,
            first.get(DagsterEventType.STEP_START),
            record.end_time,
        )
