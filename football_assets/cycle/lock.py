"""The lock on a data directory: one run at a time, whoever started it, of whichever instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


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
