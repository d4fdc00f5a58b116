"""The rows that the published file has in Parquet beside it: the files that its edition names."""

from __future__ import annotations

import duckdb

from football_assets.lake.connection import LAKE
from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import DAY, HISTORIES, History
from football_assets.warehouse.history.named import PastFile
from football_assets.warehouse.history.reading import dated_rows_of, listed

#: So many rows of files a cycle; the rest waits for the next ones, or for `lake backfill`.
ROWS_A_COMMIT = 1_000_000


def send_files(
    connection: duckdb.DuckDBPyConnection, directory: str, wanted: set[PastFile], most: int | None
) -> tuple[int, int]:
    """Send the rows of files that the lake lacks, the newest day first, until `most` rows are sent, and take
    out those of files that do not count any more. Gives the rows sent, and how many files wait."""
    rows = connection.execute(f"SELECT table_name, day, name FROM {LAKE}.pipeline.files").fetchall()
    known = {PastFile(row[0], str(row[1]), row[2]) for row in rows}
    missing = sorted(wanted - known, key=lambda file: (file.day, file.table, file.name), reverse=True)
    for file in known - wanted:
        place = f"{DAY} = DATE {quoted(file.day)} AND file = {quoted(file.name)}"
        connection.execute(f"DELETE FROM {LAKE}.past.{file.table} WHERE {place}")
        connection.execute(
            f"DELETE FROM {LAKE}.pipeline.files WHERE table_name = {quoted(file.table)} "
            f"AND day = DATE {quoted(file.day)} AND name = {quoted(file.name)}"
        )
    sent = done = 0
    for history in HISTORIES:
        of_table = [file for file in missing if file.table == history.leaving]
        for start in range(0, len(of_table), 100):
            if most is not None and sent >= most:
                return sent, len(missing) - done
            sent += _send(connection, history, directory, of_table[start : start + 100])
            done += len(of_table[start : start + 100])
    return sent, len(missing) - done


def _send(
    connection: duckdb.DuckDBPyConnection, history: History, directory: str, files: list[PastFile]
) -> int:
    paths = listed(file.path(directory) for file in files)
    columns = ", ".join(history.table.column_names)
    found = connection.execute(
        f"INSERT INTO {LAKE}.past.{history.leaving} "
        f"SELECT {columns}, {DAY}, parse_filename(filename) AS file "
        f"FROM {dated_rows_of(paths)}"
    ).fetchall()
    values = ", ".join(
        f"({quoted(file.table)}, DATE {quoted(file.day)}, {quoted(file.name)})" for file in files
    )
    connection.execute(f"INSERT INTO {LAKE}.pipeline.files VALUES {values}")
    return int(found[0][0])
