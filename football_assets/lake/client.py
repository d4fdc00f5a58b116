"""The cycle's side of the lake: a process beside it that opens the lake early, and is killed when time is up.

A thread would not do: a store that takes a connection and answers nothing holds DuckDB, and with it the
process that would have to end.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from football_assets.lake.target import Target


class LakeFailed(Exception):
    """The lake was not brought up to date; one line says why."""


class LakeClient:
    """A process that waits with the lake open. `start` is called early in the cycle and does not wait.

    `may_write` is asked before each change: of several machines only the one that works has a say.
    """

    def __init__(self, target: Target, may_write: Callable[[], bool] = lambda: True) -> None:
        self._target = target
        self._may_write = may_write
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process. What goes wrong is told by `commit`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "football_assets.lake.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._say(self._target.to_json())

    def commit(self, seconds: float) -> dict[str, Any]:
        """Bring the lake up to date within `seconds`. Gives the figures of the commit.

        Raises `LakeFailed`; whether a commit that was killed was made, the next one finds out in the lake.
        """
        return self._ask("commit", seconds)

    def maintain(self, seconds: float) -> dict[str, Any]:
        """Keep the lake small, within `seconds`. Gives the figures of `maintenance`. Raises `LakeFailed`."""
        return self._ask("maintain", seconds)

    def verify(self, seconds: float) -> dict[str, Any]:
        """Compare the lake with the published file, within `seconds`. Gives the figures of `verify`.
        Raises `LakeFailed`."""
        return self._ask("verify", seconds)

    def _ask(self, what: str, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        if not self._may_write():
            raise LakeFailed("another machine works now")
        if self._process is None:
            self.start()
        self._say(what)
        answer = self._read_line(until)
        if answer is None:
            raise LakeFailed(f"no answer within {seconds:g} s")
        try:
            told = json.loads(answer)
        except ValueError:
            raise LakeFailed("its process ended without an answer") from None
        if "error" in told:
            raise LakeFailed(told["error"])
        done: dict[str, Any] = told["done"]
        return done

    def close(self) -> None:
        """End the process at once, whatever it does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):  # what was not read by the process is still in the pipe
                    pipe.close()
        process.wait()

    def _say(self, line: str) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: its answer says why

    def _read_line(self, until: float) -> bytes | None:
        """The answer, empty where the process ended without one, None when time is up."""
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout
        ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
        return pipe.readline() if ready else None
