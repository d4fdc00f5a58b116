"""What is watched and how it stands: the newest cycle, its checks, and the published file's age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    RunRecord,
    RunsFilter,
)

from football_assets.alerts.state import Observation
from football_assets.checks.figures import PUBLISHED_AGE
from football_assets.cycle.report import CycleReport, read_reports
from football_assets.names import CYCLE_JOB
from football_assets.published.freshness import Freshness, freshness, published_age
from football_assets.settings import Settings

_ENDED = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE)
_REPORTS = 10


def observe(instance: DagsterInstance, settings: Settings, now: datetime) -> list[Observation]:
    """Everything that is watched and can be told now."""
    ended = instance.get_run_records(RunsFilter(job_name=CYCLE_JOB, statuses=_ENDED), limit=1)
    run = next(iter(ended), None)
    reports = [one for one in read_reports(settings.reports_path, newest=_REPORTS) if one.status != "running"]
    return [
        *_cycle(run, reports, settings.data_path),
        *_published(settings, reports, now),
        *(_checks(instance, run.dagster_run.run_id) if run else ()),
    ]


def _cycle(run: RunRecord | None, reports: Sequence[CycleReport], data: Path) -> Iterator[Observation]:
    """The newest cycle that ended. A run's status counts for more than its report, which may be missing."""
    report = next(iter(reports), None)
    if run and not (report and _is_later(report, run)):
        cycle_id = run.dagster_run.run_id
        failed = run.dagster_run.status is DagsterRunStatus.FAILURE
        report = next((one for one in reports if one.cycle_id == cycle_id), None)
    elif report:
        cycle_id, failed = report.cycle_id, report.status == "failure"
    else:
        return
    error = (report.error if report else None) or "it left no word why"
    yield Observation(
        "cycle",
        failed,
        f"Cycle {cycle_id} failed: {error.rstrip('.')}. What is published stays as it was; see the run in "
        f"Dagster and the log in {data / 'logs'}."
        if failed
        else "Cycles succeed again.",
    )


def _is_later(report: CycleReport, run: RunRecord) -> bool:
    ended = (report.finished_at or report.started_at).timestamp()
    return report.cycle_id != run.dagster_run.run_id and ended > (run.end_time or 0)


def _published(settings: Settings, reports: Sequence[CycleReport], now: datetime) -> Iterator[Observation]:
    """The published file. Before the first success there is none, and its absence says nothing."""
    age = published_age(settings.published_path, now)
    advice = PUBLISHED_AGE.check.advice
    if age is None:
        if any(report.status == "success" for report in reports):
            yield Observation("published", True, f"{settings.published_path} is gone. {advice}")
        return
    thresholds = PUBLISHED_AGE.thresholds(settings)
    written_at = datetime.fromtimestamp(now.timestamp() - age, UTC)
    if freshness(age, thresholds) is Freshness.DEAD:
        message = (
            f"The published database is {age:.0f} s old (critical above {thresholds[2]:g}): nothing was "
            f"published since {written_at:%Y-%m-%d %H:%M:%S} UTC. {advice}"
        )
        yield Observation("published", True, message)
    else:
        yield Observation("published", False, f"The published database is fresh again: {age:.0f} s old.")


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
