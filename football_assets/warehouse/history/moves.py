"""Moving the rows of matches that are over out of the warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from football_assets.warehouse.history.layout import MATCH_HISTORIES, OWN_HISTORIES, History
from football_assets.warehouse.history.writing import batch, finish_moves
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import Warehouse

#: Days for which cycles and editions stay in the database.
CYCLES_DAYS = 7
#: A match whose end nobody has told is taken for over so long after its kick-off.
OVER_AFTER = timedelta(days=3)


def move_to_history(warehouse: Warehouse, directory: Path, now: datetime) -> int:
    """Move the rows of matches that are over, and of old cycles and editions, into files. Gives the number of
    rows that were moved.

    Raises `OSError` or `duckdb.Error`; what is to be moved of a day is moved whole or not at all.
    """
    finish_moves(warehouse, directory)
    moved = 0
    connection = warehouse.open()
    for day in _days_due(connection, now):
        moved += _move_matches(warehouse, directory, day)
    limit = now - timedelta(days=CYCLES_DAYS)
    for history, column in OWN_HISTORIES:
        moved += _move_own(warehouse, directory, history, column, limit)
    return moved


def _days_due(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[date]:
    """Mark the matches that are over and not covered any more as leaving; gives their kick-off days."""
    hot = " UNION ".join(f"SELECT match_id FROM {history.leaving}" for history in MATCH_HISTORIES)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE leaving_matches AS
        SELECT match_id, CAST(coalesce(kickoff_at, first_seen_at) AS DATE) AS kickoff_day
        FROM match_records AS record
        SEMI JOIN ({hot}) AS hot USING (match_id)
        ANTI JOIN live_matches USING (match_id)
        ANTI JOIN pipeline.coverage USING (match_id)
        WHERE coalesce(kickoff_at, first_seen_at) < $over
          AND (is_final OR deleted_at IS NOT NULL OR coalesce(kickoff_at, first_seen_at) < $given_up)""",
        {"over": _yesterday(now), "given_up": now - OVER_AFTER},
    )
    rows = connection.execute("SELECT DISTINCT kickoff_day FROM leaving_matches ORDER BY ALL").fetchall()
    return [row[0] for row in rows]


def _yesterday(now: datetime) -> datetime:
    """Yesterday's midnight: what kicked off since then is still told with the fixtures of its day."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=1)


def _move_matches(warehouse: Warehouse, directory: Path, day: date) -> int:
    """Move all rows of the leaving matches of a day, of all their tables, in one transaction."""
    among = f"match_id IN (SELECT match_id FROM leaving_matches WHERE kickoff_day = DATE '{day}')"
    rows = 0
    with batch(warehouse, directory) as made:
        for history in MATCH_HISTORIES:
            found = f"FROM {history.leaving} WHERE {among}"
            count = int(scalar(made.connection, f"SELECT count(*) {found}"))
            if count:
                made.write(history, day, f"SELECT * {found}")
                made.connection.execute(
                    f"INSERT INTO pipeline.in_files SELECT max(greatest(seen_at, replaced_at)) {found}"
                )
                made.connection.execute(f"DELETE {found}")
                rows += count
        made.connection.execute(
            f"INSERT INTO pipeline.aged_matches SELECT match_id, kickoff_day FROM leaving_matches "
            f"WHERE {among} AND match_id NOT IN (SELECT match_id FROM pipeline.aged_matches)"
        )
        # The final result of what has moved is not asked for any more.
        made.connection.execute(f"DELETE FROM pipeline.finals WHERE {among}")
        made.connection.execute(
            "DELETE FROM pipeline.in_files WHERE until < (SELECT max(until) FROM pipeline.in_files)"
        )
    return rows


def _move_own(warehouse: Warehouse, directory: Path, history: History, column: str, limit: datetime) -> int:
    rows = 0
    with batch(warehouse, directory) as made:
        days = made.connection.execute(
            f"SELECT DISTINCT CAST({column} AS DATE) FROM {history.leaving} "
            f"WHERE CAST({column} AS DATE) < CAST(?::TIMESTAMPTZ AS DATE)",
            [limit],
        ).fetchall()
        for (day,) in days:
            found = f"FROM {history.leaving} WHERE CAST({column} AS DATE) = DATE '{day}'"
            rows += int(scalar(made.connection, f"SELECT count(*) {found}"))
            made.write(history, day, f"SELECT * {found}")
            made.connection.execute(f"DELETE {found}")
    return rows
