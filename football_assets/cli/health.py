"""`football-assets health`: one line and an exit status, for systemd, Docker and cron.
It looks at the published file and the newest reports, and imports neither Dagster nor DuckDB: it answers
at once, whatever runs or does not."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click

from football_assets.cycle.report import CycleReport, read_reports
from football_assets.published.formatting import plain
from football_assets.published.freshness import Freshness, freshness, published_age, published_words
from football_assets.settings import SettingsError, load_settings

#: The newest cycle may still run; the one before it has ended.
NEWEST_REPORTS = 3


@click.command()
def health() -> None:
    """Tell in one line whether the published data are fresh: exit status 0 fresh, 1 late, 2 dead."""
    try:
        settings = load_settings()
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(Freshness.DEAD)
    age = published_age(settings.published_path, datetime.now(UTC))
    state = freshness(age, settings.threshold_age_seconds)
    click.echo(health_line(state, age, read_reports(settings.reports_path, newest=NEWEST_REPORTS)))
    sys.exit(state)


def health_line(state: Freshness, age_seconds: float | None, newest: Iterable[CycleReport]) -> str:
    """The state in words, the published file's age, and how the newest cycle that has ended did."""
    ended = next((report for report in newest if report.status != "running"), None)
    return f"{state.word}: {published_words(age_seconds)}; {_cycle(ended)}"


def _cycle(report: CycleReport | None) -> str:
    if report is None:
        return "no cycle has ended yet"
    error = f": {plain(report.error)}" if report.error else ""
    return f"last cycle {report.status}, {report.data_source}, {report.started_at:%H:%M:%S} UTC{error}"
