"""The scheduled job that removes what is older than the settings say, and tells what it removed."""

from datetime import UTC, datetime, timedelta

from dagster import (
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    in_process_executor,
    job,
    op,
)

from football_assets.names import PATIENT_TAG
from football_assets.retention.dagster_storage import remove_ticks
from football_assets.retention.files import Removed, remove_older
from football_assets.retention.policy import KeepRuns
from football_assets.retention.record import record_of
from football_assets.settings import Settings

JOB_NAME = "retention"

#: Often, so that little is removed at a time and little waits to be; not at the full hour like everybody.
CRON = "7,22,37,52 * * * *"


def build_retention(settings: Settings) -> tuple[JobDefinition, ScheduleDefinition]:
    """The job and its schedule, on from the start, for the data directory and the times of `settings`."""

    @op(description="Removes what is older than the settings say; its metadata tells how much of what.")
    def remove_old(context: OpExecutionContext) -> None:
        record, now, data = record_of(settings), datetime.now(UTC), settings.data_path
        before = record.size()
        runs = record.remove_runs(context.instance, now, keep_runs(settings))
        orphans = record.remove_orphaned_events(context.instance, now)
        ticks = remove_ticks(context.instance, now - timedelta(days=settings.keep_ticks_days))
        pulses = record.remove_materialisations_by_pulses(now - timedelta(hours=settings.keep_runs_hours))
        compacted = record.compact()
        reports = remove_older(data, "cycles/*.json", now, timedelta(days=settings.keep_reports_days))
        logs = remove_older(data, "logs/*.log*", now, timedelta(days=settings.keep_logs_days))
        # Here, so that the definitions load no database.
        from football_assets.warehouse.history.compaction import remove_days

        # A day more than the views show, so that no edition names what is gone.
        keep_history = timedelta(days=settings.keep_history_days + 1)
        folders = data.glob("history*")
        history = sum((Removed(*remove_days(one, now - keep_history)) for one in folders), Removed())
        inbox = remove_older(data, "history*/inbox/*/*", now, keep_history)
        context.add_output_metadata(
            {
                "runs": runs.count,
                "orphaned_event_files": orphans.count,
                "ticks": ticks,
                "materialisations_by_pulses": pulses,
                "reports": reports.count,
                "logs": logs.count,
                "history_files": history.count,
                "inbox_files": inbox.count,
                "bytes_of_files": (reports + logs + history + inbox).size,
                "bytes_compacted": compacted.size,
                "storage_bytes_before": before,
                "storage_bytes_after": record.size(),
            }
        )

    @job(
        name=JOB_NAME,
        executor_def=in_process_executor,
        description="Removes old runs, ticks, reports, logs and history, and shrinks Dagster's databases.",
        config={"loggers": {"console": {"config": {"log_level": "WARNING"}}}},
        tags={PATIENT_TAG: "true"},
    )
    def retention() -> None:
        remove_old()

    schedule = ScheduleDefinition(
        name=f"{JOB_NAME}_schedule",
        job=retention,
        cron_schedule=CRON,
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
    )
    return retention, schedule


def keep_runs(settings: Settings) -> KeepRuns:
    """How long runs are kept, by the settings."""
    return KeepRuns(
        all_for=timedelta(hours=settings.keep_runs_hours),
        sample_every=timedelta(minutes=settings.keep_run_samples_minutes),
        samples_for=timedelta(days=settings.keep_run_samples_days),
    )
