"""A simulator behind its server with a scripted clock, asked through the project's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from football_assets.simulator.answers import Simulator
from football_assets.simulator.server import serving
from football_assets.thesports.client import TheSports
from football_assets.thesports.parsing.odds_window import Window, read_window
from football_assets.thesports.quota import Quota

#: 2025-10-09 08:53:20 UTC, a moment like any other.
START = 1_760_000_000


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    @property
    def given(self) -> dict[str, Any]:
        """What the parsers are told of an answer."""
        return {"fetched_at": datetime.fromtimestamp(self.now, UTC), "data_source": "simulated"}

    @property
    def given_with_present(self) -> dict[str, Any]:
        """What the parser of details is told: the API's time too."""
        return {**self.given, "present": datetime.fromtimestamp(self.now, UTC)}

    def window(self, results: dict[str, Any]) -> Window:
        """An answer of `odds/live` as it is read at this time."""
        now = datetime.fromtimestamp(self.now, UTC)
        return read_window(results, now)


@asynccontextmanager
async def asking(simulator: Simulator, **options: Any) -> AsyncIterator[TheSports]:
    """A client of the simulator, which is served with these options."""
    async with serving(simulator, **options) as base_url:
        quota = Quota(limits={}, total_limit=10**6)
        client = TheSports(base_url, "user", SecretStr("secret"), max_attempts=1, quota=quota)
        try:
            yield client
        finally:
            await client.close()
            quota.close()
