"""Waiting for another process: nothing else tells when it has come so far."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], within: float = 60) -> bool:
    """Whether it came true in so many seconds; returns as soon as it has."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
