"""The decision of a tick, by table, and the beat that comes of it over many ticks of Dagster's loop."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median

import pytest

from football_assets.sensors.cadence import LOOP_SECONDS, Beat, Launch, RunInProgress, Skip, Wait, decide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = Beat.every(60)
RUN = RunInProgress("run 7f", "started", NOON - timedelta(seconds=50))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("ticked", "last_start", "in_progress", "expected"),
    [
        pytest.param(0, None, (), Launch(NOON), id="the first cycle starts at once"),
        pytest.param(58, NOON, (), Wait(at(60)), id="a tick two seconds early waits for the moment"),
        pytest.param(59, NOON, (), Wait(at(60.1)), id="a tick less early moves the beat a little later"),
        pytest.param(55, NOON, (), Wait(at(59.9)), id="a tick more early moves the beat a little sooner"),
        pytest.param(58, NOON, (RUN,), Wait(at(60)), id="a run that may end in time is waited for"),
        pytest.param(60.2, NOON, (), Launch(at(60.1)), id="a tick a little late starts for its slot"),
        pytest.param(
            66, NOON, (), Launch(at(66)), id="a late tick starts at once and the beat counts from it"
        ),
        pytest.param(7200, NOON, (), Launch(at(7200)), id="two hours asleep give one cycle"),
        pytest.param(0, at(3600), (), Launch(NOON), id="a clock that was set back does not stop the cycles"),
    ],
)
def test_decision(ticked, last_start, in_progress, expected) -> None:
    assert decide(at(ticked), at(ticked), MINUTE, last_start, in_progress) == expected


def test_cycle_in_progress_makes_the_tick_skip_and_say_which_and_since_when() -> None:
    decision = decide(at(61), at(58), MINUTE, NOON, [RUN])
    assert decision == Skip("Never two cycles at once: run 7f is started since 2026-03-01 11:59:10 UTC")


def test_interval_out_of_step_with_the_loop_skips_until_the_cycle_is_near() -> None:
    beat = Beat.every(62)
    assert decide(at(40), at(40), beat, NOON) == Skip("The next cycle is due at 12:01:02 UTC")
    assert decide(at(57), at(57), beat, NOON) == Wait(at(62))


@pytest.mark.parametrize("interval", [10, 60, 62, 300])
def test_starts_keep_their_distance_though_the_loop_jitters(interval: int) -> None:
    starts = _starts(Beat.every(interval), count=200, jitter=0.01, hiccup=1.4)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)][40:]
    assert median(gaps) == pytest.approx(interval, abs=0.2)
    assert max(gaps) <= interval + 1.5
    assert min(gaps) >= interval - 0.2


def _starts(beat: Beat, count: int, jitter: float, hiccup: float) -> list[datetime]:
    """The starts under a loop like Dagster's: a turn each 5 s after the last, now and then a slow one."""
    random = Random(60)
    now, last_tick, busy_until, starts = NOON, None, NOON, []
    while len(starts) < count:
        now += timedelta(seconds=LOOP_SECONDS + random.uniform(0, jitter))
        if random.random() < 0.001:
            now += timedelta(seconds=hiccup)
        too_soon = last_tick and now - last_tick < timedelta(seconds=beat.minimum_interval_seconds)
        if too_soon or now < busy_until:
            continue
        last_tick = now
        decision = decide(now, now, beat, starts[-1] if starts else None)
        if isinstance(decision, Wait):
            busy_until = decision.until
            decision = decide(decision.until, now, beat, starts[-1])
        if isinstance(decision, Launch):
            starts.append(decision.slot)
    return starts
