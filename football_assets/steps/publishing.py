"""What is stored in the place of the published file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb

from football_assets.cycle.report import read_reports
from football_assets.settings import Settings
from football_assets.warehouse.publish import Publication, Work, publish
from football_assets.warehouse.warehouse import Warehouse


def publish_stored(
    warehouse: Warehouse, settings: Settings, finish: Callable[[duckdb.DuckDBPyConnection], Work]
) -> Publication:
    """Publish to where the settings say, with the reports that are kept. See `warehouse.publish.publish`."""
    return publish(
        warehouse,
        settings.published_path,
        history=settings.history_path,
        oldest_day=(datetime.now(UTC) - timedelta(days=settings.keep_history_days)).date(),
        former=read_reports(settings.reports_path),
        finish=finish,
    )
