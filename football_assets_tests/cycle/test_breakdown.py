"""The report as people read it."""

from __future__ import annotations

import pytest

from football_assets.cycle.breakdown import breakdown, one_line, short
from football_assets.cycle.report import PHASES, CycleReport
from football_assets_tests.cycle.reports import NOON, a_failed_report, a_report


def fields(report: CycleReport) -> dict[str, str]:
    """Label -> text of the lines that have a label."""
    return {line[:14].strip(): line[14:].strip() for line in breakdown(report).splitlines()}


def test_each_phase_the_total_and_the_margin_have_a_line() -> None:
    found = fields(a_report())
    names = ("live fetch", "enrichment", "flattening", "filter", "publishing", "total")
    assert [found[name] for name in names] == [
        "0.400 s",
        "3.000 s",
        "0.100 s",
        "0.005 s",
        "0.200 s",
        "3.900 s",
    ]
    assert len(names) == len(PHASES) + 1
    assert found["margin"] == "56.100 s, interval 60 s"


def test_phase_that_was_not_reached_is_a_dash() -> None:
    found = fields(a_failed_report())
    assert found["live fetch"] == "30.000 s"
    assert [found[name] for name in ("enrichment", "flattening", "filter", "publishing")] == ["–"] * 4
    assert found["newest change"] == "–"


def test_endpoints_have_their_requests_and_milliseconds() -> None:
    line = next(line for line in breakdown(a_report()).splitlines() if line.startswith("match/recent/list"))
    assert line.split() == ["match/recent/list", "50", "2", "3", "20.0", "250.0", "120.0"]


def test_counts_causes_and_ages_are_told() -> None:
    found = fields(a_report(warnings=["odds/live was not read"]))
    assert found["requests"] == "51 sent, 2 failed, 3 retried"
    assert found["failures"] == "timeout 2"
    assert found["rows"] == "live_matches 50, match_stats 1500, flattened_matches 50"
    assert found["odds"] == "120 new ticks, 7 matches wait for their history"
    assert found["freshness"] == "4.900 s since the sensor's tick"
    assert found["newest change"] == "6.200 s old"
    assert found["memory"] == "182 MB"
    assert found["warning"] == "odds/live was not read"


def test_freshness_of_a_run_without_a_tick_counts_from_the_start() -> None:
    assert fields(a_report(tick_at=None))["freshness"] == "4.900 s since the start"


@pytest.mark.parametrize(
    "report",
    [
        a_report(),
        a_failed_report(),
        CycleReport("x", NOON, "running", "simulated", 60),
        a_report(
            rows={f"a_table_with_a_long_name_{n}": 10**9 for n in range(9)},
            warnings=["word " * 60],
            error="x " * 99,
        ),
    ],
)
def test_no_line_is_wider_than_80_columns_or_ends_in_blanks(report: CycleReport) -> None:
    for line in breakdown(report).splitlines():
        assert len(line) <= 80
        assert line == line.rstrip()


def test_one_line_is_one_line_whatever_the_error() -> None:
    line = one_line(a_failed_report(error="first\nsecond\x1b[31m", warnings=["a\r\nb"]))
    assert line.splitlines() == [line]
    assert line.startswith("failure in 30.10 s (enrichment –); margin 29.90 s; 3 requests, 1 failed; – live")
    assert "error: first second" in line
    assert "\x1b" not in line


def test_short_tells_phases_results_warnings_and_errors() -> None:
    report = a_report(seconds={"live_fetch": 0.5, "total": 1.0}, warnings=["odd\nthing"])
    first, _, warning = short(report).splitlines()
    assert first == "success in 1.0 s (live fetch 0.5), margin 59.0 s of 60 s"
    assert warning == "warning: odd thing"
    assert short(a_failed_report(error="No answer")).splitlines()[1] == "No answer"
