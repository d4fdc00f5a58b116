"""What is watched and only Dagster knows: the newest run that ended, and the checks of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    RunsFilter,
)

from football_assets.alerts import outside
from football_assets.alerts.state import Observation
from football_assets.checks.figures import PUBLISHED_AGE
from football_assets.cycle.report import read_reports
from football_assets.instance.records import Ended
from football_assets.names import CYCLE_JOB
from football_assets.settings import Settings

_ENDED = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE)


def observe(instance: DagsterInstance, settings: Settings, now: datetime) -> list[Observation]:
    """Everything that is watched and can be told now."""
    records = instance.get_run_records(RunsFilter(job_name=CYCLE_JOB, statuses=_ENDED), limit=1)
    record = next(iter(records), None)
    run = None
    if record:
        failed = record.dagster_run.status is DagsterRunStatus.FAILURE
        run = Ended(record.dagster_run.run_id, failed, record.end_time or 0.0)
    reports = list(read_reports(settings.reports_path, newest=outside.REPORTS))
    return [
        *outside.observe(settings, reports, run, now),
        *(_checks(instance, run.run_id) if run else ()),
    ]


def _checks(instance: DagsterInstance, run_id: str) -> Iterator[Observation]:
    """The checks of that run. The file's age is watched at all times, not only after a cycle."""
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION):
        evaluation = entry.dagster_event and entry.dagster_event.event_specific_data
        if isinstance(evaluation, AssetCheckEvaluation) and evaluation.check_name != PUBLISHED_AGE.check.name:
            yield _check(evaluation)


def _check(evaluation: AssetCheckEvaluation) -> Observation:
    critical = not evaluation.passed and evaluation.severity is AssetCheckSeverity.ERROR
    advice = evaluation.metadata.get("what_to_do") if critical else None
    said = (evaluation.description or "", str(advice.value) if advice else "")
    what = f"check {evaluation.check_name} of {evaluation.asset_key.to_user_string()}"
    return Observation(what, critical, " ".join(filter(None, said)))
