"""Which requests our servers answer: one policy for Dagster's UI, the page, the metrics, the events and the
simulator.

None of them asks for a password, so any web page that a browser on this machine shows could send them
requests. The policy stops the three ways to do so: a request from another origin, a name of the attacker's
that resolves to this machine (DNS rebinding), and a link or an image. Starlette's `TrustedHostMiddleware`
covers only the second, and not with ports or IPv6.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from football_assets.settings import Settings

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware
    from aiohttp.web import Request, StreamResponse

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_HEADERS: Mapping[str, str] = {}

#: What a browser says of a request that another page made. A page on another port is `same-site`.
_FROM_ELSEWHERE = ("cross-site", "same-site")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Policy:
    """The `Host` headers that are answered, as `name:port` in lower case.

    With `any_address` (a server on all addresses of the machine) an IP address with the served port is
    answered too: DNS rebinding needs a name.
    """

    hosts: frozenset[str]
    port: int
    any_address: bool = False

    @classmethod
    def of(cls, host: str, port: int, allowed: Iterable[str] = ()) -> Policy:
        """The policy of a server at `host` and `port`.

        `allowed` are other `name` or `name:port`, as of a proxy in front. One without a port stands for the
        served port and for the default ports of HTTP.
        """
        own = {f"{name}:{port}" for name in (*_LOOPBACK, _bracketed(host))}
        others = {full for entry in allowed for full in _with_ports(entry, port)}
        return cls(frozenset(own | others), port, _is_unspecified(host))

    @classmethod
    def from_settings(cls, host: str, port: int, settings: Settings) -> Policy:
        """The policy of a server at `host` and `port`, with `FOOTBALL_ALLOWED_HOSTS`."""
        return cls.of(host, port, settings.allowed_hosts)

    def refusal(self, method: str, headers: Mapping[str, str]) -> str | None:
        """Why a request is refused, in one line; None if it is answered. Names of headers in lower case."""
        host = _full(headers.get("host", ""), "http")
        if not self._serves(host):
            return (
                f"Refused: the Host {headers.get('host', '')[:100]!r} is not served here. "
                "FOOTBALL_ALLOWED_HOSTS adds names, as those of a proxy."
            )
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin, host):
            return f"Refused: the request was made by another page ({origin[:100]!r})."
        if headers.get("sec-fetch-site") in _FROM_ELSEWHERE and not _follows_a_link(method, headers):
            return "Refused: the request was made by another page."
        return None

    def _serves(self, host: str) -> bool:
        return host in self.hosts or (self.any_address and _is_address(host, self.port))

    def _is_own(self, origin: str, host: str) -> bool:
        scheme, _, rest = origin.partition("://")
        full = _full(rest, scheme)
        # A page on another machine's address is another page: an address counts only as the request's own.
        return full in self.hosts or full == host


class Guard:
    """An ASGI middleware that passes on only what the policy answers, WebSockets too.

    `also` gives another reason to refuse an HTTP request, by its ASGI scope.
    """

    def __init__(
        self, app: App, policy: Policy, also: Callable[[Scope], str | None] = lambda _: None
    ) -> None:
        self._app = app
        self._policy = policy
        self._also = also

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it with status 403."""
        kind = scope["type"]
        reason = None
        if kind in ("http", "websocket"):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            reason = self._policy.refusal(scope.get("method", "GET"), headers) or (
                self._also(scope) if kind == "http" else None
            )
        if reason is None:
            await self._app(scope, receive, send)
        elif kind == "websocket":
            # Before it was accepted, the server turns this into an answer with status 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            plain = (b"content-type", b"text/plain; charset=utf-8")
            await send(
                {"type": "http.response.start", "status": HTTPStatus.FORBIDDEN.value, "headers": [plain]}
            )
            await send({"type": "http.response.body", "body": reason.encode()})


def guarding(policy_of: Callable[[int], Policy], headers: Mapping[str, str] = _NO_HEADERS) -> Middleware:
    """A middleware for aiohttp that answers only what the policy of the port does, else status 403. Every
    answer that has not begun yet, a refusal or an error too, bears the `headers`."""
    from aiohttp import web  # Dagster's web server and the page use the policy without it

    @web.middleware
    async def guard(request: Request, handler: Handler) -> StreamResponse:
        port: int = request.get_extra_info("sockname")[1]
        asked = {name.lower(): value for name, value in request.headers.items()}
        reason = policy_of(port).refusal(request.method, asked)
        if reason is not None:
            return web.Response(status=403, text=reason, headers=headers)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(headers)
            raise
        if not response.prepared:
            response.headers.update(headers)
        return response

    return guard


def _follows_a_link(method: str, headers: Mapping[str, str]) -> bool:
    """Whether the browser opens the address for the person to see, in a window of its own."""
    opens = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
    return opens and method in ("GET", "HEAD")


def _with_ports(entry: str, port: int) -> set[str]:
    name = _bracketed(entry.strip().lower())
    if name.rpartition(":")[2].isdigit() and not name.endswith("]"):
        return {name}
    return {f"{name}:{one}" for one in (port, 80, 443)}


def _full(host: str, scheme: str) -> str:
    """A host in lower case, with its port; what is no host, such as the origin `null`, comes out empty."""
    try:
        parts = urlsplit(f"//{host}")
        default = _DEFAULT_PORTS[scheme]
        port = parts.port or default
    except (ValueError, KeyError):
        return ""
    if parts.netloc != host or "@" in host or not parts.hostname:
        return ""
    return f"{_bracketed(parts.hostname)}:{port}"


def url_of(host: str, port: int) -> str:
    """Where a server at that host and port is found, such as `http://127.0.0.1:3000` or `http://[::1]:3000`."""
    return f"http://{_bracketed(host)}:{port}"


def cannot_serve(host: str, port: int, error: OSError) -> str:
    """Why nothing can be served there, in one line. asyncio tells it in a sentence of its own, around the
    system's words; a name that is unknown has a number below zero."""
    system = os.strerror(error.errno) if error.errno and error.errno > 0 else None
    return f"Cannot serve at {host}:{port}: {system or error.strerror or error}"


def _bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    try:
        return f"[{host}]" if ip_address(host).version == 6 else host
    except ValueError:
        return host.lower()


def _is_unspecified(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return host == ""


def _is_address(host: str, port: int) -> bool:
    name, _, found = host.rpartition(":")
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return found == str(port)
