"""Writing rows to a database and reading them back. No SQL of single tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import duckdb

from football_assets.arrow import arrow_schema, pa
from football_assets.queries import query
from football_assets.tables.schema import Row, Table

R = TypeVar("R", bound=Row)


def to_arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    """Rows as an Arrow table."""
    columns = {name: [getattr(row, name) for row in rows] for name in table.column_names}
    return pa.table(columns, schema=arrow_schema(table))


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add rows to a table, by the names of their columns."""
    if rows.num_rows:
        with registered(connection, incoming=rows):
            connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")


def replace(connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row]) -> None:
    """Put the rows in the place of all the table's rows."""
    connection.execute(f"DELETE FROM {table.name}")
    insert(connection, table.name, to_arrow(table, rows))


def upsert(connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row]) -> None:
    """Put the rows in the place of those with their key, which is one column."""
    if rows:
        incoming, (key,) = to_arrow(table, rows), table.key
        with registered(connection, incoming_keys=incoming.select([key])):
            connection.execute(f"DELETE FROM {table.name} WHERE {key} IN (SELECT {key} FROM incoming_keys)")
        insert(connection, table.name, incoming)


def read(connection: duckdb.DuckDBPyConnection, row: type[R]) -> list[R]:
    """All rows of a table, as rows of its class."""
    names = row.table.column_names
    found = connection.execute(f"SELECT {', '.join(names)} FROM {row.table.name}").fetchall()
    return [row(**dict(zip(names, values, strict=True))) for values in found]


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables that SQL can read by these names inside the block."""
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield
    finally:
        # After an error the transaction takes nothing more; what is raised is that error, not this one.
        with suppress(duckdb.TransactionException):
            for name in tables:
                connection.unregister(name)


def run(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> None:
    """Run the statements of `sql/<name>.sql`, each with those of the parameters that it names."""
    for statement in connection.extract_statements(query("warehouse", name)):
        named = statement.named_parameters
        connection.execute(statement, {each: parameters[each] for each in named} if named else None)


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows the table has."""
    return int(scalar(connection, f"SELECT count(*) FROM {table}"))


def counts(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of the tables has, in one statement."""
    each = (f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    return dict(connection.execute(" UNION ALL ".join(each)).fetchall())


def counts_of_views(connection: duckdb.DuckDBPyConnection, views: Sequence[str]) -> dict[str, int]:
    """How many rows each of the views has of what is committed, two views at a time: most of it is planning,
    which DuckDB does on one processor."""

    def counted(view: str) -> int:
        with closing(connection.cursor()) as own:
            return count(own, view)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(views, pool.map(counted, views), strict=True))


def read_through(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Read all columns of all rows of the tables. Raises `duckdb.Error` where a block of one is broken."""
    each = (f"SELECT max(hash(*COLUMNS(*))) FROM {table}" for table in tables)
    connection.execute(" UNION ALL ".join(each)).fetchall()


def scalar(connection: duckdb.DuckDBPyConnection, text: str, parameters: object = None) -> Any:
    """The one value of a query of one row. All of the result is fetched: DuckDB 2 lets nothing else be done
    on a connection before that."""
    return connection.execute(text, parameters).fetchall()[0][0]


def records(
    connection: duckdb.DuckDBPyConnection, text: str, parameters: object = None
) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns. Times are aware, in UTC."""
    cursor = connection.execute(text, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
