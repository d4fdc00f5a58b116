"""Pulse after pulse: waits for the moment of each, and tells what came of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from filelock import FileLock, Timeout

from football_assets.cycle.pulses import PulseReport, read_pulse, write_pulse
from football_assets.logs import configure_logging, get_logger
from football_assets.pulse.beat import Heart
from football_assets.pulse.budget import Budget
from football_assets.pulse.cadence import LEAST_REQUESTS, LastPulse, earliest, gives_way, patience
from football_assets.pulse.cycles import Cycles
from football_assets.pulse.pipes import Pipes
from football_assets.resources.api import api_session
from football_assets.settings import Settings

#: How soon is looked again whether the data directory is free, a cycle has begun, or another process that
#: pulses has ended.
LOOK_SECONDS = 0.25


class Loop:
    """Pulses for as long as the keeper at the other end of `pipes` wants them."""

    def __init__(self, settings: Settings, pipes: Pipes) -> None:
        self._settings = settings
        self._pipes = pipes
        self._every = timedelta(seconds=settings.pulse_seconds)
        self._cycles = Cycles(settings.reports_path, timedelta(seconds=settings.interval_seconds))
        self._budget = Budget(settings.pulse_requests_per_minute)
        self._last: LastPulse | None = None
        self._failing: str | None = None

    def run(self) -> None:
        """Beat until the keeper is gone. A second process on the same data directory waits for the first."""
        settings = self._settings
        configure_logging(settings)
        lock = FileLock(settings.pulse_lock_path)
        settings.pulse_lock_path.parent.mkdir(parents=True, exist_ok=True)
        while self._pipes.wait(LOOK_SECONDS):
            try:
                lock.acquire(timeout=0)
                break
            except Timeout:
                continue
        else:
            return
        with lock, api_session(settings) as api:
            heart = Heart(settings, api)
            while self._pipes.wait(self._seconds_to_wait(datetime.now(UTC))):
                if self._is_time(datetime.now(UTC)):
                    self._pulse(heart)

    def _seconds_to_wait(self, now: datetime) -> float:
        start = earliest(self._every, self._last, now)
        wait = max((start - now).total_seconds(), self._budget.wait(LEAST_REQUESTS, time.monotonic()))
        return wait if wait > 0 else LOOK_SECONDS

    def _is_time(self, now: datetime) -> bool:
        return (
            self._pipes.may_beat
            and earliest(self._every, self._last, now) <= now
            and self._budget.left(time.monotonic()) >= LEAST_REQUESTS
            and not gives_way(self._cycles.due(now), self._last, now)
        )

    def _pulse(self, heart: Heart) -> None:
        now = datetime.now(UTC)
        report = heart.beat(patience(self._cycles.due(now), now).total_seconds())
        if report is None:
            return
        self._budget.spend(report.requests, time.monotonic())
        self._last = LastPulse(now, report.seconds["total"], report.own_seconds)
        self._tell(report)

    def _tell(self, report: PulseReport) -> None:
        path = self._settings.pulse_path
        log = get_logger("pulse")
        if report.error and not self._failing:
            log.warning("pulses fail", error=report.error)
        if self._failing and not report.error:
            log.info("pulses succeed again", edition=report.edition)
        self._failing = report.error
        try:
            write_pulse(report.after(read_pulse(path)), path)
        except OSError as error:
            log.warning("the pulse's report could not be kept", error=str(error))
