"""The sensor that watches and alerts: the clock, the cursor, the log and Dagster around the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from dagster import (
    DagsterInstance,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from football_assets.alerts.memory import Memory
from football_assets.alerts.observe import observe
from football_assets.alerts.state import Alert, changes
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
        memory, summary = watch(context.instance, settings, context.cursor, datetime.now(UTC))
        context.update_cursor(memory.to_cursor())
        return SkipReason(summary)

    return alerts


def watch(
    instance: DagsterInstance, settings: Settings, cursor: str | None, now: datetime
) -> tuple[Memory, str]:
    """One look at everything: sends what there is to send. Gives what to remember, and a line on it."""
    former = Memory.from_cursor(cursor)
    alerts, critical = changes(former.critical, observe(instance, settings, now), now, settings.data_source)
    _log(alerts)
    unsent = _send(settings, former, alerts)
    return Memory(critical, unsent), _summary(alerts, critical, unsent)


def _send(settings: Settings, former: Memory, alerts: list[Alert]) -> dict[str, list[Alert]]:
    """Send the new alerts and those of former ticks. Gives what no channel has taken, by channel."""
    if not alerts and not former.unsent:
        return {}
    from football_assets.alerts.channels import open_channels
    from football_assets.alerts.delivery import deliver
    from football_assets.logs import get_logger

    channels = open_channels(settings)
    unsent = {}
    for name, delivery in deliver(channels, former.queues(alerts, channels)).items():
        if delivery.remaining:
            unsent[name] = delivery.remaining
            get_logger("alerts").error(
                f"alerts could not be sent by {name}: {delivery.error}; the next tick tries again",
                waiting=len(delivery.remaining),
            )
    return unsent


def _log(alerts: list[Alert]) -> None:
    if not alerts:
        return
    from football_assets.logs import get_logger

    log = get_logger("alerts")
    for alert in alerts:
        write = log.error if alert.state == "critical" else log.warning
        write(alert.line, state=alert.state, what=alert.what, data_source=alert.data_source)


def _summary(alerts: list[Alert], critical: Mapping[str, str], unsent: Mapping[str, list[Alert]]) -> str:
    changed = "; ".join(alert.line for alert in alerts) or "Nothing has changed"
    states = f"critical: {', '.join(critical)}" if critical else "all is well"
    waiting = "".join(f"; {len(queue)} wait for {name}" for name, queue in unsent.items())
    return f"{changed} ({states}{waiting})"
