"""Who gives a run its process: a Python that waits with its packages loaded. What it does is in `worker`.

Python, Dagster and the databases take longer to import than a warm cycle takes for its work, so that is done
beforehand, while nothing waits for it. Every run still has a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

from dagster import DagsterInstance, DefaultRunLauncher, serialize_value

from football_assets.names import PATIENT_TAG
from football_assets.processes import is_running, process_of_run

if TYPE_CHECKING:
    from dagster._core.launcher import LaunchRunContext

_PACKAGE = Path(__file__).resolve().parents[1]
_COMMAND = (sys.executable, "-m", "football_assets.instance.worker")

#: A worker that nobody has had use for so long is ended: it holds memory, as after a run by hand.
IDLE_SECONDS = 300.0


class WarmRunLauncher(DefaultRunLauncher):
    """Launches each run in the worker that has been waiting, and makes the next one ready when it has ended.

    The first run of a process that launches, and one beside another, start their worker themselves. A run
    whose worker ends without having ended the run is marked as failed at once.
    """

    def __init__(self, inst_data: Any = None) -> None:
        super().__init__(inst_data)
        self._waiting: Worker | None = None
        self._watchers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._disposed = False

    def launch_run(self, context: LaunchRunContext) -> None:
        """Hand the run to a worker. Raises `OSError` when the system starts no process."""
        run_id = context.dagster_run.run_id
        waiting = None
        if PATIENT_TAG not in context.dagster_run.tags:
            with self._lock:
                waiting, self._waiting = self._waiting, None
        worker = waiting if waiting and waiting.take(run_id) else Worker.started(self._instance, run_id)
        watcher = threading.Thread(target=self._watch, args=(self._instance, worker, run_id), daemon=True)
        self._watchers = [thread for thread in self._watchers if thread.is_alive()] + [watcher]
        watcher.start()

    def terminate(self, run_id: str) -> bool:
        """Ask the run's process to end, whoever launched it. Gives whether there was one to ask."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        process = process_of_run(self._instance, run_id)
        if process is None or not is_running(*process):
            self._instance.report_run_canceled(run, message="The run had no process that could be ended.")
            return False
        os.kill(process[0], signal.SIGINT)
        return True

    def join(self, timeout: float = 30) -> None:
        """Wait for the runs launched here, each at most `timeout` seconds."""
        for watcher in self._watchers:
            watcher.join(timeout)

    def dispose(self) -> None:
        """End the worker that waits. Runs go on."""
        self._disposed = True
        self._end(self._waiting)

    def _watch(self, instance: DagsterInstance, worker: Worker, run_id: str) -> None:
        code = worker.process.wait()
        if self._disposed:
            return
        run = instance.get_run_by_id(run_id)
        if run and not run.is_finished:
            how = (
                f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
            )
            instance.report_run_failed(run, f"The run's process {how} before the run had ended.")
        self._make_ready(instance)

    def _make_ready(self, instance: DagsterInstance) -> None:
        with self._lock:
            if self._waiting or self._disposed:
                return
            self._waiting = Worker.started(instance)
        idle = threading.Timer(IDLE_SECONDS, self._end, [self._waiting])
        idle.daemon = True
        idle.start()

    def _end(self, worker: Worker | None) -> None:
        with self._lock:
            if worker is None or worker is not self._waiting:
                return
            self._waiting = None
        worker.end()


class Worker:
    """A process of `football_assets.instance.worker` that waits for its run, or has it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines = cast("IO[str]", process.stdin)
        self._source = _newest_source()

    @classmethod
    def started(cls, instance: DagsterInstance, run_id: str | None = None) -> Self:
        """A new one for the instance; with its run if there is one already."""
        worker = cls(subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, text=True))  # noqa: S603
        worker._lines.write(serialize_value(instance.get_ref()) + "\n")
        worker._lines.flush()
        if run_id:
            worker._give(run_id)
        return worker

    def take(self, run_id: str) -> bool:
        """Give it its run. False if it is gone or was started from another state of the source."""
        if self._source == _newest_source() and self.process.poll() is None:
            with suppress(BrokenPipeError):
                self._give(run_id)
                return True
        self.end()
        return False

    def end(self) -> None:
        """Let it go: without a run it ends by itself."""
        with suppress(BrokenPipeError):
            self._lines.close()
        self.process.wait()

    def _give(self, run_id: str) -> None:
        with self._lines as lines:
            lines.write(run_id + "\n")


def _newest_source() -> float:
    """When the package was changed last: Dagster's "reload" must be heeded by the next run already."""
    return max(path.stat().st_mtime for path in _PACKAGE.rglob("*.py"))
