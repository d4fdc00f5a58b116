"""The cycle's figures: what they are read from, what the sentence says, and how old the file is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.checks.figures import age_outcome, error_percent, figure_outcomes
from football_assets.cycle.report import CycleReport, EndpointReport
from football_assets.published.freshness import published_age
from football_assets.published.thresholds import State, bounds
from football_assets.settings import Settings
from football_assets_tests.checks.reports import report

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


def published(settings: Settings, seconds_old: float) -> None:
    settings.published_path.touch()
    written = (NOON - timedelta(seconds=seconds_old)).timestamp()
    os.utime(settings.published_path, (written, written))


@pytest.mark.parametrize(
    ("changed", "check", "state"),
    [
        ({}, "total_seconds", State.NORMAL),
        ({"seconds": {"total": 12.0}}, "total_seconds", State.SLOW),
        ({"seconds": {"total": 50.0}}, "total_seconds", State.CRITICAL),
        ({"seconds": {"total": 50.0}}, "margin_seconds", State.CRITICAL),
        ({"seconds": {"total": 4.0, "enrichment": 9.0}}, "enrichment_seconds", State.WARNING),
        ({"seconds": {"total": 4.0}}, "enrichment_seconds", State.WARNING),
        ({"failures": {"not_reachable": 20}}, "error_percent", State.WARNING),
        ({"memory_mb": 1200.0}, "memory_mb", State.CRITICAL),
        ({"memory_mb": None}, "memory_mb", State.WARNING),
    ],
)
def test_figure_of_a_cycle(settings: Settings, changed, check: str, state: State) -> None:
    outcomes = {one.name: outcome for one, outcome in figure_outcomes(report(**changed), settings)}
    assert outcomes[check].state is state
    assert outcomes[check].passed is (state in (State.NORMAL, State.SLOW))


def test_sentence_has_value_state_and_bounds_and_the_metadata_has_numbers(settings: Settings) -> None:
    slow = report("7f", seconds={"total": 12.34})
    outcomes = {one.name: outcome for one, outcome in figure_outcomes(slow, settings)}
    outcome = outcomes["total_seconds"]
    assert outcome.description == (
        "The cycle's total time is 12.34 s: slow (normal up to 10, warning from 15, critical above 45)."
    )
    assert outcome.metadata == {
        "value": 12.34,
        "normal": 10.0,
        "warning": 15.0,
        "critical": 45.0,
        "cycle_id": "7f",
    }


def test_bounds_of_a_figure_that_is_better_when_high_are_told_from_above(settings: Settings) -> None:
    outcomes = {one.name: outcome for one, outcome in figure_outcomes(report(), settings)}
    told = bounds(settings.threshold_margin_seconds, falling=True)
    assert outcomes["margin_seconds"].description == f"The margin of the interval is 56 s: normal ({told})."


def test_figure_that_was_not_measured_says_so(settings: Settings) -> None:
    outcomes = {one.name: outcome for one, outcome in figure_outcomes(report(memory_mb=None), settings)}
    assert outcomes["memory_mb"].description == "Not checked: The run's peak memory was not measured."
    assert outcomes["memory_mb"].metadata == {"checked": False, "cycle_id": "now"}


def test_thresholds_are_those_of_the_settings(tmp_path: Path) -> None:
    strict = Settings(_env_file=None, data_dir=tmp_path, threshold_total_seconds="1,2,3")
    outcomes = {one.name: outcome.state for one, outcome in figure_outcomes(report(), strict)}
    assert outcomes["total_seconds"] is State.CRITICAL


def test_missing_report_is_no_pass(settings: Settings) -> None:
    outcomes = list(figure_outcomes(None, settings))
    assert len(outcomes) == 5
    assert all(not outcome.passed and not outcome.critical for _, outcome in outcomes)
    assert {outcome.description for _, outcome in outcomes} == {
        "Not checked: there is no report of a cycle that succeeded."
    }


@pytest.mark.parametrize(
    ("requests", "retried", "failed", "percent"),
    [
        (0, 0, 0, 0.0),
        (200, 0, 10, 5.0),
        # One request, asked three times in vain, is one request that failed.
        (3, 2, 1, 100.0),
        (300, 100, 10, 5.0),
        # None was sent: all 40 waited for a quota in vain.
        (0, 0, 40, 100.0),
    ],
)
def test_error_rate_counts_requests_not_attempts(requests, retried, failed, percent) -> None:
    endpoints = {"recent/list": EndpointReport(requests=requests, retried=retried)}
    asked: CycleReport = report(endpoints=endpoints, failures={"not_reachable": failed})
    assert error_percent(asked) == percent


@pytest.mark.parametrize(
    ("seconds_old", "state"),
    [
        (80, State.NORMAL),
        (120, State.SLOW),
        (200, State.WARNING),
        (301, State.CRITICAL),
        (-3, State.NORMAL),
        (-30, State.WARNING),
        (-301, State.CRITICAL),
    ],
)
def test_age_of_the_published_file(settings: Settings, seconds_old: float, state: State) -> None:
    published(settings, seconds_old)
    assert age_outcome(settings, NOON).state is state


def test_file_that_is_not_there_has_no_age_and_is_critical(settings: Settings) -> None:
    assert published_age(settings.published_path, NOON) is None
    outcome = age_outcome(settings, NOON)
    assert outcome.critical
    assert outcome.description == f"There is no published database at {settings.published_path}."


def test_file_dated_ahead_of_the_clock_has_a_negative_age(settings: Settings) -> None:
    published(settings, -30)
    assert published_age(settings.published_path, NOON) == -30
