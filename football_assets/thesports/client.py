"""The one place that asks the API: credentials, attempts, quotas, errors. `parsing/` reads the answers."""

from __future__ import annotations

import asyncio
import email.utils
import html
import json
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, unquote_plus

import aiohttp
import orjson
from pydantic import SecretStr

from football_assets.thesports.endpoints import (
    COMPETITIONS,
    COUNTRIES,
    DELETED,
    DIARY,
    LIVE,
    LIVE_HISTORY,
    MATCHES,
    ODDS_HISTORY,
    ODDS_LIVE,
    ODDS_UPDATE,
    TEAMS,
)
from football_assets.thesports.errors import (
    ApiFailure,
    BrokenAnswer,
    DeadlinePassed,
    NotAuthorized,
    NotFound,
    NotReachable,
    NotSent,
    OverQuota,
    TheSportsError,
    TimedOut,
)
from football_assets.thesports.quota import Quota
from football_assets.thesports.slots import Slots
from football_assets.thesports.traffic import Traffic

#: The largest body that is read, decompressed. 10,000 live matches with all they have are about 50 MB.
MAX_BODY_BYTES = 128 * 1024 * 1024

BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0
#: A pause after a 429 that does not say how long to wait.
DEFAULT_RETRY_AFTER_SECONDS = 2.0
#: Requests to one endpoint that fail one after another before the rest are not sent.
BREAKER_FAILURES = 10
#: How long a request may wait for its turn under the quota.
QUOTA_WAIT_SECONDS = 5.0

#: So many characters of the secret in a row are not shown.
_PIECE = 6

ADVICE = (
    "check THESPORTS_USER and THESPORTS_SECRET, that this machine's address is on the vendor's whitelist, "
    "and that the plan includes the endpoint"
)


@dataclass(frozen=True)
class Answer:
    """A good answer: `results` of the documented type, `query` of list endpoints, when it came (UTC),
    and the API's own time by its `Date` header (UTC), where it sent one. `extra` is `results_extra`:
    what the rows of the diary refer to."""

    results: Any
    query: dict[str, Any]
    extra: dict[str, Any]
    received_at: datetime
    server_time: datetime | None


class TheSports:
    """A client of the API over one `aiohttp` session, which it opens unless one is passed in.

    Every method gives an `Answer` or raises a `TheSportsError`. `deadline` is a moment of
    `time.monotonic()` after which nothing is waited for. `tell` is told of each attempt: its endpoint,
    its seconds, and "ok" or the cause of its failure.
    """

    def __init__(
        self,
        base_url: str,
        user: str,
        secret: SecretStr,
        *,
        session: aiohttp.ClientSession | None = None,
        max_connections: int = 30,
        request_timeout: float = 30.0,
        max_attempts: int = 3,
        deadline: float = float("inf"),
        quota: Quota | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        tell: Callable[[str, float, str], None] = lambda *_: None,
    ) -> None:
        self._base_url = base_url
        self._user = user
        self._secret = secret
        self._session = session
        self._owns_session = session is None
        self._max_connections = max_connections
        self._timeout = request_timeout
        self._max_attempts = max_attempts
        self._sleep = sleep
        self._jitter = jitter
        self._tell = tell
        self._slots = Slots(max_connections)
        self._failing: Counter[str] = Counter()
        self._refused: dict[str, NotAuthorized] = {}
        self.deadline = deadline
        self.quota = quota or Quota()
        self.traffic = Traffic()

    async def close(self) -> None:
        """Close the session, if it is the client's own."""
        if self._session is not None and self._owns_session:
            await self._session.close()

    # -- endpoints -----------------------------------------------------------------------------------
    async def live(self) -> Answer:
        """All matches of the last 120 minutes: score, stats, incidents, commentary."""
        return await self._get(LIVE, list, 0)

    async def match(self, match_id: str, priority: int = 0) -> Answer:
        """The details of one match; no results if the API does not know it."""
        return await self._get(MATCHES, list, priority, uuid=match_id)

    async def matches_since(self, cursor: int, priority: int = 0) -> Answer:
        """Details changed at or after the Unix time `cursor`, oldest first, about 1,000 at most."""
        return await self._get(MATCHES, list, priority, time=str(cursor))

    async def diary(self, midnight: int, priority: int = 0) -> Answer:
        """The details of all matches that kick off within 24 hours from the Unix time `midnight`, which
        should be a midnight UTC. `extra` holds the names of their teams and competitions."""
        return await self._get(DIARY, list, priority, tsp=str(midnight))

    async def live_history(self, match_id: str, priority: int = 0) -> Answer:
        """The final row of an ended match, as `live` gives it; no results if the API does not know it."""
        return await self._get(LIVE_HISTORY, dict, priority, uuid=match_id)

    async def odds_history(self, match_id: str, priority: int = 0) -> Answer:
        """Every change of every price of one match."""
        return await self._get(ODDS_HISTORY, dict, priority, uuid=match_id)

    async def odds_live(self, priority: int = 0) -> Answer:
        """The changes of all matches' prices in the last 60 seconds."""
        return await self._get(ODDS_LIVE, dict, priority)

    async def odds_update(self, priority: int = 0) -> Answer:
        """The matches whose prices changed or were repaired in the last 60 seconds."""
        return await self._get(ODDS_UPDATE, list, priority)

    async def team(self, team_id: str, priority: int = 0) -> Answer:
        """One team; no results if the API does not know it."""
        return await self._get(TEAMS, list, priority, uuid=team_id)

    async def teams_since(self, cursor: int, priority: int = 0) -> Answer:
        """Teams changed at or after the Unix time `cursor`, oldest first, about 1,000 at most."""
        return await self._get(TEAMS, list, priority, time=str(cursor))

    async def competition(self, competition_id: str, priority: int = 0) -> Answer:
        """One competition; no results if the API does not know it."""
        return await self._get(COMPETITIONS, list, priority, uuid=competition_id)

    async def competitions_since(self, cursor: int, priority: int = 0) -> Answer:
        """Competitions changed at or after the Unix time `cursor`, oldest first, about 1,000 at most."""
        return await self._get(COMPETITIONS, list, priority, time=str(cursor))

    async def countries(self, priority: int = 0) -> Answer:
        """All countries."""
        return await self._get(COUNTRIES, list, priority)

    async def deleted(self, priority: int = 0) -> Answer:
        """The ids that the vendor deleted in the last 24 hours, by kind."""
        return await self._get(DELETED, dict, priority)

    async def page(self, endpoint: str, number: int, priority: int = 0) -> Answer:
        """Page `number`, from 1, of a list endpoint: 1,000 rows; past the last one there are none."""
        return await self._get(endpoint, list, priority, page=str(number))

    # -- one request ---------------------------------------------------------------------------------
    async def _get(self, endpoint: str, expected: type, priority: int, **query: str) -> Answer:
        try:
            answer = await self._attempts(endpoint, expected, priority, query)
        except TheSportsError as error:
            self.traffic.failed(endpoint, error.cause)
            raise
        self._failing[endpoint] = 0
        return answer

    async def _attempts(self, endpoint: str, expected: type, priority: int, query: dict[str, str]) -> Answer:
        attempt = 1
        waited = 0.0
        urgent = _is_urgent(endpoint, query)
        while True:
            async with self._slots.place(priority):
                self._check_open(endpoint)
                ticket = self.quota.take(endpoint, urgent=urgent)
                if ticket is not None:
                    outcome = await self._attempt(endpoint, expected, query, ticket, retry=attempt > 1)
            if ticket is None:
                waited += await self._wait_for_quota(endpoint, waited, urgent=urgent)
                continue
            if isinstance(outcome, Answer):
                return outcome
            if attempt >= self._max_attempts or not await self._may_heal(attempt, outcome):
                self._failing[endpoint] += not isinstance(outcome, NotFound)
                raise outcome
            attempt += 1

    def _check_open(self, endpoint: str) -> None:
        refusal = self._refused.get(endpoint) or self._refused.get("")
        if refusal is not None:
            raise NotAuthorized(str(refusal), refusal.scope)
        if self._failing[endpoint] >= BREAKER_FAILURES:
            raise NotSent(f"{endpoint} was not asked: {BREAKER_FAILURES} requests in a row had failed")
        if time.monotonic() >= self.deadline:
            raise DeadlinePassed(f"{endpoint} was not asked: the cycle's deadline had passed")

    async def _wait_for_quota(self, endpoint: str, waited: float, *, urgent: bool) -> float:
        wait = max(self.quota.wait(endpoint, urgent=urgent), 0.01)
        if waited + wait > QUOTA_WAIT_SECONDS or time.monotonic() + wait >= self.deadline:
            raise OverQuota(f"{endpoint} was not asked: the quota has no room for another {wait:.0f} s")
        await self._sleep(wait)
        return wait

    async def _may_heal(self, attempt: int, failed: TheSportsError) -> bool:
        """Whether another attempt is of use; if so, the wait before it is over."""
        if not failed.heals:
            return False
        wait = min(BACKOFF_SECONDS * 2 ** (attempt - 1), MAX_BACKOFF_SECONDS) * (0.5 + 0.5 * self._jitter())
        if isinstance(failed, OverQuota) and failed.retry_after is not None:
            wait = max(wait, failed.retry_after)
        if time.monotonic() + wait >= self.deadline:
            return False
        await self._sleep(wait)
        return True

    async def _attempt(
        self, endpoint: str, expected: type, query: dict[str, str], ticket: int, *, retry: bool
    ) -> Answer | TheSportsError:
        """One attempt. Its error is given, not raised, and made outside of any `except`: a traceback
        would lead to frames that hold the secret."""
        started = self.traffic.started(endpoint, retry=retry)
        response: _Response | TheSportsError | None = None
        try:
            response = await self._send(endpoint, query)
        finally:
            self.quota.done(ticket)
            self.traffic.ended(endpoint, started, response.size if isinstance(response, _Response) else 0)
        outcome = (
            _read(endpoint, expected, response, self._shown) if isinstance(response, _Response) else response
        )
        self._tell(
            endpoint, time.perf_counter() - started, "ok" if isinstance(outcome, Answer) else outcome.cause
        )
        if isinstance(outcome, OverQuota):
            self.quota.pause(endpoint, outcome.retry_after or DEFAULT_RETRY_AFTER_SECONDS)
        if isinstance(outcome, NotAuthorized):
            self._refused[endpoint if outcome.scope == "endpoint" else ""] = outcome
        return outcome

    def _shown(self, text: object) -> str:
        """A text of the API's as a message may show it: on one line, short, and not at all where it repeats
        a part of the credentials, in whatever spelling."""
        text = str(text)[:1000]
        decoded = unquote_plus(text)
        for spelling in (text, unquote(text), decoded, html.unescape(text), html.unescape(decoded)):
            if self._betrays(spelling):
                return "(not shown: it repeats the credentials)"
        return "".join(sign if sign.isprintable() else " " for sign in text[:120])

    def _betrays(self, text: str) -> bool:
        secret = self._secret.get_secret_value()
        pieces = (secret[start : start + _PIECE] for start in range(max(len(secret) - _PIECE, 0) + 1))
        return any(piece in text for piece in pieces) or bool(
            re.search(rf"(?<!\w){re.escape(self._user)}(?!\w)", text)
        )

    async def _send(self, endpoint: str, query: dict[str, str]) -> _Response | TheSportsError:
        if self._session is None:
            self._session = _open_session(self._max_connections)
        if self._session.closed:
            return NotReachable(f"{endpoint}: the session is closed")
        seconds = min(self._timeout, max(self.deadline - time.monotonic(), 0.001))
        credentials = {"user": self._user, "secret": self._secret.get_secret_value()}
        problem: TheSportsError | None = None
        try:
            async with self._session.get(
                f"{self._base_url}/{endpoint}",
                params=query | credentials,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
                middlewares=(_send_once,),
            ) as response:
                return _Response(response.status, await _body(response), dict(response.headers))
        except TimeoutError:
            problem = TimedOut(f"{endpoint}: no answer within {seconds:.1f} s")
        except _TooLargeError:
            problem = BrokenAnswer(f"{endpoint}: an answer of more than {MAX_BODY_BYTES} bytes")
        except _LostError as lost:
            problem = NotReachable(f"{endpoint}: {lost}")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = NotReachable(f"{endpoint}: {type(error).__name__}")
        except asyncio.CancelledError:
            credentials.clear()
        if problem is None:  # cancelled anew: the traceback of the first leads to frames that hold the secret
            raise asyncio.CancelledError
        return problem


def _is_urgent(endpoint: str, query: dict[str, str]) -> bool:
    """Whether one request stands for many: a live list, a window, or the changes since a cursor."""
    return endpoint in (LIVE, ODDS_LIVE, ODDS_UPDATE) or "time" in query


class _TooLargeError(Exception):
    pass


class _LostError(aiohttp.ClientConnectionError):
    """A connection that was refused or lost; its text is the name of aiohttp's error."""


async def _send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """aiohttp sends a lost request a second time on its own, which neither the quota nor the traffic would
    know of; an error of another type keeps it from doing so."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _LostError(type(error).__name__) from None


@dataclass(frozen=True)
class _Response:
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def size(self) -> int:
        return len(self.body)


def _open_session(max_connections: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=max_connections, ttl_dns_cache=300),
        headers={"Accept": "application/json", "User-Agent": "football-assets"},
    )


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The decompressed body, never more than `MAX_BODY_BYTES` of it: a gzip bomb is not unpacked."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _TooLargeError
        chunks.append(chunk)
    return b"".join(chunks)


def _read(
    endpoint: str, expected: type, response: _Response, shown: Callable[[object], str]
) -> Answer | TheSportsError:
    """The answer in a response, or the error it stands for; `shown` makes the API's texts fit to be told."""
    problem = _http_problem(endpoint, response)
    if problem is not None:
        return problem
    try:
        envelope = decode(response.body)
    except (ValueError, RecursionError):
        start = shown(response.body[:1000].decode(errors="replace"))[:24]
        return BrokenAnswer(f"{endpoint}: not JSON, {len(response.body)} bytes beginning {start!r}")
    if not isinstance(envelope, dict):
        return BrokenAnswer(f"{endpoint}: {type(envelope).__name__} instead of an object")
    problem = _envelope_problem(endpoint, envelope, shown)
    if problem is not None:
        return problem
    results = envelope.get("results")
    if expected is dict and results == []:
        results = {}
    if not isinstance(results, expected):
        return BrokenAnswer(f"{endpoint}: results are {type(results).__name__}, not {expected.__name__}")
    return Answer(
        results=results,
        query=_object(envelope, "query"),
        extra=_object(envelope, "results_extra"),
        received_at=datetime.now(UTC),
        server_time=_http_date(response.headers.get("Date")),
    )


def _object(envelope: dict[str, Any], name: str) -> dict[str, Any]:
    value = envelope.get(name)
    return value if isinstance(value, dict) else {}


def decode(body: bytes) -> Any:
    """JSON as the API may send it. The fast decoder is strict; what it refuses (NaN, integers beyond
    64 bits) the standard one may still read. Raises `ValueError` or `RecursionError`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _http_problem(endpoint: str, response: _Response) -> TheSportsError | None:
    status = response.status
    if status == 200:
        return None
    if status == 429:
        return OverQuota(f"{endpoint}: HTTP 429", _retry_after(response.headers.get("Retry-After")))
    if status in (401, 403):
        return NotAuthorized(f"{endpoint}: HTTP {status}; {ADVICE}")
    if status == 404:
        return NotFound(f"{endpoint}: HTTP 404")
    if status >= 500:
        return NotReachable(f"{endpoint}: HTTP {status}")
    return BrokenAnswer(f"{endpoint}: HTTP {status}")


def _envelope_problem(
    endpoint: str, envelope: dict[str, Any], shown: Callable[[object], str]
) -> TheSportsError | None:
    if envelope.get("err"):
        error = str(envelope["err"])[:120].lower()
        text = f"{endpoint}: {shown(envelope['err'])}"
        if "authorized" in error:
            return NotAuthorized(f"{text}; {ADVICE}", "endpoint" if error.startswith("url") else "account")
        return ApiFailure(text)
    code = envelope.get("code")
    if code == 0 and type(code) is int:
        return None
    text = f"{endpoint}: code {shown(code)}, {shown(envelope.get('msg', 'no message'))}"
    if code == 429:
        return OverQuota(text)
    if code == 404:
        return NotFound(text)
    return ApiFailure(text) if isinstance(code, int) else BrokenAnswer(text)


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait by a `Retry-After` header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    moment = _http_date(value)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0) if moment else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
