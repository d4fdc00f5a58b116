"""The API as a Dagster resource: one client and one session for the whole run, whichever step asks.

Without credentials the embedded simulator is served on loopback and asked over HTTP instead.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from football_assets.logs import log_request
from football_assets.settings import Settings
from football_assets.thesports.endpoints import LIVE_HISTORY, ODDS_HISTORY

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports
    from football_assets.thesports.traffic import Traffic

T = TypeVar("T")


class ApiSession:
    """TheSports' API for one run. The client lives on an event loop of its own, in a thread, so that the
    steps of a run, each with a loop of Dagster's, share its session."""

    def __init__(self, settings: Settings, *, deadline: float = float("inf")) -> None:
        """`deadline` is a moment of `time.monotonic()` after which nothing is waited for."""
        self._settings = settings
        self._deadline = deadline
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="thesports", daemon=True)
        self._thread.start()
        self._opened = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._make_client: Callable[[], TheSports] | None = None
        self._client: TheSports | None = None

    def ask(self, work: Callable[[TheSports], Awaitable[T]]) -> Awaitable[T]:
        """What `work` makes of the client: begun at once on the client's loop, awaited on the caller's."""
        import_module("football_assets.thesports.client")  # now, so that nothing else is loaded before it
        return asyncio.wrap_future(self._submit(self._work(work)))

    def renew(self, seconds: float) -> None:
        """Begin another piece of work with open connections: what is counted begins anew, refusals are
        forgotten, and nothing is waited for after `seconds` from now. To be called while nothing is asked."""
        self._deadline = time.monotonic() + seconds
        self._client = None

    @property
    def traffic(self) -> Traffic | None:
        """What was asked so far; None where nothing was."""
        return self._client.traffic if self._client else None

    def close(self) -> None:
        """Give up what is still being asked, close the session and what else was opened, end the loop."""
        try:
            self._submit(self._end()).result(10)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()

    async def _end(self) -> None:
        unfinished = asyncio.all_tasks() - {asyncio.current_task()}
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        await self._opened.aclose()

    def _submit(self, awaitable: Awaitable[T]) -> Future[T]:
        async def awaited() -> T:
            return await awaitable

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop)

    async def _work(self, work: Callable[[TheSports], Awaitable[T]]) -> T:
        async with self._opening:
            if self._make_client is None:
                self._make_client = await self._open()
            if self._client is None:
                self._client = self._make_client()
            client = self._client
        return await work(client)

    async def _open(self) -> Callable[[], TheSports]:
        from football_assets.thesports.client import TheSports
        from football_assets.thesports.quota import Quota
        from football_assets.thesports.transport import open_session

        settings = self._settings
        base_url, user, secret = await self._where()
        quota = Quota(
            settings.quota_path,
            limits=dict.fromkeys((ODDS_HISTORY, LIVE_HISTORY), settings.odds_history_per_minute),
            total_limit=settings.requests_per_minute,
        )
        self._opened.callback(quota.close)
        session = await self._opened.enter_async_context(open_session(settings.max_connections))
        return lambda: TheSports(
            base_url,
            user,
            secret,
            session=session,
            max_connections=settings.max_connections,
            request_timeout=settings.request_timeout_seconds,
            max_attempts=settings.max_attempts,
            deadline=self._deadline,
            quota=quota,
            tell=log_request,
        )

    async def _where(self) -> tuple[str, str, SecretStr]:
        settings = self._settings
        if settings.thesports_user is not None and settings.thesports_secret is not None:
            return settings.thesports_base_url, settings.thesports_user, settings.thesports_secret
        from football_assets.simulator.answers import Simulator
        from football_assets.simulator.server import serving

        simulator = Simulator(
            settings.simulator_seed, settings.simulator_matches, bad_rows=settings.simulator_bad_rows
        )
        base_url = await self._opened.enter_async_context(serving(simulator))
        return base_url, "simulator", SecretStr("simulator")


@contextmanager
def api_session(settings: Settings, *, seconds: float | None = None) -> Iterator[ApiSession]:
    """The API for as long as the block lasts; nothing is waited for after `seconds` from now (without, after
    the cycle's deadline)."""
    patience = settings.deadline if seconds is None else seconds
    session = ApiSession(settings, deadline=time.monotonic() + patience)
    try:
        yield session
    finally:
        session.close()
