"""The lake's tables, views and macros: those of the published file, from the same definitions and SQL."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import duckdb

from football_assets.lake.connection import LAKE
from football_assets.queries import query
from football_assets.tables import HISTORY_VIEWS, VIEWS
from football_assets.tables.schema import quoted
from football_assets.warehouse.as_of import as_of_macros
from football_assets.warehouse.history.layout import DAY, HISTORIES, MATCH_HISTORIES
from football_assets.warehouse.history.reading import hot_rows
from football_assets.warehouse.structure import OWN_MACROS, fingerprint, make_macros, make_tables

#: What the lake knows of itself, and the past: what the file has in Parquet beside it.
_OWN = """
CREATE SCHEMA IF NOT EXISTS pipeline;
CREATE SCHEMA IF NOT EXISTS past;
CREATE TABLE IF NOT EXISTS pipeline.state (name VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS pipeline.sent (
    table_name VARCHAR, part VARCHAR, rows BIGINT, hash UBIGINT, newest TIMESTAMPTZ
);
CREATE TABLE IF NOT EXISTS pipeline.files (table_name VARCHAR, day DATE, name VARCHAR);
"""


def wanted_structure() -> str:
    """What tells this version's structure, made by this DuckDB, from any other."""
    parts = [fingerprint(), duckdb.__version__, _OWN, *_history_views(), *as_of_macros()]
    parts += [query("warehouse", view.name) + view.comments() for view in HISTORY_VIEWS]
    return sha256("".join(parts).encode()).hexdigest()


def make_structure(connection: duckdb.DuckDBPyConnection) -> None:
    """Make all that is not there, and views and macros anew."""
    connection.execute(f"USE {LAKE}")
    try:
        connection.execute(_OWN)
        make_tables(connection)
        for history in HISTORIES:
            table = history.table
            own = "" if DAY in table.column_names else f", {DAY} DATE"
            columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
            connection.execute(f"CREATE TABLE IF NOT EXISTS past.{table.name} ({columns}{own}, file VARCHAR)")
        make_macros(connection)
        for statement in _history_views():
            connection.execute(statement)
        for view in (*VIEWS, *HISTORY_VIEWS):
            text = query("warehouse", view.name)
            connection.execute(f"CREATE OR REPLACE VIEW {view.name} AS {text}")
            # A DuckLake keeps comments on a view, and none on its columns.
            connection.execute(f"COMMENT ON VIEW {view.name} IS {quoted(view.meaning)}")
        for statement in as_of_macros():
            connection.execute(statement)
        for name in OWN_MACROS:
            connection.execute(f"DROP MACRO {name}")
    finally:
        connection.execute("USE memory")


def _history_views() -> Iterator[str]:
    """The views over the tables and the past, as `warehouse.history.views` makes them over the files."""
    for history in HISTORIES:
        parts = [hot_rows(history, table) for table in history.tables]
        without = "file" if history in MATCH_HISTORIES else f"file, {DAY}"
        parts.append(f"SELECT * EXCLUDE ({without}) FROM past.{history.leaving}")
        yield f"CREATE OR REPLACE VIEW {history.view} AS {' UNION ALL BY NAME '.join(parts)}"
