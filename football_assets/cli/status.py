"""`football-assets status`: the last cycles as a table for people, from their reports, the published file's
time and Dagster's records. Dagster need not run, and the published file is not opened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from football_assets.checks.figures import age_outcome, figure_outcomes
from football_assets.checks.outcome import Outcome
from football_assets.cli.health import NEWEST_REPORTS, health_line, health_record, wrongs
from football_assets.cycle.pulses import PulseReport, read_pulse
from football_assets.cycle.report import CycleReport, read_reports
from football_assets.published.formatting import NONE, ago, plain
from football_assets.published.freshness import Freshness, freshness, published_age
from football_assets.published.thresholds import State
from football_assets.settings import Settings, load_settings

#: Without a terminal there is no width to fit into.
PLAIN_WIDTH = 250

HEALTH_STYLES = {Freshness.FRESH: "green", Freshness.LATE: "yellow", Freshness.DEAD: "bold red"}
CHECK_STYLES = {State.WARNING: "yellow", State.CRITICAL: "bold red"}
STATUS_STYLES = {"success": "green", "failure": "bold red", "running": "cyan"}

#: The table's columns, seconds where no other unit is told; together they fit into 80 columns.
COLUMNS = ("Started", "Status", "Total", "Enrich", "Margin", "Requests", "Failed", "Ticks", "Fresh")

#: Columns of text; the others are numbers and stand to the right.
TEXTS = ("Started", "Status")


@click.command()
@click.option(
    "--cycles",
    "count",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many of the last cycles are shown.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(count: int, as_json: bool) -> None:
    """Show how the last cycles went, and whether the published data are fresh.

    \b
    Examples:
      football-assets status
      football-assets status --cycles 60
      football-assets status --json
    """
    settings = load_settings()
    reports = list(read_reports(settings.reports_path, newest=max(count, NEWEST_REPORTS)))
    now = datetime.now(UTC)
    age = published_age(settings.published_path, now)
    state = freshness(age, settings.threshold_age_seconds)
    wrong, checks = wrongs(settings, reports, now), outcomes(reports, settings, now)
    pulse = read_pulse(settings.pulse_path)
    if as_json:
        told = health_record(state, age, reports, wrong)
        click.echo(json.dumps(status_record(told, checks, reports[:count], pulse)))
    else:
        said = pulse_line(pulse, settings.pulse_seconds, now)
        show(state, health_line(state, age, reports, wrong), checks, reports[:count], said)


def status_record(
    health: dict[str, Any],
    checks: Sequence[Outcome],
    reports: Sequence[CycleReport],
    pulse: PulseReport | None = None,
) -> dict[str, Any]:
    """All of it for programs: the health, the checks, the newest pulse, and the cycles as rows of the table
    `cycles`, the newest first. Times are ISO 8601 in UTC."""
    return {
        "health": health,
        "pulse": orjson.loads(orjson.dumps(pulse)),
        "checks": [{"state": str(check.state), "description": check.description} for check in checks],
        "cycles": [{name: _json_value(value) for name, value in each.row().items()} for each in reports],
    }


def _json_value(value: Any) -> Any:
    """A value of the table `cycles`; its columns of JSON hold objects."""
    if isinstance(value, datetime):
        return value.isoformat()
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def pulse_line(pulse: PulseReport | None, every_seconds: int, now: datetime) -> str:
    """How the newest pulse went, and how often there is one; nothing where there are none."""
    if pulse is None or not every_seconds:
        return ""
    age = ago((now - pulse.finished_at).total_seconds())
    how = f"failed: {plain(pulse.error)}" if pulse.error else f"took {pulse.seconds['total']:.2f} s"
    failed = f"; {pulse.failed} of {pulse.number} failed" if pulse.failed else ""
    return f"Pulses: every {every_seconds} s; the last one {age} {how}{failed}"


def outcomes(reports: Sequence[CycleReport], settings: Settings, now: datetime) -> list[Outcome]:
    """How the newest cycle that succeeded, and the published file's age, stand between their thresholds."""
    newest = next((report for report in reports if report.status == "success"), None)
    figures = figure_outcomes(newest, settings) if newest else ()
    return [*(outcome for _, outcome in figures), age_outcome(settings, now)]


def show(
    state: Freshness,
    health: str,
    checks: Sequence[Outcome],
    reports: Sequence[CycleReport],
    pulses: str = "",
    console: Console | None = None,
) -> None:
    """Print the health, the checks, the pulses, sums and the cycles (the newest first); without colours where
    nobody sees them."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, file=console.file, width=PLAIN_WIDTH, no_color=True)
    console.print(Text(health, HEALTH_STYLES[state]))
    counts = Counter(check.state for check in checks)
    console.print(Text(f"Checks: {', '.join(f'{count} {found}' for found, count in counts.items())}"))
    for check in checks:
        if not check.passed:
            console.print(Text(f"  {check.description}", CHECK_STYLES[check.state]))
    if pulses:
        console.print(Text(pulses))
    if not reports:
        return
    for line in sums(reports):
        console.print(Text(line))
    console.print()
    console.print(_table(reports))
    console.print(Text("Times in UTC, durations in seconds; ticks are new odds, fresh is freshness.", "dim"))
    for report in reports:
        if report.error:
            console.print(Text(f"{_started(report)}  {plain(report.error)}", "red"))


def sums(reports: Sequence[CycleReport]) -> Iterator[str]:
    """What the cycles add up to, in lines."""
    ended = Counter(report.status for report in reports)
    totals = [report.seconds["total"] for report in reports if "total" in report.seconds]
    times = f"; median {median(totals):.2f} s, longest {max(totals):.2f} s" if totals else ""
    yield f"Cycles: {', '.join(f'{count} {status}' for status, count in ended.items())}{times}"
    sent = sum(report.requests for report in reports)
    failed = sum(report.requests_failed for report in reports)
    retried = sum(report.requests_retried for report in reports)
    ticks = sum(report.odds_ticks_new for report in reports)
    received = sum(endpoint.bytes for report in reports for endpoint in report.endpoints.values())
    yield (
        f"Requests: {sent} sent, {failed} failed, {retried} retried; "
        f"{received / 1e6:.1f} MB received, {ticks} new ticks"
    )


def _table(reports: Sequence[CycleReport]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in TEXTS else "right", no_wrap=True)
    for report in reports:
        table.add_row(*_cells(report))
    return table


def _cells(report: CycleReport) -> Iterator[Text]:
    yield Text(_started(report))
    yield Text(report.status, STATUS_STYLES[report.status])
    for phase in ("total", "enrichment"):
        yield Text(_seconds(report.seconds.get(phase)))
    yield Text(_seconds(report.margin_seconds), "bold red" if (report.margin_seconds or 0) < 0 else "")
    yield Text(str(report.requests))
    yield Text(str(report.requests_failed), "yellow" if report.requests_failed else "")
    yield Text(str(report.odds_ticks_new))
    yield Text(_seconds(report.freshness_seconds))


def _started(report: CycleReport) -> str:
    return f"{report.started_at:%m-%d %H:%M:%S}"


def _seconds(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
