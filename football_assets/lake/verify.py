"""Whether the lake holds what the published file holds: every table whole, and what was seen of late in all
histories, row by row. Digests have no say here, so what they do not see is found, too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from football_assets.lake.connection import FILE, LAKE, attach_lake, attached_file
from football_assets.lake.delta import LARGE
from football_assets.lake.repair import distrust
from football_assets.lake.target import Target
from football_assets.queries import query
from football_assets.tables import PUBLISHED
from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import DAY, HISTORIES, OWN_HISTORIES
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import in_transaction

#: What is seen of late, of the histories: the rest was compared before.
LATE = timedelta(hours=24)

#: So long the lake is waited for to hold the edition that the file is: pulses publish some that it lacks.
PATIENCE_SECONDS = 90.0

#: So long between two looks. The lake is closed meanwhile: a catalog in a file has one process at a time, and
#: the commit that is waited for needs it.
_LOOK_SECONDS = 0.5


class NotInLake(Exception):
    """The lake has no snapshot of the file's edition."""


@dataclass(frozen=True)
class Compared:
    """A table or view: its rows in the file, how many only one of both has, and in which of its parts: the
    matches or days of a large table, the days of a history, none of another table."""

    name: str
    rows: int
    only_in_file: int
    only_in_lake: int
    parts: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both have the same rows."""
        return not self.only_in_file and not self.only_in_lake


@dataclass(frozen=True)
class Verified:
    """What a look at all tables came to. `tables` were compared; `different` are not what the file has."""

    snapshot: int
    tables: int
    different: tuple[Compared, ...]
    seconds: float


def verify(
    connection: duckdb.DuckDBPyConnection, target: Target, *, since: datetime | None, patience: float
) -> Verified:
    """Compare the lake with the published file, as `compare` does. The next commit sends anew what differs.

    Raises `NotInLake` or `duckdb.Error`.
    """
    started = time.monotonic()
    with equal_moment(connection, target, patience) as snapshot:
        found = list(compare(connection, since))
    different = tuple(one for one in found if not one.is_equal)
    if different:
        attach_lake(connection, target)
        with in_transaction(connection):
            distrust(connection, {one.name: one.parts for one in different})
    return Verified(snapshot, len(found), different, time.monotonic() - started)


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
        connection.execute(f"DETACH {LAKE}")
        time.sleep(_LOOK_SECONDS)
        attach_lake(connection, target)


def snapshot_of_edition(connection: duckdb.DuckDBPyConnection, edition: int) -> int | None:
    """The lake's last snapshot of an edition: its commit's, or a later one of maintenance, or of changes by
    hand, before the next commit. None where there is none or no longer."""
    edition_text = {"edition": str(edition)}
    found: int | None = scalar(connection, query("lake", "snapshot_of_edition"), edition_text)
    return found


def compare(connection: duckdb.DuckDBPyConnection, since: datetime | None = None) -> Iterator[Compared]:
    """Compare every table, and the histories' rows from `since` on (None: all), in file and lake."""
    parts = {large.table.name: large.part.replace("stored.", "") for large in LARGE}
    for table in PUBLISHED:
        columns = ", ".join(table.column_names)
        yield _compared(connection, table.name, columns, parts.get(table.name, "NULL"))
    own = {history.view: moment for history, moment in OWN_HISTORIES}
    for history in HISTORIES:
        moment = own.get(history.view)
        late = f" WHERE {moment or 'seen_at'} >= TIMESTAMPTZ {quoted(since.isoformat())}" if since else ""
        columns = ", ".join(history.table.column_names) + ("" if moment else f", {DAY}")
        day = f"CAST({moment} AS DATE)" if moment else DAY
        yield _compared(connection, history.view, columns, f"CAST({day} AS VARCHAR)", late)


def _compared(
    connection: duckdb.DuckDBPyConnection, name: str, columns: str, part: str, where: str = ""
) -> Compared:
    # What EXCEPT ALL gives in both directions, in one pass: how much more often a row is in one of both.
    rows, in_file, in_lake, parts = connection.execute(
        f"WITH counted AS (SELECT {part} AS part, sum(side) AS more, count(*) FILTER (side = 1) AS in_file "
        f"FROM (SELECT {columns}, 1 AS side FROM {FILE}.{name}{where} UNION ALL "
        f"SELECT {columns}, -1 AS side FROM {LAKE}.{name}{where}) GROUP BY {columns}) "
        "SELECT coalesce(sum(in_file), 0), coalesce(sum(greatest(more, 0)), 0), "
        "coalesce(sum(greatest(-more, 0)), 0), list(DISTINCT part) FILTER (more <> 0) FROM counted"
    ).fetchall()[0]
    return Compared(name, int(rows), int(in_file), int(in_lake), tuple(sorted(filter(None, parts or ()))))
