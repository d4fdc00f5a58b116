"""Keeps the process of the pulses: starts it, lets it go on, kills one that hangs, ends it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, cast

_COMMAND = (sys.executable, "-m", "football_assets.pulse")

#: A process without a sign of life for so long hangs: a pulse waits for the API for ten seconds at most.
HUNG_SECONDS = 25.0


class Keeper:
    """The keeper's end of the pipes. It ends the process when it is collected or its own process ends."""

    def __init__(
        self, command: Sequence[str] = _COMMAND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._command = command
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._seen_at = 0.0

    def keep(self) -> str:
        """Let the pulses go on. Gives what was done beside that, in a few words, or nothing."""
        done = self._look()
        if self._process is None:
            self._start()
        with suppress(BrokenPipeError):
            os.write(self._input.fileno(), b".")
        return done

    def end(self) -> None:
        """End the process, if there is one, after the pulse that it is in."""
        if self._process is not None:
            self._input.close()

    @property
    def pid(self) -> int | None:
        """The process's id, None where there is none."""
        return self._process.pid if self._process else None

    @property
    def silent_seconds(self) -> float:
        """Seconds since a sign of life of the process was read, or since its start."""
        return self._clock() - self._seen_at

    def _look(self) -> str:
        """See whether the process lives. Without one that does, another can be started."""
        process = self._process
        if process is None:
            return ""
        if process.poll() is not None:
            self._drop()
            return f"The pulses' process had ended with status {process.returncode}: another is started."
        if self._read_signs():
            self._seen_at = self._clock()
        elif self.silent_seconds > HUNG_SECONDS:
            process.kill()
            process.wait()
            self._drop()
            return f"The pulses' process hung: it was killed after {HUNG_SECONDS:g} s, another is started."
        return ""

    def _read_signs(self) -> bool:
        signs = False
        with suppress(BlockingIOError):
            while os.read(self._output.fileno(), 65536):
                signs = True
        return signs

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        os.set_blocking(self._output.fileno(), False)
        self._seen_at = self._clock()

    def _drop(self) -> None:
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()
        self._process = None

    @property
    def _input(self) -> IO[bytes]:
        assert self._process is not None
        return cast("IO[bytes]", self._process.stdin)

    @property
    def _output(self) -> IO[bytes]:
        assert self._process is not None
        return cast("IO[bytes]", self._process.stdout)
