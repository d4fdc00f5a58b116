"""Keeping the lake small: old snapshots go, small files are merged, deleted rows are left out, and what
nothing refers to any more is removed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import duckdb

from football_assets.lake.connection import LAKE

#: So many files are merged in one call: what is left waits an hour.
FILES_A_CALL = 500

#: A file is rewritten when so large a part of its rows is deleted.
DELETED_PART = 0.1


@dataclass(frozen=True)
class Maintained:
    """What an hour's maintenance came to."""

    snapshots_expired: int
    files_before: int
    files_after: int
    files_removed: int
    seconds: float


def maintain(
    connection: duckdb.DuckDBPyConnection, keep_hours: float, *, reading_hours: float = 1.0
) -> Maintained:
    """Do all of it. Snapshots of the last `keep_hours` stay readable, and their files for as long as a reader
    that began before may take, `reading_hours`. Raises `duckdb.Error`; each of the steps is a transaction of
    its own, so what was done stays done."""
    started = time.monotonic()
    before = live_files(connection)
    older = f"older_than => now() - INTERVAL '{keep_hours * 3600:.0f} seconds'"
    expired = connection.execute(f"CALL ducklake_expire_snapshots('{LAKE}', {older})").fetchall()
    connection.execute(
        f"CALL ducklake_rewrite_data_files('{LAKE}', delete_threshold => {DELETED_PART})"
    ).fetchall()
    connection.execute(
        f"CALL ducklake_merge_adjacent_files('{LAKE}', max_compacted_files => {FILES_A_CALL})"
    ).fetchall()
    unread = f"older_than => now() - INTERVAL '{reading_hours * 3600:.0f} seconds'"
    removed = connection.execute(f"CALL ducklake_cleanup_old_files('{LAKE}', {unread})").fetchall()
    orphans = connection.execute(
        f"CALL ducklake_delete_orphaned_files('{LAKE}', older_than => now() - INTERVAL '1 day')"
    ).fetchall()
    return Maintained(
        snapshots_expired=len(expired),
        files_before=before,
        files_after=live_files(connection),
        files_removed=len(removed) + len(orphans),
        seconds=time.monotonic() - started,
    )


def live_files(connection: duckdb.DuckDBPyConnection) -> int:
    """How many files hold the present of the lake, with those that say which rows are deleted."""
    return sum(files for _, files in _files(connection))


def live_bytes(connection: duckdb.DuckDBPyConnection) -> int:
    """Their bytes."""
    return sum(size for size, _ in _files(connection))


def _files(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = connection.execute(
        "SELECT file_size_bytes + coalesce(delete_file_size_bytes, 0), "
        f"file_count + coalesce(delete_file_count, 0) FROM ducklake_table_info('{LAKE}')"
    ).fetchall()
    return rows
