"""`football-assets health`: one line and an exit status, for systemd, Docker and cron.
It looks at the published file, the newest reports and what may keep cycles from succeeding, and imports
neither Dagster nor DuckDB: it answers at once, whatever runs or does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from football_assets.alerts.outside import cadence, causes
from football_assets.cycle.report import CycleReport, read_reports
from football_assets.instance.fence import read_leader
from football_assets.published.formatting import plain
from football_assets.published.freshness import Freshness, freshness, published_age, published_words
from football_assets.settings import Settings, SettingsError, load_settings

#: The newest cycle may still run; the one before it has ended.
NEWEST_REPORTS = 3


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def health(as_json: bool) -> None:
    """Tell in one line whether the published data are fresh: exit status 0 fresh, 1 late, 2 dead.

    \b
    Examples:
      football-assets health
      football-assets health --json
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(Freshness.DEAD)
    if settings.standby and (standby := standby_line(settings)):
        line, state = standby
        click.echo(json.dumps({"state": state.word, "standby": line}) if as_json else line)
        sys.exit(state)
    now = datetime.now(UTC)
    age = published_age(settings.published_path, now)
    state = freshness(age, settings.threshold_age_seconds)
    reports = list(read_reports(settings.reports_path, newest=NEWEST_REPORTS))
    wrong = wrongs(settings, reports, now)
    if as_json:
        click.echo(json.dumps(health_record(state, age, reports, wrong)))
    else:
        click.echo(health_line(state, age, reports, wrong))
    sys.exit(state)


def standby_line(settings: Settings) -> tuple[str, Freshness] | None:
    """Who works, and whether this machine is ready to take over; None if it works itself. What it published
    before says nothing then."""
    seen = read_leader(settings.lead_path)
    if seen is None or seen.is_stale:
        return "dead: standby, and no `football-assets start` runs here", Freshness.DEAD
    if seen.is_here:
        return None
    if seen.leader is None:
        return "late: standby; who works is not known", Freshness.LATE
    since = f"{seen.leader.since:%Y-%m-%d %H:%M:%S} UTC"
    return f"fresh: standby; {seen.leader.name} works since {since}", Freshness.FRESH


def wrongs(settings: Settings, reports: Sequence[CycleReport], now: datetime) -> list[str]:
    """What keeps cycles from succeeding just now, in one line each."""
    observed = [*causes(settings), cadence(reports, now, settings.lock_path)]
    return [one.message for one in observed if one.critical]


def health_line(
    state: Freshness,
    age_seconds: float | None,
    newest: Iterable[CycleReport],
    wrong: Sequence[str] = (),
) -> str:
    """The state in words, the published file's age, what is wrong, and how the newest cycle that has ended
    did."""
    ended = next((report for report in newest if report.status != "running"), None)
    said = [published_words(age_seconds), *(plain(one.rstrip(".")) for one in wrong), _cycle(ended)]
    return f"{state.word}: {'; '.join(said)}"


def health_record(
    state: Freshness,
    age_seconds: float | None,
    newest: Iterable[CycleReport],
    wrong: Sequence[str] = (),
) -> dict[str, Any]:
    """The same for programs. Times are ISO 8601 in UTC; `last_cycle` is the newest that has ended."""
    ended = next((report for report in newest if report.status != "running"), None)
    return {
        "state": state.word,
        "published_age_seconds": None if age_seconds is None else round(age_seconds, 3),
        "wrong": list(wrong),
        "last_cycle": ended
        and {
            "cycle_id": ended.cycle_id,
            "status": ended.status,
            "started_at": ended.started_at.isoformat(),
            "total_seconds": ended.seconds.get("total"),
            "data_source": ended.data_source,
            "error": ended.error,
        },
    }


def _cycle(report: CycleReport | None) -> str:
    if report is None:
        return "no cycle has ended yet"
    error = f": {plain(report.error)}" if report.error else ""
    return f"last cycle {report.status}, {report.data_source}, {report.started_at:%H:%M:%S} UTC{error}"
