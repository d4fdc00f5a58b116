"""One GET over HTTP: credentials, a bound on the time and the bytes, and what went wrong in words."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr

from football_assets.thesports.answer import Response
from football_assets.thesports.causes import cause_of
from football_assets.thesports.errors import BrokenAnswer, NotReachable, TheSportsError, TimedOut


class Transport:
    """Sends requests over one `aiohttp` session, which it opens unless one is passed in."""

    def __init__(
        self,
        base_url: str,
        user: str,
        secret: SecretStr,
        *,
        session: aiohttp.ClientSession | None = None,
        max_connections: int = 30,
    ) -> None:
        self._base_url = base_url
        self._user = user
        self._secret = secret
        self._session = session
        self._owns_session = session is None
        self._max_connections = max_connections
        self._host = _host(base_url)

    async def close(self) -> None:
        """Close the session, if it is the transport's own."""
        if self._session is not None and self._owns_session:
            await self._session.close()

    async def get(
        self, endpoint: str, query: dict[str, str], *, max_bytes: int, seconds: float
    ) -> Response | TheSportsError:
        """The response to one request, its body of at most `max_bytes` unpacked bytes, or why there is none.

        The error is given, not raised, and made outside of any `except`: a traceback would lead to frames
        that hold the secret.
        """
        if self._session is None:
            self._session = open_session(self._max_connections)
        if self._session.closed:
            return NotReachable(f"{endpoint}: the session is closed")
        credentials = {"user": self._user, "secret": self._secret.get_secret_value()}
        problem: TheSportsError | None = None
        try:
            # aiohttp's own timeout ends with the answer's head where the server sent it before it was asked.
            async with (
                asyncio.timeout(seconds),
                self._session.get(
                    f"{self._base_url}/{endpoint}",
                    params=query | credentials,
                    timeout=aiohttp.ClientTimeout(total=None),
                    allow_redirects=False,
                    middlewares=(_send_once,),
                ) as response,
            ):
                return Response(response.status, await _body(response, max_bytes), dict(response.headers))
        except TimeoutError:
            problem = TimedOut(f"{endpoint}: no answer from {self._host} within {seconds:.1f} s")
        except _TooLargeError:
            problem = BrokenAnswer(f"{endpoint}: more than {max_bytes} bytes")
        except _LostError as lost:
            problem = NotReachable(f"{endpoint}: {self._host} {lost}")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = NotReachable(f"{endpoint}: {self._host} {cause_of(error)}")
        except asyncio.CancelledError:
            credentials.clear()
        if problem is None:  # cancelled anew: the traceback of the first leads to frames that hold the secret
            raise asyncio.CancelledError
        return problem


def open_session(max_connections: int) -> aiohttp.ClientSession:
    """A session of at most `max_connections` connections to the API; the caller closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=max_connections, ttl_dns_cache=300),
        headers={"Accept": "application/json", "User-Agent": "football-assets"},
    )


class _TooLargeError(Exception):
    pass


class _LostError(aiohttp.ClientConnectionError):
    """A connection that was refused or lost; its text tells the cause."""


async def _send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """aiohttp sends a lost request a second time on its own, which neither the quota nor the traffic would
    know of; an error of another type keeps it from doing so."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _LostError(cause_of(error)) from None


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The unpacked body, unless it or what came over the wire is of more than `max_bytes`."""
    if response.content is aiohttp.EMPTY_PAYLOAD:  # which cannot tell its raw bytes
        return b""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        _must_be_within(max_bytes, size, response)
        chunks.append(chunk)
    _must_be_within(max_bytes, size, response)  # packed so that nothing comes of it
    return b"".join(chunks)


def _must_be_within(max_bytes: int, size: int, response: aiohttp.ClientResponse) -> None:
    if max(size, response.content.total_raw_bytes) > max_bytes:
        raise _TooLargeError


def _host(base_url: str) -> str:
    try:
        return urlsplit(base_url).hostname or "the API"
    except ValueError:
        return "the API"
