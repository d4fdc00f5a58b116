"""Changes as Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html

The id of an event is its cursor, so that a client that comes back goes on after the last one it has read. No
client has a queue: each is at a position, and what it has not read yet is in the file. Those that have read
all share what the newest edition brings; the others read the file themselves, a few at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from aiohttp import web

from football_assets.follow.hub import Hub, event_of
from football_assets.follow.position import BadPosition, Position, parse_since
from football_assets.follow.wanted import FILTERS, BadFilter, Wanted
from football_assets.published.reading import NotPublished, Unreadable
from football_assets.settings import Settings
from football_assets.surfaces import Policy, guarding, url_of

PATH = "/events"
#: So many clients at once.
MOST_CLIENTS = 200
#: A client that is behind reads for so long before it is another one's turn.
TURN_SECONDS = 10.0
#: A client is told so often that the connection stands, and where it is.
HEARTBEAT_SECONDS = 15.0
#: One that takes nothing for so long is disconnected; it can come back and go on.
PATIENCE_SECONDS = 30.0
#: What a browser waits before it comes back.
_RETRY = b"retry: 2000\n"
_BLOCK_BYTES = 32_768

_ABOUT = f"""\
Football as it changes, as Server-Sent Events at {PATH}.
Parameters: since, {", ".join(FILTERS)}. Each filter can be given several times.
"""


@asynccontextmanager
async def serving(
    settings: Settings, host: str, port: int, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[str]:
    """Serve as long as the block lasts; gives the address of the events. Port 0 takes a free one.

    Raises `OSError` where the address cannot be had.
    """
    hub = Hub(settings.published_path)
    app = web.Application(middlewares=[guarding(lambda port: Policy.from_settings(host, port, settings))])
    app.router.add_get("/", _about)
    app.router.add_get(PATH, _Desk(hub, heartbeat).handle)
    # A client that leaves ends its handler: what it was read for must not keep others waiting.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
    await runner.setup()
    watching = asyncio.create_task(hub.watch())
    try:
        await web.TCPSite(runner, host, port).start()
        yield url_of(host, runner.addresses[0][1]) + PATH
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await runner.cleanup()


async def _about(_: web.Request) -> web.Response:
    return web.Response(text=_ABOUT)


class _Desk:
    """Takes the clients in."""

    def __init__(self, hub: Hub, heartbeat: float) -> None:
        self._hub = hub
        self._heartbeat = heartbeat

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One client, until it leaves or takes nothing any more."""
        if self._hub.clients >= MOST_CLIENTS:
            return web.Response(
                status=503, text=f"{MOST_CLIENTS} clients are connected, more are not served\n"
            )
        self._hub.clients += 1
        try:
            return await self._serve(request)
        finally:
            self._hub.clients -= 1

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        now = datetime.now(UTC)
        try:
            since, wanted = _asked(request, now)
            position = await self._hub.start(since)
        except (BadFilter, BadPosition) as error:
            is_gone = isinstance(error, BadPosition) and _is_readable(request, now)
            return web.Response(status=410 if is_gone else 400, text=f"{error}\n")
        except (NotPublished, Unreadable):
            position, since = None, since or now
        response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        try:
            await response.prepare(request)
            await _Client(self._hub, response, wanted, self._heartbeat).follow(position, since)
        except (ConnectionError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()
        return response


class _Client:
    """One who reads events."""

    def __init__(self, hub: Hub, response: web.StreamResponse, wanted: Wanted, heartbeat: float) -> None:
        self._hub = hub
        self._response = response
        self._wanted = wanted
        self._heartbeat = heartbeat
        self._position: Position | None = None

    async def follow(self, position: Position | None, since: Position | datetime | None) -> None:
        """Tell all that comes after the position, or, where the file is not there yet, after `since`.

        Raises `ConnectionError` or `TimeoutError` once the client takes nothing any more.
        """
        self._position = position
        await self._write([_RETRY, _where(position)])
        version = -1
        while True:
            if not await self._hub.renewed(version, self._heartbeat):
                await self._write([_where(self._position)])
                continue
            seen = self._hub.version
            try:
                if self._position is None:
                    self._position = await self._hub.start(since)
                version = seen if await self._tell(self._position) else -1
            except (NotPublished, Unreadable):
                version = seen  # the next file may be sound
            except BadPosition as error:
                await self._write([f": {error}\n\n".encode()])
                return

    async def _tell(self, position: Position) -> bool:
        """Tell what the file holds after the position, for one turn at the longest; gives whether that was
        all."""
        tail = self._hub.tail
        if tail is not None and tail.start == position:
            await self._write(data for change, data in tail.events if self._wanted.fits(change))
            self._position = tail.end
            return True
        until = time.monotonic() + TURN_SECONDS
        async with self._hub.pages(position, self._wanted) as pages:
            while True:
                page = await pages.next()
                await self._write(map(event_of, page.changes))
                self._position = page.end
                if page.is_last or time.monotonic() > until:
                    return page.is_last

    async def _write(self, events: Iterable[bytes]) -> None:
        for block in _blocks(events):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._response.write(block)


def _asked(request: web.Request, now: datetime) -> tuple[Position | datetime | None, Wanted]:
    """What the request asks for. Raises `BadFilter` or `BadPosition`."""
    for name in request.query:
        if name not in ("since", *FILTERS):
            raise BadFilter(f"Parameter {name[:80]!r} is not known: since, {', '.join(FILTERS)}")
    wanted = Wanted.parse({name: request.query.getall(name, []) for name in FILTERS})
    text = _since(request)
    return parse_since(text, now) if text else None, wanted


def _since(request: web.Request) -> str | None:
    """A client that comes back tells the last id that it has read, beside the query that it began with."""
    return request.headers.get("Last-Event-ID") or request.query.get("since")


def _is_readable(request: web.Request, now: datetime) -> bool:
    """Whether `since` can be parsed: a position that is no longer held is 410, not 400."""
    try:
        return bool(parse_since(_since(request) or "", now))
    except BadPosition:
        return False


def _where(position: Position | None) -> bytes:
    """A sign that the connection stands. Its id is taken over, and no event comes of it."""
    return b": nothing is published yet\n\n" if position is None else b"id: %s\n\n" % str(position).encode()


def _blocks(events: Iterable[bytes]) -> Iterator[bytes]:
    block = bytearray()
    for event in events:
        block += event
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
