"""What is no longer hot, as Parquet: a file a table and day under `<data>/history`, and views over both.

A file holds what left the warehouse on that day (UTC) and is never written again. It gets its name only once
the warehouse has let go of its rows, so that no row is lost or stands twice, whatever is killed when.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from football_assets.warehouse.warehouse import Warehouse, quoted

#: Days for which cycles stay in the database.
CYCLES_DAYS = 7

_PARQUET = b"PAR1"

#: Matches that were in no live list of the last 24 hours.
_AGED_MATCHES = "match_id NOT IN (SELECT match_id FROM pipeline.odds_matches)"


@dataclass(frozen=True)
class History:
    """A table with a history. `view` is over all of it; rows leave `leaving` when `aged` holds of them."""

    table: str
    view: str
    leaving: str
    aged: str


HISTORIES = (
    History("odds_ticks", "odds_history", "aged_odds_ticks", "TRUE"),
    History("live_match_changes", "live_match_history", "live_match_changes", _AGED_MATCHES),
    History("match_stat_changes", "match_stat_history", "match_stat_changes", _AGED_MATCHES),
    History("cycles", "cycle_history", "cycles", f"started_at < now() - INTERVAL {CYCLES_DAYS} DAY"),
)


def history_views(directory: Path, oldest: date) -> Iterator[str]:
    """The statements that make the views over the tables and the files of the days from `oldest` on."""
    for history in HISTORIES:
        selects = [f"SELECT * FROM {table}" for table in dict.fromkeys((history.table, history.leaving))]
        files = [
            path for path in sorted((directory / history.table).glob("*.parquet")) if _day(path) >= oldest
        ]
        if files:
            listed = ", ".join(quoted(path) for path in files)
            selects.append(f"SELECT * FROM read_parquet([{listed}], union_by_name = true)")
        yield f"CREATE OR REPLACE VIEW {history.view} AS {' UNION ALL BY NAME '.join(selects)}"


def move_to_history(warehouse: Warehouse, directory: Path, now: datetime) -> int:
    """Once a day, move what has aged into files of the day before. Gives how many rows were moved.

    Raises `OSError` or `duckdb.Error`; a table is moved whole or not at all.
    """
    day = now.astimezone(UTC).date() - timedelta(days=1)
    exported = finish_moves(warehouse, directory)
    due = [history for history in HISTORIES if exported.get(history.table) != day]
    return sum(_move(warehouse, directory / history.table, history, day) for history in due)


def finish_moves(warehouse: Warehouse, directory: Path) -> dict[str, date]:
    """Finish the moves that were cut off, so that each row is in the warehouse or in a file that has a name.

    Gives the day of each table's last move. Raises `OSError`.
    """
    exported = dict(warehouse.open().execute("SELECT table_name, day FROM pipeline.exports").fetchall())
    for history in HISTORIES:
        _finish(directory / history.table, exported.get(history.table))
    return exported


def set_aside_unreadable(directory: Path) -> list[Path]:
    """Rename the files that are not whole, as a full or failing disk leaves them; gives what they were."""
    broken = [path for path in sorted(directory.glob("*/*.parquet")) if not _is_whole(path)]
    for path in broken:
        path.rename(path.with_name(f"{path.name}.unreadable"))
    return broken


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file has its beginning and its end, by the signs that stand at both."""
    with path.open("rb") as file:
        first = file.read(len(_PARQUET))
        file.seek(max(path.stat().st_size - len(_PARQUET), 0))
        return first == file.read() == _PARQUET


def _move(warehouse: Warehouse, directory: Path, history: History, day: date) -> int:
    draft = directory / f"{day}.draft"
    with warehouse.transaction() as connection:
        aged = f"FROM {history.leaving} WHERE {history.aged}"
        rows = int(connection.execute(f"SELECT count(*) {aged}").fetchall()[0][0])
        if rows:
            directory.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT * {aged}) TO {quoted(draft)} (FORMAT parquet, COMPRESSION zstd)"
            )
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            connection.execute(f"DELETE {aged}")
        connection.execute("DELETE FROM pipeline.exports WHERE table_name = ?", [history.table])
        connection.execute("INSERT INTO pipeline.exports VALUES (?, ?)", [history.table, day])
    _finish(directory, day)
    return rows


def _finish(directory: Path, exported: date | None) -> None:
    """Give the draft its name if the warehouse has let go of its rows, else remove it."""
    for draft in directory.glob("*.draft"):
        if _day(draft) == exported:
            draft.rename(_free(directory, exported))
        else:
            draft.unlink()


def _free(directory: Path, day: date) -> Path:
    names = (f"{day}.parquet" if number == 1 else f"{day}-{number}.parquet" for number in count(1))
    return next(path for name in names if not (path := directory / name).exists())


def _day(path: Path) -> date:
    return date.fromisoformat(path.stem[:10])
