"""`football-assets status` on real reports, in a pipe and on a terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from rich.text import Text

from football_assets.checks.outcome import Outcome
from football_assets.cli import main
from football_assets.cli.status import pulse_line, show
from football_assets.cycle.pulses import PulseReport, write_pulse
from football_assets.cycle.report import CycleReport, EndpointReport, write_report
from football_assets.published.freshness import Freshness
from football_assets.published.thresholds import State
from football_assets_tests.cli.processes import run
from football_assets_tests.cycle.reports import a_failed_report, a_report

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

#: Figures as wide as they may get: a slow day with many matches.
WIDE = {
    "seconds": {"total": 1234.5, "enrichment": 1200.25},
    "endpoints": {"match/recent/list": EndpointReport(12_345, 999, 12, 1.0, 2.0, 10**9)},
    "failures": {"timeout": 12_345},
    "odds_ticks_new": 98_765,
    "freshness_seconds": 1236.7,
}


def keep(data: Path, *reports: CycleReport) -> None:
    (data / "football.duckdb").touch()
    for report in reports:
        write_report(report, data / "cycles")


def cycles(output: str) -> list[list[str]]:
    """The table's rows, split at blanks."""
    table = output.split("\n\n")[1].splitlines()
    return [line.split() for line in table[1:] if not line.startswith("Times")]


def test_the_newest_cycles_stand_first_with_their_figures(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1), a_report(2, seconds={"total": 5.125}))
    rows = cycles(run(tmp_path, "status").stdout)
    assert rows == [
        ["03-01", "12:02:00", "success", "5.12", "–", "54.88", "51", "2", "120", "4.90"],
        ["03-01", "12:01:00", "success", "3.90", "3.00", "56.10", "51", "2", "120", "4.90"],
    ]


def test_only_so_many_cycles_are_shown(tmp_path: Path) -> None:
    keep(tmp_path, *(a_report(number) for number in range(15)))
    assert len(cycles(run(tmp_path, "status").stdout)) == 10
    assert [row[1] for row in cycles(run(tmp_path, "status", "--cycles", "1").stdout)] == ["12:14:00"]


def test_head_tells_health_checks_and_sums(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1, seconds={"total": 50.0, "enrichment": 3.0}), a_failed_report(2))
    head = run(tmp_path, "status").stdout.split("\n\n")[0].splitlines()
    assert head[0].startswith("fresh: published ")
    assert head[0].endswith("last cycle failure, api, 12:02:00 UTC: The API did not answer")
    assert head[1].startswith("Checks: 2 critical, ")
    assert any("total time is 50 s: critical" in line for line in head)
    assert head[-2:] == [
        "Cycles: 1 failure, 1 success; median 40.05 s, longest 50.00 s",
        "Requests: 54 sent, 3 failed, 5 retried; 0.4 MB received, 120 new ticks",
    ]


def test_errors_stand_below_with_their_cycles(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1), a_failed_report(2, error="No\x1b[31m\nanswer"))
    output = run(tmp_path, "status").stdout
    assert output.splitlines()[-1] == "03-01 12:02:00  No[31m answer"


def test_output_for_a_pipe_has_no_colours(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1), a_failed_report(2))
    assert "\x1b" not in run(tmp_path, "status").stdout


def test_without_any_cycle_it_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, "status")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "dead: nothing published; no cycle has ended yet"
    assert "Started" not in done.stdout


def test_bad_setting_is_one_line_and_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_INTERVAL_SECONDS", "soon")
    result = CliRunner().invoke(main, ["status"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("width", [80, 100, 200])
def test_each_cycle_is_one_line_of_a_terminal(width: int) -> None:
    reports = [a_report(1, **WIDE), a_failed_report(2), a_report(3, status="running", seconds={})]
    terminal = io.StringIO()
    console = Console(file=terminal, width=width, force_terminal=True, highlight=False)
    checks = [Outcome(State.NORMAL, "Good."), Outcome(State.CRITICAL, "Bad.")]
    show(Freshness.LATE, "late: published 3 min ago", checks, reports, console=console)
    assert "\x1b[" in terminal.getvalue()
    lines = Text.from_ansi(terminal.getvalue()).plain.splitlines()
    assert all(len(line) <= width for line in lines)
    assert "…" not in "".join(lines)
    [wide] = [line.split() for line in lines if line.startswith("03-01 12:01:00")]
    assert wide[2:] == ["success", "1234", "1200", "-1174", "12345", "12345", "98765", "1237"]


def test_json_has_health_checks_and_the_cycles_as_rows(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1), a_failed_report(2), a_report(3))
    done = run(tmp_path, "status", "--json", "--cycles", "2")
    told = json.loads(done.stdout)
    assert list(told) == ["health", "pulse", "checks", "cycles"]
    assert told["health"]["state"] == "fresh"
    assert {"state", "description"} == set(told["checks"][0])
    newest, failed = told["cycles"]
    assert newest["started_at"] == "2026-03-01T12:03:00+00:00"
    assert (newest["status"], failed["status"]) == ("success", "failure")
    assert sum(newest["requests_by_endpoint"].values()) == newest["requests"]


PULSE = PulseReport(NOW - timedelta(seconds=4), NOW - timedelta(seconds=3), 1, 7, seconds={"total": 1.0})


@pytest.mark.parametrize(
    ("pulse", "every", "said"),
    [
        (None, 5, ""),
        (PULSE, 0, ""),
        (PULSE, 5, "Pulses: every 5 s; the last one 3 s ago took 1.00 s"),
        (
            replace(PULSE, edition=None, error="odds/live: no answer", number=40, failed=2),
            5,
            "Pulses: every 5 s; the last one 3 s ago failed: odds/live: no answer; 2 of 40 failed",
        ),
    ],
)
def test_pulses_have_a_line(pulse: PulseReport | None, every: int, said: str) -> None:
    assert pulse_line(pulse, every, NOW) == said


def test_newest_pulse_is_told_to_people_and_programs(tmp_path: Path) -> None:
    keep(tmp_path, a_report(1))
    write_pulse(PULSE, tmp_path / "pulse.json")
    assert "Pulses: every 5 s; the last one " in run(tmp_path, "status").stdout
    assert json.loads(run(tmp_path, "status", "--json").stdout)["pulse"]["edition"] == 7
