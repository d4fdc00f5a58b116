"""The changes of the warehouse's structure, by name: each is made once, in a transaction with its record.

What the tables are is said in `tables/`; a new column there is added by itself. Here is the rest: the
pipeline's own state, and moving what an older version has stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from football_assets.enrichment.known import Coverage, StoredList
from football_assets.tables.schema import Row
from football_assets.thesports.parsing.odds_window import OddsUpdate
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.mergers import follow_mergers
from football_assets.warehouse.rows import count
from football_assets.warehouse.store_odds import fill_newest

#: The published tables' versions: number, day, what changed. The newest is this one's.
SCHEMA_VERSIONS = (
    (1, "2025-11-01", "The first tables."),
    (2, "2025-12-01", "cycles: status, error, freshness and what waits; odds_ticks: sequence."),
    (
        3,
        "2026-11-25",
        "Each market of flattened_matches has its own time, minute, suspension and life; current_prices, "
        "best_prices, goals; matches; seen_at and replaced_at in every history; odds_revisions; editions; "
        "backfilled_matches. "
        "live_match_changes and match_stat_changes keep observed_at, which is the same as seen_at.",
    ),
)

#: The pipeline's own tables that have a class.
STATE_ROWS: tuple[type[Row], ...] = (Coverage, StoredList, OddsUpdate)

Change = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class Migration:
    """A change of the structure. Its name never changes: it is the record that it was made."""

    name: str
    change: Change


_STATE = """
CREATE TABLE IF NOT EXISTS pipeline.version (version INTEGER);
CREATE TABLE IF NOT EXISTS pipeline.stored (table_name VARCHAR, stored_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.cursors (name VARCHAR, value BIGINT, asked_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.unknown_ids (entity VARCHAR, id VARCHAR, asked_at TIMESTAMPTZ);
"""

_COVERAGE = """
CREATE TABLE pipeline.window_feed (
    stretch INTEGER, newest BIGINT, distrusted_until TIMESTAMPTZ, ticks JSON
);
CREATE TABLE pipeline.partial_rows (table_name VARCHAR, id VARCHAR);
CREATE TABLE pipeline.deleted_ids (kind VARCHAR, id VARCHAR);
CREATE TABLE pipeline.finals (match_id VARCHAR, asked_at TIMESTAMPTZ, attempts INTEGER);
CREATE TABLE pipeline.aged_matches (match_id VARCHAR, day DATE);
CREATE TABLE pipeline.clock (moment TIMESTAMPTZ);
CREATE TABLE pipeline.batches (batch BIGINT);
CREATE TABLE pipeline.past_structure (fingerprint VARCHAR);
CREATE TABLE pipeline.published_file (inode BIGINT, modified_ns BIGINT);
ALTER TABLE pipeline.cursors ADD COLUMN IF NOT EXISTS floor BIGINT DEFAULT 0;
"""


def _make_state(connection: duckdb.DuckDBPyConnection) -> None:
    """The state of the first versions. Software of that time knows by the number that this file is newer."""
    connection.execute(_STATE)
    connection.execute("DELETE FROM pipeline.version")
    connection.execute("INSERT INTO pipeline.version VALUES (3)")


def _take_over_odds_state(connection: duckdb.DuckDBPyConnection) -> None:
    """The state of the odds under its new names. What was read of a match before stays trusted."""
    connection.execute(_COVERAGE)
    for row in STATE_ROWS:
        connection.execute(row.table.ddl())
    if not _has(connection, "odds_matches"):
        return
    connection.execute(
        "INSERT INTO pipeline.coverage BY NAME "
        "SELECT *, FALSE AS recheck, FALSE AS is_fixture FROM pipeline.odds_matches"
    )
    connection.execute("INSERT INTO pipeline.window_feed FROM pipeline.odds_feed")
    connection.execute("DROP TABLE pipeline.odds_matches")
    connection.execute("DROP TABLE pipeline.odds_feed")
    connection.execute("DROP TABLE pipeline.exports")


def _date_what_was_stored(connection: duckdb.DuckDBPyConnection) -> None:
    """`seen_at` of what an older version stored: of changes when they were observed; of ticks now, since
    nobody wrote down when the API told them, and a backtest may not have them before they were known."""
    connection.execute("UPDATE live_match_changes SET seen_at = observed_at")
    connection.execute("UPDATE match_stat_changes SET seen_at = observed_at")
    for table, key in (("live_match_changes", "match_id"), ("match_stat_changes", "match_id, stat_id")):
        connection.execute(
            f"""UPDATE {table} AS earlier SET replaced_at = later.replaced_at FROM (
                SELECT rowid AS place, lead(seen_at) OVER (PARTITION BY {key} ORDER BY seen_at) AS replaced_at
                FROM {table}
            ) AS later WHERE later.place = earlier.rowid"""
        )
    if any(count(connection, table) for table in ("odds_ticks", "aged_odds_ticks")):
        now = next_moment(connection, datetime.now(UTC))
        connection.execute("UPDATE odds_ticks SET seen_at = $now", {"now": now})
        connection.execute("UPDATE aged_odds_ticks SET seen_at = $now", {"now": now})


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'pipeline' AND table_name = ?", [table]
    ).fetchall()
    return bool(found[0][0])


def _remember_what_moves(connection: duckdb.DuckDBPyConnection) -> None:
    """Until when rows have moved to files: of what was there before, at the latest until now."""
    connection.execute("CREATE TABLE pipeline.in_files (until TIMESTAMPTZ)")
    connection.execute("INSERT INTO pipeline.in_files VALUES (now())")


def _follow_mergers(connection: duckdb.DuckDBPyConnection) -> None:
    """What views followed in every query before."""
    connection.execute("DROP VIEW IF EXISTS team_successors")
    connection.execute("DROP VIEW IF EXISTS competition_successors")
    follow_mergers(connection)


def _tell_reads_from_cursors(connection: duckdb.DuckDBPyConnection) -> None:
    """When days, countries and `odds/update` were read stood among the cursors of changes; of the countries a
    number other than 0 said that rows of the list were lost."""
    connection.execute(
        """CREATE TABLE pipeline.reads AS
        SELECT name, if(name = 'odds/update', to_timestamp(value), asked_at) AS read_at
        FROM pipeline.cursors
        WHERE name = 'odds/update' OR name LIKE 'match_details ____-__-__'
            OR (name = 'countries' AND value = 0)"""
    )
    connection.execute(
        """DELETE FROM pipeline.cursors
        WHERE name IN ('odds/update', 'countries') OR name LIKE 'match_details ____-__-__'"""
    )


#: In their order. A migration that has been released is never changed or removed.
MIGRATIONS = (
    Migration("state of the pipeline", _make_state),
    Migration("odds state by coverage", _take_over_odds_state),
    Migration("seen_at of what was stored before", _date_what_was_stored),
    Migration("newest ticks", fill_newest),
    Migration("until when rows are in files", _remember_what_moves),
    Migration("mergers in tables", _follow_mergers),
    Migration("reads apart from cursors", _tell_reads_from_cursors),
)
