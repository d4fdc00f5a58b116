"""How many requests pulses may send, so that most of the account's quota stays with the cycles."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 60.0


class Budget:
    """Counts the requests of the last 60 seconds, by a clock in seconds that only goes on."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._spent: deque[tuple[float, int]] = deque()

    def spend(self, requests: int, now: float) -> None:
        """Note requests that were sent."""
        self._spent.append((now, requests))

    def left(self, now: float) -> int:
        """How many may be sent now."""
        while self._spent and now - self._spent[0][0] >= WINDOW_SECONDS:
            self._spent.popleft()
        return max(self._per_minute - sum(requests for _, requests in self._spent), 0)

    def wait(self, requests: int, now: float) -> float:
        """Seconds until so many may be sent."""
        left = self.left(now)
        for at, spent in self._spent:
            if left >= requests:
                break
            left += spent
            if left >= requests:
                return max(at + WINDOW_SECONDS - now, 0.0)
        return 0.0
