"""Answers of `odds/live` that were read between the cycles, waiting in files for the next cycle.

A window holds 60 seconds, so that windows read once a minute do not overlap, and nothing would prove that
no tick was missed between them. Windows read more often do overlap.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import orjson

from football_assets.files import replace_file
from football_assets.thesports.answer import Answer
from football_assets.thesports.parsing.odds_window import Window, read_window

#: Windows that are kept at most, the newest: ten minutes at the fastest pace.
MAX_WAITING = 120


class WaitingWindows:
    """The windows that wait in `directory`, in files named by the time they were read (milliseconds)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def add(self, answer: Answer) -> None:
        """Keep an answer for the next cycle. Raises `OSError`."""
        path = self._directory / f"{time.time_ns() // 1_000_000:015}.json"
        kept = {
            "present": answer.server_time or answer.received_at,
            "received_at": answer.received_at,
            "results": answer.results,
        }
        replace_file(path, orjson.dumps(kept))
        self.forget(self._waiting()[:-MAX_WAITING])

    def read(self) -> tuple[list[Window], list[Path]]:
        """The windows that wait, the oldest first, and their files. One that cannot be read is left out: the
        hole that it leaves shows where its neighbours do not overlap."""
        windows, paths = [], self._waiting()
        for path in paths:
            try:
                kept = orjson.loads(path.read_bytes())
                times = (datetime.fromisoformat(kept[name]) for name in ("present", "received_at"))
                windows.append(read_window(kept["results"], *times))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
        return windows, paths

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove windows whose ticks are stored."""
        for path in paths:
            path.unlink(missing_ok=True)

    def _waiting(self) -> list[Path]:
        return sorted(self._directory.glob("*.json"))
