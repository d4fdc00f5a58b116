"""A scripted API on loopback: a test says how each endpoint answers, and sees what was asked of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ROOT = "/v1/football"
ADDRESS_REFUSED = "IP is not authorized to access, please contact our business staff."

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """One request, without its credentials."""

    endpoint: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)


class ScriptedApi:
    """Answers by endpoint: in the order given, the last one from then on; `{}` or `[]` where none is."""

    def __init__(self) -> None:
        self.base_url = ""
        self.asked: list[Asked] = []
        self.reached = asyncio.Event()
        self.max_in_flight = 0
        self._in_flight = 0
        self._replies: defaultdict[str, list[Reply]] = defaultdict(list)

    def answers(self, endpoint: str, *replies: Reply) -> None:
        self._replies[endpoint] = list(replies)

    @property
    def counts(self) -> Counter[str]:
        return Counter(asked.endpoint for asked in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        endpoint = request.path.removeprefix(f"{ROOT}/")
        query = {name: value for name, value in request.query.items() if name not in ("user", "secret")}
        self.asked.append(Asked(endpoint, query, dict(request.headers)))
        self.reached.set()
        self._in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self._in_flight)
        try:
            replies = self._replies[endpoint]
            reply = replies.pop(0) if len(replies) > 1 else (replies or [_nothing])[0]
            return await reply(request)
        finally:
            self._in_flight -= 1


@asynccontextmanager
async def scripted_api() -> AsyncIterator[ScriptedApi]:
    """The server, up inside the `async with`."""
    api = ScriptedApi()
    app = web.Application()
    app.router.add_get("/{path:.*}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}{ROOT}"
    try:
        yield api
    finally:
        await runner.cleanup()


def ok(results: Any, headers: Mapping[str, str] | None = None, **query: Any) -> Reply:
    """A good answer."""
    return envelope({"code": 0, "query": query, "results": results}, headers)


def envelope(fields: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """HTTP 200 with any JSON."""
    return raw(json.dumps(fields).encode(), headers=headers)


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Any bytes with any status."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers)

    return reply


def compressed(results: Any, encoding: str) -> Reply:
    """A good answer, packed by gzip or deflate."""
    body = json.dumps({"code": 0, "results": results}).encode()
    packed = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    return raw(packed, headers={"Content-Encoding": encoding})


def made(make: Callable[[Mapping[str, str]], Any]) -> Reply:
    """A good answer whose results are made of the request's query."""

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.json_response({"code": 0, "query": {}, "results": make(request.query)})

    return reply


def echo(make: Callable[[str], bytes]) -> Reply:
    """A body made of the request's address, as careless servers show it."""

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(body=make(request.path_qs))

    return reply


def late(seconds: float, then: Reply) -> Reply:
    """The same, after a while."""

    async def reply(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await then(request)

    return reply


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def reset(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def truncated(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"code":0,"results":[')
    assert request.transport
    request.transport.close()
    return response


async def _nothing(request: web.Request) -> web.StreamResponse:
    objects = ("odds/live", "odds/history", "live/history", "deleted")
    results: Any = {} if request.path.endswith(objects) else []
    return web.json_response({"code": 0, "query": {}, "results": results})
