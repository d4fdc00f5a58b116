"""Bringing a match back whose rows are in files: it has one history, each row once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from football_assets.enrichment.known import Enriched
from football_assets.tables.details import MatchDetail
from football_assets.warehouse.history.layout import (
    DETAILS,
    MATCH_HISTORIES,
    ODDS,
    History,
    day_folder,
    standing,
)
from football_assets.warehouse.history.reading import listed, rows_of
from football_assets.warehouse.history.writing import Batch, batch, finish_moves
from football_assets.warehouse.rows import registered, to_arrow
from football_assets.warehouse.warehouse import Warehouse

#: Of which matches in files something new is told: of the details, what the files do not hold as it stands.
_NEWS = """
SELECT told.match_id FROM told_details AS told JOIN pipeline.aged_matches USING (match_id)
WHERE NOT EXISTS (FROM ({stored}) AS stored WHERE stored.match_id = told.match_id
    AND stored.replaced_at IS NULL AND stored.updated_at IS NOT DISTINCT FROM told.updated_at)
UNION SELECT match_id FROM pipeline.aged_matches WHERE match_id IN (SELECT unnest($finals::VARCHAR[]))
UNION SELECT match_id FROM pipeline.aged_matches JOIN match_records AS record USING (match_id)
WHERE match_id IN (SELECT unnest($deleted::VARCHAR[])) AND record.deleted_at IS NULL
"""
_AMONG = "match_id IN (SELECT match_id FROM revived_matches)"


def revive(warehouse: Warehouse, directory: Path, match_ids: Iterable[str]) -> int:
    """Bring the rows of these matches back into the warehouse, as far as they are in files. The files of
    their days are written anew without them. Gives of how many days.

    To be called before anything new is stored of them. Raises `OSError` or `duckdb.Error`; of all matches the
    rows are either in the files or in the warehouse.
    """
    connection = warehouse.open()
    ids = list(match_ids)
    found: list[tuple[date]] = connection.execute(
        "SELECT DISTINCT day FROM pipeline.aged_matches WHERE match_id IN (SELECT unnest(?::VARCHAR[]))",
        [ids],
    ).fetchall()
    if found:
        finish_moves(warehouse, directory)
        _revive(warehouse, directory, ids, [row[0] for row in found])
    _take_back_aged_ticks(warehouse, ids)
    return len(found)


def revive_told(warehouse: Warehouse, directory: Path, enriched: Enriched) -> int:
    """`revive` for the matches of which a cycle has learned something new after their rows had moved: other
    details, a final row, that they are deleted. Raises as `revive`."""
    connection = warehouse.open()
    finals = [row.match_id for batch in enriched.final_rows for row in batch.matches]
    deleted = sorted((enriched.deleted or {}).get("match", ()))
    if not (enriched.other_details or finals or deleted):
        return 0
    told = to_arrow(MatchDetail.table, list(enriched.other_details.values()))
    with registered(connection, told_details=told):
        days: list[tuple[date]] = connection.execute(
            "SELECT DISTINCT day FROM pipeline.aged_matches SEMI JOIN told_details USING (match_id)"
        ).fetchall()
        files = [path for (day,) in days for path in standing(day_folder(directory, DETAILS, day))]
        stored = f"FROM {rows_of(listed(files))}" if files else f"FROM {DETAILS.leaving}"
        found = connection.execute(
            _NEWS.format(stored=stored), {"finals": finals, "deleted": deleted}
        ).fetchall()
    return revive(warehouse, directory, [row[0] for row in found]) if found else 0


def _revive(warehouse: Warehouse, directory: Path, ids: list[str], days: list[date]) -> None:
    with batch(warehouse, directory) as made:
        made.connection.execute(
            "CREATE OR REPLACE TEMP TABLE revived_matches AS "
            "SELECT DISTINCT match_id FROM pipeline.aged_matches "
            "WHERE match_id IN (SELECT unnest(?::VARCHAR[]))",
            [ids],
        )
        for history in MATCH_HISTORIES:
            for day in days:
                _revive_day(made, history, day)
        made.connection.execute(f"DELETE FROM pipeline.aged_matches WHERE {_AMONG}")
        made.connection.execute("DROP TABLE revived_matches")


def _revive_day(made: Batch, history: History, day: date) -> None:
    files = standing(day_folder(made.directory, history, day))
    if not files:
        return
    rows = f"FROM {rows_of(listed(files))}"
    connection = made.connection
    (count,) = connection.execute(f"SELECT count(*) {rows} WHERE {_AMONG}").fetchall()[0]
    if count:
        connection.execute(f"INSERT INTO {history.leaving} BY NAME {rows} WHERE {_AMONG}")
        made.write(history, day, f"{rows} WHERE NOT {_AMONG}", all_of_day=True)


def _take_back_aged_ticks(warehouse: Warehouse, ids: list[str]) -> None:
    """Ticks on their way into files are compared with a history again only among those of the present."""
    with warehouse.transaction() as connection:
        among = f"FROM {ODDS.leaving} WHERE match_id IN (SELECT unnest(?::VARCHAR[]))"
        if not _has_rows(connection, among, ids):
            return
        connection.execute(
            f"INSERT INTO odds_ticks BY NAME SELECT * EXCLUDE (replaced_at) {among} AND replaced_at IS NULL",
            [ids],
        )
        connection.execute(
            f"INSERT INTO odds_revisions BY NAME SELECT * {among} AND replaced_at IS NOT NULL", [ids]
        )
        connection.execute(f"DELETE {among}", [ids])
        connection.execute(
            "INSERT INTO newest_ticks BY NAME SELECT unnest(tick) FROM ("
            "SELECT arg_max(ticks, (tick_at, sequence)) AS tick FROM odds_ticks AS ticks "
            "WHERE match_id IN (SELECT unnest(?::VARCHAR[])) "
            "AND match_id NOT IN (SELECT match_id FROM newest_ticks) GROUP BY match_id, company_id, market)",
            [ids],
        )


def _has_rows(connection: duckdb.DuckDBPyConnection, among: str, ids: list[str]) -> bool:
    return bool(connection.execute(f"SELECT EXISTS ({among})", [ids]).fetchall()[0][0])
