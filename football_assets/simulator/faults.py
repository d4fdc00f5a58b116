"""What the vendor gets wrong with ticks, and puts right later: some are told wrongly at first, some never
were, some come late. Whether, and how long it lasts, is in the lot that the tick was drawn by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: `[unix, minute, v1, v2, v3, status, sealed, score]`, as in `odds/history`.
Tick = list[Any]

#: The longest that a tick stays wrong, or comes late. What is wrong stays so for longer than a window.
LONGEST_WRONG_SECONDS, LONGEST_LATE_SECONDS = 300, 20
_SHORTEST_WRONG_SECONDS = 65


class FaultyTick(list[Any]):
    """A tick that was not, or will not be, told all the time as it is told now."""

    __slots__ = ("lot",)

    def __init__(self, fields: Tick, lot: int) -> None:
        super().__init__(fields)
        self.lot = lot

    @property
    def told_at(self) -> int:
        """The Unix second from which it is told."""
        second: int = self[0]
        return second + 2 + (self.lot >> 39) % (LONGEST_LATE_SECONDS - 1) if self._is_late else second

    @property
    def repaired_at(self) -> int | None:
        """The Unix second at which it is corrected or withdrawn; None for one that only comes late."""
        return None if self._is_late else repaired_at(self[0], self.lot)

    def told(self, now: int) -> list[Tick]:
        """How it is told at `now` (Unix): the tick, or nothing."""
        if now < self.told_at:
            return []
        if self._is_late:
            return [list(self)]
        if now >= repaired_at(self[0], self.lot):
            return [] if _is_phantom(self.lot) else [list(self)]
        return [list(self) if _is_phantom(self.lot) else _misprinted(self)]

    @property
    def _is_late(self) -> bool:
        return not is_wrong(self.lot)


def is_wrong(lot: int) -> bool:
    """Whether a tick that was drawn by this lot is wrong at first: about one in 340."""
    return lot >> 44 & 2047 < 6


def comes_late(lot: int) -> bool:
    """Whether the second tick of a second, drawn by this lot, is told late: every other one."""
    return bool(lot >> 38 & 1) and not is_wrong(lot)


def repaired_at(second: int, lot: int) -> int:
    """The Unix second at which a wrong tick of this second is put right."""
    length = _SHORTEST_WRONG_SECONDS + (lot >> 39) % (LONGEST_WRONG_SECONDS - _SHORTEST_WRONG_SECONDS + 1)
    return second + length


def as_told(ticks: list[Tick], now: int) -> list[Tick]:
    """The ticks of a list as they are told at `now` (Unix)."""
    if not any(type(tick) is FaultyTick for tick in ticks):
        return ticks
    return [told for tick in ticks for told in (tick.told(now) if type(tick) is FaultyTick else (tick,))]


def told_within(ticks: list[Tick], after: int, until: int) -> Iterator[Tick]:
    """Those that were first told after `after` and up to `until` (Unix), as they are told at `until`."""
    for tick in ticks:
        if type(tick) is not FaultyTick:
            if tick[0] > after:
                yield tick
        elif after < tick.told_at <= until:
            yield from tick.told(until)


def _is_phantom(lot: int) -> bool:
    """Whether a wrong tick never was: the others are misprinted."""
    return lot >> 44 & 2047 < 2


def _misprinted(tick: Tick) -> Tick:
    """The first price with its point a place too far to the right: 18.5 for 1.85."""
    return [*tick[:2], round(tick[2] * 10, 1), *tick[3:]]
