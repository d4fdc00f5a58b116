"""The simulator: the answer to every request, as the API would give it at the clock's time.

How answers travel, and who may ask, is in `server`.
"""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from football_assets.simulator.fixtures import Fixtures
from football_assets.simulator.listing import PAGE_ROWS, BadQuery, Query, Row, envelope, listing
from football_assets.simulator.match_rows import ANNOUNCED_SECONDS, MatchRows, updated_at
from football_assets.simulator.odds import Book, Tick
from football_assets.simulator.periods import LONGEST_SECONDS, USUAL_SECONDS, may_last_long
from football_assets.simulator.play import Play, play_of
from football_assets.simulator.world import World

RECENT_SECONDS = 30 * 86_400
WINDOW_SECONDS = 60

#: A match is in the live list from this long before its kick-off, and leaves it when both this long after
#: the kick-off and this long after its end have passed.
_LISTED_BEFORE = 5 * 60
_LISTED_AFTER_KICKOFF = 120 * 60
_LISTED_AFTER_END = 15 * 60


class Simulator:
    """A world in which about `matches` matches are live at any time: a pure function of `seed`, `matches`
    and the time by `clock` (Unix seconds)."""

    def __init__(self, seed: int = 1, matches: int = 50, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._world = World(seed, matches)
        self._fixtures = Fixtures(self._world, matches)
        self._rows = MatchRows(self._world)
        self._play = lru_cache(maxsize=1000 + 2 * matches)(self._draw_play)
        self._book = lru_cache(maxsize=200)(self._open_book)
        self._endpoints: dict[str, Callable[[Query, int], dict[str, Any]]] = {
            "match/detail_live": lambda _, now: envelope(self.live(now)),
            "match/recent/list": self._recent,
            "odds/history": lambda query, now: envelope(self.odds_history(query.get("uuid", ""), now)),
            "odds/live": lambda _, now: envelope(self.odds_live(now)),
            "odds/update": lambda _, now: envelope(self.odds_update(now)),
            "team/additional/list": self._teams,
            "competition/additional/list": self._competitions,
            "country/list": lambda _, now: envelope(self._world.country_rows()),
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

    # -- matches -------------------------------------------------------------------------------------
    def live(self, now: int) -> list[Row]:
        """The rows of `match/detail_live` at `now` (Unix)."""
        return [self._rows.live(play, now) for play in self._listed(now)]

    def _listed(self, now: int) -> Iterator[Play]:
        for number in self._fixtures.between(now - LONGEST_SECONDS - _LISTED_AFTER_END, now + _LISTED_BEFORE):
            age = now - self._fixtures.scheduled_at(number)
            if age > USUAL_SECONDS + _LISTED_AFTER_END and not self._may_last_long(number):
                continue
            if age < _LISTED_AFTER_KICKOFF or now < self._play(number).final_at + _LISTED_AFTER_END:
                yield self._play(number)

    def _recent(self, query: Query, now: int) -> dict[str, Any]:
        known = self._fixtures.between(now - RECENT_SECONDS, now + ANNOUNCED_SECONDS)
        return listing(
            query,
            number_of=lambda match_id: self._number(match_id, now),
            since=lambda moment: self._updated(moment, now),
            numbers=known,
            row=lambda number: self._detail(number, now),
        )

    def _detail(self, number: int, now: int) -> Row:
        play = self._play(number)
        first_leg = play.fixture.first_leg
        return self._rows.detail(play, now, None if first_leg is None else self._play(first_leg))

    def _updated(self, since: int, now: int) -> list[int]:
        """Numbers of the first matches that were last updated at `since` (Unix) or later, the oldest update
        first. A match that is announced later than all of these is not looked at."""
        found: list[tuple[int, int]] = []
        earliest = max(since - LONGEST_SECONDS, now - RECENT_SECONDS)
        for number in self._fixtures.between(earliest, now + ANNOUNCED_SECONDS):
            scheduled_at = self._fixtures.scheduled_at(number)
            if len(found) >= PAGE_ROWS and found[PAGE_ROWS - 1][0] < scheduled_at - ANNOUNCED_SECONDS:
                break
            if scheduled_at + USUAL_SECONDS < since and not self._may_last_long(number):
                continue
            moment = updated_at(self._play(number), now)
            if moment >= since:
                insort(found, (moment, number))
        return [number for _, number in found[:PAGE_ROWS]]

    # -- odds ----------------------------------------------------------------------------------------
    def odds_history(self, match_id: str, now: int) -> dict[str, dict[str, list[Tick]]]:
        """Every tick of a match up to `now` (Unix); nothing for a match that is not known."""
        number = self._number(match_id, now)
        return {} if number is None else self._book(number).history(now)

    def odds_live(self, now: int) -> dict[str, list[Any]]:
        """The ticks of the last 60 seconds of all matches by bookmaker, in the form of `odds/live`."""
        results: dict[str, list[Any]] = {}
        for match_id, bookmaker, market, (at, minute, *values, status, sealed, score) in self._window(now):
            prices = ",".join(f"{value:g}" for value in values)
            entry = [match_id, market, [at, minute, f"{prices},{sealed}", status], score]
            results.setdefault(bookmaker, []).append(entry)
        return results

    def odds_update(self, now: int) -> list[Row]:
        """The matches and bookmakers with ticks in the last 60 seconds, the newest first."""
        last: dict[tuple[str, str], int] = {}
        for match_id, bookmaker, _, tick in self._window(now):
            last[match_id, bookmaker] = tick[0]
        rows = [
            {"id": match_id, "company_id": int(bookmaker), "update_time": at}
            for (match_id, bookmaker), at in last.items()
        ]
        return sorted(rows, key=lambda row: -row["update_time"])

    def _window(self, now: int) -> list[tuple[str, str, str, Tick]]:
        """Match, bookmaker, market and tick, in the order of time."""
        ticks = [
            (self._play(number).fixture.id, *change)
            for number in self._fixtures.between(now - LONGEST_SECONDS, now + ANNOUNCED_SECONDS)
            if now - self._fixtures.scheduled_at(number) <= USUAL_SECONDS or self._may_last_long(number)
            for change in self._book(number).window(now - WINDOW_SECONDS, now)
        ]
        return sorted(ticks, key=lambda tick: tick[3][0])

    # -- reference data ------------------------------------------------------------------------------
    def _teams(self, query: Query, now: int) -> dict[str, Any]:
        world = self._world
        return listing(
            query,
            number_of=lambda id_: _within(world.team_ids.number(id_), world.team_count),
            since=lambda moment: world.team_renewals.since(moment, now, PAGE_ROWS),
            numbers=range(world.team_count),
            row=lambda number: world.team_row(number, now),
        )

    def _competitions(self, query: Query, now: int) -> dict[str, Any]:
        world = self._world
        return listing(
            query,
            number_of=lambda id_: _within(world.competition_ids.number(id_), world.competition_count),
            since=lambda moment: world.competition_renewals.since(moment, now, PAGE_ROWS),
            numbers=range(world.competition_count),
            row=lambda number: world.competition_row(number, now),
        )

    # -- what is where -------------------------------------------------------------------------------
    def _number(self, match_id: str, now: int) -> int | None:
        """The number of the match with this id, if the API knows it at `now` (Unix)."""
        number = self._fixtures.number(match_id)
        known = self._fixtures.between(now - RECENT_SECONDS, now + ANNOUNCED_SECONDS)
        return number if number in known else None

    def _may_last_long(self, number: int) -> bool:
        return may_last_long(self._fixtures.fixture(number))

    def _draw_play(self, number: int) -> Play:
        return play_of(self._fixtures.fixture(number))

    def _open_book(self, number: int) -> Book:
        return Book(self._play(number))


def _within(number: int | None, count: int) -> int | None:
    return number if number is not None and number < count else None
