"""What comes to one match in many, such as a deletion: which match, and when.

Matches are cut into blocks of numbers, and each block's lot names one of them. So all that happens within
some hours is found without a look at the other matches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from football_assets.simulator.chance import scrambled
from football_assets.simulator.fixtures import Fixtures

HOUR = 3600


class Scattered:
    """One match in each block of `block` numbers, with its moment: `after(lot)` seconds after its scheduled
    kick-off, which is from `earliest` to `latest` (below 0 for before it)."""

    def __init__(
        self,
        key: int,
        fixtures: Fixtures,
        *,
        block: int,
        after: Callable[[int], int],
        earliest: int,
        latest: int,
    ) -> None:
        self._key = key
        self._fixtures = fixtures
        self._block = block
        self._after = after
        self._span = (earliest, latest)
        self._of_block = lru_cache(maxsize=10_000)(self._draw)

    def moment(self, number: int) -> int | None:
        """The Unix second at which it comes to a match; None where it never does."""
        chosen, moment = self._of_block(number // self._block)
        return moment if number == chosen else None

    def among(self, numbers: range) -> dict[int, int]:
        """Those of a range of matches to which it ever comes, with the Unix second of each."""
        if not numbers:
            return {}
        blocks = range(numbers[0] // self._block, numbers[-1] // self._block + 1)
        return {number: moment for number, moment in (self._of_block(b) for b in blocks) if number in numbers}

    def within(self, first: int, last: int) -> dict[int, int]:
        """The matches to which it comes from `first` to `last` (Unix seconds), with the second of each."""
        earliest, latest = self._span
        found = self.among(self._fixtures.between(first - latest, last - earliest))
        return {number: moment for number, moment in found.items() if first <= moment <= last}

    def _draw(self, block: int) -> tuple[int, int]:
        lot = scrambled(self._key ^ scrambled(block))
        number = block * self._block + lot % self._block
        return number, self._fixtures.scheduled_at(number) + self._after(lot >> 16)


def deletions(key: int, fixtures: Fixtures) -> Scattered:
    """When the vendor deletes matches: before, while or after they are played, a third each."""
    spans = ((-20 * HOUR, -HOUR), (15 * 60, 100 * 60), (3 * HOUR, 40 * HOUR))

    def after(lot: int) -> int:
        first, last = spans[lot % 3]
        return first + lot // 3 % (last - first)

    return Scattered(key + 1, fixtures, block=60, after=after, earliest=-20 * HOUR, latest=40 * HOUR)


def rulings(key: int, fixtures: Fixtures) -> Scattered:
    """When matches are decided at the table: some hours after they were played."""

    def after(lot: int) -> int:
        return 5 * HOUR + lot % (17 * HOUR)

    return Scattered(key + 2, fixtures, block=100, after=after, earliest=5 * HOUR, latest=22 * HOUR)
