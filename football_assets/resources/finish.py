"""What is done with a cycle's report at its end: kept, logged, counted. A failure here fails no cycle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from football_assets.cycle.report import CycleReport, write_report
from football_assets.logs import get_logger
from football_assets.settings import Settings


def finish(report: CycleReport, settings: Settings) -> None:
    """Keep the report, and tell the log and the metrics of it."""
    from football_assets.metrics.record import record_cycle

    log_cycle(report)
    try:
        write_report(report, settings.reports_path)
        record_cycle(report, settings.metrics_path)
    except OSError as error:
        get_logger(__name__).warning("the cycle's report or metrics could not be kept", error=str(error))


def log_cycle(report: CycleReport) -> None:
    """Log a cycle as one event with its figures, named as in the `cycles` table, and its endpoints."""
    from football_assets.cycle.breakdown import one_line

    log = get_logger("cycle")
    if report.status == "failure":
        write = log.error
    elif report.warnings:
        write = log.warning
    else:
        write = log.info
    write("cycle", summary=one_line(report), **_figures(report))


def _figures(report: CycleReport) -> dict[str, Any]:
    row = report.row()
    del row["requests_by_endpoint"], row["failures_by_cause"]
    return {
        **{name: _plain(value) for name, value in row.items()},
        "endpoints": {name: vars(endpoint) for name, endpoint in report.endpoints.items()},
        "failures": report.failures,
        "rows": report.rows,
        "warnings": report.warnings,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
