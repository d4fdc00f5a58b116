"""Letting the matches of a warehouse be long over: their rows are in files then."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from football_assets.settings import Settings
from football_assets.steps.publishing import publish_stored
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.publish import Work
from football_assets.warehouse.store_odds import move_aged
from football_assets.warehouse.warehouse import Warehouse


def move_all(settings: Settings) -> int:
    """Move the rows of all matches into files as a month later, and publish again. Gives how many moved."""
    with closing(Warehouse(settings.warehouse_path)) as warehouse:
        connection = warehouse.open()
        connection.execute("DELETE FROM live_matches; DELETE FROM pipeline.coverage")
        move_aged(connection)
        moved = move_to_history(warehouse, settings.history_path, datetime.now(UTC) + timedelta(days=30))
        publish_stored(warehouse, settings, lambda _: Work())
    return moved
