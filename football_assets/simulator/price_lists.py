"""Which prices there are on a match: a list for each bookmaker and market, from its opening to its close.

What stands in a list is drawn in `moves`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from football_assets.simulator.bookmakers import CORNERS, Bookmaker, bookmakers_of
from football_assets.simulator.chance import scrambled, share
from football_assets.simulator.periods import FIRST_HALF
from football_assets.simulator.play import Play
from football_assets.simulator.quotes import regular_end

#: Slots of time in which a price moves once at most: far from kick-off, and within the last hours before it.
_EARLY_SLOT, _LATE_SLOT = 3 * 3600, 20 * 60
_LATE_SECONDS = 3 * 3600
#: Shares of a match's bookmakers that offer nothing in play, and that stop some time in it. Their last prices
#: are left as they are, not suspended.
_NOT_IN_PLAY, _STOPPING = 0.12, 0.13


@dataclass(frozen=True, slots=True)
class PriceList:
    """One market of one bookmaker on one match, offered from `opens_at` to before `closes_at` (Unix). In play
    counts as from the scheduled kick-off."""

    bookmaker: Bookmaker
    market: str
    key: int
    opens_at: int
    scheduled_at: int
    closes_at: int

    def cadences(self, after: int, until: int) -> Iterator[tuple[int, int, int]]:
        """First and last second (Unix), and the slots' length, of each stretch of one pace."""
        late = self.scheduled_at - _LATE_SECONDS
        for start, end, slot in (
            (self.opens_at, late, _EARLY_SLOT),
            (max(self.opens_at, late), self.scheduled_at, _LATE_SLOT),
            (self.scheduled_at, self.closes_at, self.bookmaker.interval),
        ):
            first, last = max(start, after + 1), min(end - 1, self.closes_at - 1, until)
            if first <= last:
                yield first, last, slot


def price_lists(play: Play) -> Iterator[PriceList]:
    """The price lists of a match."""
    fixture = play.fixture
    for bookmaker, markets in bookmakers_of(fixture):
        lot = scrambled(fixture.key + bookmaker.id)
        closes_at = _closes_at(play, lot)
        for place, market in enumerate(markets):
            opening = lot % (96 * 3600) + 2 * 3600 if market != CORNERS else lot % (20 * 3600)
            opens_at = fixture.scheduled_at - opening
            yield PriceList(bookmaker, market, lot ^ place << 60, opens_at, fixture.scheduled_at, closes_at)


def _closes_at(play: Play, lot: int) -> int:
    end = regular_end(play)
    kickoff = next((period.start for period in play.periods if period.status == FIRST_HALF), end)
    chance = share(lot)
    if chance < _NOT_IN_PLAY:
        return kickoff
    if chance < _NOT_IN_PLAY + _STOPPING:
        return kickoff + int((end - kickoff) * (chance - _NOT_IN_PLAY) / _STOPPING)
    return end
