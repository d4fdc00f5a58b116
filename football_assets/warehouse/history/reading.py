"""How SQL reads the files of a history, and the rows that are still in its tables beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import DAY, MATCH_HISTORIES, History


def listed(paths: Iterable[Path | str]) -> str:
    """Paths as a list of literals, for `rows_of` and `dated_rows_of`."""
    return ", ".join(map(quoted, paths))


def rows_of(files: str) -> str:
    """The rows of a list of files, as they were written."""
    return f"read_parquet([{files}], hive_partitioning = false, union_by_name = true)"


def dated_rows_of(files: str) -> str:
    """The rows of a list of files, each with the day of its folder."""
    dated = f"hive_partitioning = true, hive_types = {{'{DAY}': DATE}}"
    return f"read_parquet([{files}], {dated}, union_by_name = true)"


def hot_rows(history: History, rows: str) -> str:
    """The query of those of a history's `rows` (a table, or a query in parentheses) that no file holds; of a
    match with the day of its kick-off, as the files have it, in whatever time zone the reader is."""
    if history not in MATCH_HISTORIES:
        return f"SELECT stored.* FROM {rows} AS stored"
    day = "CAST(make_timestamp(epoch_us(coalesce(record.kickoff_at, record.first_seen_at))) AS DATE)"
    record = "LEFT JOIN match_records AS record USING (match_id)"
    return f"SELECT stored.*, {day} AS {DAY} FROM {rows} AS stored {record}"
