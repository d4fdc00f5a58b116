"""Answers of `odds/live` that were read between the cycles, waiting in files for the next cycle.

A window holds 60 seconds, so that windows read once a minute do not overlap, and nothing would prove that
no tick was missed between them. Windows read more often do overlap.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from football_assets.files import replace_file
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.odds import Window, read_window

#: Windows that are kept at most, the newest: ten minutes at the fastest pace.
MAX_WAITING = 120


class OddsFeed:
    """The windows that wait in `directory`, in files named by the time they were read (milliseconds)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def add(self, results: dict[str, Any]) -> None:
        """Keep an answer's results for the next cycle. Raises `OSError`."""
        path = self._directory / f"{time.time_ns() // 1_000_000:015}.json"
        replace_file(path, orjson.dumps(results))
        self.forget(self._waiting()[:-MAX_WAITING])

    def read(self) -> tuple[list[Window], list[Path]]:
        """The windows that wait, the oldest first, and their files. One that cannot be read is left out: the
        hole that it leaves shows where its neighbours do not overlap."""
        windows, paths = [], self._waiting()
        for path in paths:
            try:
                windows.append(read_window(orjson.loads(path.read_bytes())))
            except (OSError, orjson.JSONDecodeError, BrokenAnswer, AttributeError):
                continue
        return windows, paths

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove windows whose ticks are stored."""
        for path in paths:
            path.unlink(missing_ok=True)

    def _waiting(self) -> list[Path]:
        return sorted(self._directory.glob("*.json"))
