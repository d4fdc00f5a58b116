"""What the UI is given to plot and to show."""

from __future__ import annotations

from football_assets.assets.metadata import cycle_figures, endpoint_figures, matches_preview
from football_assets_tests.cycle.reports import a_failed_report, a_report

ROW = {
    "country": "England",
    "competition": "Cup",
    "minute": 67,
    "status": "second half",
    "home_team": "Home",
    "away_team": "Away",
    "home_score": 2,
    "away_score": 1,
    "money_line_home": 1.5,
    "money_line_draw": 4.0,
    "money_line_away": None,
}


def test_figures_of_a_cycle_are_numbers_so_that_the_ui_plots_them() -> None:
    figures = cycle_figures(a_report())
    numbers = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    assert numbers["total_seconds"] == 3.9
    assert numbers["live_fetch_seconds"] == 0.4
    assert numbers["requests"] == 51
    assert numbers["requests_failed"] == 2
    assert set(figures) - set(numbers) <= {"data_source", "failures by cause", "warnings"}


def test_figures_that_a_cycle_does_not_have_are_left_out() -> None:
    assert None not in cycle_figures(a_failed_report()).values()


def test_figures_of_endpoints_hold_requests_failures_retries_latency_and_bytes() -> None:
    assert endpoint_figures(a_report(), ["match/recent/list", "odds/live"]) == {
        "match/recent/list requests": 50,
        "match/recent/list failed": 2,
        "match/recent/list retried": 3,
        "match/recent/list median_seconds": 0.02,
        "match/recent/list p95_seconds": 0.25,
        "match/recent/list bytes": 120_000,
    }


def test_preview_is_a_table_of_the_matches() -> None:
    assert matches_preview([ROW]).value.splitlines()[2:] == [
        "| England | Cup | 67 | Home - Away | 2-1 | 1.5 | 4.0 |  |"
    ]


def test_names_cannot_break_out_of_the_preview() -> None:
    hostile = {**ROW, "home_team": "A|B\n<img src=x onerror=1> [x](javascript:1) `c`"}
    line = matches_preview([hostile]).value.splitlines()[2]
    assert r"A\|B \<img src=x onerror=1\> \[x\]\(javascript:1\)" in line
    assert len(matches_preview([hostile]).value.splitlines()) == 3
