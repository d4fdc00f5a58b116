"""The pipeline's own database: opening, closing, bringing it up to date. No SQL of single tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import duckdb

from football_assets.tables.schema import quoted
from football_assets.warehouse.errors import NewerWarehouse, WarehouseBusy, WarehouseError
from football_assets.warehouse.migrations import MIGRATIONS
from football_assets.warehouse.rows import read_through
from football_assets.warehouse.structure import fingerprint, make_tables, make_views

#: The newest storage format that DuckDB 1.5, too, can read.
STORAGE_VERSION = "v1.2.0"
BUSY_SECONDS = 10.0


class Warehouse:
    """The warehouse's file. Only one run at a time may use it (see `cycle.lock`).

    The first step to use it opens it, and it stays open until `close`: opening and closing it in each of
    a cycle's steps took a third of what all of them did with it.
    """

    def __init__(
        self,
        path: Path,
        *,
        report: Callable[[str], None] = lambda _: None,
        fill: Callable[[duckdb.DuckDBPyConnection], str | None] | None = None,
    ) -> None:
        """`fill` puts into a new warehouse what can be had of one before it, and says what it took."""
        self.path = path
        self.report = report
        self._fill = fill
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._ahead: Thread | None = None

    def open(self) -> duckdb.DuckDBPyConnection:
        """The connection, in UTC, to a warehouse of the present version.

        Raises `WarehouseError`, one line, if the file cannot be used. A file that is no database any
        more is set aside under another name, which is reported, and a new one is begun: `duckdb.Error` where
        that cannot be filled.
        """
        if self._connection is None:
            self._connection = _up_to_date(self._connect(), self.path)
        return self._connection

    def close(self) -> None:
        """Close the file, with everything that was committed in it and no log beside it."""
        self._wait_for_checkpoint()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def give_up_if_corrupt(self, error: BaseException) -> None:
        """Set the file aside, which is reported, where an error in its use shows that a block is broken.

        A file may open in spite of that, and would fail each run anew; so the next one begins another.
        """
        if isinstance(error, duckdb.Error) and _is_of_broken_block(str(error), self.path):
            self.close()
            self._set_aside(error)

    def read_through(self) -> None:
        """Read all that is stored, so that a broken block is noticed also where no step reads it. Another
        thread may use the connection. Raises `duckdb.Error`."""
        with closing(self.open().cursor()) as own:
            tables = own.execute(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT temporary"
            ).fetchall()
            read_through(own, [table for (table,) in tables])

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection in one transaction: committed at the end, undone by an error."""
        connection = self.open()
        with in_transaction(connection):
            yield connection

    def checkpoint(self) -> None:
        """Bring all that is committed into the file itself, while another thread may use the connection."""
        self._wait_for_checkpoint()
        with closing(self.open().cursor()) as own:
            own.execute("CHECKPOINT")

    def checkpoint_ahead(self) -> None:
        """Begin, in a thread, what the next `checkpoint` would have to do, and return at once. Errors are
        ignored here: the next `checkpoint` raises them. Whoever writes meanwhile waits."""

        def run(own: duckdb.DuckDBPyConnection) -> None:
            with closing(own), suppress(duckdb.Error):
                own.execute("CHECKPOINT")

        self._wait_for_checkpoint()
        self._ahead = Thread(target=run, args=[self.open().cursor()])
        self._ahead.start()

    def _wait_for_checkpoint(self) -> None:
        thread, self._ahead = self._ahead, None
        if thread is not None:
            thread.join()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            self._begin()
            try:
                return connect(self.path)
            except duckdb.Error as error:
                if _says(error, self.path, _BUSY):
                    if time.monotonic() > give_up:
                        raise WarehouseBusy(_busy_line(self.path, error)) from None
                    time.sleep(0.1)
                elif _says(error, self.path, _CORRUPT) and not _says(error, self.path, _REFUSED):
                    self._set_aside(error)
                else:
                    raise WarehouseError(f"{self.path} cannot be opened: {_first_line(error)}") from None

    def _begin(self) -> None:
        """Where a new file can be filled, make one. It has another name until it is whole.

        Raises `duckdb.Error` where it cannot be written, as on a full disk: the next one tries again.
        """
        if self._fill is None or self.path.exists():
            return
        draft = self.path.with_name(f"{self.path.name}.new")
        for path in (draft, wal(draft), wal(self.path)):
            path.unlink(missing_ok=True)
        with closing(_up_to_date(connect(draft), draft)) as connection:
            told = self._fill(connection)
            connection.execute("CHECKPOINT")  # a log beside it would stay behind
        draft.rename(self.path)
        if told:
            self.report(told)

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
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION})
    # Else DuckDB draws its progress on standard output after two seconds, in pipes and amid JSON too.
    connection.execute("SET enable_progress_bar = false")
    return connection


def wal(path: Path) -> Path:
    """DuckDB's write-ahead log beside a database."""
    return path.with_name(f"{path.name}.wal")


#: What DuckDB says of a file that another process has open.
_BUSY = ("could not set lock", "conflicting lock")
#: What it says of a file, or the log beside it, that is no sound database.
_CORRUPT = (
    "not a valid duckdb database",
    "corrupt",
    "checksum",
    "serialization",
    "wal",
    "internal error",
    "could not read enough bytes",
)
#: What it says of a sound file that the system does not let it open or write.
_REFUSED = ("cannot open file", "permission denied", "too many open files", "no space left")


def _is_of_broken_block(message: str, path: Path) -> bool:
    """Whether a query failed since a block of the file is not what was written, or not there any more."""
    return "Corrupt database file" in message or f'Could not read enough bytes from file "{path}"' in message


def _says(error: duckdb.Error, path: Path, signs: tuple[str, ...]) -> bool:
    """Whether an error's message holds one of the signs, beside the path, which may hold anything."""
    text = str(error).replace(str(wal(path)), "").replace(str(path), "").lower()
    return any(sign in text for sign in signs)


def _busy_line(path: Path, error: duckdb.Error) -> str:
    told = _first_line(error).partition("Conflicting lock is held in ")[2]
    return f"{path} is open in {told.partition('. See also')[0] or 'another program'}: close it there"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _up_to_date(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """The connection, in UTC, its file of the present version; closed where that cannot be."""
    try:
        connection.execute("SET timezone = 'UTC'")
        _bring_up_to_date(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make the migrations that were not made yet, and the tables, views and macros of this version."""
    made, found = _made(connection)
    names = {migration.name for migration in MIGRATIONS}
    if newer := made - names:
        raise NewerWarehouse(
            f"{path} was made by a newer version ({sorted(newer)[0]!r}): "
            "update football-assets, or set FOOTBALL_DATA_DIR to another directory"
        )
    if found == (wanted := fingerprint()) and made == names:
        return
    with in_transaction(connection):
        connection.execute(_RECORDS)
        make_tables(connection)
    for migration in MIGRATIONS:
        if migration.name not in made:
            with in_transaction(connection):
                migration.change(connection)
                connection.execute("INSERT INTO pipeline.migrations VALUES (?, now())", [migration.name])
    with in_transaction(connection):
        make_views(connection)
        connection.execute("DELETE FROM pipeline.structure")
        connection.execute("INSERT INTO pipeline.structure VALUES (?)", [wanted])


_RECORDS = """
CREATE SCHEMA IF NOT EXISTS pipeline;
CREATE TABLE IF NOT EXISTS pipeline.migrations (name VARCHAR, made_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.structure (fingerprint VARCHAR);
"""


def _made(connection: duckdb.DuckDBPyConnection) -> tuple[set[str], str | None]:
    """The names of the migrations that were made, and the fingerprint of the structure that is there."""
    try:
        names = {row[0] for row in connection.execute("SELECT name FROM pipeline.migrations").fetchall()}
        structures = connection.execute("SELECT fingerprint FROM pipeline.structure").fetchall()
    except duckdb.CatalogException:
        return set(), None
    return names, structures[0][0] if structures else None


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, path: Path | str, name: str) -> Iterator[None]:
    """Another database under this name inside the block, to be read only: one edition of the published file,
    whatever is published meanwhile."""
    connection.execute(f"ATTACH {quoted(path)} AS {name} (READ_ONLY)")
    try:
        yield
    finally:
        connection.execute(f"DETACH {name}")


@contextmanager
def in_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction: committed at the end, undone by an error."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a database that broke down has rolled back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
