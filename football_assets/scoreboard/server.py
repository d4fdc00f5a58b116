"""The page over HTTP: documents, the stream of changes, and the files beside them. What is shown is drawn in
`hub`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import orjson
from aiohttp import web
from markupsafe import Markup

from football_assets.scoreboard.address import read_address, read_favourites
from football_assets.scoreboard.context import QuotaReader, State
from football_assets.scoreboard.hub import Hub
from football_assets.scoreboard.markup import document
from football_assets.settings import Settings
from football_assets.surfaces import Policy, guarding, url_of

STATIC = Path(__file__).with_name("static")

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

#: Nothing but the page's own files runs, is loaded or is asked, and nobody frames it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: More than these watch at once hardly by intention; whoever comes later gets a page that stands still.
MOST_SESSIONS = 500


@dataclass
class _Watching:
    """The streams that are open."""

    tasks: set[asyncio.Task[object]] = field(default_factory=set)


_HUB = web.AppKey("hub", Hub)
_WATCHING = web.AppKey("watching", _Watching)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(
    settings: Settings, host: str = "127.0.0.1", port: int = 0, quotas: QuotaReader = list
) -> AsyncIterator[str]:
    """Serve the page as long as the block lasts; gives its address. Port 0 takes a free one.

    Raises `OSError` where the port cannot be had.
    """
    app = application(settings, host, quotas)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound, *_ = runner.addresses
        yield url_of(bound[0], bound[1]) + "/"
    finally:
        await runner.cleanup()


def application(settings: Settings, host: str, quotas: QuotaReader = list) -> web.Application:
    """The page as an application for a server at that host."""
    guard = guarding(lambda port: Policy.from_settings(host, port, settings), HEADERS)
    app = web.Application(middlewares=[guard])
    app[_HUB] = Hub(settings, quotas)
    app[_WATCHING] = _Watching()
    files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir())}
    assets = blake2b(b"".join(files.values()), digest_size=6).hexdigest()
    app.router.add_get("/", _document(assets))
    app.router.add_get("/events", _events)
    app.router.add_get("/static/{name}", _static(files))
    app.on_shutdown.append(_end_streams)
    app.on_cleanup.append(_close)
    return app


def _state(request: web.Request) -> State:
    return State(read_address(request.query), read_favourites(request.cookies.get("favourites", "")))


def _document(assets: str) -> Handler:
    async def show(request: web.Request) -> web.Response:
        hub = request.app[_HUB]
        page, status = await asyncio.gather(hub.page(_state(request)), hub.status())
        text = document(
            title=page.title,
            header=page.header.html,
            status=Markup(status),  # noqa: S704 - made by the templates
            blocks=page.blocks,
            version=page.version,
            assets=assets,
        )
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    return show


def _static(files: dict[str, bytes]) -> Handler:
    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in files:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "max-age=31536000, immutable"}
        return web.Response(body=files[name], content_type=_TYPES[Path(name).suffix], headers=headers)

    return show


async def _events(request: web.Request) -> web.StreamResponse:
    """The stream of a session: what changed in its state, as often as there is news, from the version on that
    it has. It waits for a slow client, which then gets all changes at once."""
    hub, state = request.app[_HUB], _state(request)
    watching = request.app[_WATCHING].tasks
    if len(watching) >= MOST_SESSIONS:
        raise web.HTTPServiceUnavailable(text="Too many watch at once.")
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    task = asyncio.current_task()
    assert task is not None
    watching.add(task)
    hub.join()
    page, status = hub.known(request.query.get("version", "")), ""
    try:
        while True:
            fresh = await hub.page(state)
            changes = hub.patch(page, fresh)
            page = fresh
            if changes is not None:
                await response.write(b"event: patch\ndata: " + changes + b"\n\n")
            told = await hub.status()
            if told != status:
                status = told
                await response.write(b"event: status\ndata: " + orjson.dumps(told) + b"\n\n")
            await hub.news()
    except ConnectionError:
        return response
    finally:
        hub.leave()
        watching.discard(task)


async def _end_streams(app: web.Application) -> None:
    for task in list(app[_WATCHING].tasks):
        task.cancel()


async def _close(app: web.Application) -> None:
    await app[_HUB].close()
