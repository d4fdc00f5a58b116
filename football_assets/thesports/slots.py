"""What requests share while they are in flight, given to the most urgent first. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """A semaphore whose waiters are served by priority, the lowest number first, then in their order. Its
    places are connections, or bytes."""

    def __init__(self, places: int) -> None:
        self._free = self._all = places
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def place(self, priority: int = 0, size: int = 1) -> AsyncIterator[None]:
        """Hold so many places, at most all, inside the `async with`."""
        size = min(size, self._all)
        await self._acquire(priority, size)
        try:
            yield
        finally:
            self._release(size)

    async def _acquire(self, priority: int, size: int) -> None:
        if size <= self._free and not self._waiting:
            self._free -= size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(size)
            else:
                self._serve()  # it may have been in the way of smaller ones
            raise

    def _release(self, size: int) -> None:
        self._free += size
        self._serve()

    def _serve(self) -> None:
        while self._waiting:
            _, _, size, turn = self._waiting[0]
            if not turn.done():
                if size > self._free:
                    return
                self._free -= size
                turn.set_result(None)
            heapq.heappop(self._waiting)
