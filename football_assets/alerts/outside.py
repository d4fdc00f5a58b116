"""What can be seen of the pipeline without Dagster: its disk, its files, its cycles' reports.

It depends on nothing that a fault may have taken, and is what `health`, `status` and the alerts go by.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from football_assets.alerts.state import Observation
from football_assets.checks.figures import PUBLISHED_AGE
from football_assets.cycle.lock import LONGEST_PULSE, holder
from football_assets.cycle.report import CycleReport
from football_assets.instance.records import Ended, Records, records_of
from football_assets.names import CYCLE_SENSOR
from football_assets.processes import Uptime, is_stopped, uptime
from football_assets.published.freshness import Freshness, freshness, published_age
from football_assets.settings import Settings

#: The newest reports that are looked at.
REPORTS = 10

#: Below this share of the disk, and below so many bytes, a publishing may not find room any more.
_SCARCE_SHARE = 0.05
_SCARCE_BYTES = 500_000_000

#: With less than this nothing of use can be written.
_FULL_BYTES = 1_000_000

#: A cycle is missed when none has begun so long after the last one was due: this share of the interval, and
#: at least so many seconds.
_LATE_SHARE = 1 / 3
_LATE_SECONDS = 20.0

#: A start so far in the future is no clock that was set back.
_SKEW_SECONDS = 20.0


def observe(
    settings: Settings, reports: Sequence[CycleReport], run: Ended | None, now: datetime
) -> list[Observation]:
    """How all that is watched stands, but for the cadence. `reports` are the newest, the newest first."""
    ended = [report for report in reports if report.status != "running"]
    return [
        *causes(settings),
        *cycle(run, ended, settings.data_path),
        *published(settings, ended, now),
    ]


def causes(settings: Settings) -> list[Observation]:
    """What may keep cycles from succeeding: the disk, Dagster's databases, the sensor."""
    records = records_of(settings)
    return [disk(settings.data_path), databases(records), sensor(records)]


def cycle(run: Ended | None, reports: Sequence[CycleReport], data: Path) -> Iterator[Observation]:
    """The newest cycle that ended. A run's status counts for more than its report, which may be missing."""
    report = next(iter(reports), None)
    if run and not (report and _is_later(report, run, reports)):
        cycle_id, failed = run.run_id, run.failed
        report = next((one for one in reports if one.cycle_id == cycle_id), None)
    elif report:
        cycle_id, failed = report.cycle_id, report.status == "failure"
    else:
        return
    error = (report.error if report else None) or "it left no word why"
    yield Observation(
        "cycle",
        failed,
        f"Cycle {cycle_id} failed: {error.rstrip('.')}. What is published stays as it was; see the run in "
        f"Dagster and the log in {data / 'logs'}."
        if failed
        else "Cycles succeed again.",
    )


def published(settings: Settings, reports: Sequence[CycleReport], now: datetime) -> Iterator[Observation]:
    """The published file. Before the first success there is none, and its absence says nothing."""
    age = published_age(settings.published_path, now)
    advice = PUBLISHED_AGE.check.advice
    if age is None:
        if any(report.status == "success" for report in reports):
            yield Observation("published", True, f"{settings.published_path} is gone. {advice}")
        return
    thresholds = PUBLISHED_AGE.thresholds(settings)
    written_at = datetime.fromtimestamp(now.timestamp() - age, UTC)
    if freshness(age, thresholds) is Freshness.DEAD:
        message = (
            f"The published database is {age:.0f} s old (critical above {thresholds[2]:g}): nothing was "
            f"published since {written_at:%Y-%m-%d %H:%M:%S} UTC. {advice}"
        )
        yield Observation("published", True, message)
    else:
        yield Observation("published", False, f"The published database is fresh again: {age:.0f} s old.")


def _is_later(report: CycleReport, run: Ended, reports: Sequence[CycleReport]) -> bool:
    """Whether the newest report is of a later cycle than the run: by their order, or else by their times."""
    if any(one.cycle_id == run.run_id for one in reports):
        return report.cycle_id != run.run_id
    return (report.finished_at or report.started_at).timestamp() > run.at


def disk(data: Path) -> Observation:
    """Whether there is room on the disk of the data directory, for bytes and for files."""
    try:
        found = os.statvfs(data)
    except OSError as error:
        return Observation("disk", True, f"{data} cannot be reached: {error.strerror or error}.")
    free, total = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
    if found.f_files and not found.f_favail:
        return Observation("disk", True, f"The disk of {data} has room for no more files. Remove some.")
    if free >= min(_SCARCE_SHARE * total, _SCARCE_BYTES):
        return Observation("disk", False, "The disk has room again.")
    state = "full (no space left)" if free < _FULL_BYTES else "nearly full"
    return Observation(
        "disk",
        True,
        f"The disk of {data} is {state}: {free / 1e6:.1f} of {total / 1e6:.0f} MB are free. Make room there.",
    )


def databases(records: Records) -> Observation:
    """Whether Dagster's databases can be read."""
    broken = records.unreadable()
    if not broken:
        return Observation("database", False, "Dagster's databases can be read again.")
    message = f"Dagster's {' and '.join(broken)} cannot be read. {records.advice()}"
    return Observation("database", True, message)


def sensor(records: Records) -> Observation:
    """Whether the sensor that starts the cycles is on."""
    if CYCLE_SENSOR in records.sensors_off():
        message = f"The sensor {CYCLE_SENSOR} is off: no cycle starts. Turn it on in Dagster's UI, or by "
        return Observation("sensor", True, message + "`football-assets start --sensors on`.")
    return Observation("sensor", False, f"The sensor {CYCLE_SENSOR} is on again.")


def cadence(reports: Sequence[CycleReport], now: datetime, lock: Path) -> Observation:
    """Whether a cycle began within an interval, by a clock that nobody sets where the machine has one; if
    none did, who holds the data directory's `lock`, and is not just a pulse."""
    newest = next(iter(reports), None)
    if newest is None:
        return Observation("cadence", False, "Cycles begin again.")
    age = begun_ago(newest, now)
    if age is not None and age <= longest_gap(newest.interval_seconds):
        return Observation("cadence", False, "Cycles begin in time again.")
    since = (
        "since a time that is still to come (the clock was set back)" if age is None else f"for {age:.0f} s"
    )
    doing = ""
    if newest.status == "running" and newest.pid:
        how = "was stopped by a signal" if is_stopped(newest.pid) else "has not ended"
        doing = f": the run of the last one (pid {newest.pid}) {how}"
    else:
        with suppress(OSError):  # what the disk refuses is told of the disk
            if who := holder(lock, LONGEST_PULSE):
                doing = f": {who} holds {lock}; wait for it, or end it"
    return Observation("cadence", True, f"No cycle has begun {since}{doing}.")


def longest_gap(interval_seconds: float) -> float:
    """The most seconds from one cycle's beginning to the next that pass for normal."""
    return interval_seconds + max(_LATE_SECONDS, _LATE_SHARE * interval_seconds)


def begun_ago(report: CycleReport, now: datetime) -> float | None:
    """Seconds since the cycle began; None if only the clock could tell, and it was ahead at the time."""
    if report.boot_seconds is not None:
        passed = uptime().since(Uptime(report.boot, report.boot_seconds))
        if passed is not None:
            return passed
    age = (now - report.started_at).total_seconds()
    return max(0.0, age) if age >= -_SKEW_SECONDS else None
