"""A clock that only moves when it is slept on."""

from __future__ import annotations


class Clock:
    def __init__(self, now: float = 1_748_453_400.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
