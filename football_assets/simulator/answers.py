"""The simulator: the answer to every request, as the API would give it at the clock's time.

How answers travel, and who may ask, is in `server`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from football_assets.simulator.extras import Extras
from football_assets.simulator.listing import PAGE_ROWS, BadQuery, Query, envelope, listing, whole
from football_assets.simulator.matches import Matches
from football_assets.simulator.prices import Prices
from football_assets.simulator.reference_rows import ReferenceRows
from football_assets.simulator.world import World


class Simulator:
    """A world in which about `matches` matches are live at any time: a pure function of `seed`, `matches`
    and the time by `clock` (Unix seconds)."""

    def __init__(self, seed: int = 1, matches: int = 50, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._world = World(seed, matches)
        self._reference = ReferenceRows(self._world)
        self._extras = Extras(self._world, self._reference)
        self._matches = Matches(self._world, matches)
        self._prices = Prices(self._matches, matches)
        self._endpoints: dict[str, Callable[[Query, int], dict[str, Any]]] = {
            "match/detail_live": lambda _, now: envelope(self._matches.live_rows(now)),
            "match/recent/list": self._recent,
            "match/diary": self._diary,
            "match/live/history": lambda query, now: envelope(self._matches.final_row(_id(query), now)),
            "deleted": self._deleted,
            "odds/history": lambda query, now: envelope(self._prices.history(_id(query), now)),
            "odds/live": lambda _, now: envelope(self._prices.live(now)),
            "odds/update": lambda _, now: envelope(self._prices.updates(now)),
            "team/additional/list": self._teams,
            "competition/additional/list": self._competitions,
            "country/list": lambda _, now: envelope(self._reference.country_rows()),
        }

    def answer(self, endpoint: str, query: Query) -> dict[str, Any]:
        """The answer to a request, envelope included; errors come in the envelope, too."""
        asked = self._endpoints.get(endpoint)
        if asked is None:
            return {"code": 404, "msg": "no such resource"}
        try:
            return asked(query, int(self.clock()))
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

    def _deleted(self, query: Query, now: int) -> dict[str, Any]:
        ids = self._matches.deleted(now)
        return envelope({"match": ids} if ids else {})

    def _teams(self, query: Query, now: int) -> dict[str, Any]:
        world = self._world
        return listing(
            query,
            number_of=lambda id_: _within(world.team_ids.number(id_), world.team_mergers.total),
            since=lambda moment: world.team_renewals.since(moment, now, PAGE_ROWS),
            numbers=lambda: range(world.team_mergers.total),
            row=lambda number: self._reference.team_row(number, now),
        )

    def _competitions(self, query: Query, now: int) -> dict[str, Any]:
        world = self._world
        return listing(
            query,
            number_of=lambda id_: _within(world.competition_ids.number(id_), world.competition_mergers.total),
            since=lambda moment: world.competition_renewals.since(moment, now, PAGE_ROWS),
            numbers=lambda: range(world.competition_mergers.total),
            row=lambda number: self._reference.competition_row(number, now),
        )


def _id(query: Query) -> str:
    return query.get("uuid", "")


def _within(number: int | None, count: int) -> int | None:
    return number if number is not None and number < count else None
