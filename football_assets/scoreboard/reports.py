"""The cycles as they are known at this moment: the published ones and, from their reports, those that did not
get as far: the running one, and the failed ones of an outage with their cause."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from football_assets.cycle.measure import killed
from football_assets.cycle.report import CycleReport, read_reports
from football_assets.published.reading import Row

#: Reports that are read: an outage of this many cycles is told in full.
_NEWEST = 200


def reported_cycles(directory: Path, published: Collection[str], now: datetime) -> list[Row]:
    """The cycles of the reports in the directory down to the newest published one that succeeded, as rows of
    `cycles`, the newest first. A running one has in `total_seconds` how long it has been running."""
    ended = {report.cycle_id: report for report in killed(directory)}
    found = []
    for report in read_reports(directory, newest=_NEWEST):
        if report.cycle_id in published and report.status == "success":
            break
        found.append(_row(ended.get(report.cycle_id, report), now))
    return found


def merged(published: list[Row], reported: list[Row]) -> list[Row]:
    """The cycles of both, the newest first; a report stands for what is published of its cycle."""
    by_id = {row["cycle_id"]: row for row in [*published, *reported]}
    return sorted(by_id.values(), key=lambda row: row["started_at"], reverse=True)


def _row(report: CycleReport, now: datetime) -> Row:
    if report.status != "running":
        return report.row()
    running = (now - report.started_at.astimezone(UTC)).total_seconds()
    return replace(report, seconds={**report.seconds, "total": max(running, 0.0)}).row()
