"""Taking back what the lake is believed to hold, where it was seen to hold something else."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from football_assets.lake.connection import LAKE
from football_assets.lake.delta import LARGE
from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import DAY, HISTORIES, History

#: The number of rows of no part: one with it is sent as a whole, whatever the file has of it.
_NO_COUNT = -1


def distrust(connection: duckdb.DuckDBPyConnection, different: Mapping[str, tuple[str, ...]]) -> None:
    """Let the next commit send tables and histories anew: of large ones the parts that `different` names.

    Part of a transaction. Of a history it takes out at once what files have brought of these days; but only
    where its tables are right, since what differs in them differs in the history, too.
    """
    large = {one.table.name for one in LARGE}
    histories = {history.view: history for history in HISTORIES}
    for name, parts in different.items():
        if name in histories:
            if not different.keys() & {*histories[name].tables, "match_records"}:
                _take_out_days(connection, histories[name], parts)
        elif name in large:
            _forget_parts(connection, name, parts)
        else:
            _forget(connection, f"table {name}")


def _forget_parts(connection: duckdb.DuckDBPyConnection, name: str, parts: tuple[str, ...]) -> None:
    named = {"name": name, "parts": list(parts)}
    connection.execute(
        f"DELETE FROM {LAKE}.pipeline.sent WHERE table_name = $name AND part IN (SELECT unnest($parts))",
        named,
    )
    connection.execute(
        f"INSERT INTO {LAKE}.pipeline.sent BY NAME "
        f"SELECT $name AS table_name, unnest($parts) AS part, {_NO_COUNT} AS rows, 0 AS hash",
        named,
    )


def _take_out_days(connection: duckdb.DuckDBPyConnection, history: History, days: tuple[str, ...]) -> None:
    listed = ", ".join(f"DATE {quoted(day)}" for day in days)
    if not listed:
        return
    connection.execute(f"DELETE FROM {LAKE}.past.{history.leaving} WHERE {DAY} IN ({listed})")
    connection.execute(
        f"DELETE FROM {LAKE}.pipeline.files "
        f"WHERE table_name = {quoted(history.leaving)} AND day IN ({listed})"
    )
    _forget(connection, "files")


def _forget(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(f"DELETE FROM {LAKE}.pipeline.state WHERE name = {quoted(name)}")
