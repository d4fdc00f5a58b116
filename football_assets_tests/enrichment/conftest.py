from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import ScriptedApi, scripted_api


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    async with scripted_api() as api:
        yield api


@pytest.fixture
def cycles(api: ScriptedApi, tmp_path: Path) -> Iterator[Cycles]:
    cycles = Cycles(api, tmp_path / "warehouse.duckdb")
    yield cycles
    cycles.warehouse.close()
