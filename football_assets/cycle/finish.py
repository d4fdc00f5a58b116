"""What is done with a cycle's report at its end: kept, logged, counted. A failure here fails no cycle."""

from __future__ import annotations

from football_assets.cycle.report import CycleReport, write_report
from football_assets.logs import get_logger, log_cycle
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
