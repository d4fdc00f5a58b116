"""A figure between its thresholds, by table, rising and falling."""

import pytest

from football_assets.published.thresholds import State, bounds, judge

RISING = (10.0, 15.0, 45.0)
FALLING = (50.0, 45.0, 15.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, State.NORMAL),
        (10, State.NORMAL),
        (10.01, State.SLOW),
        (14.99, State.SLOW),
        (15, State.WARNING),
        (45, State.WARNING),
        (45.01, State.CRITICAL),
    ],
)
def test_rising_figure(value: float, expected: State) -> None:
    assert judge(value, RISING) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (60, State.NORMAL),
        (50, State.NORMAL),
        (49.99, State.SLOW),
        (45, State.SLOW),
        (44.99, State.WARNING),
        (15, State.WARNING),
        (14.99, State.CRITICAL),
        (-3, State.CRITICAL),
    ],
)
def test_falling_figure(value: float, expected: State) -> None:
    assert judge(value, FALLING, falling=True) is expected


def test_three_equal_thresholds_leave_nothing_between_normal_and_critical() -> None:
    assert [judge(value, (5, 5, 5)) for value in (5, 5.1)] == [State.NORMAL, State.CRITICAL]
    assert [judge(value, (5, 5, 5), falling=True) for value in (5, 4.9)] == [State.NORMAL, State.CRITICAL]


def test_bounds_are_told_as_they_are_judged() -> None:
    assert bounds(RISING) == "normal up to 10, warning from 15, critical above 45"
    assert bounds(FALLING, falling=True) == "normal from 50, warning below 45, critical below 15"
