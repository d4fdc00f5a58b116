"""An open published file as a sequence of editions: which there are, and what holds their changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from football_assets.follow.position import BadPosition, Position
from football_assets.published.reading import Reading, Unreadable, first_line
from football_assets.queries import query

Row = dict[str, Any]

#: Before all editions.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_FOLLOWED = "what the next cycle publishes can be followed"


@dataclass(frozen=True)
class Newest:
    """The newest edition of a file."""

    edition: int
    published_at: datetime

    @property
    def position(self) -> Position:
        """After all that it tells."""
        return Position(self.edition)


class Book:
    """The editions of an open file. Raises `Unreadable` where it has none, or is of an older version."""

    def __init__(self, source: Reading) -> None:
        self.file = source.version
        self.connection = source.connection
        self._source = source
        try:
            (head,) = self.rows("newest")
        except (duckdb.CatalogException, duckdb.BinderException):
            raise Unreadable(f"The published file is of an older version: {_FOLLOWED}") from None
        if head["newest"] is None:
            raise Unreadable(f"The published file holds no edition yet: {_FOLLOWED}")
        self._oldest: int = head["oldest"]
        self._oldest_at: datetime = head["oldest_at"]
        self._in_files_until: datetime | None = head["in_files_until"]
        self.newest = Newest(head["newest"], head["newest_at"])

    def position_of(self, moment: datetime) -> Position:
        """After the newest edition not later than a moment. Raises `BadPosition`."""
        self._read_from(tables=moment >= self._oldest_at)
        (found,) = self.rows("edition_before", moment=moment)
        if found["edition"] is not None:
            return Position(found["edition"])
        self._check_kept(0, f"{moment:%Y-%m-%dT%H:%M:%SZ}")
        return Position(0)

    def check(self, position: Position) -> None:
        """Raises `BadPosition` where the file does not hold what comes after the position."""
        if position.edition > self.newest.edition:
            raise BadPosition(
                f"Edition {position.edition} is not there: the newest is {self.newest.edition}, of "
                f"{_written(self.newest.published_at)}. If the data directory was begun anew, give a time"
            )
        if position.whole < self._oldest:
            self._check_kept(position.whole, f"Edition {position.edition}")

    def editions(self, first: int, last: int) -> dict[int, datetime]:
        """The moments of the editions from the first to the last, in their order. From now on the sources are
        those that hold all changes after the first: the tables, or the history's files too.

        Raises `BadPosition` where these files are needed and cannot be read.
        """
        self._read_from(tables=first >= self._oldest)
        self.run("page_editions", first=first, last=last)
        found = dict(self.connection.execute("FROM page_editions").fetchall())
        since = found.get(first, BEGINNING)
        self._read_from(tables=self._in_files_until is not None and since >= self._in_files_until)
        return found

    def rows(self, name: str, **parameters: Any) -> list[Row]:
        """The rows of the query `sql/<name>.sql`."""
        cursor = self.run(name, **parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, name: str, **parameters: Any) -> duckdb.DuckDBPyConnection:
        """Execute `sql/<name>.sql`."""
        return self.connection.execute(query("follow", name), parameters or None)

    def _read_from(self, *, tables: bool) -> None:
        if tables:
            self.run("sources_of_tables")
            return
        try:
            self._source.find_history()
            self.run("sources_of_history")
        except duckdb.IOException as error:
            raise BadPosition(
                "What comes after this is in the history's files in part, and these cannot be read: "
                f"{first_line(error)}"
            ) from None

    def _check_kept(self, whole: int, given: str) -> None:
        """Raises `BadPosition` where the edition after which changes are asked for is not known any more."""
        self._read_from(tables=False)
        (kept,) = self.rows("oldest_kept")
        if max(whole, 0) < kept["edition"] and kept["edition"] > 1:
            raise BadPosition(
                f"{given} is too old: what is still held begins after edition {kept['edition']}, of "
                f"{_written(kept['published_at'])} (FOOTBALL_KEEP_HISTORY_DAYS)"
            )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
