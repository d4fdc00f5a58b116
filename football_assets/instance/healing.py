"""Dagster's SQLite files are history: one that is broken is set aside, and Dagster begins it anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from football_assets.instance.databases import DATABASES, SCHEDULES

_SUFFIX = ".broken"


def set_aside_broken(home: Path) -> Iterator[Path]:
    """Set Dagster's broken databases aside, while nothing of it runs. Gives their paths.

    Those of single runs are looked at by `storage` when they are opened.
    """
    for path in broken(home):
        set_aside(path)
        yield path


def broken(home: Path) -> list[Path]:
    """Dagster's databases that are there and broken."""
    return [path for name in DATABASES if (path := home / name).exists() and not is_sound(path)]


def is_sound(path: Path, *, in_use: bool = True) -> bool:
    """Whether the file is an SQLite database that holds a table and has nothing wrong with it.

    One that cannot be read for another reason, such as a lock, passes. One that is not `in_use` is read
    without the files that SQLite puts beside a database.
    """
    mode = "mode=ro" if in_use else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=1)) as database:
            tables = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
            return bool(tables) and database.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def set_aside(path: Path) -> None:
    """Move the database out of the way, with what belongs to it. Only the newest such is kept."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            part = path.with_name(path.name + suffix)
            part.replace(part.with_name(f"{part.name}{_SUFFIX}"))


def turn_on(home: Path) -> None:
    """Let all sensors and schedules be as the project declares them: on. Nothing of Dagster may run."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    path = home / SCHEDULES
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database, database:
        for table, body in (("instigators", "instigator_body"), ("jobs", "job_body")):
            database.execute(
                f"UPDATE {table} SET status = 'DECLARED_IN_CODE', update_timestamp = ?, {body} = "
                f"json_set({body}, '$.status.__enum__', 'InstigatorStatus.DECLARED_IN_CODE') "
                "WHERE status = 'STOPPED'",
                [now],
            )
