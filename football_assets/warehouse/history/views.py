"""Views over what is hot and the files that an edition knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from football_assets.tables.schema import quoted
from football_assets.warehouse.history.former import former_files, former_rows
from football_assets.warehouse.history.layout import (
    DAY,
    HISTORIES,
    MATCH_HISTORIES,
    History,
    day_folders,
    day_of,
    standing,
)


def history_views(directory: Path, oldest: date) -> Iterator[str]:
    """The statements that make the views over the tables and the files of the days from `oldest` on.

    The files are found in `directory`, or where a reader says by `SET VARIABLE football_history`.
    """
    for history in HISTORIES:
        parts = " UNION ALL BY NAME ".join(_parts(history, directory, oldest))
        yield f"CREATE OR REPLACE VIEW {history.view} AS {parts}"


def _parts(history: History, directory: Path, oldest: date) -> Iterator[str]:
    of_match = history in MATCH_HISTORIES
    day = f", CAST(coalesce(record.kickoff_at, record.first_seen_at) AS DATE) AS {DAY}" if of_match else ""
    record = "LEFT JOIN match_records AS record USING (match_id)" if of_match else ""
    for table in history.tables:
        yield f"SELECT stored.*{day} FROM {table} AS stored {record}"
    days = [folder for folder in day_folders(directory, history) if day_of(folder) >= oldest]
    files = [path for folder in days for path in standing(folder)]
    if files:
        columns = "*" if of_match else f"* EXCLUDE ({DAY})"
        yield (
            f"SELECT {columns} FROM read_parquet([{_listed(files, directory)}], hive_partitioning = true, "
            f"hive_types = {{'{DAY}': DATE}}, union_by_name = true)"
        )
    if former := former_files(directory, history):
        rows = former_rows(history, _listed(former, directory))
        yield f"SELECT stored.*{day} FROM ({rows}) AS stored {record}"


def _listed(files: list[Path], directory: Path) -> str:
    root = f"coalesce(getvariable('football_history'), {quoted(directory)})"
    return ", ".join(f"{root} || {quoted('/' + str(path.relative_to(directory)))}" for path in files)
