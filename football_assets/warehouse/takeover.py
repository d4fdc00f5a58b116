"""What a new warehouse takes over from the published file, where the one before it was lost.

Histories come over whole: the API does not tell them again. Teams, competitions and countries come over as
rows that are asked for again once a match needs them. The present (the live list, details, odds windows) does
not: the next cycle asks for all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from football_assets.enrichment.entities import REFERENCES
from football_assets.queries import query
from football_assets.redaction import error_line
from football_assets.settings import Settings
from football_assets.tables import PUBLISHED
from football_assets.tables.matches import BackfilledMatch, MatchRecord, Venue
from football_assets.tables.schema import Table
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.history.layout import (
    DAY,
    HISTORIES,
    MATCH_HISTORIES,
    History,
    day_folders,
    day_of,
    standing,
)
from football_assets.warehouse.history.named import PastFile, files_of_edition
from football_assets.warehouse.history.reading import dated_rows_of, listed
from football_assets.warehouse.mergers import follow_mergers
from football_assets.warehouse.rows import read_through, scalar
from football_assets.warehouse.store_odds import fill_newest
from football_assets.warehouse.warehouse import Warehouse, attached, in_transaction

#: The name under which the published file is attached.
_LAST = "last"
#: The tables that come over, each with the history that it is a part of.
TAKEN: dict[str, History | None] = {
    **{table: history for history in HISTORIES for table in history.tables},
    **{row.table.name: None for row in (MatchRecord, BackfilledMatch, Venue)},
    **{reference.table: None for reference in REFERENCES},
}
_NO_PLACEHOLDERS = {reference.table: "WHERE data_source IS DISTINCT FROM 'mock'" for reference in REFERENCES}


def warehouse_of(settings: Settings, report: Callable[[str], None]) -> Warehouse:
    """The warehouse of a data directory; a new one takes over what was published last, if that is of the same
    kind: real and simulated data have a warehouse each, and share the place of the published file."""
    published, history, simulated = settings.published_path, settings.history_path, settings.simulated

    def fill(connection: duckdb.DuckDBPyConnection) -> str | None:
        return take_over(connection, published, history, simulated=simulated)

    return Warehouse(settings.warehouse_path, report=report, fill=fill if published.exists() else None)


def take_over(
    connection: duckdb.DuckDBPyConnection, published: Path, history: Path, *, simulated: bool
) -> str | None:
    """Fill a new warehouse from the published file, all at once or not at all. Gives a line for people, None
    where the file is of simulated data and the warehouse is not to be, or the other way.

    `history` is the folder of the files to which rows move. What moved there after the file was published
    does not come over, so that each row is in the warehouse or in a file. A table that cannot be read, or
    that another version of this software made, does not come over either, and is named. Nothing does where
    nothing of the file can be read, or not the history's files.
    Raises `duckdb.Error` where the warehouse cannot be written: a full disk costs no history.
    """
    try:
        if _is_simulated(published) != simulated:
            return None
        known, taken = files_of_edition(str(published)), _readable(published)
        _read_keys(history)
    except duckdb.Error as error:
        return f"The new warehouse is empty, for nothing was taken over: {error_line(error)}"
    with attached(connection, published, _LAST), in_transaction(connection):
        for table in taken:
            but = _moved_since(history, TAKEN[table], known) or _NO_PLACEHOLDERS.get(table, "")
            connection.execute(f"INSERT INTO {table} BY NAME FROM {_LAST}.{table} {but}")
        _complete(connection, history)
    left = sorted(TAKEN.keys() - set(taken))
    but = f", but for what cannot be read there: {', '.join(left)}" if left else ""
    return f"The new warehouse has taken over what {published} holds of the past{but}"


def _is_simulated(published: Path) -> bool:
    with duckdb.connect(str(published), read_only=True) as connection:
        return bool(scalar(connection, f"SELECT simulated FROM ({query('published', 'publication')})"))


def _readable(published: Path) -> list[str]:
    """The tables that can be read to their end and are of this version."""
    ours: dict[str, Table] = {table.name: table for table in PUBLISHED}
    return [name for name in TAKEN if _is_readable(published, ours[name])]


def _is_readable(published: Path, table: Table) -> bool:
    # On a connection of its own: after a broken block one answers nothing more.
    with duckdb.connect(str(published), read_only=True) as connection:
        try:
            found = connection.execute(f"SELECT column_name FROM (DESCRIBE {table.name})").fetchall()
            read_through(connection, [table.name])
        except duckdb.Error:
            return False
    return {name for (name,) in found} == set(table.column_names)


def _read_keys(directory: Path) -> None:
    """Read what is read of the history's files once before, so that a later error is none of theirs."""
    with duckdb.connect() as connection:
        for history in HISTORIES:
            if files := _files(directory, history):
                connection.execute(
                    f"SELECT max(hash({_key(history)})) FROM {dated_rows_of(listed(files))}"
                ).fetchall()


def _key(history: History) -> str:
    """By what it is told whether rows of a history have moved."""
    return "match_id" if history in MATCH_HISTORIES else history.table.key[0]


def _files(directory: Path, history: History) -> list[Path]:
    return [path for folder in day_folders(directory, history) for path in standing(folder)]


def _moved_since(directory: Path, history: History | None, known: set[PastFile]) -> str:
    """A join that leaves out what is in files that the edition does not know."""
    if history is None:
        return ""
    files = [
        path
        for path in _files(directory, history)
        if PastFile(history.leaving, str(day_of(path)), path.name) not in known
    ]
    key = _key(history)
    return f"ANTI JOIN (SELECT {key} FROM {dated_rows_of(listed(files))}) USING ({key})" if files else ""


def _complete(connection: duckdb.DuckDBPyConnection, history: Path) -> None:
    """What follows from the rows that came over, and the state of the pipeline that belongs to them."""
    fill_newest(connection)
    follow_mergers(connection)
    for reference in REFERENCES:
        connection.execute(
            f"INSERT INTO pipeline.partial_rows SELECT '{reference.table}', {reference.key} "
            f"FROM {reference.table}"
        )
    files = [path for each in MATCH_HISTORIES for path in _files(history, each)]
    if files:
        rows = dated_rows_of(listed(files))
        connection.execute(f"INSERT INTO pipeline.aged_matches SELECT DISTINCT match_id, {DAY} FROM {rows}")
    # What is stored from now on is later than all that was published.
    published_at = scalar(connection, "SELECT max(published_at) FROM editions")
    if published_at is not None:
        next_moment(connection, published_at)
