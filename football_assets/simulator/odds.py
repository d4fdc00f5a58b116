"""Odds ticks: when a bookmaker changes a price, and to what. Their fair worth is in `quotes`.

Time is cut into slots, and each slot's own lot tells whether, when and how far a price moves in it. So the
ticks of any minute are found without those before it, and a tick never changes once its time has come.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from football_assets.simulator.bookmakers import CORNERS, MONEY_LINE, Bookmaker, bookmakers_of
from football_assets.simulator.chance import scrambled
from football_assets.simulator.periods import HALF_TIME
from football_assets.simulator.play import CORNERS as CORNER_KICKS
from football_assets.simulator.play import GOALS, Play
from football_assets.simulator.quotes import Fair, Quote, Tape, regular_end

#: `[unix, minute, v1, v2, v3, status, sealed, score]`, as in `odds/history`.
Tick = list[Any]

#: Slots before kick-off: far from it, and within the last hours.
_EARLY_SLOT, _LATE_SLOT = 3 * 3600, 20 * 60
_LATE_SECONDS = 3 * 3600
#: The longest that a market stays suspended.
_MAX_SUSPENSION = 80
_MAX_PRICE, _MIN_PRICE = 301.0, 1.01
#: Lots below this: one slot in eight is quiet.
_QUIET = 2**61


@dataclass(frozen=True, slots=True)
class PriceList:
    """One market of one bookmaker on one match."""

    bookmaker: Bookmaker
    market: str
    key: int
    opens_at: int


class Book:
    """The odds of all bookmakers on one match."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._closes_at = regular_end(play)
        self._lists = list(_price_lists(play))

    def history(self, now: int) -> dict[str, dict[str, list[Tick]]]:
        """Every tick up to `now` (Unix) by bookmaker and market, the newest first."""
        history: dict[str, dict[str, list[Tick]]] = {}
        for prices, ticks in self._ticks(0, now):
            ticks.reverse()
            history.setdefault(str(prices.bookmaker.id), {})[prices.market] = ticks
        return history

    def window(self, after: int, until: int) -> list[tuple[str, str, Tick]]:
        """Bookmaker, market and tick of all ticks after `after` up to `until` (Unix), each list in order."""
        return [
            (str(prices.bookmaker.id), prices.market, tick)
            for prices, ticks in self._ticks(after, until)
            for tick in ticks
        ]

    @cached_property
    def _goals(self) -> Tape:
        return Tape(self._play, GOALS)

    @cached_property
    def _corners(self) -> Tape:
        return Tape(self._play, CORNER_KICKS)

    def _ticks(self, after: int, until: int) -> Iterator[tuple[PriceList, list[Tick]]]:
        for prices in self._lists:
            tape = self._corners if prices.market == CORNERS else self._goals
            ticks: list[Tick] = []
            for first, last, slot in self._cadences(prices, after, until):
                _move(prices, tape, range(first, last + 1), slot, ticks)
            for shock in tape.shocks[bisect_left(tape.shocks, after - _MAX_SUSPENSION) :]:
                if shock > until:
                    break
                _suspend(prices, tape, shock, ticks, after, until)
            if ticks:
                yield prices, ticks

    def _cadences(self, prices: PriceList, after: int, until: int) -> Iterator[tuple[int, int, int]]:
        """First and last second, and the slots' length, of each stretch of one pace."""
        scheduled = self._play.fixture.scheduled_at
        late = scheduled - _LATE_SECONDS
        for start, end, slot in (
            (prices.opens_at, late, _EARLY_SLOT),
            (max(prices.opens_at, late), scheduled, _LATE_SLOT),
            (scheduled, self._closes_at, prices.bookmaker.interval),
        ):
            first, last = max(start, after + 1), min(end - 1, until)
            if first <= last:
                yield first, last, slot


def _price_lists(play: Play) -> Iterator[PriceList]:
    fixture = play.fixture
    for bookmaker, markets in bookmakers_of(fixture):
        lot = scrambled(fixture.key + bookmaker.id)
        for place, market in enumerate(markets):
            opening = lot % (96 * 3600) + 2 * 3600 if market != CORNERS else lot % (20 * 3600)
            yield PriceList(bookmaker, market, lot ^ place << 60, fixture.scheduled_at - opening)


def _move(prices: PriceList, tape: Tape, seconds: range, slot: int, ticks: list[Tick]) -> None:
    """Add the ticks of some seconds' slots, as if nothing were ever suspended, the oldest first."""
    market, margin, quote_at = prices.market, prices.bookmaker.margin, tape.quote
    price = _money_line if market == MONEY_LINE else _two_way
    seed = prices.key + (slot << 40)
    for number in range(seconds.start // slot, seconds[-1] // slot + 1):
        lot = scrambled(seed + number)
        at = number * slot + lot % slot
        if at not in seconds or lot < _QUIET:
            continue
        quote = quote_at(at)
        if quote is None or (quote.status == HALF_TIME and lot >> 58 & 3):
            continue
        fair = quote.fair.get(market)
        if fair is None:
            continue
        noise = _noise(lot)
        ticks.append([at, quote.minute, *price(fair, margin, noise), quote.status, 0, quote.score])
        if lot >> 30 & 255 == 0:  # a second change within the second
            ticks.append([at, quote.minute, *price(fair, margin, -noise), quote.status, 0, quote.score])


def _suspend(prices: PriceList, tape: Tape, shock: int, ticks: list[Tick], after: int, until: int) -> None:
    """Put the suspension around a goal (or corner) at `shock` in place of what else would move then."""
    lot = scrambled(prices.key ^ shock)
    sealed_at = shock + 1 + lot % 3
    opened_at = sealed_at + (5 + (lot >> 8) % 14 if prices.market == CORNERS else 18 + (lot >> 8) % 55)
    noise = _noise(lot)
    around = []
    if after < sealed_at <= until and lot >> 62:
        around += _tick(prices, tape.quote(shock - 1), sealed_at, noise, sealed=1)
    if after < opened_at <= until:
        around += _tick(prices, tape.quote(opened_at), opened_at, -noise, sealed=0)
    first = bisect_left(ticks, shock, key=_second)
    ticks[first : bisect_right(ticks, opened_at, key=_second)] = around


def _second(tick: Tick) -> int:
    second: int = tick[0]
    return second


def _tick(prices: PriceList, quote: Quote | None, at: int, noise: float, *, sealed: int) -> list[Tick]:
    """The tick at a Unix second, if the market is offered."""
    fair = None if quote is None else quote.fair.get(prices.market)
    if quote is None or fair is None:
        return []
    price = _money_line if prices.market == MONEY_LINE else _two_way
    values = price(fair, prices.bookmaker.margin, noise)
    return [[at, quote.minute, *values, quote.status, sealed, quote.score]]


def _noise(lot: int) -> float:
    """A bookmaker's opinion of the moment, from -1 to 1 and never 0."""
    return ((lot >> 20 & 1023) - 511.5) / 511.5


def _money_line(fair: Fair, margin: float, noise: float) -> tuple[float, float, float]:
    """Decimal odds of home, draw and away."""
    home, draw, away = fair
    tilt = 0.025 * noise
    return (
        _decimal(home * margin * (1 + tilt)),
        _decimal(draw * margin * (1 - tilt / 2)),
        _decimal(away * margin * (1 - tilt)),
    )


def _decimal(probability: float) -> float:
    if probability > 0.05:
        return round(1 / probability, 2) if probability < 0.99 else _MIN_PRICE
    return float(round(1 / probability)) if probability > 1 / _MAX_PRICE else _MAX_PRICE


def _two_way(fair: Fair, margin: float, noise: float) -> tuple[float, float, float]:
    """Hong Kong odds of home and away (or over and under), the line between them. The shares are far
    enough from 0 and 1 for the prices to be above 0 with any margin."""
    first, line, second = fair
    tilt = 0.03 * noise
    return round(1 / ((first + tilt) * margin) - 1, 2), line, round(1 / ((second - tilt) * margin) - 1, 2)
