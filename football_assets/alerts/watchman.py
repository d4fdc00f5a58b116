"""The supervisor's own look at the pipeline. It needs no Dagster and no room on the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

from football_assets.alerts import outside
from football_assets.alerts.book import tell
from football_assets.alerts.memory import Memory
from football_assets.cycle.report import read_reports
from football_assets.instance.records import records_of
from football_assets.logs import get_logger
from football_assets.settings import Settings

LOOK_SECONDS = 10.0


class Watchman:
    """Looks at a data directory, and alerts. What it cannot write down it remembers itself."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._since = clock()
        self._memory = Memory()

    def look(self, now: datetime) -> str:
        """One look. Gives a line on what has changed."""
        settings = self._settings
        reports = list(read_reports(settings.reports_path, newest=outside.REPORTS))
        observed = outside.observe(settings, reports, records_of(settings).newest_run(), now)
        # After a start the newest report is of the time before it; the first cycle gets as long as any other.
        if self._clock() - self._since > outside.longest_gap(settings.interval_seconds):
            observed.append(outside.cadence(reports, now, settings.lock_path))
        self._memory, summary = tell(settings, observed, now, self._memory)
        return summary

    @contextmanager
    def looking(self, is_ours: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """Look again and again while the block lasts, in a thread: a channel that hangs holds up nothing.
        While another machine works, and the cycles are not ours to watch, nothing is looked at."""
        stop = Event()

        def watch() -> None:
            while not stop.wait(LOOK_SECONDS):
                if not is_ours():
                    self._since = self._clock()
                    continue
                try:
                    self.look(datetime.now(UTC))
                except OSError as error:
                    get_logger("alerts").error("the pipeline cannot be watched", error=str(error))

        Thread(target=watch, name="watchman", daemon=True).start()
        try:
            yield
        finally:
            stop.set()
