"""The lock on a data directory: one run at a time, whoever started it, of whichever instance."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

#: Seconds that a pulse may hold the lock: who holds it for longer is no pulse.
LONGEST_PULSE = 2.0


class PipelineBusy(Exception):
    """Another run had the data directory all the time that was waited. The message is one line."""


@contextmanager
def holding(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lock at `path`. The kernel gives it back when the process ends, however it ends.

    Raises `PipelineBusy` when it was not free for `wait_seconds`, `OSError` when it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=wait_seconds):
            yield
    except Timeout:
        raise PipelineBusy(
            f"Another run is at work on {path.parent} and did not end within {wait_seconds:g} s: "
            "wait for it, or end it in Dagster's UI"
        ) from None


def holder(path: Path, wait_seconds: float = 0) -> str | None:
    """Who holds the lock at `path` for all of `wait_seconds`, in words: "pid 4711", or "another program"
    where the system does not tell; None if nobody does. Raises `OSError` when it cannot be opened."""
    if not path.exists():
        return None
    try:
        with FileLock(path, timeout=wait_seconds):
            return None
    except Timeout:
        return _pid_of_holder(path) or "another program"


def _pid_of_holder(path: Path) -> str | None:
    """By Linux' list of locks: `1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`, with the device in hex."""
    try:
        status, locks = path.stat(), Path("/proc/locks").read_text()
    except OSError:
        return None
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    found = [words for line in locks.splitlines() if device in (words := line.split())]
    return next((f"pid {words[4]}" for words in found if words[1] == "FLOCK" and int(words[4]) > 0), None)
