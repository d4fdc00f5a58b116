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
    for name in ("live fetch", "enrichment", "flattening", "filter", "publish", "total", "margin"):
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
        r"publish [\d.]+\), margin [\d.]+ s of 60 s",
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


def test_data_directory_that_is_a_file_is_one_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    result = run(world, tmp_path / "data")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert str(tmp_path / "data") in result.stderr
