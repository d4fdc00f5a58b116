"""What is seen without Dagster, on real files."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.alerts.book import SIZE, record_path, tell
from football_assets.alerts.memory import Memory
from football_assets.alerts.outside import cadence, databases, disk
from football_assets.alerts.state import Observation
from football_assets.alerts.watchman import Watchman
from football_assets.cycle.lock import LONGEST_PULSE
from football_assets.cycle.report import read_reports, write_report
from football_assets.instance.records_sqlite import SqliteRecords
from football_assets.processes import uptime
from football_assets.settings import Settings
from football_assets_tests.checks.reports import report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
#: A lock that nobody holds.
FREE = Path("/nowhere/pipeline.lock")


def test_disk_with_room_is_well_and_one_without_is_named(tmp_path: Path, monkeypatch) -> None:
    assert not disk(tmp_path).critical
    real = os.statvfs(tmp_path)
    for free, said in ((0, "is full (no space left)"), (100_000_000 // real.f_frsize, "is nearly full")):
        fields = list(real)
        fields[4] = free
        monkeypatch.setattr(os, "statvfs", lambda _, fields=fields: os.statvfs_result(fields))
        found = disk(tmp_path)
        assert found.critical
        assert said in found.message


def test_database_that_is_garbage_or_empty_is_named(tmp_path: Path) -> None:
    path = tmp_path / "history" / "runs.db"
    path.parent.mkdir()
    assert not databases(SqliteRecords(tmp_path)).critical
    path.write_bytes(b"garbage" * 500)
    assert "history/runs.db cannot be read" in databases(SqliteRecords(tmp_path)).message
    path.write_bytes(b"")
    assert databases(SqliteRecords(tmp_path)).critical
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE runs (id INTEGER, run_id, pipeline_name, status, end_time)")
        database.execute("INSERT INTO runs VALUES (1, 'a', 'cycle', 'FAILURE', 5)")
        database.execute("INSERT INTO runs VALUES (2, 'b', 'retention', 'SUCCESS', 6)")
    assert not databases(SqliteRecords(tmp_path)).critical
    found = SqliteRecords(tmp_path).newest_run()
    assert found
    assert (found.run_id, found.failed) == ("a", True)


@pytest.mark.parametrize(("seconds", "critical"), [(10, False), (79, False), (81, True)])
def test_cycles_are_missed_a_third_of_an_interval_after_they_were_due(seconds: float, critical: bool) -> None:
    begun = replace(report(), started_at=NOW - timedelta(seconds=seconds))
    assert cadence([begun], NOW, FREE).critical is critical


def test_start_in_the_future_is_not_taken_for_news() -> None:
    ahead = replace(report(), started_at=NOW + timedelta(hours=5))
    assert "the clock was set back" in cadence([ahead], NOW, FREE).message


def test_clock_that_nobody_sets_counts_where_it_is_known() -> None:
    here = uptime()
    ahead = replace(report(), started_at=NOW + timedelta(hours=5), boot=here.boot, boot_seconds=here.seconds)
    assert not cadence([ahead], NOW, FREE).critical
    old = replace(ahead, started_at=NOW, boot_seconds=here.seconds - 300)
    assert "No cycle has begun for 300 s" in cadence([old], NOW, FREE).message


@contextmanager
def held(lock: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another program has the lock until its standard input is closed."""
    program = (
        "import filelock, sys; lock = filelock.FileLock(sys.argv[1]); lock.acquire()\n"
        "print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline()
        yield other
        other.stdin.close()


def test_who_holds_the_directory_is_named_where_no_cycle_begins(tmp_path: Path) -> None:
    lock = tmp_path / "pipeline.lock"
    late = replace(report(), started_at=NOW - timedelta(seconds=300))
    with held(lock) as other:
        message = cadence([late], NOW, lock).message
    who = f"pid {other.pid}" if Path("/proc/locks").exists() else "another program"
    assert message == f"No cycle has begun for 300 s: {who} holds {lock}; wait for it, or end it."
    assert cadence([late], NOW, lock).message == "No cycle has begun for 300 s."


def test_pulse_that_has_the_directory_for_a_moment_is_no_cause(tmp_path: Path) -> None:
    lock = tmp_path / "pipeline.lock"
    late = replace(report(), started_at=NOW - timedelta(seconds=300))
    with held(lock) as pulse:
        assert pulse.stdin
        threading.Timer(LONGEST_PULSE / 4, pulse.stdin.close).start()
        assert cadence([late], NOW, lock).message == "No cycle has begun for 300 s."


def test_reports_keep_their_order_when_the_clock_is_set_back(tmp_path: Path) -> None:
    for name, hour in (("first", 17), ("second", 12)):
        write_report(replace(report(name), started_at=NOW.replace(hour=hour)), tmp_path)
    write_report(replace(report("first"), started_at=NOW.replace(hour=17), error="again"), tmp_path)
    assert [one.cycle_id for one in read_reports(tmp_path)] == ["second", "first"]


def test_two_who_watch_alert_once_and_the_record_never_needs_more_room(tmp_path: Path, capfd) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    full = Observation("disk", True, "The disk is full.")
    for _ in range(2):
        memory, _ = tell(settings, [full], NOW, Memory())
        assert set(memory.critical) == {"disk"}
        assert record_path(settings).stat().st_size == SIZE
    assert capfd.readouterr().err.count("critical, disk") == 1


def test_watchman_names_a_cycle_that_failed_without_dagster(tmp_path: Path, capfd) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    write_report(report("gone", status="failure", error="No answer"), settings.reports_path)
    watchman = Watchman(settings)
    assert "Cycle gone failed: No answer" in watchman.look(datetime.now(UTC))
    assert watchman.look(datetime.now(UTC)) == "Nothing has changed (critical: cycle)"


def test_watchman_gives_the_first_cycle_its_time(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    now = [0.0]
    watchman = Watchman(settings, lambda: now[0])
    write_report(replace(report(), started_at=NOW - timedelta(days=1)), settings.reports_path)
    assert "cadence" not in watchman.look(NOW)
    now[0] = 81
    assert "critical, cadence: No cycle has begun for 86400 s" in watchman.look(NOW)
