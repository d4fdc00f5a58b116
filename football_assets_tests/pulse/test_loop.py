"""The process of the pulses as its keeper starts it, beside real cycles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from filelock import FileLock, Timeout

from football_assets.cycle.pulses import read_pulse
from football_assets.pulse.keeper import Keeper
from football_assets_tests.assets.conftest import pipeline, world
from football_assets_tests.assets.world import SECRET, Pipeline, World, eventually
from football_assets_tests.thesports.api import raw

__all__ = ["pipeline", "world"]


@pytest.fixture
def keeper(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    for name, value in {
        "THESPORTS_USER": "tester",
        "THESPORTS_SECRET": SECRET,
        "THESPORTS_BASE_URL": pipeline.world.api.base_url,
        "FOOTBALL_DATA_DIR": str(pipeline.data),
        "FOOTBALL_PULSE_SECONDS": "1",
        "FOOTBALL_PULSE_REQUESTS_PER_MINUTE": "1000",
        "FOOTBALL_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    keeper = Keeper()
    yield keeper
    keeper.end()
    assert eventually(lambda: _is_free(pipeline)), "the process ends with its keeper"


def _is_free(pipeline: Pipeline) -> bool:
    try:
        with FileLock(pipeline.settings().pulse_lock_path, blocking=False):
            return True
    except Timeout:
        return False


def number(pipeline: Pipeline) -> int:
    report = read_pulse(pipeline.settings().pulse_path)
    return report.number if report else 0


def gets_to(pulse: int, keeper: Keeper, pipeline: Pipeline) -> bool:
    """Whether there are so many pulses in the end, with the keeper's sensor ticking meanwhile."""
    return eventually(lambda: keeper.keep() == "" and number(pipeline) >= pulse)


def test_pulses_follow_a_cycle_and_tell_of_themselves(
    keeper: Keeper, pipeline: Pipeline, world: World
) -> None:
    assert pipeline.cycle().success
    assert gets_to(2, keeper, pipeline)
    report = read_pulse(pipeline.settings().pulse_path)
    assert report
    assert report.pid == keeper.pid != os.getpid()
    assert (datetime.now(UTC) - report.finished_at).total_seconds() < 30
    world.breaks(raw(b"", 500), "match/detail_live")
    assert eventually(lambda: bool((now := read_pulse(pipeline.settings().pulse_path)) and now.error))
    world.reset()
    assert gets_to(number(pipeline) + 2, keeper, pipeline)
    (log,) = (pipeline.data / "logs").glob("*.log")
    said = log.read_text("utf-8")
    assert said.count("pulses fail") == said.count("pulses succeed again") == 1
    assert SECRET not in said


def test_cycle_by_hand_runs_beside_pulses(keeper: Keeper, pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    assert gets_to(1, keeper, pipeline)
    assert pipeline.cycle().success
    assert pipeline.report.status == "success"


def test_second_process_waits_for_the_first(keeper: Keeper, pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    assert gets_to(1, keeper, pipeline)
    other = Keeper()
    for _ in range(3):
        other.keep()
        assert gets_to(number(pipeline) + 1, keeper, pipeline)
        report = read_pulse(pipeline.settings().pulse_path)
        assert report
        assert report.pid == keeper.pid
    keeper.end()
    assert eventually(lambda: other.keep() == "" and told_by(pipeline) == other.pid)
    other.end()


def told_by(pipeline: Pipeline) -> int | None:
    report = read_pulse(pipeline.settings().pulse_path)
    return report.pid if report else None
