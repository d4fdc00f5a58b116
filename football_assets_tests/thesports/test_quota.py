"""The quotas in their file: the window, the reserve, pauses, other processes, and a file gone bad."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.quota import Quota, Usage, usage
from football_assets_tests.thesports.clock import Clock

HISTORY = "odds/history"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quota.sqlite"


def fill(quota: Quota, endpoint: str = HISTORY, *, urgent: bool = False, most: int = 2000) -> int:
    """Take and finish requests until there is no room; gives how many there were."""
    for number in range(most):
        ticket = quota.take(endpoint, urgent=urgent)
        if ticket is None:
            return number
        quota.done(ticket)
    return most


def test_endpoint_has_its_own_limit_beside_the_total(clock: Clock) -> None:
    quota = Quota(clock=clock.time, limits={HISTORY: 5}, total_limit=20)
    assert fill(quota) == 5
    assert fill(quota, "country/list") == 5
    assert fill(quota, "country/list", urgent=True) == 10


def test_default_limits_are_the_vendors(clock: Clock) -> None:
    quota = Quota(clock=clock.time)
    endpoints = (HISTORY, "match/live/history", "x")
    assert [fill(quota, endpoint) for endpoint in endpoints] == [120, 120, 720]
    assert fill(quota, "x", urgent=True) == 40


def test_room_comes_back_a_minute_after_the_answer(clock: Clock) -> None:
    quota = Quota(clock=clock.time, limits={HISTORY: 1})
    ticket = quota.take(HISTORY)
    assert ticket is not None
    clock.now += 20
    quota.done(ticket)
    clock.now += 59.9
    assert quota.take(HISTORY) is None
    assert quota.wait(HISTORY) == pytest.approx(0.1, abs=0.001)
    clock.now += 0.11
    assert quota.take(HISTORY) is not None


def test_first_room_comes_from_the_request_that_was_answered_first(clock: Clock) -> None:
    quota = Quota(clock=clock.time, limits={HISTORY: 2})
    for _ in range(2):
        fill(quota, most=1)
        clock.now += 20
    assert quota.wait(HISTORY) == pytest.approx(20)


def test_room_is_told_ahead(clock: Clock) -> None:
    quota = Quota(clock=clock.time, limits={HISTORY: 3})
    fill(quota, most=2)
    assert quota.available(HISTORY) == 1
    assert quota.available(HISTORY, within=61) == 3
    quota.pause(HISTORY, 30)
    assert (quota.available(HISTORY), quota.available(HISTORY, within=31)) == (0, 1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 20), st.booleans()), max_size=60))
def test_no_minute_sees_more_than_the_limit(steps: list[tuple[float, float, bool]]) -> None:
    clock = Clock()
    quota = Quota(clock=clock.time, limits={HISTORY: 3}, total_limit=5)
    seen: deque[float] = deque()
    for pause, duration, urgent in steps:
        clock.now += pause
        ticket = quota.take(HISTORY if urgent else "x", urgent=urgent)
        if ticket is None:
            continue
        clock.now += duration
        seen.append(clock.now)  # the API counts it as late as it can
        quota.done(ticket)
        while seen[0] <= clock.now - 60:
            seen.popleft()
        assert len(seen) <= 5
    quota.close()


def test_waiting_as_told_gives_room(clock: Clock) -> None:
    quota = Quota(clock=clock.time, limits={HISTORY: 3}, total_limit=6)
    for pause in (0, 5, 7, 11):
        clock.now += pause
        fill(quota, "x", urgent=True, most=1)
    for endpoint, urgent in [(HISTORY, False), ("x", False), (HISTORY, True), ("x", True)] * 5:
        clock.now += quota.wait(endpoint, urgent=urgent) + 1e-3
        assert fill(quota, endpoint, urgent=urgent, most=1) == 1


def test_one_file_is_one_quota(path: Path, clock: Clock) -> None:
    first, second = (Quota(path, clock=clock.time, limits={HISTORY: 4}) for _ in range(2))
    assert fill(first, most=3) + fill(second) == 4
    second.pause("x", 10)
    assert first.take("x") is None
    first.close()
    assert fill(Quota(path, clock=clock.time, limits={HISTORY: 4})) == 0


def test_processes_together_stay_within_the_limit(path: Path) -> None:
    program = (
        "import sys; from football_assets.thesports.quota import Quota\n"
        "quota = Quota(sys.argv[1], limits={'odds/history': 50})\n"
        "tickets = [quota.take('odds/history') for _ in range(40)]\n"
        "print(sum(ticket is not None for ticket in tickets))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sum(int(process.communicate()[0]) for process in processes) == 50


def test_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    together = Barrier(4)

    def opened(_: int) -> list[bool]:
        found = []
        for name in range(40):
            together.wait(timeout=20)
            with closing(Quota(tmp_path / f"{name}.sqlite")) as quota:
                found.append(quota.take(HISTORY) is not None)
        return found

    with ThreadPoolExecutor(4) as pool:
        assert all(map(all, pool.map(opened, range(4))))


def test_requests_of_a_killed_process_count_for_a_while(path: Path, clock: Clock) -> None:
    killed = Quota(path, clock=clock.time, limits={HISTORY: 2})
    killed.take(HISTORY)
    killed.take(HISTORY)
    after = Quota(path, clock=clock.time, limits={HISTORY: 2})
    clock.now += 60
    assert after.take(HISTORY) is None
    clock.now += 31
    assert fill(after) == 2


def test_longer_pause_stands(clock: Clock) -> None:
    quota = Quota(clock=clock.time)
    quota.pause("x", 20)
    quota.pause("x", 5)
    assert quota.wait("x") == pytest.approx(20)


@pytest.mark.parametrize("seconds", [1e6, 1e15, float("inf")])
def test_absurd_pause_ends(clock: Clock, seconds: float) -> None:
    quota = Quota(clock=clock.time)
    quota.pause("x", seconds)
    clock.now += 301
    assert quota.take("x") is not None


@pytest.mark.parametrize("back", [100, 1800, 86400])
@pytest.mark.parametrize("reopened", [False, True])
def test_clock_set_back_neither_blocks_nor_forgets(
    path: Path, clock: Clock, back: float, reopened: bool
) -> None:
    quota = Quota(path, clock=clock.time, limits={HISTORY: 5})
    assert fill(quota) == 5
    clock.now -= back
    if reopened:
        quota = Quota(path, clock=clock.time, limits={HISTORY: 5})
    assert quota.take(HISTORY) is None
    clock.now += 61
    assert fill(quota) == 5


def test_clock_set_back_ends_a_pause(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    quota.pause("x", 10)
    clock.now -= 1800
    assert quota.take("x") is None
    clock.now += 301
    assert quota.take("x") is not None


def test_past_requests_are_forgotten(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    for _ in range(5):
        fill(quota, most=20)
        clock.now += 61
    fill(quota, most=1)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM requests").fetchone() == (1,)


@pytest.mark.parametrize("content", [b"no database at all " * 50, b"SQLite format 3\0" + b"\xff" * 5000])
def test_corrupt_file_is_begun_anew(path: Path, clock: Clock, content: bytes) -> None:
    path.write_bytes(content)
    assert fill(Quota(path, clock=clock.time, limits={HISTORY: 2})) == 2
    assert fill(Quota(path, clock=clock.time, limits={HISTORY: 2})) == 0


def test_corrupt_pages_are_begun_anew(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    fill(quota, "x", urgent=True)
    quota.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xab" * (size - 4096))
    assert fill(Quota(path, clock=clock.time, limits={HISTORY: 2})) == 2


def test_file_that_cannot_be_used_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(TheSportsError, match="quota") as caught:
        Quota(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_full_disk_is_one_error(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    ticket = quota.take("x") or 0
    pages = quota._db.execute("PRAGMA page_count").fetchone()[0]
    quota._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(TheSportsError, match=r"quota.*full"):
        for _ in range(1000):
            quota.take("x", urgent=True)
    quota.done(ticket)
    quota._db.execute("PRAGMA max_page_count = 100000")
    assert quota.take("x", urgent=True) is not None


def test_read_only_file_is_one_error(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    quota._db.execute("PRAGMA query_only = ON")
    with pytest.raises(TheSportsError, match="quota"):
        quota.take("x")
    quota.pause("x", 1)


def test_unreadable_file_has_no_room(path: Path, clock: Clock) -> None:
    quota = Quota(path, clock=clock.time)
    quota.close()
    assert quota.available("x") == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_directory_is_one_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(TheSportsError, match="quota"):
        Quota(tmp_path / "quota.sqlite")


def test_usage_tells_what_counts_and_what_is_paused_without_writing(tmp_path: Path) -> None:
    path = tmp_path / "quota.db"
    assert usage(path, {HISTORY: 120}, 1000, now=1000.0) == []
    assert not path.exists()
    quota = Quota(path, clock=lambda: 1000.0)
    for endpoint in (HISTORY, HISTORY, "match/diary"):
        quota.take(endpoint)
    quota.pause("match/diary", 30)
    quota.close()
    assert usage(path, {HISTORY: 120}, 1000, now=1010.0) == [
        Usage("", 3, 1000),
        Usage(HISTORY, 2, 120),
        Usage("match/diary", 1, 1000, 20.0),
    ]
    (lasting,) = usage(path, {HISTORY: 120}, 1000, now=1029.9)[2:]
    assert lasting.paused_seconds == pytest.approx(0.1)
    assert len(usage(path, {HISTORY: 120}, 1000, now=1030.0)) == 2
    with closing(sqlite3.connect(path)) as database:
        (ends,) = database.execute("SELECT max(counts_until) FROM requests").fetchone()
    assert [one.used for one in usage(path, {}, 1000, now=ends - 0.1)] == [3]
    assert [one.used for one in usage(path, {}, 1000, now=ends)] == [0]
    path.write_bytes(b"no database" * 99)
    assert usage(path, {}, 1000, now=1010.0) == []
