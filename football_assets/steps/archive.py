"""A day of the past, from the API into the inbox that the cycles empty."""

from __future__ import annotations

import asyncio
from datetime import date

from football_assets.archive.reading import DayRead, read_day
from football_assets.resources.api import api_session
from football_assets.settings import Settings


def fetch_day(settings: Settings, day: date, seconds: float) -> DayRead:
    """Read a day (UTC) with the API of `settings`, for so many seconds at most. Raises as `read_day`."""

    async def asked() -> DayRead:
        with api_session(settings, seconds=seconds) as session:
            return await session.ask(lambda api: read_day(api, day, settings.inbox_path))

    return asyncio.run(asked())
