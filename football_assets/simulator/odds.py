"""The odds of one match as the API tells them at a moment: everything, what is new, what was repaired.

What stands in the lists is drawn in `moves`; what of it is told wrongly at first is in `faults`.
"""

from __future__ import annotations

from functools import cached_property

from football_assets.simulator.bookmakers import CORNERS
from football_assets.simulator.faults import (
    LONGEST_LATE_SECONDS,
    LONGEST_WRONG_SECONDS,
    FaultyTick,
    Tick,
    as_told,
    repaired_at,
    told_within,
)
from football_assets.simulator.moves import ticks_of, wrong_ticks
from football_assets.simulator.play import CORNERS as CORNER_KICKS
from football_assets.simulator.play import GOALS, Play
from football_assets.simulator.price_lists import PriceList, price_lists
from football_assets.simulator.quotes import Tape


class Book:
    """The odds of all bookmakers on one match. All moments are Unix seconds."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._lists = list(price_lists(play))

    def history(self, now: int) -> dict[str, dict[str, list[Tick]]]:
        """Every tick up to `now` by bookmaker and market, the newest first."""
        history: dict[str, dict[str, list[Tick]]] = {}
        for prices in self._lists:
            ticks = as_told(self._ticks(prices, 0, now), now)
            if ticks:
                ticks.reverse()
                history.setdefault(str(prices.bookmaker.id), {})[prices.market] = ticks
        return history

    def window(self, after: int, until: int) -> list[tuple[str, str, Tick]]:
        """Bookmaker, market and tick of all ticks that were first told after `after` up to `until`, each list
        in order."""
        return [
            (str(prices.bookmaker.id), prices.market, tick)
            for prices in self._lists
            for tick in told_within(self._ticks(prices, after - LONGEST_LATE_SECONDS, until), after, until)
        ]

    def repairs(self, after: int, until: int) -> list[tuple[str, int]]:
        """Bookmaker and second of the corrections and withdrawals after `after` up to `until`."""
        return [
            (str(prices.bookmaker.id), repaired_at(at, lot))
            for prices in self._lists
            for at, lot in wrong_ticks(prices, after - LONGEST_WRONG_SECONDS, until)
            if after < repaired_at(at, lot) <= until and self._stands(prices, at)
        ]

    def _stands(self, prices: PriceList, at: int) -> bool:
        """Whether the wrong tick was ever told: a suspension takes the place of what it covers."""
        told = self._ticks(prices, at - 1, at)
        return any(isinstance(tick, FaultyTick) and tick.repaired_at is not None for tick in told)

    def _ticks(self, prices: PriceList, after: int, until: int) -> list[Tick]:
        tape = self._corners if prices.market == CORNERS else self._goals
        return ticks_of(prices, tape, after, until)

    @cached_property
    def _goals(self) -> Tape:
        return Tape(self._play, GOALS)

    @cached_property
    def _corners(self) -> Tape:
        return Tape(self._play, CORNER_KICKS)
