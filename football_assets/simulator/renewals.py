"""When rows of reference data are renewed: each once in a period, one after the other, round and round.

So what changed since a moment is a range of row numbers, and no row has to be looked at to find it.
"""

from __future__ import annotations

PERIOD_SECONDS = 30 * 86_400


class Renewals:
    """The renewals of `count` rows, numbered from 0."""

    def __init__(self, count: int) -> None:
        self.count = count

    def renewed_at(self, row: int, now: int) -> int:
        """Unix second of the row's last renewal at or before `now`."""
        last = self._last(now)
        return self._moment(last - (last - row) % self.count)

    def since(self, moment: int, now: int, limit: int) -> list[int]:
        """Up to `limit` rows whose last renewal is at `moment` (Unix) or later, the oldest first."""
        last = self._last(now)
        first = max(-(-moment * self.count // PERIOD_SECONDS), last - self.count + 1)
        return [renewal % self.count for renewal in range(first, min(last, first + limit - 1) + 1)]

    def _last(self, now: int) -> int:
        return ((now + 1) * self.count - 1) // PERIOD_SECONDS

    def _moment(self, renewal: int) -> int:
        return renewal * PERIOD_SECONDS // self.count
