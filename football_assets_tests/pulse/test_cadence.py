"""When a pulse begins: never in the way of a cycle, and within its share of the time and the requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.cycle.report import CycleReport, write_report
from football_assets.pulse.budget import Budget
from football_assets.pulse.cadence import (
    GRACE,
    LONGEST,
    MARGIN,
    SHORTEST,
    LastPulse,
    earliest,
    gives_way,
    patience,
)
from football_assets.pulse.cycles import Cycles

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EVERY = timedelta(seconds=5)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def last(began: float, seconds: float = 1.0, own: float = 0.25) -> LastPulse:
    return LastPulse(after(began), seconds, own)


def test_first_pulse_begins_at_once() -> None:
    assert earliest(EVERY, None, NOW) == NOW


@pytest.mark.parametrize(
    ("began", "own", "begins"),
    [
        (-1, 0.25, 4),
        (-1, 1.25, 4),
        (-1, 2.0, 7),  # a quarter of eight seconds
        (-9, 2.0, 0),
        (-30, 0.25, 0),
        (60, 0.25, 0),  # the clock was set back
    ],
)
def test_pulse_begins_at_its_pace_and_takes_a_quarter_of_the_time(
    began: float, own: float, begins: float
) -> None:
    assert earliest(EVERY, last(began, own, own), NOW) == after(begins)


@pytest.mark.parametrize(
    ("due", "waits"),
    [
        (30, False),
        (1 + MARGIN.total_seconds() + 0.01, False),
        (1 + MARGIN.total_seconds(), True),
        (0.1, True),
        (0, True),
        (0.01 - GRACE.total_seconds(), True),
        (-GRACE.total_seconds(), False),
    ],
)
def test_pulse_that_would_not_end_in_time_leaves_the_moment_to_the_cycle(due: float, waits: bool) -> None:
    assert gives_way(after(due), last(-20), NOW) is waits


def test_pulse_waits_for_no_cycle_where_none_is_due() -> None:
    assert not gives_way(None, last(-20), NOW)
    assert gives_way(after(0.4), None, NOW), "nothing is known of its length"
    assert not gives_way(after(0.6), None, NOW)


def test_api_is_waited_for_until_the_cycle_is_due() -> None:
    assert patience(None, NOW) == LONGEST
    assert patience(after(50), NOW) == LONGEST
    assert patience(after(-5), NOW) == LONGEST
    assert patience(after(4), NOW) == timedelta(seconds=4) - MARGIN
    assert patience(after(0.7), NOW) == SHORTEST


def test_budget_holds_over_any_sixty_seconds() -> None:
    budget = Budget(10)
    for second in range(5):
        assert budget.left(second) == 10 - 2 * second
        budget.spend(2, second)
    assert (budget.left(5), budget.wait(2, 5)) == (0, 55.0)
    assert budget.wait(3, 5) == 56.0, "of the pulse after the first too"
    assert (budget.left(59.9), budget.left(60), budget.wait(2, 60)) == (0, 2, 0.0)


def test_next_cycle_is_due_an_interval_after_the_last_of_the_sensor(tmp_path: Path) -> None:
    cycles = Cycles(tmp_path, timedelta(seconds=60))
    assert cycles.due(NOW) is None
    write_report(report("a", tick_at=after(-50)), tmp_path)
    assert cycles.due(NOW) == after(10)
    write_report(report("b", tick_at=None), tmp_path)
    assert cycles.due(NOW) == after(10), "one by hand moves nothing"
    write_report(report("c", tick_at=after(-1)), tmp_path)
    assert cycles.due(NOW) == after(59)
    assert cycles.due(after(-5)) is None, "the clock was set back"


def report(cycle_id: str, tick_at: datetime | None) -> CycleReport:
    return CycleReport(cycle_id, NOW, "success", "api", 60, tick_at=tick_at)
