"""Whether the lake holds what the published file holds: every table whole, and what was seen of late in all
histories, row by row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb

from football_assets.lake.connection import FILE, LAKE, attach_lake, attached_file
from football_assets.lake.target import Target
from football_assets.tables import PUBLISHED
from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import HISTORIES, OWN_HISTORIES
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import in_transaction


class NotInLake(Exception):
    """The lake has no snapshot of the file's edition."""


@dataclass(frozen=True)
class Compared:
    """A table or view: its rows in the file, and how many only one of both has."""

    name: str
    rows: int
    only_in_file: int
    only_in_lake: int

    @property
    def is_equal(self) -> bool:
        """Whether both have the same rows."""
        return not self.only_in_file and not self.only_in_lake


@contextmanager
def equal_moment(connection: duckdb.DuckDBPyConnection, target: Target, patience: float) -> Iterator[int]:
    """The published file, and the lake as of its edition, open inside the block; gives the snapshot.

    Where the lake has not got the edition yet, the files that are published next are looked at for `patience`
    seconds. Raises `NotInLake`.
    """
    until = time.monotonic() + patience
    while True:
        with attached_file(connection, target.published):
            edition = int(scalar(connection, f"SELECT max(edition) FROM {FILE}.editions"))
            snapshot = snapshot_of_edition(connection, edition)
            if snapshot is not None:
                connection.execute(f"DETACH {LAKE}")
                attach_lake(connection, target, snapshot=snapshot)
                # In one transaction: each of its own would ask the catalog about all tables again.
                with in_transaction(connection):
                    yield snapshot
                connection.execute(f"DETACH {LAKE}")
                return
        if time.monotonic() > until:
            raise NotInLake(f"the lake has no snapshot of edition {edition}, which the file is")
        time.sleep(0.5)


def snapshot_of_edition(connection: duckdb.DuckDBPyConnection, edition: int) -> int | None:
    """The lake's snapshot of an edition, None where it has none or no longer."""
    found: int | None = scalar(
        connection,
        f"SELECT max(snapshot_id) FROM ducklake_snapshots('{LAKE}') "
        "WHERE TRY_CAST(commit_extra_info AS JSON)->>'edition' = $edition",
        {"edition": str(edition)},
    )
    return found


def compare(connection: duckdb.DuckDBPyConnection, since: datetime | None = None) -> Iterator[Compared]:
    """Compare every table, and the histories' rows from `since` on (None: all), in file and lake."""
    for table in PUBLISHED:
        columns = ", ".join(table.column_names)
        yield _compared(connection, table.name, columns)
    own = {history.view: moment for history, moment in OWN_HISTORIES}
    for history in HISTORIES:
        moment = own.get(history.view, "seen_at")
        late = f" WHERE {moment} >= TIMESTAMPTZ {quoted(since.isoformat())}" if since else ""
        day = "" if history.view in own else ", kickoff_day"
        columns = ", ".join(history.table.column_names)
        yield _compared(connection, history.view, f"{columns}{day}", late)


def _compared(connection: duckdb.DuckDBPyConnection, name: str, columns: str, where: str = "") -> Compared:
    # What EXCEPT ALL gives in both directions, in one pass: how much more often a row is in one of both.
    found = connection.execute(
        f"WITH counted AS (SELECT sum(side) AS more, count(*) FILTER (side = 1) AS in_file FROM ("
        f"SELECT {columns}, 1 AS side FROM {FILE}.{name}{where} UNION ALL "
        f"SELECT {columns}, -1 AS side FROM {LAKE}.{name}{where}) GROUP BY {columns}) "
        "SELECT coalesce(sum(in_file), 0), coalesce(sum(greatest(more, 0)), 0), "
        "coalesce(sum(greatest(-more, 0)), 0) FROM counted"
    ).fetchall()[0]
    return Compared(name, *map(int, found))
