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
from football_assets.warehouse.history.reading import dated_rows_of, hot_rows


def history_views(directory: Path, oldest: date) -> Iterator[str]:
    """The statements that make the views over the tables and the files of the days from `oldest` on.

    The files are found in `directory`, or where a reader says by `SET VARIABLE football_history`.
    """
    for history in HISTORIES:
        parts = " UNION ALL BY NAME ".join(_parts(history, directory, oldest))
        yield f"CREATE OR REPLACE VIEW {history.view} AS {parts}"


def _parts(history: History, directory: Path, oldest: date) -> Iterator[str]:
    for table in history.tables:
        yield hot_rows(history, table)
    days = [folder for folder in day_folders(directory, history) if day_of(folder) >= oldest]
    files = [path for folder in days for path in standing(folder)]
    if files:
        columns = "*" if history in MATCH_HISTORIES else f"* EXCLUDE ({DAY})"
        yield f"SELECT {columns} FROM {dated_rows_of(_listed(files, directory))}"
    if former := former_files(directory, history):
        yield hot_rows(history, f"({former_rows(history, _listed(former, directory))})")


def _listed(files: list[Path], directory: Path) -> str:
    root = f"coalesce(getvariable('football_history'), {quoted(directory)})"
    return ", ".join(f"{root} || {quoted('/' + str(path.relative_to(directory)))}" for path in files)
