"""The digests by which the lake sees that a table is not what it was. No server is needed."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from football_assets.lake.delta import row_digest
from football_assets.tables import PUBLISHED, Table

ROWS = 6


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def filled(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The table with rows that differ in every column."""
    connection.execute(table.ddl())
    for number in range(1, ROWS + 1):
        values = ", ".join(value(column.type, number) for column in table.columns)
        connection.execute(f"INSERT INTO {table.name} VALUES ({values})")


def value(type_: str, number: int) -> str:
    """A value of the type, another one for each number."""
    if type_.startswith("TIMESTAMP"):
        return f"TIMESTAMPTZ '2026-03-10 15:00:{number:02}+00'"
    if type_ == "DATE":
        return f"DATE '2026-03-{number:02}'"
    if type_ == "BOOLEAN":
        return str(bool(number % 2))
    if type_.endswith("[]"):
        return f"[{number}]"
    return f"CAST({number} AS {type_})"


def digest(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[int, ...]:
    text = f"SELECT count(*), bit_xor({row_digest(table)}) FROM {table.name} AS stored"
    found: tuple[int, ...] = connection.execute(text).fetchall()[0]
    return found


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_same_change_of_several_rows_is_seen(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """As where the changes of one moment replace many rows: the same value goes into the same column."""
    filled(connection, table)
    before = digest(connection, table)
    assert digest(connection, table) == before
    for column in table.columns:
        for rows in (2, 4, ROWS):
            connection.execute("BEGIN")
            connection.execute(
                f"UPDATE {table.name} SET {column.name} = NULL "
                f"WHERE rowid IN (SELECT rowid FROM {table.name} ORDER BY rowid LIMIT {rows})"
            )
            if column.name not in table.key:
                assert digest(connection, table) != before, f"{column.name} of {rows} rows is NULL"
                emptied = digest(connection, table)
                connection.execute(
                    f"UPDATE {table.name} SET {column.name} = {value(column.type, 9)} "
                    f"WHERE {column.name} IS NULL"
                )
                assert digest(connection, table) not in (before, emptied), f"{column.name} of {rows} rows"
            connection.execute("ROLLBACK")


def test_order_of_the_rows_does_not_matter(connection: duckdb.DuckDBPyConnection) -> None:
    table = PUBLISHED[0]
    filled(connection, table)
    before = digest(connection, table)
    connection.execute(f"CREATE TABLE turned AS FROM {table.name} ORDER BY rowid DESC")
    connection.execute(f"DELETE FROM {table.name}")
    connection.execute(f"INSERT INTO {table.name} FROM turned")
    assert digest(connection, table) == before
