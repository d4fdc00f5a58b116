"""The pipeline's own database: opening, closing, its version, and writing rows. No SQL of single tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from football_assets.arrow import pa
from football_assets.queries import query
from football_assets.warehouse import state
from football_assets.warehouse.errors import NewerWarehouse, WarehouseBusy, WarehouseError
from football_assets.warehouse.tables import PUBLISHED, VIEWS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: The newest storage format that DuckDB 1.5, too, can read.
STORAGE_VERSION = "v1.2.0"
BUSY_SECONDS = 10.0


class Warehouse:
    """The warehouse's file. Only one run at a time may use it (see `cycle.lock`).

    The first step to use it opens it, and it stays open until `close`: opening and closing it in each of
    a cycle's steps took a third of what all of them did with it.
    """

    def __init__(self, path: Path, *, report: Callable[[str], None] = lambda _: None) -> None:
        self.path = path
        self.report = report
        self._connection: duckdb.DuckDBPyConnection | None = None

    def open(self) -> duckdb.DuckDBPyConnection:
        """The connection, in UTC, to a warehouse of the present version.

        Raises `WarehouseError`, one line, if the file cannot be used. A file that is no database any
        more is set aside under another name, which is reported, and a new one is begun.
        """
        if self._connection is None:
            connection = self._connect()
            try:
                connection.execute("SET timezone = 'UTC'")
                _bring_up_to_date(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Close the file, with everything that was committed in it and no log beside it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def give_up_if_corrupt(self, error: BaseException) -> None:
        """Set the file aside, which is reported, where an error in its use shows that a block is broken.

        A file may open in spite of that, and would fail each run anew; so the next one begins another.
        """
        if isinstance(error, duckdb.Error) and "corrupt database file" in str(error).lower():
            self.close()
            self._set_aside(error)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection in one transaction: committed at the end, undone by an error."""
        connection = self.open()
        connection.execute("BEGIN")
        try:
            yield connection
        except BaseException:
            with suppress(duckdb.Error):  # a database that broke down has rolled back already
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Bring all that is committed into the file itself, while another thread may use the connection."""
        with closing(self.open().cursor()) as own:
            own.execute("CHECKPOINT")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return connect(self.path)
            except duckdb.Error as error:
                if _says(error, self.path, _BUSY):
                    if time.monotonic() > give_up:
                        raise WarehouseBusy(_busy_line(self.path, error)) from None
                    time.sleep(0.1)
                elif _says(error, self.path, _CORRUPT):
                    self._set_aside(error)
                else:
                    raise WarehouseError(f"{self.path} cannot be opened: {_first_line(error)}") from None

    def _set_aside(self, error: duckdb.Error) -> None:
        aside = self.path.with_name(f"{self.path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        self.path.rename(aside)
        log = wal(self.path)
        if log.exists():
            log.rename(wal(aside))
        self.report(
            f"{self.path} could not be read ({_first_line(error)}): set aside as {aside.name}, begun anew"
        )


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A writing connection to a database of the published storage format, made if it is not there."""
    return duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION})


def wal(path: Path) -> Path:
    """DuckDB's write-ahead log beside a database."""
    return path.with_name(f"{path.name}.wal")


#: What DuckDB says of a file that another process has open.
_BUSY = ("could not set lock", "conflicting lock")
#: What it says of a file, or the log beside it, that is no sound database.
_CORRUPT = ("not a valid duckdb database", "corrupt", "checksum", "serialization", "wal", "internal error")


def quoted(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def _says(error: duckdb.Error, path: Path, signs: tuple[str, ...]) -> bool:
    """Whether an error's message holds one of the signs, beside the path, which may hold anything."""
    text = str(error).replace(str(path), "").lower()
    return any(sign in text for sign in signs)


def _busy_line(path: Path, error: duckdb.Error) -> str:
    holder = _first_line(error).partition("Conflicting lock is held in ")[2] or "another program"
    return f"{path} is open in {holder.split(' (')[0] if '(PID' not in holder else holder}: close it there"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    version = _version(connection)
    if version == state.SCHEMA_VERSION:
        return
    if version > state.SCHEMA_VERSION:
        raise NewerWarehouse(
            f"{path} was made by a newer version (schema {version}, this one knows {state.SCHEMA_VERSION}): "
            "update football-assets, or set FOOTBALL_DATA_DIR to another directory"
        )
    connection.execute("BEGIN")
    connection.execute(state.DDL)
    for macros in ("macros", "odds_formats", "settlement"):
        connection.execute(query("warehouse", macros))
    for table in PUBLISHED:
        connection.execute(table.ddl())
        _add_new_columns(connection, table.name, {column.name: column.type for column in table.columns})
        connection.execute(table.comments())
    for view in VIEWS:
        connection.execute(query("warehouse", view.name))
    connection.execute("DELETE FROM pipeline.version")
    connection.execute("INSERT INTO pipeline.version VALUES (?)", [state.SCHEMA_VERSION])
    connection.execute("COMMIT")


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    try:
        return int(scalar(connection, "SELECT max(version) FROM pipeline.version") or 0)
    except duckdb.CatalogException:
        return 0


def _add_new_columns(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]) -> None:
    present = {row[0] for row in connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()}
    for name, type_ in columns.items():
        if name not in present:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {type_}")


def to_arrow(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[DataclassInstance]
) -> pa.Table:
    """Rows whose fields are named as the table's columns, as an Arrow table of the table's types."""
    schema = _arrow_schema(connection, table)
    return pa.table({name: [getattr(row, name) for row in rows] for name in schema.names}, schema=schema)


def _arrow_schema(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Schema:
    empty: pa.Table = connection.sql(f"SELECT * FROM {table} LIMIT 0").to_arrow_table()
    return empty.schema


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add rows to a table, by the names of their columns."""
    if rows.num_rows:
        connection.register("incoming", rows)
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def replace(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[DataclassInstance],
    *,
    key: str | None = None,
) -> None:
    """Put the rows in the place of all the table's rows, or of those with their `key`."""
    incoming = to_arrow(connection, table, rows)
    if key is None:
        connection.execute(f"DELETE FROM {table}")
    elif incoming.num_rows:
        connection.register("incoming_keys", incoming.select([key]))
        connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM incoming_keys)")
        connection.unregister("incoming_keys")
    insert(connection, table, incoming)


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows the table has."""
    return int(scalar(connection, f"SELECT count(*) FROM {table}"))


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
