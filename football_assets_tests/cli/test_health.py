"""`football-assets health` as a process of its own, on real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from football_assets.cycle.report import write_report
from football_assets_tests.cli.processes import run
from football_assets_tests.cycle.reports import a_failed_report, a_report


def publish(data: Path, seconds_old: float) -> None:
    path = data / "football.duckdb"
    path.touch()
    written = time.time() - seconds_old
    os.utime(path, (written, written))


@pytest.mark.parametrize(
    ("seconds_old", "status", "begins"),
    [
        (20, 0, "fresh: published 2"),
        (200, 1, "late: published 3 min ago"),
        (4000, 2, "dead: published 66 min ago"),
        (-140, 1, "late: published 2 min in the future by this machine's clock"),
        (-18_000, 2, "dead: published 4 h in the future by this machine's clock"),
    ],
)
def test_exit_status_tells_how_old_the_published_file_is(
    tmp_path: Path, seconds_old: float, status: int, begins: str
) -> None:
    publish(tmp_path, seconds_old)
    write_report(a_report(), tmp_path / "cycles")
    done = run(tmp_path, "health")
    assert done.returncode == status
    assert done.stdout.startswith(begins)
    assert done.stdout.endswith("; last cycle success, api, 12:01:00 UTC\n")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_nothing_published_is_dead(tmp_path: Path) -> None:
    done = run(tmp_path, "health")
    assert done.returncode == 2
    assert done.stdout == "dead: nothing published; no cycle has ended yet\n"


def test_bounds_are_the_settings(tmp_path: Path) -> None:
    publish(tmp_path, 20)
    assert run(tmp_path, "health", FOOTBALL_THRESHOLD_AGE_SECONDS="5,10,300").returncode == 1
    assert run(tmp_path, "health", FOOTBALL_THRESHOLD_AGE_SECONDS="5,10,15").returncode == 2


def test_last_cycle_is_the_newest_that_has_ended_and_its_error_is_told(tmp_path: Path) -> None:
    publish(tmp_path, 20)
    for report in (a_report(1), a_failed_report(2, error="No\nanswer"), a_report(3, status="running")):
        write_report(report, tmp_path / "cycles")
    assert run(tmp_path, "health").stdout.endswith("last cycle failure, api, 12:02:00 UTC: No answer\n")


def test_broken_report_is_passed_over(tmp_path: Path) -> None:
    publish(tmp_path, 20)
    write_report(a_report(), tmp_path / "cycles")
    (tmp_path / "cycles" / "99991231T000000.000000Z-broken.json").write_text("{")
    assert "last cycle success" in run(tmp_path, "health").stdout


def test_bad_setting_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = run(tmp_path, "health", FOOTBALL_INTERVAL_SECONDS="soon")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["health", "status", "metrics"])
def test_it_needs_neither_dagster_nor_duckdb(command: str) -> None:
    code = f"import sys, football_assets.cli.{command}; print({{'dagster', 'duckdb'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_json_is_one_object_with_the_same_exit_status(tmp_path: Path) -> None:
    publish(tmp_path, 4000)
    write_report(a_report(1), tmp_path / "cycles")
    write_report(a_failed_report(2, error="No\nanswer"), tmp_path / "cycles")
    done = run(tmp_path, "health", "--json")
    assert done.returncode == 2
    assert done.stdout.count("\n") == 1
    told = json.loads(done.stdout)
    assert told["state"] == "dead"
    assert told["published_age_seconds"] >= 4000
    assert all(isinstance(each, str) for each in told["wrong"])
    assert told["last_cycle"]["status"] == "failure"
    assert told["last_cycle"]["error"] == "No\nanswer"
    assert told["last_cycle"]["started_at"].endswith("+00:00")


def test_json_of_nothing_published_has_nulls(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "health", "--json").stdout)
    assert (told["published_age_seconds"], told["last_cycle"]) == (None, None)
