"""Two plain ways to ask for all that a cold cycle needs, to hold the cycles against. Nothing is stored.

Both go through the project's client, so that only the order of the requests differs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from servers import SECRET, USER, Server

from football_assets.thesports.client import Answer, TheSports
from football_assets.thesports.quota import Quota

#: Asks for all of these, in whatever order.
Ask = Callable[[Iterable[Awaitable[Answer]]], Awaitable[list[Answer]]]


@dataclass(frozen=True)
class Asked:
    """What a way to ask came to: requests, and seconds in which any was out."""

    requests: int
    seconds: float


def one_by_one(server: Server) -> Asked:
    """Each request after the answer to the one before."""
    return asyncio.run(_measured(server, 1, _in_turn))


def two_phases(server: Server, connections: int) -> Asked:
    """Details and odds of the live matches at once; then all that the details name at once."""
    return asyncio.run(_measured(server, connections, _at_once))


async def _measured(server: Server, connections: int, ask: Ask) -> Asked:
    unlimited = Quota(limits={}, total_limit=1_000_000)
    api = TheSports(server.base_url, USER, SecretStr(SECRET), max_connections=connections, quota=unlimited)
    try:
        await _ask_all(api, ask)
    finally:
        await api.close()
    requests = sum(len(endpoint.seconds) for endpoint in api.traffic.endpoints.values())
    return Asked(requests, api.traffic.open_seconds)


async def _ask_all(api: TheSports, ask: Ask) -> None:
    matches = [row["id"] for row in (await api.live()).results]
    answers = await ask(
        [
            *(api.match(match_id) for match_id in matches),
            *(api.odds_history(match_id) for match_id in matches),
        ]
    )
    details = [row for answer in answers[: len(matches)] for row in answer.results]
    await ask(
        [
            *(api.team(team_id) for team_id in _named(details, "home_team_id", "away_team_id")),
            *(api.competition(competition_id) for competition_id in _named(details, "competition_id")),
            api.countries(),
        ]
    )


def _named(details: Iterable[dict[str, Any]], *fields: str) -> set[str]:
    return {row[field] for row in details for field in fields if row.get(field)}


async def _in_turn(requests: Iterable[Awaitable[Answer]]) -> list[Answer]:
    return [await request for request in requests]


async def _at_once(requests: Iterable[Awaitable[Answer]]) -> list[Answer]:
    return list(await asyncio.gather(*requests))
