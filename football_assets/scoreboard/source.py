"""The one reader of the published file for all who look at the page: each edition is opened once, when it is
first asked for, and closed when the next one has taken its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

import duckdb

from football_assets.published.reading import (
    FileVersion,
    Reading,
    Unreadable,
    file_version,
    first_line,
    reading,
)


class Source:
    """The newest edition of the published file at `path`, for any number of threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._opened: _Opened | None = None

    def version(self) -> FileVersion | None:
        """The version of the file that is there now, None where there is none. Nothing is opened."""
        return file_version(self._path)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """The newest edition, as long as the block lasts.

        Raises `NotPublished` where there is no file, `Unreadable` where it cannot be read.
        """
        with self._lock:
            opened = self._newest()
            opened.readers += 1
        try:
            mine = opened.reading.another()
            try:
                yield mine
            except duckdb.Error as error:
                raise Unreadable(f"{self._path} cannot be read: {first_line(error)}") from error
            finally:
                mine.connection.close()
        finally:
            with self._lock:
                opened.readers -= 1
                if opened is not self._opened and not opened.readers:
                    opened.close()

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            self._retire()

    def _newest(self) -> _Opened:
        there = file_version(self._path)
        if self._opened is None or there != self._opened.reading.version:
            self._retire()
            self._opened = _Opened(self._path)
        return self._opened

    def _retire(self) -> None:
        retired, self._opened = self._opened, None
        if retired is not None and not retired.readers:
            retired.close()


class _Opened:
    """An open edition, and how many read it."""

    def __init__(self, path: Path) -> None:
        self.readers = 0
        self._stack = ExitStack()
        self.reading = self._stack.enter_context(reading(path))
        # Its queries are small: more threads would only cost each of them a start.
        self.reading.connection.execute("SET threads = 2")

    def close(self) -> None:
        """Close the file."""
        self._stack.close()
