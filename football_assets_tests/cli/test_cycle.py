"""`football-assets cycle` as people and scripts run it, on a scripted API."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from rich.text import Text

from football_assets.instance.databases import DATABASES, RUNS
from football_assets_tests.assets.world import SECRET, World, serving_world
from football_assets_tests.cli import processes
from football_assets_tests.thesports.api import ADDRESS_REFUSED, envelope


@pytest.fixture
def world() -> Iterator[World]:
    with serving_world() as world:
        yield world


def run(world: World, data: Path, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    api = {
        "THESPORTS_USER": "tester",
        "THESPORTS_SECRET": SECRET,
        "THESPORTS_BASE_URL": world.api.base_url,
    }
    return processes.run(data, "cycle", *options, **(api | changes))


def test_json_is_the_only_thing_on_standard_output(world: World, tmp_path: Path) -> None:
    result = run(world, tmp_path, "--json")
    assert result.returncode == 0
    printed = json.loads(result.stdout)
    assert printed["status"] == "success"
    assert printed["data_source"] == "api"
    assert list(printed["seconds"]) == ["live_fetch", "enrichment", "flatten", "filter", "publish", "total"]
    assert all(seconds > 0 for seconds in printed["seconds"].values())
    assert printed["requests"]["total"] == sum(printed["requests"]["by_endpoint"].values())
    assert printed["requests"]["by_endpoint"] == dict(world.api.counts)
    assert printed["rows"]["flattened_matches"] == 2


def test_breakdown_names_every_phase_and_the_margin(world: World, tmp_path: Path) -> None:
    result = run(world, tmp_path)
    assert result.returncode == 0
    for name in ("live fetch", "enrichment", "flattening", "filter", "publishing", "total", "margin"):
        assert f"\n{name} " in result.stdout


def test_a_terminal_gets_the_progress_and_two_lines(world: World, tmp_path: Path) -> None:
    api = {
        "THESPORTS_USER": "tester",
        "THESPORTS_SECRET": SECRET,
        "THESPORTS_BASE_URL": world.api.base_url,
    }
    shown = processes.on_terminal(tmp_path, "cycle", **api)
    progress, _, _ = shown.rpartition("\x1b[?25h")
    for phase in ("live fetch", "enrichment", "publish"):
        assert phase in progress
    first, second = Text.from_ansi(shown.splitlines()[-2]).plain, shown.splitlines()[-1]
    assert re.fullmatch(
        r"success in [\d.]+ s \(live fetch [\d.]+, enrichment [\d.]+, flattening [\d.]+, filter [\d.]+, "
        r"publishing [\d.]+\), margin [\d.]+ s of 60 s",
        first,
    )
    assert re.fullmatch(r"2 matches live, 2 in play, 5 new ticks; \d+ requests, 0 failed; data: api", second)
    assert '"event"' not in shown
    assert "endpoint" in processes.on_terminal(tmp_path, "cycle", "--details", **api)


def test_refused_credentials_are_one_line_and_status_1(world: World, tmp_path: Path) -> None:
    world.breaks(envelope({"err": ADDRESS_REFUSED}), "match/detail_live")
    result = run(world, tmp_path, "--json")
    assert result.returncode == 1
    printed = json.loads(result.stdout)
    assert printed["status"] == "failure"
    assert "IP is not authorized" in printed["error"]
    assert "whitelist" in printed["error"]
    assert "Traceback" not in result.stdout + result.stderr
    assert SECRET not in result.stdout + result.stderr
    assert not (tmp_path / "football.duckdb").exists()


def test_bad_setting_is_one_line_and_status_1(world: World, tmp_path: Path) -> None:
    result = run(world, tmp_path, FOOTBALL_MAX_CONNECTIONS="many")
    assert result.returncode == 1
    assert (
        result.stderr == "Error: FOOTBALL_MAX_CONNECTIONS=many is not allowed: a whole number from 1 to 200\n"
    )


def test_directory_of_another_run_is_waited_for_and_then_told_of(world: World, tmp_path: Path) -> None:
    with FileLock(tmp_path / "pipeline.lock"):
        result = run(world, tmp_path, FOOTBALL_INTERVAL_SECONDS="10")
    assert result.returncode == 1
    (told,) = map(json.loads, result.stderr.splitlines())
    assert told["status"] == "failure"
    assert told["error"] == (
        f"Another run is at work on {tmp_path} and did not end within 10 s: "
        "wait for it, or end it in Dagster's UI"
    )


DAMAGES = {
    "emptied": lambda _: b"",
    "halved": lambda content: content[: len(content) // 2],
    "garbled": lambda content: b"garbage!" * (len(content) // 8),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_broken_databases_of_dagster_are_set_aside_and_the_cycle_goes_on(
    world: World, tmp_path: Path, damage: str
) -> None:
    assert run(world, tmp_path).returncode == 0
    home = tmp_path / "dagster"
    for name in DATABASES:
        content = DAMAGES[damage]((home / name).read_bytes())
        for suffix in ("-wal", "-shm"):
            (home / f"{name}{suffix}").unlink(missing_ok=True)
        (home / name).write_bytes(content)
    result = run(world, tmp_path, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == "success"
    assert "it was set aside, and Dagster begins it anew" in result.stderr
    assert "Traceback" not in result.stderr
    assert run(world, tmp_path).returncode == 0


def test_broken_database_of_dagster_in_use_is_left_to_start(world: World, tmp_path: Path) -> None:
    assert run(world, tmp_path).returncode == 0
    path = tmp_path / "dagster" / RUNS
    path.write_bytes(b"garbage!" * 1000)
    with FileLock(tmp_path / "dagster" / "start.lock"):
        result = run(world, tmp_path)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "Error: Dagster's record cannot be read, and is mended by `football-assets start`: "
        f"Already running on {tmp_path} (pid unknown)"
    )
    assert path.read_bytes() == b"garbage!" * 1000


def test_data_directory_that_is_a_file_is_one_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    result = run(world, tmp_path / "data")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert str(tmp_path / "data") in result.stderr
