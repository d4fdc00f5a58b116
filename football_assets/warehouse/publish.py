"""The published database: a copy of the warehouse without what is the pipeline's own, put in place at once.

Copying the file takes the same few hundredths of a second for a day's ticks as for an hour's; writing the
tables anew takes longer with each row (0.16 s at 150,000 ticks, 0.7 s at 1.5 million). The copy is attached
to the warehouse's connection: another one would take as long again to open and to close.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from football_assets.cycle.report import CycleReport
from football_assets.queries import query
from football_assets.tables import HISTORY_VIEWS, PUBLISHED
from football_assets.tables.cycles import Cycle
from football_assets.tables.schema import quoted
from football_assets.warehouse.as_of import as_of_macros
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.history.layout import set_aside_unreadable
from football_assets.warehouse.history.views import history_views
from football_assets.warehouse.history.writing import finish_moves
from football_assets.warehouse.rows import counts, scalar
from football_assets.warehouse.store import check_finished
from football_assets.warehouse.structure import OWN_MACROS, make_view
from football_assets.warehouse.warehouse import Warehouse, attached, in_transaction, wal

#: In the warehouse, and not for its readers.
_OWN = ("DROP SCHEMA pipeline CASCADE", *(f"DROP MACRO {name}" for name in OWN_MACROS))


@dataclass(frozen=True)
class Work:
    """What an edition took until just before the file is replaced: seconds and requests, and the report of
    the cycle where it is one's."""

    seconds: float | None = None
    requests: int | None = None
    report: CycleReport | None = None

    def row(self) -> dict[str, str | float | int | None]:
        """Its columns of the table `editions`."""
        cycle_id = self.report.cycle_id if self.report else None
        return {"cycle_id": cycle_id, "seconds": self.seconds, "requests": self.requests}


@dataclass(frozen=True)
class Publication:
    """What came of publishing: the edition's number and moment, and what it took."""

    edition: int
    published_at: datetime
    work: Work


def publish(
    warehouse: Warehouse,
    published: Path,
    *,
    history: Path,
    oldest_day: date,
    former: Iterable[CycleReport],
    finish: Callable[[duckdb.DuckDBPyConnection], Work],
) -> Publication:
    """Put what the warehouse holds in the place of the published file.

    `former` are the reports of earlier cycles, the newest first: those that are not in `cycles` yet come in.
    `finish` is called with the draft at the very end and tells what this edition took.
    Raises `UnfinishedCycle`, other `WarehouseError`s, `OSError` or `duckdb.Error`, and leaves what was there.
    """
    finish_moves(warehouse, history)
    _recover_editions(warehouse, published)
    with warehouse.transaction() as connection:
        check_finished(connection)
        _add_former(connection, former)
        _make_views(connection, history, oldest_day, warehouse.report)
        published_at = next_moment(connection, datetime.now(UTC))
        row = _edition_row(connection, published_at)
    draft = published.with_name(f"{published.name}.draft")
    try:
        with _copied(warehouse, draft) as connection:
            _execute_all(connection, _OWN)
            _insert(connection, "editions", row)
            work = finish(connection)
            told = work.row()
            changes = ", ".join(f"{name} = ${name}" for name in told)
            connection.execute(f"UPDATE editions SET {changes} WHERE edition = {row['edition']}", told)
            row |= told
            if work.report:
                _add(connection, work.report)
        _replace(draft, published)
    finally:
        _remove(draft)
    _keep_edition(warehouse, published, row)
    return Publication(row["edition"], published_at, work)


def newest_change(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime | None:
    """The newest change that the API told of, up to `now`: a price, details, the start of a period."""
    changed: datetime | None = scalar(
        connection,
        """SELECT max(changed_at) FROM (
            SELECT max(tick_at) AS changed_at FROM odds_ticks WHERE tick_at <= $now
            UNION ALL SELECT max(updated_at) FROM match_details WHERE updated_at <= $now
            UNION ALL SELECT max(period_started_at) FROM live_matches WHERE period_started_at <= $now)""",
        {"now": now},
    )
    return changed.astimezone(UTC) if changed else None


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows by published table."""
    return counts(connection, [table.name for table in PUBLISHED])


def _edition_row(connection: duckdb.DuckDBPyConnection, published_at: datetime) -> dict[str, Any]:
    fetched_at = scalar(connection, "SELECT max(fetched_at) FROM live_matches")
    preferred = scalar(connection, "SELECT list(company_id ORDER BY preference) FROM bookmakers")
    return {
        "edition": int(scalar(connection, "SELECT coalesce(max(edition), 0) + 1 FROM editions")),
        "published_at": published_at,
        "cycle_id": None,
        "seconds": None,
        "requests": None,
        "fetched_at": fetched_at,
        "bookmakers": preferred,
        "in_files_until": scalar(connection, "SELECT max(until) FROM pipeline.in_files"),
    }


def _keep_edition(warehouse: Warehouse, published: Path, row: dict[str, Any]) -> None:
    """Write down in the warehouse that the file was replaced."""
    with warehouse.transaction() as connection:
        _insert(connection, "editions", row)
        connection.execute("DELETE FROM pipeline.published_file")
        connection.execute("INSERT INTO pipeline.published_file VALUES (?, ?)", list(_identity(published)))


def _recover_editions(warehouse: Warehouse, published: Path) -> None:
    """Where a process was killed after it had replaced the file, take its edition over from there."""
    if not published.exists():
        return
    connection = warehouse.open()
    known = connection.execute("SELECT inode, modified_ns FROM pipeline.published_file").fetchall()
    if _identity(published) in known:
        return
    try:
        with attached(connection, published, "published"):
            connection.execute(
                "INSERT INTO editions BY NAME SELECT * FROM published.editions "
                "WHERE edition > (SELECT coalesce(max(edition), 0) FROM editions)"
            )
    except duckdb.CatalogException:
        return  # a file of a version without editions
    except duckdb.Error as error:
        warehouse.report(f"{published} cannot be read, so its last edition is not known: {error}")
        return
    # What is stored or published from now on is later, also where the warehouse is another than theirs.
    next_moment(connection, scalar(connection, "SELECT max(published_at) FROM editions"))


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join(f"${name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def _add_former(connection: duckdb.DuckDBPyConnection, former: Iterable[CycleReport]) -> None:
    known = {row[0] for row in connection.execute("SELECT cycle_id FROM cycles").fetchall()}
    for report in former:
        if report.cycle_id in known and report.status == "success":
            return  # its publishing took all before it along
        if report.cycle_id not in known and report.status != "running":
            _add(connection, report)


def _add(connection: duckdb.DuckDBPyConnection, report: CycleReport) -> None:
    row = report.row()
    _insert(connection, Cycle.table.name, {name: row[name] for name in Cycle.table.column_names})


def _make_views(
    connection: duckdb.DuckDBPyConnection, history: Path, oldest_day: date, report: Callable[[str], None]
) -> None:
    """The views over the history and the macros of the past, where the files or this version are others than
    those that they were made of. Files that cannot be read are set aside and reported."""
    if broken := set_aside_unreadable(history):
        names = ", ".join(str(path.relative_to(history)) for path in broken)
        report(f"{history}: set aside, for they are not whole: {names}")
    views = list(history_views(history, oldest_day))
    past = [*(query("warehouse", view.name) for view in HISTORY_VIEWS), *as_of_macros()]
    wanted = sha256("".join([*views, *past]).encode()).hexdigest()
    if connection.execute("SELECT fingerprint FROM pipeline.past_structure").fetchall() == [(wanted,)]:
        return
    _execute_all(connection, views)
    for view in HISTORY_VIEWS:
        make_view(connection, view)
    _execute_all(connection, as_of_macros())
    connection.execute("DELETE FROM pipeline.past_structure")
    connection.execute("INSERT INTO pipeline.past_structure VALUES (?)", [wanted])


def _execute_all(connection: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)


@contextmanager
def _copied(warehouse: Warehouse, draft: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse's connection in one transaction, turned to a copy of its file, which is whole and closed
    at the end. The copy has no log: one that is not finished is thrown away."""
    _remove(draft)
    connection = warehouse.open()
    original = scalar(connection, "SELECT current_database()")
    warehouse.checkpoint()
    shutil.copyfile(warehouse.path, draft)
    connection.execute(f"ATTACH {quoted(draft)} AS draft (RECOVERY_MODE no_wal_writes)")
    try:
        connection.execute("USE draft")
        with in_transaction(connection):
            yield connection
        connection.execute("CHECKPOINT draft")
    finally:
        connection.execute(f'USE "{original}"')
        connection.execute("DETACH draft")


def _replace(draft: Path, published: Path) -> None:
    """Put the draft in place, readable and not writable. A reader who had opened the old file for writing
    leaves a log beside it, with which nobody could open the new one."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.chmod(0o444)
    wal(published).unlink(missing_ok=True)
    draft.replace(published)
    wal(published).unlink(missing_ok=True)


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    wal(draft).unlink(missing_ok=True)
