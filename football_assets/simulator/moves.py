"""What stands in a price list: when a price moves and to what, and when its market is suspended.

Time is cut into slots, and each slot's own lot tells whether, when and how far a price moves in it. So the
ticks of any minute are found without those before it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from football_assets.simulator.bookmakers import CORNERS, MONEY_LINE
from football_assets.simulator.chance import scrambled
from football_assets.simulator.faults import FaultyTick, Tick, comes_late, is_wrong
from football_assets.simulator.periods import HALF_TIME
from football_assets.simulator.price_lists import PriceList
from football_assets.simulator.quotes import Fair, Quote, Tape

#: The longest that a market stays suspended around a goal, and for a while of its own.
_LONGEST_SHOCK, _LONGEST_PAUSE = 80, 600
_SHORTEST_PAUSE = 120
#: In each stretch of so many seconds in play one market in eight is suspended for a while.
_PAUSE_SLOT, _PAUSED_IN = 1800, 8
_MAX_PRICE, _MIN_PRICE = 301.0, 1.01
#: Lots below this: one slot in eight is quiet.
_QUIET = 2**61


def ticks_of(prices: PriceList, tape: Tape, after: int, until: int) -> list[Tick]:
    """The ticks of a list after `after` up to `until` (Unix), the oldest first, faulty ones marked."""
    ticks: list[Tick] = []
    for first, last, slot in prices.cadences(after, until):
        _move(prices, tape, range(first, last + 1), slot, ticks)
    for shock in tape.shocks[bisect_left(tape.shocks, after - _LONGEST_SHOCK) :]:
        if shock > until:
            break
        _suspend(prices, tape, (shock, *_around(prices, shock)), ticks, after, until)
    for pause in _pauses(prices, after, until):
        _suspend(prices, tape, pause, ticks, after, until)
    return ticks


def wrong_ticks(prices: PriceList, after: int, until: int) -> Iterator[tuple[int, int]]:
    """Second and lot of what would be wrong ticks of the seconds after `after` up to `until` (Unix), as if
    nothing were ever suspended. A lot is much cheaper to draw than a tick."""
    for first, last, slot in prices.cadences(after, until):
        for at, lot in _lots(prices, range(first, last + 1), slot):
            if is_wrong(lot):
                yield at, lot


def _lots(prices: PriceList, seconds: range, slot: int) -> Iterator[tuple[int, int]]:
    """The second and the lot of each move of some seconds."""
    seed = prices.key + (slot << 40)
    for number in range(seconds.start // slot, seconds[-1] // slot + 1):
        lot = scrambled(seed + number)
        at = number * slot + lot % slot
        if at in seconds and lot >= _QUIET:
            yield at, lot


def _move(prices: PriceList, tape: Tape, seconds: range, slot: int, ticks: list[Tick]) -> None:
    """Add the ticks of some seconds' slots, as if nothing were ever suspended, the oldest first."""
    market, margin, quote_at = prices.market, prices.bookmaker.margin, tape.quote
    price = _money_line if market == MONEY_LINE else _two_way
    for at, lot in _lots(prices, seconds, slot):
        quote = quote_at(at)
        if quote is None or (quote.status == HALF_TIME and lot >> 58 & 3):
            continue
        fair = quote.fair.get(market)
        if fair is None:
            continue
        noise = _noise(lot)
        tick = [at, quote.minute, *price(fair, margin, noise), quote.status, 0, quote.score]
        ticks.append(FaultyTick(tick, lot) if is_wrong(lot) else tick)
        if lot >> 30 & 255 == 0:  # a second change within the second
            second = [at, quote.minute, *price(fair, margin, -noise), quote.status, 0, quote.score]
            ticks.append(FaultyTick(second, lot) if comes_late(lot) else second)


def _around(prices: PriceList, shock: int) -> tuple[int, int, int]:
    """When the suspension around a goal (or corner) begins, unless the market is quick enough to do without
    (then 0), and ends; and its lot."""
    lot = scrambled(prices.key ^ shock)
    sealed_at = shock + 1 + lot % 3
    opened_at = sealed_at + (5 + (lot >> 8) % 14 if prices.market == CORNERS else 18 + (lot >> 8) % 55)
    return sealed_at if lot >> 62 else 0, opened_at, lot


def _pauses(prices: PriceList, after: int, until: int) -> Iterator[tuple[int, int, int, int]]:
    """The suspensions of a market for a while, as `_suspend` takes them."""
    first = max(prices.scheduled_at, after - _LONGEST_PAUSE)
    for slot in range(first // _PAUSE_SLOT, min(until, prices.closes_at) // _PAUSE_SLOT + 1):
        lot = scrambled(prices.key - slot)
        if lot % _PAUSED_IN:
            continue
        start = slot * _PAUSE_SLOT + (lot >> 8) % _PAUSE_SLOT
        length = _SHORTEST_PAUSE + (lot >> 32) % (_LONGEST_PAUSE - _SHORTEST_PAUSE)
        if prices.scheduled_at < start < prices.closes_at:
            yield start, start, start + length, lot


def _suspend(
    prices: PriceList,
    tape: Tape,
    suspension: tuple[int, int, int, int],
    ticks: list[Tick],
    after: int,
    until: int,
) -> None:
    """Put a suspension in place of what else would move then: when its cause was, when it begins and ends
    (Unix), and its lot."""
    cause, sealed_at, opened_at, lot = suspension
    noise = _noise(lot)
    around = []
    if after < sealed_at <= until:
        around += _tick(prices, tape.quote(cause - 1), sealed_at, noise, sealed=1)
    if after < opened_at <= until:
        around += _tick(prices, tape.quote(opened_at), opened_at, -noise, sealed=0)
    first = bisect_left(ticks, cause, key=_second)
    ticks[first : bisect_right(ticks, opened_at, key=_second)] = around


def _second(tick: Tick) -> int:
    second: int = tick[0]
    return second


def _tick(prices: PriceList, quote: Quote | None, at: int, noise: float, *, sealed: int) -> list[Tick]:
    """The tick at a Unix second, if the market is offered."""
    fair = None if quote is None else quote.fair.get(prices.market)
    if quote is None or fair is None or at >= prices.closes_at:
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
