"""A world of odds ticks that the scripted API tells of: windows, histories, updates, as of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from football_assets.thesports.parsing.odds import MARKETS, Window, read_window

from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import made, raw

LIVE, HISTORY, UPDATE = "odds/live", "odds/history", "odds/update"

#: Match, bookmaker, market, Unix second, sequence within it, home price.
StoredTick = tuple[str, int, str, int, int, float]


@dataclass(frozen=True)
class WorldTick:
    match_id: str
    company: str
    market: str
    at: int
    home: float


class OddsWorld:
    """`ticks` are in the API's order, the oldest first. Windows list them the newest first, so that within
    a second they tell the order wrongly."""

    def __init__(self, cycles: Cycles) -> None:
        self.clock = cycles.clock
        self.api = cycles.api
        self.ticks: list[WorldTick] = []
        self.lost_by_windows: set[WorldTick] = set()
        self.restore()

    def restore(self) -> None:
        self.api.answers(LIVE, made(lambda _: self.window()))
        self.api.answers(HISTORY, made(self.history))
        self.api.answers(UPDATE, made(lambda _: self.update()))

    def fail(self, *endpoints: str) -> None:
        for endpoint in endpoints or (LIVE, HISTORY, UPDATE):
            self.api.answers(endpoint, raw(b"", 500))

    def add(
        self, match_id: str, home: float, *, ago: float = 0, company: str = "2", market: str = "eu"
    ) -> WorldTick:
        tick = WorldTick(match_id, company, market, int(self.clock.now - ago), home)
        self.ticks.append(tick)
        self.ticks.sort(key=lambda each: each.at)  # stable: ticks of one second stay in their order
        return tick

    def _shown(self) -> Iterable[WorldTick]:
        return (tick for tick in reversed(self.ticks) if tick.at <= self.clock.now)

    def history(self, query: Mapping[str, str]) -> dict[str, Any]:
        results: dict[str, Any] = {}
        for tick in self._shown():
            if tick.match_id == query["uuid"]:
                listed = results.setdefault(tick.company, {}).setdefault(tick.market, [])
                listed.append([tick.at, "12", tick.home, 3.0, 4.0, 2, 0, "1-0"])
        return results

    def window(self) -> dict[str, Any]:
        results: dict[str, Any] = {}
        for tick in self._recent():
            if tick not in self.lost_by_windows:
                values = [tick.at, "12", f"{tick.home:g},3,4,0", 2]
                results.setdefault(tick.company, []).append([tick.match_id, tick.market, values, "1-0"])
        return results

    def read_window(self) -> Window:
        return read_window(self.window())

    def update(self) -> list[dict[str, Any]]:
        return [{"id": tick.match_id, "company_id": 2, "update_time": tick.at} for tick in self._recent()]

    def _recent(self) -> Iterable[WorldTick]:
        return (tick for tick in self._shown() if tick.at > self.clock.now - 60)

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
            rows.append(
                (tick.match_id, int(tick.company), MARKETS[tick.market], tick.at, places[second], tick.home)
            )
        return sorted(rows)


def stored(cycles: Cycles, table: str = "odds_ticks") -> list[StoredTick]:
    return sorted(
        cycles.query(
            f"""SELECT match_id, company_id, market, epoch(tick_at)::BIGINT, sequence, home_or_over
            FROM {table}"""
        )
    )
