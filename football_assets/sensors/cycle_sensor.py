"""The sensor that starts a cycle every interval: the clock, the wait and Dagster around `cadence.decide`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from dagster import (
    DagsterInstance,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from football_assets.names import CYCLE_JOB, CYCLE_SENSOR, TICK_TAG
from football_assets.sensors.cadence import Beat, Launch, RunInProgress, Wait, decide
from football_assets.sensors.runs_in_progress import other_holder, runs_in_progress
from football_assets.settings import Settings


def build_cycle_sensor(settings: Settings) -> SensorDefinition:
    """The sensor, on from the start, for the interval and the data directory of `settings`."""
    beat = Beat.every(settings.interval_seconds)

    @sensor(
        name=CYCLE_SENSOR,
        job_name=CYCLE_JOB,
        minimum_interval_seconds=beat.minimum_interval_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=f"Starts a cycle every {settings.interval_seconds} seconds, never two at once.",
    )
    def cycle_sensor(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        return next_cycle(context.instance, settings, beat)

    return cycle_sensor


def time_limit(settings: Settings) -> float:
    """Seconds after which a cycle's run is ended with force. By then the API has been given up for long; a
    run that hangs holds up the cycles for little more than one interval."""
    return settings.deadline + max(30.0, settings.interval_seconds / 2)


def next_cycle(instance: DagsterInstance, settings: Settings, beat: Beat) -> RunRequest | SkipReason:
    """What this tick does. If a cycle is due soon, waits for its moment first."""
    ticked_at = now = datetime.now(UTC)
    last_start = _last_start(instance)
    decision = decide(now, ticked_at, beat, last_start)
    if isinstance(decision, Wait):
        time.sleep((decision.until - now).total_seconds())
        now = max(datetime.now(UTC), decision.until)
    decision = decide(now, ticked_at, beat, last_start, _in_progress(instance, settings, now))
    if not isinstance(decision, Launch):
        return SkipReason(str(decision))
    return RunRequest(
        run_key=decision.slot.isoformat(timespec="milliseconds"),
        tags={TICK_TAG: now.isoformat(), "dagster/max_runtime": str(2 * settings.interval_seconds)},
    )


def _in_progress(instance: DagsterInstance, settings: Settings, now: datetime) -> list[RunInProgress]:
    runs = runs_in_progress(instance, CYCLE_JOB, now, elsewhere=not settings.standby)
    holder = None if runs else other_holder(settings)
    return [*runs, holder] if holder else runs


def _last_start(instance: DagsterInstance) -> datetime | None:
    """When the last cycle by the sensor was started, whatever became of it."""
    by_sensor = RunsFilter(job_name=CYCLE_JOB, tags={"dagster/sensor_name": CYCLE_SENSOR})
    newest = next(iter(instance.get_runs(by_sensor, limit=1)), None)
    tick_at = newest.tags.get(TICK_TAG) if newest else None
    return datetime.fromisoformat(tick_at) if tick_at else None
