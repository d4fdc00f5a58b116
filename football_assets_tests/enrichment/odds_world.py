"""A world of odds ticks that the scripted API tells of: windows, histories, updates, as of the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from football_assets.codes import BOOKMAKERS
from football_assets.thesports.parsing.ticks import MARKETS
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import Reply, ok, raw
from football_assets_tests.thesports.clock import Clock

LIVE, HISTORY, UPDATE = "odds/live", "odds/history", "odds/update"

#: All columns of a stored tick but when it was seen; the time as its Unix second.
StoredTick = tuple[Any, ...]
PLACE = 5
COLUMNS = """match_id, company_id, company, market, epoch(tick_at)::BIGINT, sequence, minute, home_or_over,
    draw_or_line, away_or_under, status_id, suspended, home_score, away_score"""


@dataclass(frozen=True)
class WorldTick:
    """A tick with the API's words: a list (match, bookmaker, market), and the eight fields."""

    match_id: str
    company: str
    market: str
    at: int
    minute: str
    home: float
    draw: float
    away: float
    status: int
    sealed: int
    score: str

    @property
    def fields(self) -> list[Any]:
        """As `odds/history` lists it."""
        return [
            *(self.at, self.minute, self.home, self.draw, self.away),
            *(self.status, self.sealed, self.score),
        ]

    @property
    def change(self) -> list[Any]:
        """As `odds/live` lists it, in the form that the vendor sends today."""
        values = f"{self.home:g},{self.draw:g},{self.away:g},{self.sealed}"
        return [self.match_id, self.market, [self.at, self.minute, values, self.status], self.score]

    def stored(self, sequence: int) -> StoredTick:
        """As it is to be stored, at its place within its second."""
        company_id = int(self.company)
        home_score, away_score = map(int, self.score.split("-"))
        return (
            *(self.match_id, company_id, BOOKMAKERS[company_id], MARKETS[self.market], self.at, sequence),
            *(self.minute, self.home, self.draw, self.away, self.status, bool(self.sealed)),
            *(home_score, away_score),
        )


class OddsWorld:
    """`ticks` are in the API's order, the oldest first. Windows list them the newest first, so that within
    a second they tell the order wrongly. No two ticks that are added have one of their values in common
    for long: every field of a tick varies."""

    def __init__(self, cycles: Cycles) -> None:
        self.clock = cycles.clock
        self.api = cycles.api
        self.ticks: list[WorldTick] = []
        self.lost_by_windows: set[WorldTick] = set()
        #: Ticks that no update names.
        self.unnamed: set[WorldTick] = set()
        #: Ticks that only windows tell: a history has withdrawn them.
        self.only_in_windows: list[WorldTick] = []
        #: What `odds/update` tells beside the changes: match, bookmaker, Unix second.
        self.repairs: list[tuple[str, str, int]] = []
        #: When ticks that are told late were first told, by a Unix second.
        self.told_late: dict[WorldTick, float] = {}
        #: Lists (match, bookmaker, market) that a history tells even where they are empty.
        self.always_told: set[tuple[str, str, str]] = set()
        #: So many seconds a history is behind the windows.
        self.lag = 0
        self._added = 0
        self.restore()

    def restore(self) -> None:
        self.api.answers(LIVE, self.dated(lambda _: self.window()))
        self.api.answers(HISTORY, self.dated(self.history))
        self.api.answers(UPDATE, self.dated(lambda _: self.update()))

    def dated(self, make: Callable[[Mapping[str, str]], Any]) -> Reply:
        """A good answer that bears the clock's time, its results made of the request's query."""
        return dated(self.clock, make)

    def fail(self, *endpoints: str) -> None:
        for endpoint in endpoints or (LIVE, HISTORY, UPDATE):
            self.api.answers(endpoint, raw(b"", 500))

    def add(
        self, match_id: str, home: float, *, ago: float = 0, company: str = "2", market: str = "eu"
    ) -> WorldTick:
        n = self._added = self._added + 1
        tick = WorldTick(
            *(match_id, company, market, int(self.clock.now - ago)),
            minute=str(n % 91 + 1),
            home=home,
            draw=3 + n % 37 / 8,
            away=4 + n % 41 / 4,
            status=(2, 3, 4)[n % 3],
            sealed=n % 2,
            score=f"{n % 5}-{n % 7}",
        )
        self.ticks.append(tick)
        self.ticks.sort(key=lambda each: each.at)  # stable: ticks of one second stay in their order
        return tick

    def lose(self, tick: WorldTick) -> None:
        """From now on only a history tells of the tick."""
        self.lost_by_windows.add(tick)
        self.unnamed.add(tick)

    def correct(self, tick: WorldTick, *, named: bool = True, **changes: Any) -> WorldTick:
        """The vendor's repair of a tick: it is told otherwise from now on."""
        new = replace(tick, **changes)
        self.ticks[self.ticks.index(tick)] = new
        if tick in self.told_late:
            self.told_late[new] = self.told_late[tick]
        self._repaired(tick, named)
        return new

    def withdraw(self, *ticks: WorldTick, named: bool = True, windows: bool = False) -> None:
        """The vendor's repair that takes ticks away; `windows` go on telling them."""
        for tick in ticks:
            self.ticks.remove(tick)
            if windows:
                self.only_in_windows.append(tick)
            self._repaired(tick, named)

    def _repaired(self, tick: WorldTick, named: bool) -> None:
        if named:
            self.repairs.append((tick.match_id, tick.company, int(self.clock.now)))

    def _shown(self, until: float) -> Iterable[WorldTick]:
        return (tick for tick in reversed(self.ticks) if tick.at <= until)

    def history(self, query: Mapping[str, str]) -> dict[str, Any]:
        results: dict[str, Any] = {}
        for match_id, company, market in self.always_told:
            if match_id == query["uuid"]:
                results.setdefault(company, {})[market] = []
        for tick in self._shown(self.clock.now - self.lag):
            if tick.match_id == query["uuid"]:
                listed = results.setdefault(tick.company, {}).setdefault(tick.market, [])
                listed.append(tick.fields)
        return results

    def window(self) -> dict[str, Any]:
        results: dict[str, Any] = {}
        withdrawn = (tick for tick in self.only_in_windows if self._is_recent(tick.at))
        for tick in sorted([*self._recent(), *withdrawn], key=lambda tick: -tick.at):
            if tick not in self.lost_by_windows:
                results.setdefault(tick.company, []).append(tick.change)
        return results

    def update(self) -> list[dict[str, Any]]:
        changed = [
            (tick.match_id, tick.company, int(self.told_late.get(tick, tick.at)))
            for tick in self._recent()
            if tick not in self.unnamed
        ]
        named = [*changed, *(repair for repair in self.repairs if self._is_recent(repair[2]))]
        return [{"id": id_, "company_id": int(company), "update_time": at} for id_, company, at in named]

    def _recent(self) -> Iterable[WorldTick]:
        return (
            tick for tick in self._shown(self.clock.now) if self._is_recent(self.told_late.get(tick, tick.at))
        )

    def _is_recent(self, at: int) -> bool:
        return at > self.clock.now - 60

    def expected(self, *match_ids: str) -> list[StoredTick]:
        """What is to be stored of these matches, of all if none is named; exact duplicates once."""
        rows: list[StoredTick] = []
        last: dict[WorldTick, None] = dict.fromkeys(reversed(self.ticks))
        places: dict[tuple[str, str, str, int], int] = {}
        for tick in reversed(last):
            if match_ids and tick.match_id not in match_ids:
                continue
            second = (tick.match_id, tick.company, tick.market, tick.at)
            places[second] = places.get(second, 0) + 1
            rows.append(tick.stored(places[second]))
        return sorted(rows)


def dated(clock: Clock, make: Callable[[Mapping[str, str]], Any]) -> Reply:
    """A good answer that bears the clock's time, its results made of the request's query."""

    async def reply(request: web.Request) -> web.StreamResponse:
        now = datetime.fromtimestamp(clock.now, UTC)
        return await ok(make(request.query), {"Date": format_datetime(now, usegmt=True)})(request)

    return reply


def stored(cycles: Cycles, table: str = "odds_ticks") -> list[StoredTick]:
    return sorted(cycles.query(f"SELECT {COLUMNS} FROM {table}"))


def without_place(rows: Iterable[StoredTick]) -> list[StoredTick]:
    """The rows without their place within the second."""
    return sorted(row[:PLACE] + row[PLACE + 1 :] for row in rows)
