"""The sensor that keeps the pulses going, and tells Dagster once a minute what they have renewed."""

from __future__ import annotations

from datetime import UTC, datetime

from dagster import (
    AssetMaterialization,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from football_assets.cycle.pulses import PulseReport, read_pulse
from football_assets.names import PUBLISHED_ASSET, PULSE_SENSOR
from football_assets.pulse.keeper import Keeper
from football_assets.settings import Settings

#: Between two ticks: Dagster's sensor loop turns every five seconds.
TICK_SECONDS = 19

#: What a pulse renews, as Dagster is told. Not each pulse is told of: Dagster keeps what it is told for ever.
RENEWED = ("live_matches", "odds_ticks", "flattened_matches", PUBLISHED_ASSET)
TOLD_EVERY_SECONDS = 60


def build_pulse_sensor(settings: Settings) -> SensorDefinition:
    """The sensor, on from the start unless `FOOTBALL_PULSE_SECONDS` is 0. Turned off, it ends the pulses
    within some 75 seconds."""
    keeper = Keeper()

    @sensor(
        name=PULSE_SENSOR,
        minimum_interval_seconds=TICK_SECONDS,
        default_status=DefaultSensorStatus.RUNNING if settings.pulse_seconds else DefaultSensorStatus.STOPPED,
        target=None,
        description="Keeps the process that renews and publishes live list and prices between the cycles, "
        f"every {settings.pulse_seconds or 5} seconds. It starts no run.",
    )
    def pulse_sensor(context: SensorEvaluationContext) -> SensorResult:
        if not settings.pulse_seconds:
            return SensorResult(skip_reason="FOOTBALL_PULSE_SECONDS is 0: no pulses")
        done = keeper.keep()
        return told(read_pulse(settings.pulse_path), context.cursor, datetime.now(UTC), done)

    return pulse_sensor


def told(report: PulseReport | None, cursor: str | None, now: datetime, done: str = "") -> SensorResult:
    """What a tick tells Dagster of the newest pulse. The cursor is when something was last told of."""
    words = " ".join(filter(None, (done, _words(report))))
    told_at = datetime.fromisoformat(cursor) if cursor else None
    is_due = told_at is None or not 0 <= (now - told_at).total_seconds() < TOLD_EVERY_SECONDS - 2
    is_new = report is not None and report.edition and (told_at is None or report.finished_at > told_at)
    if report is None or not (is_due and is_new):
        return SensorResult(skip_reason=words, cursor=cursor)
    events = [
        AssetMaterialization(
            name, description="by pulses", metadata=_figures(report) if name == PUBLISHED_ASSET else {}
        )
        for name in RENEWED
    ]
    return SensorResult(skip_reason=words, asset_events=events, cursor=now.isoformat())


def _words(report: PulseReport | None) -> str:
    if report is None:
        return "No pulse yet"
    if report.error:
        return f"The last pulse failed: {report.error}"
    return (
        f"Edition {report.edition} at {report.finished_at:%H:%M:%S} UTC, in {report.seconds['total']:.2f} s "
        f"with {report.requests} requests"
    )


def _figures(report: PulseReport) -> dict[str, float | int]:
    return {
        "edition": report.edition or 0,
        "pulse_seconds": report.seconds["total"],
        "own_seconds": report.own_seconds,
        "requests": report.requests,
        "pulses": report.number,
        "pulses_failed": report.failed,
    }
