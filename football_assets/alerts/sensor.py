"""The sensor that watches and alerts: the clock, the cursor, the log and Dagster around the decision."""

from __future__ import annotations

from datetime import UTC, datetime

from dagster import (
    DagsterInstance,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from football_assets.alerts.book import tell
from football_assets.alerts.memory import Memory
from football_assets.alerts.observe import observe
from football_assets.logs import configure_logging
from football_assets.settings import Settings

SENSOR_NAME = "alerts"
MINIMUM_INTERVAL_SECONDS = 30


def build_alert_sensor(settings: Settings) -> SensorDefinition:
    """The sensor, on from the start, for the data directory and the channels of `settings`."""

    @sensor(
        name=SENSOR_NAME,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Tells when a cycle fails, a check turns critical or the published database goes stale, "
        "and when it is over: once each, to the log and to the channels of the settings.",
    )
    def alerts(context: SensorEvaluationContext) -> SkipReason:
        configure_logging(settings)
        memory, summary = watch(context.instance, settings, context.cursor, datetime.now(UTC))
        context.update_cursor(memory.to_cursor())
        return SkipReason(summary)

    return alerts


def watch(
    instance: DagsterInstance, settings: Settings, cursor: str | None, now: datetime
) -> tuple[Memory, str]:
    """One look at everything: sends what there is to send. Gives what to remember, and a line on it."""
    return tell(settings, observe(instance, settings, now), now, Memory.from_cursor(cursor))
