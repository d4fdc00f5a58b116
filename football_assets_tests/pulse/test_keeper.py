"""The process of the pulses and its keeper, with real processes and pipes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from football_assets.processes import is_running
from football_assets.pulse.keeper import HUNG_SECONDS, Keeper
from football_assets.pulse.pipes import LEASE_SECONDS, Pipes
from football_assets_tests.assets.world import eventually
from football_assets_tests.thesports.clock import Clock

#: Lives as the pulses do: gives signs of life until its keeper is gone.
LIVES = """
import sys
from football_assets.pulse.pipes import Pipes
pipes = Pipes(sys.stdin.fileno(), sys.stdout.fileno())
while pipes.wait(0.05):
    pass
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(clock: Clock) -> Iterator[Keeper]:
    keeper = Keeper((sys.executable, "-c", LIVES), clock.time)
    yield keeper
    if keeper.pid:
        os.kill(keeper.pid, signal.SIGKILL)


def test_process_is_started_once_and_goes_on(keeper: Keeper, clock: Clock) -> None:
    assert keeper.pid is None
    keeper.keep()
    pid = keeper.pid
    assert pid
    for _ in range(5):
        clock.now += HUNG_SECONDS - 1
        assert eventually(lambda: gives_signs(keeper, clock))
    assert keeper.pid == pid


def test_process_that_ended_is_started_again(keeper: Keeper) -> None:
    keeper.keep()
    first = keeper.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not is_running(first))
    assert keeper.keep() == "The pulses' process had ended with status -9: another is started."
    assert keeper.pid not in (None, first)


def test_process_that_hangs_is_killed_in_time(keeper: Keeper, clock: Clock) -> None:
    keeper.keep()
    first = keeper.pid
    assert first
    assert eventually(lambda: gives_signs(keeper, clock))
    os.kill(first, signal.SIGSTOP)
    assert eventually(lambda: not gives_signs(keeper, clock))
    clock.now += HUNG_SECONDS - keeper.silent_seconds
    assert keeper.keep() == "", "not yet"
    clock.now += 0.01
    assert "hung" in keeper.keep()
    assert not is_running(first)
    assert keeper.pid not in (None, first)


def test_process_ends_with_its_keeper(keeper: Keeper) -> None:
    keeper.keep()
    pid = keeper.pid
    assert pid
    keeper.end()
    assert eventually(lambda: not is_running(pid))


def gives_signs(keeper: Keeper, clock: Clock) -> bool:
    """Whether a sign of life was read now; the clock of the keeper moves by a moment."""
    clock.now += 0.01
    return keeper.keep() == "" and keeper.silent_seconds == 0


def test_pulses_pause_where_nothing_is_heard_of_the_keeper() -> None:
    clock = Clock()
    told, tell = os.pipe()
    seen, sign = os.pipe()
    pipes = Pipes(told, sign, clock.time)
    assert pipes.may_beat
    clock.now += LEASE_SECONDS
    assert not pipes.may_beat
    os.write(tell, b".")
    assert pipes.wait(0)
    assert pipes.may_beat
    assert os.read(seen, 10) == b"."
    os.close(tell)
    assert not pipes.wait(100), "at once"
    for descriptor in (told, seen, sign):
        os.close(descriptor)


def test_signs_of_life_that_nobody_reads_hold_nothing_up() -> None:
    told, tell = os.pipe()
    seen, sign = os.pipe()
    pipes = Pipes(told, sign)
    for _ in range(70_000):
        assert pipes.wait(0)
    for descriptor in (told, tell, seen, sign):
        os.close(descriptor)
