"""Dagster's record in SQLite files. How broken ones are set aside is in `healing`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from football_assets.instance import healing
from football_assets.instance.databases import DATABASES, RUNS, SCHEDULES
from football_assets.instance.liveness import sqlite_heartbeat
from football_assets.instance.records import Ended, instigator
from football_assets.names import CYCLE_JOB


class SqliteRecords:
    """The files in Dagster's home; see `records.Records`."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def newest_run(self) -> Ended | None:
        """See `Records`."""
        try:
            with closing(_opened(self._home / RUNS)) as database:
                row = database.execute(
                    "SELECT run_id, status, end_time FROM runs WHERE pipeline_name = ? "
                    "AND status IN ('SUCCESS', 'FAILURE') ORDER BY id DESC LIMIT 1",
                    [CYCLE_JOB],
                ).fetchone()
        except sqlite3.Error:
            return None
        return Ended(row[0], row[1] == "FAILURE", row[2] or 0.0) if row else None

    def sensors_off(self) -> list[str]:
        """See `Records`."""
        try:
            with closing(_opened(self._home / SCHEDULES)) as database:
                rows = database.execute(
                    "SELECT instigator_body FROM instigators WHERE status = 'STOPPED' ORDER BY id"
                ).fetchall()
        except sqlite3.Error:
            return []
        return [name for (body,) in rows if (name := instigator(body))]

    def turn_on(self) -> None:
        """See `Records`."""
        healing.turn_on(self._home)

    def unreadable(self) -> list[str]:
        """See `Records`."""
        return [str(path) for path, table in DATABASES.items() if not _can_be_read(self._home / path, table)]

    def advice(self) -> str:
        """See `Records`."""
        return (
            "They hold only its history: they are set aside and begun anew by themselves, at the latest by a "
            "restart."
        )

    def heartbeat(self) -> object:
        """See `Records`."""
        return sqlite_heartbeat(self._home / RUNS)()

    def is_broken(self) -> bool:
        """See `Records`."""
        return bool(healing.broken(self._home))

    def set_aside_broken(self) -> Iterator[Path]:
        """See `Records`."""
        return healing.set_aside_broken(self._home)


def _can_be_read(path: Path, table: str) -> bool:
    if not path.exists():
        return True
    try:
        with closing(_opened(path)) as database:
            database.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        # A database without that table is an empty file; other errors of this kind pass, such as a lock.
        return "no such table" not in str(error)
    except sqlite3.DatabaseError:
        return False
    return True


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
