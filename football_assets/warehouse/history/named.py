"""The files of the history that a published edition names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from football_assets.warehouse.history.layout import DAY

_FILE = re.compile(rf"'/(\w+)/{DAY}=(\d{{4}}-\d\d-\d\d)/([\w.-]+\.parquet)'")


@dataclass(frozen=True)
class PastFile:
    """A file of the history, by its table, day and name."""

    table: str
    day: str
    name: str

    def path(self, directory: str) -> Path:
        """Where it is."""
        return Path(directory) / self.table / f"{DAY}={self.day}" / self.name


def files_of_edition(published: str) -> set[PastFile]:
    """The files that the views of the published file read.

    On a connection of its own: `duckdb_views` goes through every database that is open, and a DuckLake asks
    its catalog about each of its tables, which takes longer than all else.
    """
    with duckdb.connect(published, read_only=True) as connection:
        texts = connection.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
    return {PastFile(*found) for (text,) in texts for found in _FILE.findall(text)}
