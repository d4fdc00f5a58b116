"""The two pipes between the process of the pulses and its keeper: one says "go on", the other "I live"."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress

#: Pulses pause when nothing was heard of the keeper for so long: its sensor was turned off, or it is gone.
LEASE_SECONDS = 75.0

#: A sign of life is given at least so often.
SIGN_SECONDS = 1.0


class Pipes:
    """The pulses' end: `told` is read, signs of life go to `sign`. Both are file descriptors."""

    def __init__(self, told: int, sign: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._told = told
        self._sign = sign
        self._clock = clock
        self._heard_at = clock()
        os.set_blocking(sign, False)  # nobody may be reading it

    @property
    def may_beat(self) -> bool:
        """Whether the keeper was heard of lately."""
        return self._clock() - self._heard_at < LEASE_SECONDS

    def wait(self, seconds: float) -> bool:
        """Wait so long, with signs of life. False, at once, when the keeper is gone."""
        until = time.monotonic() + seconds
        while True:
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self._sign, b".")
            left = until - time.monotonic()
            if select.select([self._told], [], [], min(max(left, 0), SIGN_SECONDS))[0]:
                if not os.read(self._told, 1024):
                    return False
                self._heard_at = self._clock()
            if time.monotonic() >= until:
                return True
