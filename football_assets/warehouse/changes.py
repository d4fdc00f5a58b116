"""How a table changed: each row with the time from which it was known, and the time at which another took its
place. The present is the rows that stand."""

from __future__ import annotations

from datetime import datetime

import duckdb

from football_assets.tables.schema import Row, Table
from football_assets.warehouse.rows import scalar

#: The columns by which a change is dated; all others are its key or what it is compared by.
_DATES = ("seen_at", "replaced_at", "observed_at")


def next_moment(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """A moment for what is stored or published now, later than any given before, whatever the clock does.

    So what an edition shows was all known before it, and what is stored after it was not.
    """
    moment: datetime = scalar(
        connection,
        "SELECT greatest($now, (SELECT max(moment) FROM pipeline.clock) + INTERVAL 1 MICROSECOND)",
        {"now": now},
    )
    connection.execute("DELETE FROM pipeline.clock")
    connection.execute("INSERT INTO pipeline.clock VALUES (?)", [moment])
    return moment


def note_changes(
    connection: duckdb.DuckDBPyConnection,
    present: str,
    changes: type[Row],
    moment: datetime,
    *,
    scope: str | None = None,
) -> None:
    """Bring a table of changes up to what `present` (a table, or a query in parentheses) holds.

    Rows that stand and are not there any more are replaced where their match is among `scope` (a query of
    match ids; without it those of `present`), rows that are new or differ are added.
    """
    table = changes.table
    key = [column for column in table.key if column not in _DATES]
    compared = [name for name in table.column_names if name not in (*key, *_DATES)]
    same = " AND ".join(
        [f"now.{name} = stands.{name}" for name in key]
        + [f"now.{name} IS NOT DISTINCT FROM stands.{name}" for name in compared]
    )
    within = scope or f"SELECT match_id FROM {present}"
    connection.execute(
        f"UPDATE {table.name} AS stands SET replaced_at = $moment WHERE replaced_at IS NULL "
        f"AND match_id IN ({within}) AND NOT EXISTS (FROM {present} AS now WHERE {same})",
        {"moment": moment},
    )
    dates = ", ".join(f"$moment AS {name}" for name in _DATES if name in _dated(table))
    columns = ", ".join(f"now.{name}" for name in (*key, *compared))
    joined = " AND ".join(f"now.{name} = stands.{name}" for name in key)
    connection.execute(
        f"INSERT INTO {table.name} BY NAME SELECT {columns}, {dates} FROM {present} AS now "
        f"WHERE NOT EXISTS (FROM {table.name} AS stands WHERE stands.replaced_at IS NULL AND {joined})",
        {"moment": moment},
    )


def take_back(
    connection: duckdb.DuckDBPyConnection, changes: Table, match_ids: list[str], moment: datetime
) -> None:
    """Replace by nothing all rows that stand of these matches."""
    connection.execute(
        f"UPDATE {changes.name} SET replaced_at = $moment WHERE replaced_at IS NULL "
        "AND match_id IN (SELECT unnest($ids::VARCHAR[]))",
        {"moment": moment, "ids": match_ids},
    )


def _dated(table: Table) -> set[str]:
    return {name for name in table.column_names if name in ("seen_at", "observed_at")}
