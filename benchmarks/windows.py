"""Reads `odds/live` between the cycles, as the sensor does, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from football_assets.sensors.odds_feed_sensor import read_window
from football_assets.settings import Settings


@contextmanager
def windows_read(settings: Settings, every: float | None) -> Iterator[None]:
    """As long as the block lasts, a window is read `every` so many seconds; None for never."""
    if every is None:
        yield
        return
    ended = threading.Event()

    def read() -> None:
        while not ended.wait(every):
            asyncio.run(read_window(settings))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(15)
