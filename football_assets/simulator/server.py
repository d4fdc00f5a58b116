"""The simulator over HTTP on loopback: credentials, quota, latency, compression; no contents."""

from __future__ import annotations

import asyncio
import gzip
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial

import orjson
from aiohttp import web

from football_assets.simulator.answers import Simulator
from football_assets.surfaces import Policy, guarding
from football_assets.thesports import endpoints

ROOT = "/v1/football"
UNAUTHORIZED = "IP is not authorized to access, please contact our business staff."
QUOTA_ENDPOINTS = (endpoints.ODDS_HISTORY, endpoints.LIVE_HISTORY)
QUOTA_SECONDS = 60.0
#: These look at all matches, of a day or of a month, unless they are asked for one id. At 1,000 matches that
#: takes seconds, in which other requests are answered too.
WORLD_WIDE = (endpoints.LIVE, endpoints.DIARY, endpoints.MATCHES, endpoints.ODDS_LIVE, endpoints.ODDS_UPDATE)
_THREADS = 4
#: Smaller bodies are not worth compressing.
_COMPRESSED_FROM_BYTES = 1400


@dataclass
class Served:
    """How many requests came, and how many of these were refused since the quota was used up."""

    requests: int = 0
    refused: int = 0


@asynccontextmanager
async def serving(
    simulator: Simulator,
    *,
    port: int = 0,
    latency_ms: float = 0,
    quota: int = 0,
    served: Served | None = None,
) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 as long as the block lasts; gives the base URL.

    Port 0 takes a free one. Each answer is held back for `latency_ms` milliseconds. `quota` is how often
    each of `QUOTA_ENDPOINTS` may be asked in 60 seconds of the simulator's clock, 0 for any number of times.
    What comes is counted in `served`. Raises `OSError` where the port cannot be had.
    """
    app = web.Application(middlewares=[guarding(lambda port: Policy.of("127.0.0.1", port))])
    desk = _Desk(simulator, latency_ms / 1000, quota, served or Served())
    app.router.add_get(ROOT + "/{endpoint:.*}", desk.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{ROOT}"
    finally:
        await runner.cleanup()
        desk.close()


class _Desk:
    """Takes the requests in."""

    def __init__(self, simulator: Simulator, latency: float, quota: int, served: Served) -> None:
        self._simulator = simulator
        self._latency = latency
        self._served = served
        self._quotas = {endpoint: _Quota(quota, simulator.clock) for endpoint in QUOTA_ENDPOINTS}
        self._threads = ThreadPoolExecutor(_THREADS, "simulator")

    def close(self) -> None:
        """Begin no answer any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def handle(self, request: web.Request) -> web.Response:
        if self._latency:
            await asyncio.sleep(self._latency)
        response = await self._response(request)
        self._served.requests += 1
        self._served.refused += response.status == 429
        # The API's own present, which clients judge its times by.
        response.headers["Date"] = formatdate(self._simulator.clock(), usegmt=True)
        return response

    async def _response(self, request: web.Request) -> web.Response:
        endpoint, query = request.match_info["endpoint"], request.query
        if not (query.get("user") and query.get("secret")):
            return _json({"err": UNAUTHORIZED}, request.headers)
        quota = self._quotas.get(endpoint)
        wait = quota.take() if quota else 0.0
        if wait:
            headers = {"Retry-After": str(math.ceil(wait))}
            return web.Response(status=429, headers=headers, text="too many requests")
        if endpoint in WORLD_WIDE and "uuid" not in query:
            work = partial(self._answered, endpoint, query, request.headers)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        return self._answered(endpoint, query, request.headers)

    def _answered(self, endpoint: str, query: Mapping[str, str], headers: Mapping[str, str]) -> web.Response:
        return _json(self._simulator.answer(endpoint, query), headers)


class _Quota:
    """At most `limit` requests in any 60 seconds of a clock."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._taken: deque[float] = deque()

    def take(self) -> float:
        """Count a request; or give the seconds, above 0, after which there is room for it."""
        if self._limit == 0:
            return 0.0
        now = self._clock()
        while self._taken and self._taken[0] <= now - QUOTA_SECONDS:
            self._taken.popleft()
        if len(self._taken) >= self._limit:
            return self._taken[0] + QUOTA_SECONDS - now
        self._taken.append(now)
        return 0.0


def _json(answer: object, asked_with: Mapping[str, str]) -> web.Response:
    body = orjson.dumps(answer)
    headers = {}
    if len(body) >= _COMPRESSED_FROM_BYTES and "gzip" in asked_with.get("Accept-Encoding", ""):
        # The fastest level: the connection is within one machine. No time in the header, so that the same
        # answer has the same bytes.
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type="application/json", headers=headers)
