"""Taking over files that an older version wrote: `<table>/<day>.parquet`, by the day on which rows left.

A file taken over stays for a while for readers of older editions; the new files bear its name
(`rows-<batch>-of-<day>.parquet`), so that it does not count beside them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from football_assets.warehouse.history.layout import DAY, MATCH_HISTORIES, OWN_HISTORIES, History
from football_assets.warehouse.history.reading import listed, rows_of
from football_assets.warehouse.history.writing import Batch, batch
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import Warehouse

#: Which table's files an older version wrote, by the history that they belong to.
_FORMER = {
    "aged_odds_ticks": "odds_ticks",
    "live_match_changes": "live_match_changes",
    "match_stat_changes": "match_stat_changes",
    "cycles": "cycles",
}
#: When a row was first seen, as far as an older version wrote it.
_SEEN = {
    "aged_odds_ticks": "tick_at",
    "live_match_changes": "observed_at",
    "match_stat_changes": "observed_at",
}
#: The rows of one of these take each other's place.
_REPLACED_WITHIN = {"live_match_changes": "match_id", "match_stat_changes": "match_id, stat_id"}


def former_files(directory: Path, history: History) -> list[Path]:
    """The files of a history that an older version wrote and that are not taken over yet."""
    return [path for path in _all_former(directory, history) if not taken_into(directory, history, path)]


def taken_into(directory: Path, history: History, path: Path) -> list[Path]:
    """The files that hold the rows of this file of an older version."""
    return list((directory / history.leaving).glob(f"{DAY}=*/*-of-{path.stem}.parquet"))


def _all_former(directory: Path, history: History) -> list[Path]:
    if history.leaving not in _FORMER:
        return []
    return sorted((directory / _FORMER[history.leaving]).glob("????-??-??.parquet"))


def superseded_former(directory: Path, history: History) -> list[tuple[Path, Path]]:
    """Files of an older version that are taken over, each with a file that holds its rows."""
    found = ((path, taken_into(directory, history, path)) for path in _all_former(directory, history))
    return [(path, new[0]) for path, new in found if new]


def former_rows(history: History, files: str) -> str:
    """The query that reads a list of files of an older version, with the columns of today."""
    seen = _SEEN.get(history.leaving)
    columns = [f"{seen} AS seen_at"] if seen else []
    if within := _REPLACED_WITHIN.get(history.leaving):
        columns.append(f"lead({seen}) OVER (PARTITION BY {within} ORDER BY {seen}) AS replaced_at")
    elif seen:
        columns.append("NULL::TIMESTAMPTZ AS replaced_at")
    return f"SELECT {', '.join(['*', *columns])} FROM {rows_of(files)}"


def take_over_former(warehouse: Warehouse, directory: Path) -> int:
    """Take over one file of an older version, the oldest. Gives the number of its rows, 0 where none is left.

    Raises `OSError` or `duckdb.Error`; a file is taken over whole or not at all.
    """
    kinds = [(history, "") for history in MATCH_HISTORIES]
    kinds += list(OWN_HISTORIES)
    for history, column in kinds:
        if files := former_files(directory, history):
            return _take_over(warehouse, directory, history, column, files[0])
    return 0


def _take_over(warehouse: Warehouse, directory: Path, history: History, column: str, path: Path) -> int:
    rows = former_rows(history, listed([path]))
    with batch(warehouse, directory) as made:
        connection = made.connection
        connection.execute(f"CREATE OR REPLACE TEMP TABLE former_rows AS {rows}")
        if column:
            connection.execute(
                "CREATE OR REPLACE TEMP TABLE dated_rows AS "
                f"SELECT *, CAST({column} AS DATE) AS {DAY} FROM former_rows"
            )
        else:
            _date_by_match(connection, history)
        _write_days(made, history, path)
        count = int(scalar(connection, "SELECT count(*) FROM former_rows"))
        connection.execute("DROP TABLE former_rows")
        connection.execute("DROP TABLE dated_rows")
    return count


def _date_by_match(connection: duckdb.DuckDBPyConnection, history: History) -> None:
    """Give each row the day of its match: of its kick-off where that is known, else of its first state in
    play, else of its last. Matches without a record get one, with what the rows tell."""
    seen = _SEEN[history.leaving]
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE former_matches AS
        SELECT match_id, min({seen}) AS first_at, max({seen}) AS last_at, {_status(history)} AS status_id,
            CAST(coalesce(
                any_value(aged.day), any_value(CAST(record.kickoff_at AS DATE)),
                CAST({_first_in_play(history, seen)} AS DATE), CAST(max({seen}) AS DATE)
            ) AS DATE) AS {DAY}
        FROM former_rows
        LEFT JOIN pipeline.aged_matches AS aged USING (match_id)
        LEFT JOIN match_records AS record USING (match_id)
        GROUP BY match_id"""
    )
    connection.execute(
        """INSERT INTO match_records BY NAME
        SELECT match_id, status_id, FALSE AS is_final, first_at AS first_seen_at, last_at AS last_seen_at,
            'last_known' AS data_source
        FROM former_matches WHERE match_id NOT IN (SELECT match_id FROM match_records)"""
    )
    connection.execute(
        f"""INSERT INTO pipeline.aged_matches SELECT match_id, {DAY} FROM former_matches
        WHERE match_id NOT IN (SELECT match_id FROM pipeline.aged_matches)"""
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE dated_rows AS "
        f"SELECT former.*, matches.{DAY} FROM former_rows AS former "
        "JOIN former_matches AS matches USING (match_id)"
    )
    connection.execute("DROP TABLE former_matches")


def _status(history: History) -> str:
    """The last status that the rows of a match tell; statistics tell none."""
    if "status_id" not in history.table.column_names:
        return "NULL::INTEGER"
    return f"arg_max(former_rows.status_id, {_SEEN[history.leaving]})"


def _first_in_play(history: History, seen: str) -> str:
    if "status_id" not in history.table.column_names:
        return "NULL::TIMESTAMPTZ"
    return f"min({seen}) FILTER (WHERE is_in_play(former_rows.status_id))"


def _write_days(made: Batch, history: History, path: Path) -> None:
    found = made.connection.execute(f"SELECT DISTINCT {DAY} FROM dated_rows ORDER BY ALL").fetchall()
    # A file without rows, too, has to be found taken over.
    for day in [row[0] for row in found] or [date.fromisoformat(path.stem)]:
        rows = f"SELECT * EXCLUDE ({DAY}) FROM dated_rows WHERE {DAY} = DATE '{day}'"
        made.write(history, day, rows, source=path.stem)
