from collections.abc import Iterator
from pathlib import Path

import pytest

from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.follow.world import World


@pytest.fixture(scope="session")
def new_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the present version, to be copied."""
    warehouse = Warehouse(tmp_path_factory.mktemp("new") / "warehouse.duckdb")
    warehouse.open()
    warehouse.close()
    return warehouse.path


@pytest.fixture
def world(tmp_path: Path, new_warehouse: Path) -> Iterator[World]:
    world = World(tmp_path / "data", new_warehouse)
    yield world
    world.close()
