"""The simulator: the answer to every request, as the API would give it at the clock's time.

How answers travel, and who may ask, is in `server`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from football_assets.simulator.bad_rows import BadRows
from football_assets.simulator.extras import Extras
from football_assets.simulator.listing import PAGE_ROWS, BadQuery, Query, envelope, listing, whole
from football_assets.simulator.matches import Matches
from football_assets.simulator.prices import Prices
from football_assets.simulator.reference_rows import ReferenceRows
from football_assets.simulator.twice import COMPETITION, TEAM
from football_assets.simulator.world import World
from football_assets.thesports import endpoints


class Simulator:
    """A world in which about `matches` matches are live at any time: a pure function of `seed`, `matches`
    and the time by `clock` (Unix seconds). A share `bad_rows` (0 to 1) of all rows is spoiled."""

    def __init__(
        self,
        seed: int = 1,
        matches: int = 50,
        clock: Callable[[], float] = time.time,
        *,
        bad_rows: float = 0.0,
    ) -> None:
        self.clock = clock
        self._world = World(seed, matches)
        self._bad_rows = BadRows(self._world.key, bad_rows)
        self._matches = Matches(self._world, matches)
        self._reference = ReferenceRows(self._world, self._matches.twice)
        self._extras = Extras(self._world, self._reference)
        self._prices = Prices(self._matches, matches)
        self._endpoints: dict[str, Callable[[Query, int], dict[str, Any]]] = {
            endpoints.LIVE: lambda _, now: envelope(self._matches.live_rows(now)),
            endpoints.MATCHES: self._recent,
            endpoints.DIARY: self._diary,
            endpoints.LIVE_HISTORY: lambda query, now: envelope(self._matches.final_row(_id(query), now)),
            endpoints.DELETED: lambda _, now: envelope(self._matches.deleted(now)),
            endpoints.ODDS_HISTORY: lambda query, now: envelope(self._prices.history(_id(query), now)),
            endpoints.ODDS_LIVE: lambda _, now: envelope(self._prices.live(now)),
            endpoints.ODDS_UPDATE: lambda _, now: envelope(self._prices.updates(now)),
            endpoints.TEAMS: self._teams,
            endpoints.COMPETITIONS: self._competitions,
            endpoints.COUNTRIES: lambda _, now: envelope(self._reference.country_rows()),
        }

    def answer(self, endpoint: str, query: Query) -> dict[str, Any]:
        """The answer to a request, envelope included; errors come in the envelope, too."""
        asked = self._endpoints.get(endpoint)
        if asked is None:
            return {"code": 404, "msg": "no such resource"}
        now = int(self.clock())
        try:
            return self._bad_rows.spoil(endpoint, query, asked(query, now), now)
        except BadQuery as problem:
            return {"code": 9999, "msg": str(problem)}

    def _recent(self, query: Query, now: int) -> dict[str, Any]:
        matches = self._matches
        return listing(
            query,
            number_of=lambda match_id: matches.number(match_id, now),
            since=lambda moment: matches.updated(moment, now),
            numbers=lambda: matches.recent(now),
            row=lambda number: matches.detail(number, now),
        )

    def _diary(self, query: Query, now: int) -> dict[str, Any]:
        day = whole(query, "tsp")
        rows = [self._matches.detail(number, now) for number in self._matches.on_day(day, now)]
        return envelope(rows, {"total": len(rows), "tsp": day}) | {"results_extra": self._extras.of(rows)}

    def _teams(self, query: Query, now: int) -> dict[str, Any]:
        world, twice = self._world, self._matches.twice
        return listing(
            query,
            number_of=lambda id_: twice.known(TEAM, world.team_ids.number(id_), now),
            since=lambda moment: world.team_renewals.since(moment, now, PAGE_ROWS),
            numbers=lambda: [*range(world.team_mergers.total), *self._matches.entered_twice(TEAM, now)],
            row=lambda number: self._reference.team_row(number, now),
        )

    def _competitions(self, query: Query, now: int) -> dict[str, Any]:
        world, twice = self._world, self._matches.twice
        return listing(
            query,
            number_of=lambda id_: twice.known(COMPETITION, world.competition_ids.number(id_), now),
            since=lambda moment: world.competition_renewals.since(moment, now, PAGE_ROWS),
            numbers=lambda: [
                *range(world.competition_mergers.total),
                *self._matches.entered_twice(COMPETITION, now),
            ],
            row=lambda number: self._reference.competition_row(number, now),
        )


def _id(query: Query) -> str:
    return query.get("uuid", "")
