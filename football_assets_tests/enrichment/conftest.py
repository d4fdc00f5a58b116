from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from football_assets.thesports.client import TheSports
from football_assets.thesports.quota import Quota
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import ScriptedApi, scripted_api


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    async with scripted_api() as api:
        yield api


@pytest.fixture
async def client(api: ScriptedApi) -> AsyncIterator[TheSports]:
    client = TheSports(api.base_url, "user", SecretStr("secret"), quota=Quota(), max_attempts=1)
    yield client
    await client.close()


@pytest.fixture
def cycles(api: ScriptedApi, tmp_path: Path) -> Iterator[Cycles]:
    cycles = Cycles(api, tmp_path / "warehouse.duckdb")
    yield cycles
    cycles.warehouse.close()
