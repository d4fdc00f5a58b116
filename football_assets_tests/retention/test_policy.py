"""Which runs go, by table."""

from datetime import UTC, datetime, timedelta

import pytest

from football_assets.retention.policy import EndedRun, KeepRuns, runs_to_remove

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEP = KeepRuns(timedelta(hours=2), timedelta(minutes=30), timedelta(days=3))


def run(minutes_ago: float, kind: str = "cycle SUCCESS") -> EndedRun:
    return EndedRun(f"{minutes_ago:g}", kind, NOON - timedelta(minutes=minutes_ago))


@pytest.mark.parametrize(
    ("runs", "removed"),
    [
        pytest.param([run(1), run(60), run(119)], [], id="all of the last hours stay"),
        pytest.param(
            [run(179), run(165), run(152), run(1)], ["165", "152"], id="of older ones one a slot stays"
        ),
        pytest.param(
            [run(179), run(165, "cycle FAILURE"), run(1)], [], id="a failure is no sample of successes"
        ),
        pytest.param([run(3 * 1440 + 1), run(1)], [str(3 * 1440 + 1)], id="beyond the samples all go"),
        pytest.param([run(9000)], [], id="the newest stays however old it is"),
        pytest.param([], [], id="nothing to do"),
    ],
)
def test_runs_to_remove(runs, removed) -> None:
    assert runs_to_remove(runs, NOON, KEEP) == removed
    assert runs_to_remove(reversed(runs), NOON, KEEP) == removed


def test_a_day_of_cycles_comes_down_to_two_hours_and_two_an_hour() -> None:
    day = [run(minute) for minute in range(1440)]
    assert len(day) - len(runs_to_remove(day, NOON, KEEP)) == pytest.approx(120 + 22 * 2, abs=2)
