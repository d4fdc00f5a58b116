"""What Dagster is told of pulses: a little, once a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance, SensorResult, build_sensor_context

from football_assets.cycle.pulses import PulseReport
from football_assets.sensors.pulse_sensor import RENEWED, build_pulse_sensor, told
from football_assets.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PULSE = PulseReport(
    started_at=NOW - timedelta(seconds=3),
    finished_at=NOW - timedelta(seconds=2),
    pid=1,
    edition=7,
    seconds={"total": 1.25},
    network_seconds=1.0,
    requests=2,
)


def words(result: SensorResult) -> str:
    assert result.skip_reason
    return str(getattr(result.skip_reason, "skip_message", result.skip_reason))


def names(result: SensorResult) -> list[str]:
    return [event.asset_key.path[-1] for event in result.asset_events]


def test_first_pulse_is_told_of_with_its_figures() -> None:
    result = told(PULSE, None, NOW)
    assert names(result) == list(RENEWED)
    (published,) = (event for event in result.asset_events if event.asset_key.path[-1] == "football_db")
    figures = {name: value.value for name, value in published.metadata.items()}
    assert figures == {
        "edition": 7,
        "pulse_seconds": 1.25,
        "own_seconds": 0.25,
        "requests": 2,
        "pulses": 1,
        "pulses_failed": 0,
    }
    assert result.cursor == NOW.isoformat()
    assert words(result) == "Edition 7 at 11:59:58 UTC, in 1.25 s with 2 requests"


def test_pulses_are_told_of_once_a_minute() -> None:
    cursor = (NOW - timedelta(seconds=57)).isoformat()
    assert names(told(PULSE, cursor, NOW)) == []
    assert told(PULSE, cursor, NOW).cursor == cursor
    assert names(told(PULSE, (NOW - timedelta(seconds=58)).isoformat(), NOW)) == list(RENEWED)


def test_nothing_is_told_of_what_renewed_nothing() -> None:
    assert names(told(None, None, NOW)) == []
    assert words(told(None, None, NOW)) == "No pulse yet"
    failed = replace(PULSE, edition=None, error="odds/live: no answer")
    assert names(told(failed, None, NOW)) == []
    assert words(told(failed, None, NOW, "Begun anew.")) == (
        "Begun anew. The last pulse failed: odds/live: no answer"
    )
    old = (NOW + timedelta(seconds=70)).isoformat()
    assert names(told(PULSE, old, NOW + timedelta(seconds=200))) == [], "told of already"


def test_clock_that_was_set_back_silences_nothing() -> None:
    ahead = (NOW + timedelta(hours=5)).isoformat()
    later = replace(PULSE, finished_at=NOW + timedelta(hours=6))
    assert names(told(later, ahead, NOW)) == list(RENEWED)


def test_without_pulses_no_process_is_started(tmp_path: Path) -> None:
    sensor = build_pulse_sensor(Settings(_env_file=None, data_dir=tmp_path, pulse_seconds=0))
    with DagsterInstance.ephemeral() as instance:
        data = sensor.evaluate_tick(build_sensor_context(instance))
    assert data.skip_message == "FOOTBALL_PULSE_SECONDS is 0: no pulses"
    assert not (tmp_path / "pulse.lock").exists()
