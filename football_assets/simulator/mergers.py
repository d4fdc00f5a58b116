"""Former ids: rows that the vendor has merged into others. Which row is which is said by numbers alone.

A world has `count` things. Some of them were once known under other ids, too; these have the numbers from
`count` up. A former id is a row of its own whose `uid` leads on, in some cases to another former one.
"""

from __future__ import annotations

from football_assets.simulator.chance import scrambled
from football_assets.simulator.renewals import PERIOD_SECONDS

#: Of the things with a former id, one in so many has a second one that was merged into the first.
_CHAIN_EVERY = 3
#: A merge takes place when its row is renewed, in one of these periods: about half of them before 2026.
_FIRST_PERIOD, _PERIODS = 640, 100


class Mergers:
    """The former ids of `count` things, of which one in `every` has one."""

    def __init__(self, count: int, every: int) -> None:
        self._count = count
        self._every = every
        self._place = every // 2
        self._singles = _number_of(count, every, self._place)
        self._chains = _number_of(count, every * _CHAIN_EVERY, self._place)

    @property
    def total(self) -> int:
        """The number of things and former ids."""
        return self._count + self._singles + self._chains

    def former(self, number: int) -> tuple[int, ...]:
        """The numbers of a thing's former ids."""
        if number % self._every != self._place:
            return ()
        former = [self._count + number // self._every]
        if number % (self._every * _CHAIN_EVERY) == self._place:
            former.append(self._count + self._singles + number // (self._every * _CHAIN_EVERY))
        return tuple(former)

    def successor(self, number: int) -> int | None:
        """The number that a former id leads to, None for a thing's own."""
        if number < self._count:
            return None
        place = number - self._count
        if place < self._singles:
            return place * self._every + self._place
        return self._count + (place - self._singles) * _CHAIN_EVERY

    def thing(self, number: int) -> int:
        """The number of the thing that a number stands for, itself for a thing's own."""
        while (successor := self.successor(number)) is not None:
            number = successor
        return number

    def merged_into(self, number: int, renewed_at: int) -> int | None:
        """The successor of a row that was last renewed at `renewed_at` (Unix); None while it stands alone."""
        merged_in = _FIRST_PERIOD + scrambled(number) % _PERIODS
        return self.successor(number) if renewed_at // PERIOD_SECONDS >= merged_in else None

    def used(self, number: int, lot: int) -> int:
        """The number under which a match names a thing: one in three takes a former id, if there is one."""
        former = self.former(number)
        return former[lot // 3 % len(former)] if former and lot % 3 == 0 else number


def _number_of(count: int, every: int, place: int) -> int:
    return max(-(-(count - place) // every), 0)
