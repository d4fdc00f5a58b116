"""What holds for all tests."""

from __future__ import annotations

import gc
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from football_assets.warehouse import warehouse
from football_assets.warehouse.structure import fingerprint


def pytest_configure() -> None:
    """Heed the signals that the tests send to programs which they start: whatever started the tests, such as
    `nohup` or a script in the background, may have had them ignored, which children inherit."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Set aside what is loaded by now: it stays to the end, and no collection need look through it."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def new_warehouses_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new warehouse is a copy of one that was made before, in a fraction of the time; where a test has
    other tables, views or migrations it is made anew."""
    template = tmp_path_factory.mktemp("template") / "warehouse.duckdb"
    connect, usual = warehouse.connect, (fingerprint(), list(warehouse.MIGRATIONS))

    def connect_copy(path: Path) -> duckdb.DuckDBPyConnection:
        is_new = not path.exists() and not warehouse.wal(path).exists()
        if is_new and (fingerprint(), list(warehouse.MIGRATIONS)) == usual:
            with suppress(OSError):
                shutil.copyfile(template, path)
        return connect(path)

    warehouse.Warehouse(template).open().close()
    warehouse.connect = connect_copy
    yield
    warehouse.connect = connect
