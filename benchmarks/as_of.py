"""An hour of the replay with a moving clock: whether any edition can be had again, cell by cell.

    python benchmarks/as_of.py --replay FOLDER [--seconds 3600] [--speed 10] [--pulses 2]

Cycles run a minute of the clock apart, with pulses between, and `flattened_matches` of each edition is kept.
In the end `FROM matches_known_at(published_at)` must be just that for all of them; and again once the rows of
all matches have moved into Parquet. Exit status 1 if a row differs.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
import pyarrow as pa
from present import hour, play, replayed

from football_assets.settings import Settings
from football_assets.steps.publishing import publish_stored
from football_assets.warehouse import store_odds
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.publish import Work
from football_assets.warehouse.warehouse import Warehouse


class Editions:
    """The flattened table of every edition."""

    def __init__(self) -> None:
        self.shown: dict[datetime, pa.Table] = {}

    def look(self, path: Path, asked_from: float) -> None:
        """Keep an edition."""
        with opened(path) as connection:
            (published_at,) = connection.execute("SELECT max(published_at) FROM editions").fetchall()[0]
            self.shown[published_at] = connection.sql("FROM flattened_matches").to_arrow_table()

    def compare(self, path: Path) -> int:
        """Print how many rows differ; gives it."""
        differing, seconds = 0, []
        with opened(path) as connection:
            for published_at, shown in self.shown.items():
                connection.register("shown", shown)
                began = time.perf_counter()
                connection.execute(
                    "CREATE OR REPLACE TEMP TABLE had AS FROM matches_known_at(?)", [published_at]
                )
                seconds.append(time.perf_counter() - began)
                differing += connection.execute(
                    "SELECT (SELECT count(*) FROM (FROM had EXCEPT ALL FROM shown)) "
                    "+ (SELECT count(*) FROM (FROM shown EXCEPT ALL FROM had))"
                ).fetchall()[0][0]
        rows = sum(shown.num_rows for shown in self.shown.values())
        cells = sum(shown.num_rows * shown.num_columns for shown in self.shown.values())
        print(
            f"{len(self.shown)} editions, {rows:,} rows, {cells:,} cells: {differing} rows differ; "
            f"{median(seconds):.2f} s each (at most {max(seconds):.2f})"
        )
        return differing


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file, as a reader has it."""
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("SET timezone = 'UTC'; SET enable_progress_bar = false")
    return connection


def move_all(settings: Settings) -> int:
    """Let all matches be long over, and publish again. Gives the rows that moved."""
    warehouse = Warehouse(settings.warehouse_path)
    connection = warehouse.open()
    for name in ("live_matches", "pipeline.coverage"):
        connection.execute(f"DELETE FROM {name}")
    store_odds._move_aged(connection)
    moved = move_to_history(warehouse, settings.history_path, datetime.now(UTC) + timedelta(days=30))
    publish_stored(warehouse, settings, lambda _: Work())
    warehouse.close()
    return moved


def main() -> int:
    options, editions = hour((__doc__ or "").splitlines()[0]), Editions()
    with replayed(options) as (server, settings):
        play(server, settings, options, editions)
        differing = editions.compare(settings.published_path)
        print(f"{move_all(settings):,} rows moved into Parquet")
        differing += editions.compare(settings.published_path)
    return bool(differing)


if __name__ == "__main__":
    raise SystemExit(main())
