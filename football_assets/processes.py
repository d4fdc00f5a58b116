"""Is that process still there, and the one that was meant? How long is the machine up?"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Uptime:
    """A moment by a clock that nobody sets: seconds since a boot of the machine, and which boot."""

    boot: str | None
    seconds: float

    def since(self, earlier: Uptime) -> float | None:
        """Seconds since an earlier moment, None where it was before another boot, or nobody can tell."""
        return self.seconds - earlier.seconds if self.boot and self.boot == earlier.boot else None


def uptime() -> Uptime:
    """Now, by that clock. `boot` is None if the platform does not tell one boot from another."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = None
    return Uptime(boot, time.clock_gettime(clock))


def is_running(pid: int, seen_at: datetime | None = None) -> bool:
    """Whether the process `pid`, which lived at `seen_at` (UTC), still runs.

    A zombie does not run. Where the system tells when a process started, one that started after `seen_at` is
    another one with a number used again.
    """
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    started_at = _started_at(pid)
    if started_at is None:
        return not _PROC.joinpath("self", "stat").exists()
    # The kernel counts in hundredths of a second from a start that is told in whole seconds.
    return seen_at is None or (started_at - seen_at).total_seconds() < 2


def is_stopped(pid: int) -> bool:
    """Whether the process was stopped by a signal (SIGSTOP) and not let go on. Always False without /proc."""
    fields = _stat(pid)
    return bool(fields) and fields[0] == "T"


def _stat(pid: int) -> list[str]:
    """What Linux tells of a process after its number and name, the state first; empty if it is gone."""
    try:
        # The command's name stands in parentheses and may hold anything, also parentheses and spaces.
        return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _started_at(pid: int) -> datetime | None:
    """When a process started, by Linux's /proc. None for a zombie, one that is gone, and on other systems."""
    fields = _stat(pid)
    try:
        booted = next(
            int(line.split()[1])
            for line in (_PROC / "stat").read_text("utf-8").splitlines()
            if line.startswith("btime ")
        )
    except (OSError, StopIteration):
        return None
    if not fields or fields[0] in "ZX":
        return None
    return datetime.fromtimestamp(booted + int(fields[19]) / os.sysconf("SC_CLK_TCK"), UTC)
