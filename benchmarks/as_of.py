"""An hour of the replay with a moving clock: whether any edition can be had again, cell by cell.

    python benchmarks/as_of.py --replay FOLDER [--seconds 3600] [--speed 10] [--pulses 2]

Cycles run a minute of the clock apart, with pulses between, and `flattened_matches` of each edition is kept.
In the end `FROM matches_known_at(published_at)` must be just that for all of them; and again once the rows of
all matches have moved into Parquet. Exit status 1 if a row differs.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median

import pyarrow as pa
from present import hour, play, replayed
from published_truth import opened

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets_tests.warehouse.long_over import move_all


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
