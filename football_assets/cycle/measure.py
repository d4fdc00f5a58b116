"""Takes the measurements of a run, from which its report is made. What a report holds is in `report.py`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from football_assets.cycle.report import CycleReport, EndpointReport, Status, read_reports
from football_assets.processes import Uptime, is_running, uptime
from football_assets.redaction import error_line, redacted

if TYPE_CHECKING:
    from football_assets.thesports.parsing.reader import Rejection
    from football_assets.thesports.traffic import EndpointTraffic, Traffic


#: Is told the name of each phase as it begins: a person waits at a terminal.
_WATCHER: ContextVar[Callable[[str], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def phases_told_to(watcher: Callable[[str], None]) -> Iterator[None]:
    """Tell `watcher` the name of each phase that begins in this context."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


@dataclass
class Measure:
    """The measurements of one run. Its phases are timed by `phase`; the figures are set by the steps.

    `tick_at` is the sensor's tick (UTC), None for a run that a person started.
    """

    cycle_id: str
    data_source: str
    interval_seconds: float
    tick_at: datetime | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    cache_hits: int = 0
    rows_rejected: int = 0
    matches_in_play: int | None = None
    matches_priced: int | None = None
    odds_ticks_new: int = 0
    odds_waiting: int = 0
    odds_repaired: int = 0
    odds_set_aside: int = 0
    newest_change_at: datetime | None = None
    error: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    begun_at: Uptime = field(default_factory=uptime)
    _begun: float = field(default_factory=time.perf_counter)
    _phase: tuple[str, float] | None = None

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase of the cycle; what happens in several steps adds up. An error inside is noted, and
        becomes a warning once another attempt at the phase has gone well."""
        self._phase = (name, time.perf_counter())
        if watcher := _WATCHER.get():
            watcher(name)
        try:
            yield
        except BaseException as error:
            self.error = error_line(error)
            raise
        else:
            if self.error:
                self.warnings.append(f"{name.replace('_', ' ')} had to be tried again: {self.error}")
            self.error = None
        finally:
            self.seconds = self._seconds()
            self._phase = None

    def note_rejected(self, rejected: Sequence[Rejection]) -> None:
        """Count what could not be read, and name the first of it in the warnings."""
        self.rows_rejected += len(rejected)
        if rejected:
            first = f"{rejected[0].entity} {rejected[0].id}: {rejected[0].reason}"
            self.warnings.append(f"{len(rejected)} rows or values could not be read, e.g. {first}")

    def report(self, status: Status, traffic: Traffic | None = None, max_connections: int = 1) -> CycleReport:
        """The report as of now. `traffic` are the requests of the run, if it sent any."""
        now = datetime.now(UTC)
        open_seconds = traffic.open_seconds if traffic else 0.0
        return CycleReport(
            cycle_id=self.cycle_id,
            started_at=self.started_at,
            finished_at=None if status == "running" else now,
            status=status,
            data_source=self.data_source,
            interval_seconds=self.interval_seconds,
            tick_at=self.tick_at,
            error=self.error if status == "failure" else None,
            pid=os.getpid(),
            boot=self.begun_at.boot,
            boot_seconds=self.begun_at.seconds,
            seconds={**self._seconds(), "total": time.perf_counter() - self._begun},
            # A list: the thread that asks the API may add to it at this moment.
            endpoints={name: _endpoint(one) for name, one in list(traffic.endpoints.items())}
            if traffic
            else {},
            failures=dict(traffic.failures) if traffic else {},
            warnings=[redacted(warning) for warning in self.warnings],
            rows=dict(self.rows),
            cache_hits=self.cache_hits,
            network_seconds=open_seconds,
            connection_use=traffic.busy_seconds / (open_seconds * max_connections)
            if traffic and open_seconds
            else None,
            matches_in_play=self.matches_in_play,
            matches_priced=self.matches_priced,
            odds_ticks_new=self.odds_ticks_new,
            odds_waiting=self.odds_waiting,
            odds_repaired=self.odds_repaired,
            odds_set_aside=self.odds_set_aside,
            rows_rejected=self.rows_rejected,
            freshness_seconds=(now - (self.tick_at or self.started_at)).total_seconds(),
            upstream_age_seconds=(now - self.newest_change_at).total_seconds()
            if self.newest_change_at
            else None,
            memory_mb=peak_memory_mb(),
        )

    def _seconds(self) -> dict[str, float]:
        """Seconds by phase, the one that is being timed up to now."""
        if self._phase is None:
            return self.seconds
        name, begun = self._phase
        return {**self.seconds, name: self.seconds.get(name, 0.0) + time.perf_counter() - begun}


def killed(directory: Path) -> Iterator[CycleReport]:
    """The reports that say "running" of a process that is gone, with their ending: it was killed."""
    for report in read_reports(directory, newest=10):
        if report.status == "running" and not is_running(report.pid or 0, report.started_at):
            error = f"The run's process (pid {report.pid}) was killed, or the machine went down"
            yield replace(report, status="failure", error=error)


def peak_memory_mb() -> float | None:
    """The most resident memory that this process has had, in MB; None if the platform does not report it."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return _peak_memory_by_rusage()
    kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(kilobytes) / 1024 if kilobytes else None


def _peak_memory_by_rusage() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes on macOS


def _endpoint(traffic: EndpointTraffic) -> EndpointReport:
    seconds = traffic.seconds
    return EndpointReport(
        requests=len(seconds),
        failed=traffic.failed,
        retried=traffic.retried,
        median_seconds=median(seconds) if seconds else None,
        p95_seconds=quantiles(seconds, n=20, method="inclusive")[-1]
        if len(seconds) > 1
        else max(seconds, default=None),
        bytes=traffic.bytes,
    )
