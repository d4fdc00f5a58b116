"""Draws each state of the page once for all who look at it, when there is news, and tells them when to look
again. The only place where the page's threads meet its event loop."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson

from football_assets.published.freshness import freshness, published_words
from football_assets.published.notices import Publication, notices, publication
from football_assets.published.reading import FileVersion, NotPublished, Unreadable
from football_assets.scoreboard import lists
from football_assets.scoreboard.context import Context, QuotaReader, State
from football_assets.scoreboard.markup import html
from football_assets.scoreboard.match_page import is_settled, match_page
from football_assets.scoreboard.page import Content, Page, Part, drawn, patch
from football_assets.scoreboard.pipeline_page import pipeline_page
from football_assets.scoreboard.source import Source
from football_assets.scoreboard.views import base
from football_assets.settings import Settings

#: Seconds between two looks at whether there is a new edition, while somebody watches.
LOOK_SECONDS = 0.5
#: Seconds between two tellings of the age, and two drawings of the pipeline's view.
BEAT_SECONDS = 2.0
#: What hardly changes is drawn at most so often, however often the file is replaced.
CALM_SECONDS = 15.0

T = TypeVar("T")

_MOST_STATES = 256
_MOST_VERSIONS = 512
_MOST_PATCHES = 64

_LISTS: dict[str, Callable[[Context], Content]] = {
    "live": lists.live,
    "coming": lists.coming,
    "finished": lists.finished,
}


@dataclass
class _Entry:
    """A state as it was drawn last, of which file and when; and the drawing that is under way."""

    page: Page | None = None
    file: FileVersion | None = None
    at: float = float("-inf")
    calm: bool | None = False
    under_way: asyncio.Task[Page] | None = None


class Hub:
    """The drawn states. `clock` gives the time (aware, UTC); `quotas` how much of them is used."""

    def __init__(
        self,
        settings: Settings,
        quotas: QuotaReader = list,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._quotas = quotas
        self._clock = clock
        self._source = Source(settings.published_path)
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="page")
        self._entries: OrderedDict[State, _Entry] = OrderedDict()
        self._versions: OrderedDict[str, Page] = OrderedDict()
        self._patches: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._read: tuple[FileVersion | None, Publication | None] = (None, None)
        self._telling: asyncio.Task[str] | None = None
        self._told_at = 0.0
        self._beat = asyncio.Event()
        self._watchers = 0
        self._watching: asyncio.Task[None] | None = None

    async def page(self, state: State) -> Page:
        """The state as it is now. Whoever asks while it is being drawn waits for the same drawing."""
        entry = self._entry(state)
        if entry.under_way is None and not self._is_current(state, entry):
            entry.under_way = asyncio.create_task(self._draw(state, entry))
        if entry.under_way is not None:
            # A visitor who leaves does not end the drawing that others wait for.
            return await asyncio.shield(entry.under_way)
        assert entry.page is not None
        return entry.page

    def known(self, version: str) -> Page | None:
        """A page that was drawn lately."""
        return self._versions.get(version)

    def patch(self, old: Page | None, new: Page) -> bytes | None:
        """What changed between the two, as JSON; None where nothing did. Made once for all."""
        between = (old.version if old else "", new.version)
        if old is not None and old.version == new.version:
            return None
        made = self._patches.get(between)
        if made is None:
            made = orjson.dumps(patch(old, new), default=str)
            self._patches[between] = made
            _limit(self._patches, _MOST_PATCHES)
        return made

    async def status(self) -> str:
        """The HTML of what holds in every view: how old the data are, and what is to be known of them.
        Made once for all who ask at about the same time."""
        now = time.monotonic()
        if self._telling is None or now - self._told_at > LOOK_SECONDS / 2:
            self._telling, self._told_at = asyncio.create_task(self._in_thread(self._status)), now
        return await asyncio.shield(self._telling)

    async def news(self) -> None:
        """Wait for the next moment at which something may have changed."""
        await self._beat.wait()

    def join(self) -> None:
        """Somebody watches from now on, until `leave`."""
        self._watchers += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    def leave(self) -> None:
        """Somebody watches no longer. While nobody does, nothing is looked at."""
        self._watchers -= 1
        if not self._watchers and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def close(self) -> None:
        """Stop watching, and close the file."""
        if self._watching is not None:
            self._watching.cancel()
        self._beat.set()
        await asyncio.to_thread(self._threads.shutdown)
        self._source.close()

    async def _watch(self) -> None:
        seen, told = self._source.version(), time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            there, now = self._source.version(), time.monotonic()
            if there != seen or now - told >= BEAT_SECONDS:
                seen, told = there, now
                beat, self._beat = self._beat, asyncio.Event()
                beat.set()

    def _entry(self, state: State) -> _Entry:
        entry = self._entries.setdefault(state, _Entry())
        self._entries.move_to_end(state)
        _limit(self._entries, _MOST_STATES)
        return entry

    def _is_current(self, state: State, entry: _Entry) -> bool:
        if entry.page is None:
            return False
        age = time.monotonic() - entry.at
        if state.address.view == "pipeline" and not state.address.match:
            return age < BEAT_SECONDS / 2
        return entry.file == self._source.version() or (entry.calm is True and age < CALM_SECONDS)

    async def _draw(self, state: State, entry: _Entry) -> Page:
        try:
            there = self._source.version()
            content, calm = await self._in_thread(self._content, state)
            page = await self._in_thread(drawn, content, entry.page)
            entry.page, entry.at, entry.calm = page, time.monotonic(), calm
            entry.file = None if calm is None else there
            self._versions[page.version] = page
            _limit(self._versions, _MOST_VERSIONS)
            return page
        finally:
            entry.under_way = None

    def _content(self, state: State) -> tuple[Content, bool | None]:
        """In a thread: what the state shows, and whether that will hardly change, None where the file could
        not be read."""
        address = state.address
        is_pipeline = address.view == "pipeline" and not address.match
        try:
            with self._source.reading() as source:
                if is_pipeline:
                    made = pipeline_page(source, address, self._settings, self._clock(), self._quotas())
                    return made, False
                read = publication(source)
                context = Context(source, read, state, self._settings, self._clock())
                if address.match:
                    content = match_page(context)
                    return content, is_settled(content)
                return _LISTS[address.view](context), address.view != "live"
        except (NotPublished, Unreadable):
            if is_pipeline:
                return pipeline_page(None, address, self._settings, self._clock(), self._quotas()), False
            return _unreadable(state), None

    def _status(self) -> str:
        now, there = self._clock(), self._source.version()
        if self._read[0] != there or there is None:
            self._read = (there, self._publication())
        read = self._read[1]
        if read is None:
            return html(base.Banner(base.Own("dead"), self._missing()))
        age = read.age(now)
        state = freshness(age, self._settings.threshold_age_seconds)
        said = base.banners(notices(read, None, now, self._settings))
        return html(base.status(published_words(age), state), *said)

    def _publication(self) -> Publication | None:
        try:
            with self._source.reading() as source:
                return publication(source)
        except (NotPublished, Unreadable):
            return None

    def _missing(self) -> str:
        try:
            with self._source.reading():
                return "The published file cannot be read."
        except (NotPublished, Unreadable) as error:
            return str(error)

    async def _in_thread(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def _unreadable(state: State) -> Content:
    heading = base.Heading(base.Own("Football live"))
    return Content(
        "Football live",
        base.header(state.address),
        [
            Part("heading", [heading]),
            Part("notices", [base.Nothing(base.Own("There is nothing to show yet."))]),
        ],
    )


def _limit(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
