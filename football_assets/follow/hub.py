"""One look at the published file for all clients of the server: what the newest edition brought, and turns at
reading for those who are behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from football_assets.follow.change import Change
from football_assets.follow.follower import LOOK_SECONDS, RETRY_SECONDS, starting_position
from football_assets.follow.position import BadPosition, Position
from football_assets.follow.reader import PAGE_CHANGES, Page, newest, read_page, read_pages
from football_assets.follow.records import json_line
from football_assets.follow.wanted import Wanted
from football_assets.published.reading import FileVersion, NotPublished, Unreadable, file_version

#: Changes that a client that is behind reads at once, and how many clients do so at the same time.
PAGE_OF_CLIENT = 1_000
TURNS = 4


def event_of(change: Change) -> bytes:
    """The change as a Server-Sent Event."""
    return b"id: %s\ndata: %s\n\n" % (str(change.position).encode(), json_line(change))


@dataclass(frozen=True)
class Tail:
    """What the newest edition brought, for all who have read what was before."""

    start: Position
    end: Position
    events: list[tuple[Change, bytes]]


class Hub:
    """Looks at the file for all clients."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileVersion | None = None
        self._position: Position | None = None
        self._turns = asyncio.Semaphore(TURNS)
        self._renewed = asyncio.Event()
        self.clients = 0
        #: Increases with each new file: a client that holds another number has something to read.
        self.version = 0
        self.tail: Tail | None = None

    async def watch(self) -> None:
        """Look for new files, for ever."""
        while True:
            found = file_version(self._path)
            pause = LOOK_SECONDS
            if found is not None and found != self._file:
                try:
                    await self._renew()
                    self._file = found
                except (NotPublished, Unreadable):
                    pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def _renew(self) -> None:
        start, self._position, self.tail = self._position, None, None
        if self.clients:
            if start is not None:
                with suppress(BadPosition):
                    page = await asyncio.to_thread(read_page, self._path, start, Wanted(), most=PAGE_CHANGES)
                    if page.is_last:
                        events = [(change, event_of(change)) for change in page.changes]
                        self.tail = Tail(start, page.end, events)
                        self._position = page.end
            if self._position is None:
                self._position = (await asyncio.to_thread(newest, self._path)).position
        self.version += 1
        self._renewed.set()
        self._renewed = asyncio.Event()

    async def renewed(self, version: int, seconds: float) -> bool:
        """Wait, at most so many seconds, until there is a file after that of `version`; gives whether."""
        if self.version == version:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._renewed.wait(), seconds)
        return self.version != version

    async def start(self, since: Position | datetime | None) -> Position:
        """Where a client begins. Raises as `follower.starting_position`."""
        return await asyncio.to_thread(starting_position, self._path, since)

    @asynccontextmanager
    async def pages(self, after: Position, wanted: Wanted) -> AsyncIterator[Pages]:
        """A client's turn at reading the file."""
        async with self._turns:
            pages = Pages(read_pages(self._path, after, wanted, most=PAGE_OF_CLIENT))
            try:
                yield pages
            finally:
                await pages.close()


class Pages:
    """The pages of an open file, each read in a thread."""

    def __init__(self, pages: Generator[Page, None, None]) -> None:
        self._pages = pages
        self._step: asyncio.Task[Page] | None = None

    async def next(self) -> Page:
        """The next page. Raises as `reader.read_pages`."""
        self._step = asyncio.create_task(asyncio.to_thread(next, self._pages))
        return await asyncio.shield(self._step)

    async def close(self) -> None:
        """Close the file, once the thread is done with it."""
        if self._step is not None:
            await asyncio.wait([self._step])
        self._pages.close()
