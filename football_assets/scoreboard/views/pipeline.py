"""The pipeline's cycles and editions: what is at work, tables, failures. No HTML here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from football_assets.cycle.pulses import PulseReport
from football_assets.published.formatting import NONE, ago, duration, number, plain
from football_assets.scoreboard.charts.cycles import COLUMNS, rest_seconds
from football_assets.scoreboard.views.base import Banner, Cell, Line, Lines, Own, Said, Table

#: The columns of the table of cycles; a phone leaves out the wide ones.
CYCLE_COLUMNS = (
    ("Started", ""),
    ("Status", ""),
    ("Total", ""),
    *((name, "fb-wide") for name in COLUMNS.values()),
    ("Requests", ""),
    ("Failed", ""),
    ("In play", "fb-wide"),
    ("New ticks", "fb-wide"),
    ("Margin", ""),
)

EDITION_COLUMNS = (("Edition", ""), ("Published", ""), ("By", ""), ("Seconds", ""), ("Requests", ""))


def at_work(
    cycles: Sequence[Mapping[str, Any]], pulse: PulseReport | None, interval: float, now: datetime
) -> list[Banner]:
    """What runs now, and how an outage stands: since when cycles fail, the newest cause, and why the newest
    pulse failed."""
    said = []
    running = next((cycle for cycle in cycles if cycle["status"] == "running"), None)
    if running is not None:
        reached = [name.lower() for column, name in COLUMNS.items() if running.get(column)]
        far = f", so far: {', '.join(reached)}" if reached else ""
        said.append(
            Banner(
                Own("state"), Own(f"A cycle has been running for {duration(running['total_seconds'])}{far}.")
            )
        )
    ended = [cycle for cycle in cycles if cycle["status"] != "running"]
    failing = 0
    while failing < len(ended) and ended[failing]["status"] == "failure":
        failing += 1
    if failing:
        cause = plain(ended[0]["error"] or "no error was recorded")
        since = f"{ended[failing - 1]['started_at']:%d %b %H:%M:%S} UTC"
        count = (
            "The newest cycle failed"
            if failing == 1
            else f"The {failing} newest cycles failed, since {since}"
        )
        said.append(Banner(Own("dead"), f"{count}: {cause}"))
    if not running and ended:
        idle = (now - ended[0]["started_at"]).total_seconds()
        if idle > 2 * interval:
            said.append(
                Banner(
                    Own("late"),
                    Own(f"No cycle has begun for {duration(idle)}: one is due every {interval:g} s."),
                )
            )
    if pulse is not None and pulse.error:
        when = ago((now - pulse.finished_at).total_seconds())
        said.append(
            Banner(Own("late"), f"The newest pulse failed, {when}: {plain(pulse.error)}"),
        )
    if not cycles:
        said.append(Banner(Own("empty"), Own("No cycle is known of this time.")))
    return said


def failures(cycles: Iterable[Mapping[str, Any]]) -> Lines:
    """The failed cycles with what made them fail."""
    return Lines(
        [
            Said(Own(f"{row['started_at']:%d %b %H:%M:%S}"), row["error"] or "no error was recorded")
            for row in cycles
        ],
        Own("fb-errors"),
    )


def cycle_table(cycles: Iterable[Mapping[str, Any]]) -> Table:
    """The newest cycles, a row each."""
    return Table(Own("The newest cycles"), _heads(CYCLE_COLUMNS), [_cycle(row) for row in cycles])


def editions(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The newest editions: what published each, a cycle or a pulse between two."""
    lines = []
    for row in rows:
        seconds = NONE if row["seconds"] is None else f"{row['seconds']:.2f} s"
        by = "pulse" if row["cycle_id"] is None else "cycle"
        values = (
            number(row["edition"]),
            f"{row['published_at']:%H:%M:%S}",
            by,
            seconds,
            number(row["requests"]),
        )
        lines.append(Line(Own(""), _cells(values, EDITION_COLUMNS)))
    return Table(Own("The newest editions"), _heads(EDITION_COLUMNS), lines)


def _cycle(row: Mapping[str, Any]) -> Line:
    phases = [row[name] for name in COLUMNS if name != "rest_seconds"]
    seconds = (row["total_seconds"], *phases, rest_seconds(dict(row)))
    counts = (row[name] for name in ("requests", "requests_failed", "matches_in_play", "odds_ticks_new"))
    values = (
        f"{row['started_at']:%H:%M:%S}" if row["started_at"] else NONE,
        str(row["status"]),
        *(NONE if value is None else f"{value:.2f} s" for value in seconds),
        *map(number, counts),
        NONE
        if row["margin_seconds"] is None or row["status"] == "running"
        else f"{row['margin_seconds']:.1f} s",
    )
    kind = {"failure": "fb-failed", "running": "fb-running"}.get(str(row["status"]), "")
    return Line(Own(kind), _cells(values, CYCLE_COLUMNS))


def _heads(columns: Sequence[tuple[str, str]]) -> list[Cell]:
    return [Cell(Own(kind), Own(name)) for name, kind in columns]


def _cells(values: Iterable[str], columns: Sequence[tuple[str, str]]) -> list[Cell]:
    return [Cell(Own(kind), Own(value)) for value, (_, kind) in zip(values, columns, strict=True)]
