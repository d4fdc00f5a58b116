from collections.abc import Iterator
from pathlib import Path

import pytest

from football_assets_tests.follow.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "data")
    yield world
    world.close()
