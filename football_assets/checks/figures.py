"""The figures held against thresholds: a cycle's own, by its report, and the published file's age."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from football_assets.checks.outcome import Check, Outcome, not_checked
from football_assets.cycle.report import CycleReport
from football_assets.published.freshness import age_state, published_age
from football_assets.published.thresholds import State, bounds, judge
from football_assets.settings import Settings, Thresholds


@dataclass(frozen=True)
class Figure:
    """A figure and the check that it has. `subject` and `unit` are the sentence around its value."""

    check: Check
    subject: str
    unit: str
    falling: bool = False

    def thresholds(self, settings: Settings) -> Thresholds:
        """The figure's thresholds: the setting is named as the check."""
        thresholds: Thresholds = getattr(settings, f"threshold_{self.check.name}")
        return thresholds

    def outcome(
        self,
        value: float | None,
        settings: Settings,
        judged: Callable[[float, Thresholds], State] | None = None,
    ) -> Outcome:
        """How the value stands; None is a figure that was not measured. `judged` takes the place of the
        ordinary comparison with the thresholds."""
        if value is None:
            return not_checked(f"{self.subject} was not measured")
        thresholds = self.thresholds(settings)
        state = judged(value, thresholds) if judged else judge(value, thresholds, falling=self.falling)
        described = bounds(thresholds, falling=self.falling)
        return Outcome(
            state,
            f"{self.subject} is {value:.4g} {self.unit}: {state} ({described}).",
            {
                "value": float(value),
                **dict(zip(("normal", "warning", "critical"), map(float, thresholds), strict=True)),
            },
        )


def error_percent(report: CycleReport) -> float:
    """Requests without a good answer in any attempt, in per cent of all. One never sent counts as failed."""
    asked = max(report.requests - report.requests_retried, report.requests_failed)
    return 100 * report.requests_failed / asked if asked else 0.0


#: The figures of a cycle, each with its place in the report.
CYCLE_FIGURES: tuple[tuple[Figure, Callable[[CycleReport], float | None]], ...] = (
    (
        Figure(
            Check(
                "football_db",
                "total_seconds",
                "A cycle's seconds, from its start until just before publishing.",
                "`football-assets cycle` shows which phase takes so long.",
            ),
            "The cycle's total time",
            "s",
        ),
        lambda report: report.seconds.get("total"),
    ),
    (
        Figure(
            Check(
                "football_db",
                "enrichment_seconds",
                "Seconds for details, odds, teams, competitions and countries.",
                "See the requests by endpoint in `football-assets cycle --json`; more connections "
                "(FOOTBALL_MAX_CONNECTIONS) help unless the API itself is slow.",
            ),
            "The enrichment time",
            "s",
        ),
        lambda report: report.seconds.get("enrichment"),
    ),
    (
        Figure(
            Check(
                "football_db",
                "error_percent",
                "Requests to the API without a good answer in any attempt, in per cent.",
                "The causes are in the report's `failures`: check the credentials, the quotas and "
                "TheSports' own state.",
            ),
            "The API's error rate",
            "%",
        ),
        error_percent,
    ),
    (
        Figure(
            Check(
                "football_db",
                "margin_seconds",
                "Seconds that the cycle left of its interval; below zero, the next one starts late.",
                "Make cycles quicker, or set a longer FOOTBALL_INTERVAL_SECONDS.",
            ),
            "The margin of the interval",
            "s",
            falling=True,
        ),
        lambda report: report.margin_seconds,
    ),
    (
        Figure(
            Check(
                "football_db",
                "memory_mb",
                "The most memory that the run's process had.",
                "Set FOOTBALL_MAX_CONNECTIONS lower, or give the machine more memory.",
            ),
            "The run's peak memory",
            "MB",
        ),
        lambda report: report.memory_mb,
    ),
)

PUBLISHED_AGE = Figure(
    Check(
        "football_db",
        "age_seconds",
        "Seconds since the published file was written.",
        "See that `football-assets start` runs and its sensor is on; `football-assets health` tells.",
    ),
    "The published database's age",
    "s",
)


def figure_outcomes(report: CycleReport | None, settings: Settings) -> Iterable[tuple[Check, Outcome]]:
    """The checks of a cycle's figures. Without a report each says so."""
    for figure, value_of in CYCLE_FIGURES:
        if report is None:
            yield figure.check, not_checked("there is no report of a cycle that succeeded")
            continue
        outcome = figure.outcome(value_of(report), settings)
        outcome.metadata["cycle_id"] = report.cycle_id
        yield figure.check, outcome


def age_outcome(settings: Settings, now: datetime) -> Outcome:
    """The check of the published file's age; a file that is not there is critical."""
    age = published_age(settings.published_path, now)
    if age is None:
        return Outcome(State.CRITICAL, f"There is no published database at {settings.published_path}.")
    return PUBLISHED_AGE.outcome(age, settings, age_state)
