"""Keeping the files of a day few, and removing what nobody reads any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from football_assets.warehouse.history.former import superseded_former
from football_assets.warehouse.history.layout import (
    HISTORIES,
    History,
    day_folders,
    day_of,
    standing,
    superseded,
)
from football_assets.warehouse.history.reading import listed, rows_of
from football_assets.warehouse.history.writing import batch
from football_assets.warehouse.warehouse import Warehouse

#: A day's files of a history are made one when there are more than this.
MOST_FILES = 3
#: Superseded files stay so long for readers of older editions.
SUPERSEDED_KEPT = timedelta(days=2)


def compact_day(warehouse: Warehouse, directory: Path) -> bool:
    """Make the files of one day of one history one file, where there are too many. Gives whether there were.

    Raises `OSError` or `duckdb.Error`, and leaves the files as they were.
    """
    for history, folder in _folders(directory):
        files = standing(folder)
        if len(files) > MOST_FILES:
            with batch(warehouse, directory) as made:
                made.write(history, day_of(folder), f"FROM {rows_of(listed(files))}", all_of_day=True)
            return True
    return False


def remove_superseded(directory: Path, now: datetime) -> int:
    """Remove the files that were superseded long enough ago. Gives how many.

    A file of an older version goes before the new files that say that it was taken over.
    """
    pairs = [pair for history in HISTORIES for pair in superseded_former(directory, history)]
    pairs += [pair for _, folder in _folders(directory) for pair in superseded(folder)]
    limit = (now - SUPERSEDED_KEPT).timestamp()
    removed = 0
    for path, by in pairs:
        if by.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def remove_days(directory: Path, oldest: datetime) -> tuple[int, int]:
    """Remove the files of all days before that of `oldest`. Gives how many files and bytes these were."""
    files = size = 0
    for _, folder in _folders(directory):
        if day_of(folder) < oldest.date():
            for path in list(folder.iterdir()):
                size += path.stat().st_size
                path.unlink()
                files += 1
            with suppress(OSError):  # a cycle has begun a file there
                folder.rmdir()
    return files, size


def _folders(directory: Path) -> Iterator[tuple[History, Path]]:
    return ((history, folder) for history in HISTORIES for folder in day_folders(directory, history))
