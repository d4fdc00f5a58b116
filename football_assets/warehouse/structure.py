"""The tables, views and macros of the warehouse, made from `tables/` and the SQL files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

import duckdb

from football_assets.codes import (
    BEFORE_PLAY,
    ENDED,
    GOAL_CANCELLED,
    GOALS,
    IN_EXTRA_TIME,
    IN_PLAY,
    LAST_MINUTE,
    PERIODS,
    VAR,
    MatchStatus,
)
from football_assets.queries import query
from football_assets.tables import PUBLISHED, VIEWS
from football_assets.tables.schema import Table
from football_assets.warehouse.migrations import SCHEMA_VERSIONS

#: SQL files with macros and views below the published ones, in the order in which they use each other.
MACROS = ("odds_formats", "settlement", "prices", "odds_macros", "names", "own_macros")
#: Macros that are the pipeline's own and are not published.
OWN_MACROS = ("worst_source", "missing", "same_tick")


def fingerprint() -> str:
    """What tells the structure of this version from that of any other."""
    parts = [table.ddl() + table.comments() for table in PUBLISHED]
    parts += [query("warehouse", view.name) + view.comments() for view in VIEWS]
    parts += [query("warehouse", name) for name in MACROS]
    parts += [*code_macros(), repr(SCHEMA_VERSIONS)]
    return sha256("".join(parts).encode()).hexdigest()


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the published tables that are not there, and add the columns that they lack."""
    for table in PUBLISHED:
        connection.execute(table.ddl())
        _add_new_columns(connection, table)
        connection.execute(table.comments())
    connection.execute("DELETE FROM schema_version")
    connection.executemany(
        "INSERT INTO schema_version VALUES (?, ?, ?)", [list(row) for row in SCHEMA_VERSIONS]
    )


def make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros and the views over the tables."""
    make_macros(connection)
    for view in VIEWS:
        make_view(connection, view)


def make_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros, and the views that are below the published ones."""
    for statement in code_macros():
        connection.execute(statement)
    for name in MACROS:
        connection.execute(query("warehouse", name))


def make_view(connection: duckdb.DuckDBPyConnection, view: Table) -> None:
    """Make a view by its SQL file, with its comments."""
    connection.execute(f"CREATE OR REPLACE VIEW {view.name} AS {query('warehouse', view.name)}")
    connection.execute(view.comments())


def code_macros() -> Iterator[str]:
    """TheSports' codes as macros, from `codes`."""
    yield _among("is_in_play", IN_PLAY)
    yield _among("has_ended", ENDED)
    yield _among("is_before_play", BEFORE_PLAY)
    yield _among("is_in_extra_time", IN_EXTRA_TIME)
    yield _among("is_played_out", {MatchStatus.END})
    yield _among("is_goal", GOALS)
    yield (
        "CREATE OR REPLACE MACRO is_goal_cancelled(type, result) AS "
        f"coalesce(type = {VAR} AND result = {GOAL_CANCELLED}, FALSE)"
    )
    before = " ".join(f"WHEN {status:d} THEN {period[0]}" for status, period in PERIODS.items())
    yield (
        "CREATE OR REPLACE MACRO minute_from(minutes) AS "
        f"CASE WHEN minutes BETWEEN 1 AND {LAST_MINUTE} THEN minutes END"
    )
    yield (
        "CREATE OR REPLACE MACRO minute_of_play(status_id, period_started_at, moment) AS "
        "minute_from(CAST(floor((epoch_us(moment) - epoch_us(period_started_at)) / 60000000) AS INTEGER) "
        f"+ CASE status_id {before} END + 1)"
    )


def _among(name: str, codes: Iterable[int]) -> str:
    listed = ", ".join(str(int(code)) for code in sorted(codes))
    return f"CREATE OR REPLACE MACRO {name}(code) AS coalesce(code IN ({listed}), FALSE)"


def _add_new_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    described = connection.execute(f"SELECT column_name FROM (DESCRIBE {table.name})").fetchall()
    present = {row[0] for row in described}
    for column in table.columns:
        if column.name not in present:
            connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {column.type}")
