"""When the next cycle is due, as told by the reports of those before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from football_assets.cycle.report import CycleReport, read_reports

#: So many newest reports are looked through for one of the sensor's: others are of cycles by hand.
_LOOKED_THROUGH = 10


class Cycles:
    """The cycles by the reports in a directory, which is read again only where it has changed."""

    def __init__(self, directory: Path, interval: timedelta) -> None:
        self._directory = directory
        self._interval = interval
        self._changed: int | None = None
        self._newest: list[CycleReport] = []

    def due(self, now: datetime) -> datetime | None:
        """When the sensor starts the next cycle; None where it has started none, or the clock was set."""
        last = next((report.tick_at for report in self._reports() if report.tick_at), None)
        if last is None or last > now:
            return None
        return last + self._interval

    def _reports(self) -> list[CycleReport]:
        try:
            changed = self._directory.stat().st_mtime_ns
        except OSError:
            return []
        if changed != self._changed:
            self._newest = list(read_reports(self._directory, newest=_LOOKED_THROUGH))
            self._changed = changed
        return self._newest
