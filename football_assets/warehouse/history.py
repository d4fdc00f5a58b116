"""What is no longer hot, as Parquet by the day (UTC) of its match's kick-off, and views over both.

A match's rows leave the warehouse whole, days after its end. A file is never changed: the views of an edition
name the files that it knows, so that older editions go on seeing just what they saw.

    <data>/history/<table>/kickoff_day=<day>/rows-<batch>.parquet
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from football_assets.tables.cycles import Cycle, Edition
from football_assets.tables.details import MatchDetailChange
from football_assets.tables.flattened import SourceChange
from football_assets.tables.live import (
    LiveMatchChange,
    LiveSpell,
    MatchCommentChange,
    MatchIncidentChange,
    MatchStatChange,
)
from football_assets.tables.odds import AgedOddsTick
from football_assets.tables.schema import Row, Table, quoted
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import Warehouse

#: Days for which cycles and editions stay in the database.
CYCLES_DAYS = 7
#: A match whose end nobody has told is taken for over so long after its kick-off.
OVER_AFTER = timedelta(days=3)
#: A day's rows of a table are made one file when there are more than this.
MOST_FILES = 3
#: Files that were made one with others stay for readers of older editions.
SUPERSEDED_KEPT = timedelta(days=2)

_PARQUET = b"PAR1"
_DAY = "kickoff_day"


@dataclass(frozen=True)
class History:
    """A history: `view` is over the rows of its `tables` and the files. Rows leave `leaving`."""

    view: str
    row: type[Row]
    tables: tuple[str, ...]
    order: str

    @property
    def table(self) -> Table:
        """The table whose rows leave; its columns are those of the files."""
        return self.row.table

    @property
    def leaving(self) -> str:
        """Its name, and that of the folder."""
        return self.table.name


def _of(view: str, row: type[Row], order: str = "match_id, seen_at") -> History:
    return History(view, row, (row.table.name,), order)


ODDS = History(
    "odds_history",
    AgedOddsTick,
    ("odds_ticks", "odds_revisions", "aged_odds_ticks"),
    "match_id, company_id, market, tick_at, sequence",
)

#: Histories of matches, by the day of the kick-off.
MATCH_HISTORIES = (
    ODDS,
    _of("live_match_history", LiveMatchChange),
    _of("live_spell_history", LiveSpell),
    _of("match_stat_history", MatchStatChange),
    _of("match_incident_history", MatchIncidentChange),
    _of("match_commentary_history", MatchCommentChange),
    _of("match_detail_history", MatchDetailChange),
    _of("row_source_history", SourceChange),
)
#: Histories of the pipeline itself, by the day on which its rows were made.
OWN_HISTORIES = (
    (_of("cycle_history", Cycle, "started_at"), "started_at"),
    (_of("edition_history", Edition, "edition"), "published_at"),
)
HISTORIES = (*MATCH_HISTORIES, *(history for history, _ in OWN_HISTORIES))


def history_views(directory: Path, oldest: date) -> Iterator[str]:
    """The statements that make the views over the tables and the files of the days from `oldest` on.

    The files are found in `directory`, or where a reader says by `SET VARIABLE football_history`.
    """
    for history in HISTORIES:
        parts = " UNION ALL BY NAME ".join(_parts(history, directory, oldest))
        yield f"CREATE OR REPLACE VIEW {history.view} AS {parts}"


def _parts(history: History, directory: Path, oldest: date) -> Iterator[str]:
    day = ""
    if history in MATCH_HISTORIES:
        day = ", CAST(record.kickoff_at AS DATE) AS kickoff_day"
    for table in history.tables:
        source = f"SELECT stored.*{day} FROM {table} AS stored"
        yield f"{source} LEFT JOIN match_records AS record USING (match_id)" if day else source
    folder = directory / history.leaving
    files = [path for path in sorted(folder.glob(f"{_DAY}=*/*.parquet")) if _day(path) >= oldest]
    if files:
        root = f"coalesce(getvariable('football_history'), {quoted(directory)})"
        listed = ", ".join(f"{root} || {quoted('/' + str(path.relative_to(directory)))}" for path in files)
        columns = "*" if day else f"* EXCLUDE ({_DAY})"
        yield (
            f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = true, "
            f"hive_types = {{'{_DAY}': DATE}}, union_by_name = true)"
        )
    yield from _former(history, directory, day)


def _former(history: History, directory: Path, day: str) -> Iterator[str]:
    """Files of an older version, by the day on which rows left, until they are taken over."""
    former = {"aged_odds_ticks": "odds_ticks"}.get(history.leaving, history.leaving)
    files = sorted((directory / former).glob("*.parquet"))
    if files:
        listed = ", ".join(map(quoted, files))
        seen = {
            "aged_odds_ticks": "tick_at",
            "live_match_changes": "observed_at",
            "match_stat_changes": "observed_at",
        }
        dated = f", {seen[history.leaving]} AS seen_at" if history.leaving in seen else ""
        unknown = f", NULL::DATE AS {_DAY}" if day else ""
        yield f"SELECT *{dated}{unknown} FROM read_parquet([{listed}], union_by_name = true)"


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
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE leaving_matches AS
        SELECT match_id, CAST(coalesce(kickoff_at, first_seen_at) AS DATE) AS kickoff_day
        FROM match_records AS record
        SEMI JOIN (SELECT match_id FROM match_detail_changes UNION SELECT match_id FROM live_spells
            UNION SELECT match_id FROM aged_odds_ticks) AS hot USING (match_id)
        ANTI JOIN live_matches USING (match_id)
        ANTI JOIN pipeline.coverage USING (match_id)
        WHERE coalesce(kickoff_at, first_seen_at) < $over
          AND (is_final OR deleted_at IS NOT NULL OR coalesce(kickoff_at, first_seen_at) < $given_up)""",
        {"over": now - timedelta(days=1), "given_up": now - OVER_AFTER},
    )
    rows = connection.execute("SELECT DISTINCT kickoff_day FROM leaving_matches ORDER BY ALL").fetchall()
    return [row[0] for row in rows]


def _move_matches(warehouse: Warehouse, directory: Path, day: date) -> int:
    """Move all rows of the leaving matches of a day, of all their tables, in one transaction."""
    among = f"match_id IN (SELECT match_id FROM leaving_matches WHERE kickoff_day = DATE '{day}')"
    drafts: list[Path] = []
    rows = 0
    with warehouse.transaction() as connection:
        batch = _next_batch(connection)
        for history in MATCH_HISTORIES:
            found = f"FROM {history.leaving} WHERE {among}"
            count = int(scalar(connection, f"SELECT count(*) {found}"))
            if count:
                drafts.append(_write(connection, directory, history, day, batch, f"SELECT * {found}"))
                connection.execute(f"DELETE {found}")
                rows += count
        connection.execute(
            f"INSERT INTO pipeline.aged_matches SELECT match_id, kickoff_day FROM leaving_matches "
            f"WHERE {among} AND match_id NOT IN (SELECT match_id FROM pipeline.aged_matches)"
        )
        _note_batch(connection, batch, bool(drafts))
    _give_names(drafts)
    return rows


def _move_own(warehouse: Warehouse, directory: Path, history: History, column: str, limit: datetime) -> int:
    rows = 0
    with warehouse.transaction() as connection:
        days = connection.execute(
            f"SELECT DISTINCT CAST({column} AS DATE) FROM {history.leaving} WHERE {column} < ? "
            f"AND CAST({column} AS DATE) < CAST(?::TIMESTAMPTZ AS DATE)",
            [limit, limit],
        ).fetchall()
        drafts = []
        batch = _next_batch(connection)
        for (day,) in days:
            found = f"FROM {history.leaving} WHERE CAST({column} AS DATE) = DATE '{day}'"
            rows += int(scalar(connection, f"SELECT count(*) {found}"))
            drafts.append(_write(connection, directory, history, day, batch, f"SELECT * {found}"))
            connection.execute(f"DELETE {found}")
        _note_batch(connection, batch, bool(drafts))
    _give_names(drafts)
    return rows


def _write(
    connection: duckdb.DuckDBPyConnection, directory: Path, history: History, day: date, batch: int, rows: str
) -> Path:
    """Write the rows of a query as a draft, which has its name only once the warehouse has let go of them."""
    folder = directory / history.leaving / f"{_DAY}={day}"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"rows-{batch}.parquet.draft"
    connection.execute(
        f"COPY ({rows} ORDER BY {history.order}) TO {quoted(draft)} "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)"
    )
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return draft


def _next_batch(connection: duckdb.DuckDBPyConnection) -> int:
    return int(scalar(connection, "SELECT coalesce(max(batch), 0) + 1 FROM pipeline.batches"))


def _note_batch(connection: duckdb.DuckDBPyConnection, batch: int, is_used: bool) -> None:
    if is_used:
        connection.execute("INSERT INTO pipeline.batches VALUES (?)", [batch])


def _give_names(drafts: Iterable[Path]) -> None:
    for draft in drafts:
        draft.rename(draft.with_suffix(""))


def finish_moves(warehouse: Warehouse, directory: Path) -> None:
    """Finish the moves that were cut off, so that each row is in the warehouse or in a file that has a name.

    Raises `OSError`.
    """
    drafts = list(directory.glob(f"*/{_DAY}=*/*.draft"))
    if not drafts:
        return
    made = {row[0] for row in warehouse.open().execute("SELECT batch FROM pipeline.batches").fetchall()}
    for draft in drafts:
        if int(draft.name.removeprefix("rows-").partition(".")[0]) in made:
            draft.rename(draft.with_suffix(""))
        else:
            draft.unlink()


def set_aside_unreadable(directory: Path) -> list[Path]:
    """Rename the files that are not whole, as a full or failing disk leaves them; gives what they were."""
    broken = [path for path in sorted(directory.glob("**/*.parquet")) if not _is_whole(path)]
    for path in broken:
        path.rename(path.with_name(f"{path.name}.unreadable"))
    return broken


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file has its beginning and its end, by the signs that stand at both."""
    with path.open("rb") as file:
        first = file.read(len(_PARQUET))
        file.seek(max(path.stat().st_size - len(_PARQUET), 0))
        return first == file.read() == _PARQUET


def _day(path: Path) -> date:
    return date.fromisoformat(path.parent.name.partition("=")[2])
