"""A warehouse that was cut off or has a bit changed, anywhere: noticed in its use, set aside, begun anew."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from football_assets.warehouse.rows import count, registered
from football_assets.warehouse.warehouse import Warehouse

ROWS = 60_000
CUTS, FLIPS = 12, 16

Damage = Callable[[Path], None]


def cut(share: float) -> Damage:
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def flip(seed: int) -> Damage:
    def damage(path: Path) -> None:
        chance = random.Random(seed)
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)

    return damage


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of several blocks."""
    path = tmp_path_factory.mktemp("sound") / "warehouse.duckdb"
    store = Warehouse(path)
    with store.transaction() as connection:
        connection.execute(
            f"INSERT INTO teams (team_id, name) SELECT md5(range::VARCHAR), sha256(range::VARCHAR) "
            f"FROM range({ROWS})"
        )
    store.close()
    assert path.stat().st_size > 2_000_000
    return path


def use(store: Warehouse) -> None:
    """Read and change all that is in it."""
    with store.transaction() as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT temporary"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE read AS FROM {table}")
        connection.execute("UPDATE teams SET name = name || '.'")
    store.checkpoint()


@pytest.mark.parametrize(
    "damage",
    [
        *(pytest.param(cut(part / CUTS), id=f"cut off after {part} of {CUTS}") for part in range(CUTS)),
        *(pytest.param(flip(seed), id=f"bit {seed}") for seed in range(FLIPS)),
    ],
)
def test_damaged_file_works_again_at_the_second_use(sound: Path, tmp_path: Path, damage: Damage) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(sound, path)
    damage(path)
    damaged, told, failures = path.read_bytes(), list[str](), list[Exception]()
    for _ in range(2):
        store = Warehouse(path, report=told.append)
        try:
            use(store)
        except duckdb.Error as error:
            failures.append(error)
            store.give_up_if_corrupt(error)
            continue
        rows = count(store.open(), "teams")
        store.close()
        break
    else:
        pytest.fail(f"it was not begun anew: {failures}")
    if told:
        (aside,) = tmp_path.glob("warehouse.duckdb.corrupt-*")
        assert aside.read_bytes() == damaged
        assert aside.name in told[0]
        assert told[0].startswith(f"{path} could not be read (")
        assert not told[0].startswith(f"{path} could not be read (None")
        assert rows == 0
    else:  # the bit is of no block in use
        assert rows == ROWS
        assert not failures


def test_error_in_a_transaction_is_not_hidden_by_what_cannot_be_undone(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "warehouse.duckdb")
    with (
        pytest.raises(duckdb.ConstraintException, match="duplicate"),
        store.transaction() as connection,
        registered(connection, told=pa.table({"number": [1]})),
    ):
        connection.execute("CREATE TABLE unique_numbers (number INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO unique_numbers SELECT number FROM told UNION ALL FROM told")
    assert count(store.open(), "teams") == 0
    store.close()


def test_broken_block_of_another_file_does_not_cost_the_warehouse(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "warehouse.duckdb")
    store.open()
    other = tmp_path / "a.parquet"
    store.give_up_if_corrupt(duckdb.IOException(f'IO Error: Could not read enough bytes from file "{other}"'))
    store.give_up_if_corrupt(OSError("Corrupt database file"))
    assert store.path.exists()
    store.close()
