"""Which cycles are under way. Runs whose process is gone are found, and marked as failed, here too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dagster import DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter

from football_assets.cycle.lock import LONGEST_PULSE, holder
from football_assets.instance.host import is_here
from football_assets.instance.run_process import process_of_run
from football_assets.names import HOST_TAG
from football_assets.processes import is_running
from football_assets.sensors.cadence import RunInProgress
from football_assets.settings import Settings

_IN_PROGRESS = (
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
)

#: A run without a process so long after its creation will not get one any more.
_START_UP = timedelta(seconds=60)


def runs_in_progress(
    instance: DagsterInstance, job_name: str, now: datetime, *, elsewhere: bool = True
) -> list[RunInProgress]:
    """The job's runs that have not ended. One whose process is gone is marked as failed and left out.

    A process id says nothing of another machine: its runs count until Dagster's monitoring ends them, or not
    at all where `elsewhere` is False, since the machine that has the lead need not wait for one that lost it.
    """
    records = instance.get_run_records(RunsFilter(job_name=job_name, statuses=_IN_PROGRESS))
    here = [record for record in records if _is_here(record)]
    others = [record for record in records if elsewhere and not _is_here(record)]
    return [_described(record) for record in others] + [
        _described(record) for record in here if not _buried(instance, record, now)
    ]


def other_holder(settings: Settings) -> RunInProgress | None:
    """Whoever holds the data directory's lock, of this instance or of another one. A pulse that still has it
    when its cycle is due is waited for."""
    path = settings.lock_path
    if holder(path, LONGEST_PULSE if settings.pulse_seconds else 0) is None:
        return None
    return RunInProgress(f"A process with {path.name}", "at work on the data directory", None)


def _is_here(record: RunRecord) -> bool:
    return is_here(record.dagster_run.tags.get(HOST_TAG))


def _described(record: RunRecord) -> RunInProgress:
    run = record.dagster_run
    since = datetime.fromtimestamp(record.start_time, UTC) if record.start_time else record.create_timestamp
    return RunInProgress(
        f"run {run.run_id}", run.status.value.lower().replace("_", " "), since.astimezone(UTC)
    )


def _buried(instance: DagsterInstance, record: RunRecord, now: datetime) -> bool:
    """Whether the run's process is gone; if so the run is now marked as failed."""
    process = process_of_run(instance, record.dagster_run.run_id)
    if process:
        pid, seen_at = process
        if is_running(pid, seen_at):
            return False
        message = f"The run's process (pid {pid}) is gone: it was killed, or the machine went down."
    elif now - record.create_timestamp.astimezone(UTC) < _START_UP:
        return False
    else:
        message = "The run never got a process: what should have started it is gone."
    run = instance.get_run_by_id(record.dagster_run.run_id)
    if run and not run.is_finished:
        instance.report_run_failed(run, message)
    return True
