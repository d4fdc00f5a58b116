"""The one place that asks the API: its endpoints, attempts, quotas, errors. `parsing/` reads the answers."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
from pydantic import SecretStr

from football_assets.redaction import Secrets, secrets_of_url
from football_assets.thesports.answer import Answer, Response, read
from football_assets.thesports.bounds import MEGABYTE, Bounds, bounds_of
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
    DeadlinePassed,
    NotAuthorized,
    NotFound,
    NotSent,
    OverQuota,
    TheSportsError,
)
from football_assets.thesports.quota import Quota
from football_assets.thesports.slots import Slots
from football_assets.thesports.traffic import Traffic
from football_assets.thesports.transport import Transport

__all__ = ["Answer", "TheSports"]

#: What the bodies of all requests in flight may take together, unpacked. A request waits for its part of it,
#: the bound of its endpoint: 30 connections never do, 200 do where 60 of them ask for histories.
MAX_BYTES_IN_FLIGHT = 256 * MEGABYTE

#: An answer of so many bytes takes a moment to read.
LARGE_BYTES = 32_768

BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0
#: A pause after a 429 that does not say how long to wait.
DEFAULT_RETRY_AFTER_SECONDS = 2.0
#: Requests to one endpoint that fail one after another before the rest are not sent.
BREAKER_FAILURES = 10
#: How long a request may wait for its turn under the quota.
QUOTA_WAIT_SECONDS = 5.0


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
        self._transport = Transport(base_url, user, secret, session=session, max_connections=max_connections)
        self._timeout = request_timeout
        self._max_attempts = max_attempts
        self._sleep = sleep
        self._jitter = jitter
        self._tell = tell
        self._secrets = Secrets([secret.get_secret_value(), *secrets_of_url(base_url)], names=[user])
        self._slots = Slots(max_connections)
        self._memory = Slots(MAX_BYTES_IN_FLIGHT)
        self._reading = asyncio.Lock()
        self._failing: Counter[str] = Counter()
        self._refused: dict[str, NotAuthorized] = {}
        self._begun: dict[tuple[str, ...], asyncio.Task[Answer]] = {}
        self.deadline = deadline
        self.quota = quota or Quota()
        self.traffic = Traffic()

    async def close(self) -> None:
        """Close the session, if it is the client's own."""
        await self._transport.close()

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

    # -- ahead of time -------------------------------------------------------------------------------
    def begin_diary(self, midnight: int) -> None:
        """Send the request of `diary` now: the call with this midnight awaits its answer."""
        self._begin(DIARY, list, tsp=str(midnight))

    def begin_countries(self) -> None:
        """Send the request of `countries` now: the next call awaits its answer."""
        self._begin(COUNTRIES, list)

    def begin_deleted(self) -> None:
        """Send the request of `deleted` now: the next call awaits its answer."""
        self._begin(DELETED, dict)

    def begin_odds_live(self) -> None:
        """Send the request of `odds_live` now: the next call awaits its answer."""
        self._begin(ODDS_LIVE, dict)

    def begin_odds_update(self) -> None:
        """Send the request of `odds_update` now: the next call awaits its answer."""
        self._begin(ODDS_UPDATE, list)

    def _begin(self, endpoint: str, expected: type, **query: str) -> None:
        if (endpoint, *query.values()) in self._begun:
            return
        task = asyncio.ensure_future(self._ask(endpoint, expected, 0, query))
        task.add_done_callback(_look_at_error)
        self._begun[endpoint, *query.values()] = task

    # -- one request ---------------------------------------------------------------------------------
    async def _get(self, endpoint: str, expected: type, priority: int, **query: str) -> Answer:
        begun = self._begun.pop((endpoint, *query.values()), None)
        return await (begun or self._ask(endpoint, expected, priority, query))

    async def _ask(self, endpoint: str, expected: type, priority: int, query: dict[str, str]) -> Answer:
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
            outcome = await self._attempt(endpoint, expected, priority, query, retry=attempt > 1)
            if outcome is None:
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
        self, endpoint: str, expected: type, priority: int, query: dict[str, str], *, retry: bool
    ) -> Answer | TheSportsError | None:
        """One attempt; None where the quota has no room for it. Its error is given, not raised, as
        `Transport.get` gives it.

        The connection is free for the next request before a large answer is read, one at a time: reading
        thirty histories at once would keep all that waits from being sent.
        """
        bounds = bounds_of(endpoint, one_row="uuid" in query)
        async with AsyncExitStack() as memory:
            async with self._slots.place(priority):
                self._check_open(endpoint)
                ticket = self.quota.take(endpoint, urgent=_is_urgent(endpoint, query))
                if ticket is None:
                    return None
                await memory.enter_async_context(self._memory.place(size=bounds.size))
                started = self.traffic.started(endpoint, retry=retry)
                response: Response | TheSportsError | None = None
                size = 0
                try:
                    response = await self._transport.get(
                        endpoint, query, max_bytes=bounds.size, seconds=self._seconds_left()
                    )
                    size = response.size if isinstance(response, Response) else 0
                finally:
                    self.quota.done(ticket)
                    self.traffic.ended(endpoint, started, size)
                outcome = self._read(endpoint, expected, response, bounds) if size < LARGE_BYTES else None
            if outcome is None:
                async with self._reading:
                    await asyncio.sleep(0)
                    outcome = self._read(endpoint, expected, response, bounds)
        self._tell(
            endpoint, time.perf_counter() - started, "ok" if isinstance(outcome, Answer) else outcome.cause
        )
        if isinstance(outcome, OverQuota):
            self.quota.pause(endpoint, outcome.retry_after or DEFAULT_RETRY_AFTER_SECONDS)
        if isinstance(outcome, NotAuthorized):
            self._refused[endpoint if outcome.scope == "endpoint" else ""] = outcome
        return outcome

    def _seconds_left(self) -> float:
        """How long the next request may take: at least a millisecond."""
        return min(self._timeout, max(self.deadline - time.monotonic(), 0.001))

    def _read(
        self, endpoint: str, expected: type, response: Response | TheSportsError, bounds: Bounds
    ) -> Answer | TheSportsError:
        if not isinstance(response, Response):
            return response
        if time.monotonic() >= self.deadline:  # the largest answers take a second each to read
            return DeadlinePassed(f"{endpoint}: the cycle's deadline had passed before its answer was read")
        return read(endpoint, expected, response, bounds, self._secrets)


def _look_at_error(task: asyncio.Task[Answer]) -> None:
    """Nobody may ask for the answer any more, and asyncio complains of errors that nobody has looked at."""
    if not task.cancelled():
        task.exception()


def _is_urgent(endpoint: str, query: dict[str, str]) -> bool:
    """Whether one request stands for many: a live list, a window, or the changes since a cursor."""
    return endpoint in (LIVE, ODDS_LIVE, ODDS_UPDATE) or "time" in query
