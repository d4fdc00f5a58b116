"""The simulated bookmakers' habits: which markets each offers, how often it moves, how much it keeps."""

from __future__ import annotations

from dataclasses import dataclass

from football_assets.simulator.chance import scrambled, share
from football_assets.simulator.fixtures import Fixture

MONEY_LINE, HANDICAP, TOTAL, CORNERS = "eu", "asia", "bs", "cr"

_ALL = (HANDICAP, MONEY_LINE, TOTAL, CORNERS)
_GOALS = (HANDICAP, MONEY_LINE, TOTAL)
_NO_HANDICAP = (MONEY_LINE, TOTAL)


@dataclass(frozen=True, slots=True)
class Bookmaker:
    """A bookmaker, by its id in `codes.BOOKMAKERS`. In play it looks at a price every `interval` seconds;
    its prices' probabilities add up to `margin`; `presence` is the share of matches that it offers."""

    id: int
    markets: tuple[str, ...]
    interval: int
    margin: float
    presence: float


BOOKMAKERS = (
    Bookmaker(2, _ALL, 60, 1.055, 0.90),
    Bookmaker(3, _ALL, 60, 1.095, 0.75),
    Bookmaker(4, _NO_HANDICAP, 130, 1.08, 0.85),
    Bookmaker(5, _NO_HANDICAP, 110, 1.10, 0.80),
    Bookmaker(6, _ALL, 55, 1.05, 0.68),
    Bookmaker(7, _GOALS, 300, 1.10, 0.12),
    Bookmaker(8, (MONEY_LINE,), 280, 1.09, 0.27),
    Bookmaker(9, _NO_HANDICAP, 240, 1.07, 0.85),
    Bookmaker(10, _GOALS, 70, 1.06, 0.82),
    Bookmaker(11, _GOALS, 65, 1.06, 0.77),
    Bookmaker(12, _NO_HANDICAP, 150, 1.07, 0.06),
    Bookmaker(13, _GOALS, 120, 1.08, 0.80),
    Bookmaker(14, _ALL, 75, 1.06, 0.62),
    Bookmaker(15, _ALL, 50, 1.045, 0.60),
    Bookmaker(16, _GOALS, 75, 1.05, 0.85),
    Bookmaker(17, _ALL, 100, 1.065, 0.95),
    Bookmaker(18, _GOALS, 110, 1.06, 0.06),
    Bookmaker(21, _GOALS, 65, 1.05, 0.75),
    Bookmaker(22, _GOALS, 55, 1.035, 0.72),
    Bookmaker(136, _GOALS, 200, 1.12, 0.04),
)

#: Shares of matches that nobody prices, and that only a few do.
_NONE, _FEW = 0.08, 0.3


def bookmakers_of(fixture: Fixture) -> list[tuple[Bookmaker, tuple[str, ...]]]:
    """Who prices a match, with the markets offered."""
    interest = share(fixture.key + 1)
    if interest < _NONE:
        return []
    presence = 0.4 if interest < _NONE + _FEW else 1.0
    offers = []
    for bookmaker in BOOKMAKERS:
        lot = scrambled(fixture.key ^ bookmaker.id << 8)
        if lot / 2**64 < bookmaker.presence * presence:
            without_corners = tuple(market for market in bookmaker.markets if market != CORNERS)
            offers.append((bookmaker, bookmaker.markets if lot % 5 == 0 else without_corners))
    return offers
