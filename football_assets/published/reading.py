"""Opening the published database for one reading, and the named queries on it.
What the rows mean is in `views`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from football_assets.names import history_folder
from football_assets.queries import query

Row = dict[str, Any]

#: What tells one published file from the next, unopened: when it was written (ns), and its inode.
FileVersion = tuple[int, int]

#: The file is replaced whole every cycle: an opening that met the replacement succeeds when tried again.
RETRY_AFTER_SECONDS = 0.2


class NotPublished(Exception):
    """There is no published database yet. The message is one line."""


class Unreadable(Exception):
    """The published file is there and cannot be read. The message is one line."""


@dataclass(frozen=True)
class Reading:
    """An open published database: all that is asked of it is of one and the same edition."""

    connection: duckdb.DuckDBPyConnection
    version: FileVersion | None
    path: Path

    def rows(self, name: str, **parameters: Any) -> list[Row]:
        """The rows of the query `sql/<name>.sql`. Times are aware, in UTC."""
        return self.table(name, **parameters)[1]

    def table(self, name: str, **parameters: Any) -> tuple[list[str], list[Row]]:
        """The columns and the rows of the named query."""
        cursor = self.connection.execute(query("published", name), parameters)
        names = [column[0] for column in cursor.description or ()]
        return names, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, name: str, **parameters: Any) -> Row | None:
        """The first row of the named query, None where it has none."""
        return next(iter(self.rows(name, **parameters)), None)

    def selected(self, statement: str, **parameters: Any) -> list[Row]:
        """The rows of a statement."""
        cursor = self.connection.execute(statement, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def another(self) -> Reading:
        """A reading of the same edition for another thread. Its connection is to be closed."""
        cursor = self.connection.cursor()
        _prepare(cursor)
        return Reading(cursor, self.version, self.path)

    def find_history(self) -> None:
        """Let the views of the past find their files beside the published file, wherever that was moved or
        mounted. The file itself says whether it is simulated: the credentials may be known to the service
        alone."""
        told = self.row("publication")
        folder = self.path.parent / history_folder(simulated=bool(told and told["simulated"]))
        if folder.is_dir():
            self.connection.execute("SET VARIABLE football_history = $folder", {"folder": str(folder)})


@contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """The published database at `path`, opened read-only and closed again.

    Raises `NotPublished` where there is no such file, `Unreadable` where a second attempt fails too.
    """
    # Asked for before the file is opened: one that is replaced in between is read again, never overlooked.
    found = file_version(path)
    connection = _open(path)
    try:
        yield Reading(connection, found, path)
    except duckdb.Error as error:
        raise Unreadable(f"{path} cannot be read: {first_line(error)}") from error
    finally:
        connection.close()


def file_version(path: Path) -> FileVersion | None:
    """The version of the published file, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return _connect(path)
    except (OSError, duckdb.Error):
        time.sleep(RETRY_AFTER_SECONDS)
    try:
        return _connect(path)
    except (OSError, duckdb.Error) as error:
        raise Unreadable(f"{path} cannot be read: {first_line(error)}") from error


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    if not path.exists():
        raise NotPublished(f"{path} is not there yet: it comes with the first cycle that succeeds")
    # Connections of one process to one path share a database while any is open, even when its file has been
    # replaced since: a page drawn beside another would show the older edition. Attached, it is opened anew.
    connection = duckdb.connect(":memory:")
    try:
        # After two seconds DuckDB would draw its progress on standard output, in pipes too.
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"ATTACH '{_quoted(path)}' AS published (READ_ONLY)")
        _prepare(connection)
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("USE published")
    connection.execute("SET TimeZone = 'UTC'")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def first_line(error: Exception) -> str:
    """An error's message cut to its first line."""
    return next(iter(str(error).splitlines()), type(error).__name__)
