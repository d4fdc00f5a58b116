"""All checks of a cycle at once: its report is read, the published file opened, each once. No Dagster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from football_assets.checks.figures import PUBLISHED_AGE, Figure, age_outcome, figure_outcomes
from football_assets.checks.outcome import Check, Outcome, not_checked
from football_assets.checks.prices import PRICE_FIGURES, price_figure
from football_assets.checks.quality import QUALITY_CHECKS
from football_assets.cycle.report import CycleReport, read_reports
from football_assets.settings import Settings

if TYPE_CHECKING:
    import duckdb

#: A cycle's own report and the former successful one's are among so many of the newest.
REPORTS = 20

#: A former cycle that ended longer ago, in intervals, was of other matches.
_COMPARABLE_INTERVALS = 3


def evaluate(settings: Settings, cycle_id: str, now: datetime) -> Iterator[tuple[Check, Outcome]]:
    """Every check and what came of it, for the cycle that has just published. Raises nothing of its own:
    what is missing or cannot be read is told in the outcomes."""
    reports = list(read_reports(settings.reports_path, newest=REPORTS))
    yield from figure_outcomes(report_of(cycle_id, reports), settings)
    yield PUBLISHED_AGE.check, age_outcome(settings, now)
    yield from _quality_outcomes(settings, former_report(cycle_id, reports, settings, now))


def report_of(cycle_id: str, reports: Iterable[CycleReport]) -> CycleReport | None:
    """The report of that cycle if it succeeded, else of the newest that did; `reports` are newest first."""
    succeeded = [report for report in reports if report.status == "success"]
    own = (report for report in succeeded if report.cycle_id == cycle_id)
    return next(own, next(iter(succeeded), None))


def former_report(
    cycle_id: str, reports: Iterable[CycleReport], settings: Settings, now: datetime
) -> CycleReport | None:
    """The report of the newest other successful cycle, if it is of the same source and not long ago."""
    for report in reports:
        if (
            report.status != "success"
            or report.cycle_id == cycle_id
            or report.data_source != settings.data_source
        ):
            continue
        seconds_ago = (now - (report.finished_at or report.started_at)).total_seconds()
        return report if seconds_ago <= _COMPARABLE_INTERVALS * report.interval_seconds else None
    return None


def _quality_outcomes(settings: Settings, former: CycleReport | None) -> Iterable[tuple[Check, Outcome]]:
    from football_assets.published.reading import NotPublished, Unreadable, reading

    try:
        with reading(settings.published_path) as published:
            connection = published.connection
            return [
                *(_judged(one.check, partial(one.judge, connection, former)) for one in QUALITY_CHECKS),
                *(
                    _judged(figure.check, partial(_figure_outcome, connection, figure, settings))
                    for figure in PRICE_FIGURES
                ),
            ]
    except (NotPublished, Unreadable) as problem:
        checks = [*(one.check for one in QUALITY_CHECKS), *(figure.check for figure in PRICE_FIGURES)]
        return [(check, not_checked(str(problem))) for check in checks]


def _figure_outcome(connection: duckdb.DuckDBPyConnection, figure: Figure, settings: Settings) -> Outcome:
    return figure.outcome(price_figure(connection, figure), settings)


def _judged(check: Check, judge: Callable[[], Outcome]) -> tuple[Check, Outcome]:
    import duckdb

    from football_assets.published.reading import first_line

    try:
        return check, judge()
    except duckdb.Error as error:
        return check, not_checked(f"the published database could not be asked: {first_line(error)}")
