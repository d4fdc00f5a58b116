"""Pulses between the cycles of a benchmark, in a thread of this process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets.settings import Settings


@contextmanager
def pulses_beat(settings: Settings, every: float | None) -> Iterator[Counter[str]]:
    """As long as the block lasts, there is a pulse `every` so many seconds; None for never. Gives how they
    ended."""
    outcomes: Counter[str] = Counter()
    if every is None:
        yield outcomes
        return
    ended = threading.Event()

    def beat() -> None:
        with api_session(settings) as api:
            heart = Heart(settings, api)
            while not ended.wait(every):
                report = heart.beat(10)
                if report is not None:
                    outcomes[f"error: {report.error}" if report.error else "success"] += 1

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield outcomes
    finally:
        ended.set()
        thread.join(15)
