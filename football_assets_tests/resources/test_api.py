"""The API for a run: how it ends when the run does."""

import asyncio
import threading
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from football_assets.resources.api import api_session
from football_assets.settings import Settings
from football_assets.simulator import server
from football_assets.simulator.answers import Simulator
from football_assets.thesports.client import TheSports


def test_two_that_ask_at_once_share_one_simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    begun: list[object] = []
    serving = server.serving

    def counted(simulator: Simulator) -> AbstractAsyncContextManager[str]:
        begun.append(simulator)
        return serving(simulator)

    monkeypatch.setattr(server, "serving", counted)

    async def client(api: TheSports) -> TheSports:
        return api

    async def both() -> tuple[TheSports, TheSports]:
        with api_session(settings) as api:
            return await asyncio.gather(api.ask(client), api.ask(client))

    first, second = asyncio.run(both())
    assert first is second
    assert len(begun) == 1


def test_run_that_is_interrupted_gives_up_what_it_was_asking(tmp_path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, thesports_user="user", thesports_secret="hush")
    begun, given_up = threading.Event(), threading.Event()

    async def asking(_: TheSports) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            given_up.set()
            raise

    async def interrupted() -> None:
        with api_session(settings) as api:
            asked = api.ask(asking)
            await asyncio.to_thread(begun.wait, 10)
            assert not asked.done()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(interrupted())
    assert given_up.is_set()
