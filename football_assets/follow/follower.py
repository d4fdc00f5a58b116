"""Following the published file: the next page whenever the file is another one."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from football_assets.follow.position import Position
from football_assets.follow.reader import Page, newest, read_pages, resolve
from football_assets.follow.wanted import Wanted
from football_assets.published.reading import FileVersion, NotPublished, file_version

#: Seconds between two looks at whether the file is another one: it costs one `stat`.
LOOK_SECONDS = 0.2
#: Seconds until a file that could not be read is tried again.
RETRY_SECONDS = 1.0


def starting_position(path: Path, since: Position | datetime | None) -> Position:
    """Where to begin: without `since` after the newest edition. Raises as `reader.resolve`."""
    return newest(path).position if since is None else resolve(path, since)


class Follower:
    """One who follows the file from a position on.

    Without `since` what is published from `now` on is told: where a file is there already, what comes after
    it.
    """

    def __init__(self, path: Path, wanted: Wanted, since: Position | datetime | None, now: datetime) -> None:
        self._path = path
        self._wanted = wanted
        self._since = since
        self._now = now
        self._pages: Generator[Page, None, None] | None = None
        self._read: FileVersion | None = None
        self.position: Position | None = None

    def next_page(self) -> Page | None:
        """What is new, None where the file is the one that was read to its end.

        Raises `BadPosition`, `NotPublished` or `Unreadable`; the call after it tries again.
        """
        if self._read is not None and file_version(self._path) == self._read:
            return None
        if self.position is None:
            self.position = self._start()
        if self._pages is None:
            self._pages = read_pages(self._path, self.position, self._wanted)
        try:
            page = next(self._pages)
        except Exception:
            self._pages = None
            raise
        self.position = page.end
        if page.is_last:
            self._read = page.file
            self._pages.close()
            self._pages = None
        return page

    def _start(self) -> Position:
        try:
            return starting_position(self._path, self._since)
        except NotPublished:
            self._since = self._since or self._now
            raise
