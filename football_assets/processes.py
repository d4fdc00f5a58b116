"""Is that process still there, and the one that was meant? And which process works on a run?"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterInstance

_PROC = Path("/proc")


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


def _started_at(pid: int) -> datetime | None:
    """When a process started, by Linux's /proc. None for a zombie, one that is gone, and on other systems."""
    try:
        # The command's name stands in parentheses and may hold anything, also parentheses and spaces.
        fields = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        booted = next(
            int(line.split()[1])
            for line in (_PROC / "stat").read_text("utf-8").splitlines()
            if line.startswith("btime ")
        )
    except (OSError, StopIteration):
        return None
    if fields[0] in "ZX":
        return None
    return datetime.fromtimestamp(booted + int(fields[19]) / os.sysconf("SC_CLK_TCK"), UTC)


def process_of_run(instance: DagsterInstance, run_id: str) -> tuple[int, datetime] | None:
    """The process that works on the run, as it told of itself last, and when (UTC). Fits `is_running`."""
    from dagster import DagsterEventType

    for entry in reversed(instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None and str(pid.value).isdigit():
            return int(str(pid.value)), datetime.fromtimestamp(entry.timestamp, UTC)
    return None
