import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from football_assets.thesports.client import TheSports
from football_assets.thesports.quota import Quota
from football_assets.warehouse.warehouse import Warehouse
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


@pytest.fixture(scope="session")
def new_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the present version, to be copied: making one takes longer than a cycle."""
    warehouse = Warehouse(tmp_path_factory.mktemp("new") / "warehouse.duckdb")
    warehouse.open()
    warehouse.close()
    return warehouse.path


@pytest.fixture
def cycles(api: ScriptedApi, new_warehouse: Path, tmp_path: Path) -> Iterator[Cycles]:
    cycles = Cycles(api, Path(shutil.copy(new_warehouse, tmp_path)))
    yield cycles
    cycles.warehouse.close()
