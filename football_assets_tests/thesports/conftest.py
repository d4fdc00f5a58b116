from collections.abc import AsyncIterator

import pytest

from football_assets_tests.thesports.api import ScriptedApi, scripted_api
from football_assets_tests.thesports.clock import Clock


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    async with scripted_api() as api:
        yield api


@pytest.fixture
def clock() -> Clock:
    return Clock()
