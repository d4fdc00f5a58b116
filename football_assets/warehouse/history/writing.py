"""Writing files of the history in one step with the change of the warehouse that belongs to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from football_assets.tables.schema import quoted
from football_assets.warehouse.history.layout import ALL, DAY, SOME, History, batch_of, day_folder
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import Warehouse


@dataclass
class Batch:
    """Files that are written together with one change of the warehouse."""

    connection: duckdb.DuckDBPyConnection
    directory: Path
    number: int
    drafts: list[Path] = field(default_factory=list)

    def write(
        self, history: History, day: date, rows: str, *, all_of_day: bool = False, source: str = ""
    ) -> None:
        """Write the rows of a query as a draft, which gets its name once the warehouse has committed.

        `source` is the name of the file of an older version that they come from.
        """
        folder = day_folder(self.directory, history, day)
        folder.mkdir(parents=True, exist_ok=True)
        origin = f"-of-{source}" if source else ""
        draft = folder / f"{ALL if all_of_day else SOME}-{self.number}{origin}.parquet.draft"
        self.connection.execute(
            f"COPY (FROM ({rows}) ORDER BY {history.order}) TO {quoted(draft)} "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)"
        )
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        self.drafts.append(draft)


@contextmanager
def batch(warehouse: Warehouse, directory: Path) -> Iterator[Batch]:
    """A transaction of the warehouse with the files that belong to it: all of both or nothing.

    Raises `OSError` or `duckdb.Error`.
    """
    with warehouse.transaction() as connection:
        made = Batch(connection, directory, _next_number(connection, directory))
        yield made
        if made.drafts:
            connection.execute("INSERT INTO pipeline.batches VALUES (?)", [made.number])
    _give_names(made.drafts)


def finish_moves(warehouse: Warehouse, directory: Path) -> None:
    """Finish the moves that were cut off, so that each row is in the warehouse or in a file that has a name.

    Raises `OSError`.
    """
    drafts = list(directory.glob(f"*/{DAY}=*/*.draft"))
    if not drafts:
        return
    made = {row[0] for row in warehouse.open().execute("SELECT batch FROM pipeline.batches").fetchall()}
    _give_names([draft for draft in drafts if batch_of(draft) in made])
    for draft in drafts:
        if batch_of(draft) not in made:
            draft.unlink()


def _next_number(connection: duckdb.DuckDBPyConnection, directory: Path) -> int:
    """A number above all of the warehouse and of the files, which may be older than the warehouse."""
    noted = int(scalar(connection, "SELECT coalesce(max(batch), 0) FROM pipeline.batches"))
    return max([noted, *map(batch_of, directory.glob(f"*/{DAY}=*/*.parquet"))]) + 1


def _give_names(drafts: list[Path]) -> None:
    for draft in drafts:
        draft.rename(draft.with_suffix(""))
