"""Who gives a run its process: a Python that waits with its packages loaded. What it does is in `worker`.

Python, Dagster and the databases take longer to import than a warm cycle takes for its work, so that is done
beforehand, while nothing waits for it. Every run still has a process of its own.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

from dagster import DagsterInstance, DefaultRunLauncher, serialize_value

from football_assets.instance.host import is_here
from football_assets.instance.run_process import process_of_run
from football_assets.names import HOST_TAG, PATIENT_TAG, TIME_LIMIT_TAG
from football_assets.processes import is_running

if TYPE_CHECKING:
    from dagster._core.launcher import LaunchRunContext

_PACKAGE = Path(__file__).resolve().parents[1]
_COMMAND = (sys.executable, "-m", "football_assets.instance.worker")

#: So long a worker may take to say that it has its run. One that still imports on a busy machine needs some.
TAKE_SECONDS = 15.0

#: A run over its time is interrupted, and killed when it has not ended so many seconds later.
GRACE_SECONDS = 5.0

#: A worker that nobody has had use for so long is ended: it holds memory, as after a run by hand.
IDLE_SECONDS = 300.0


#: Tags of runs that leave the worker that waits to the next cycle: days of the archive are partitions.
_IN_NO_HURRY = {PATIENT_TAG, "dagster/partition"}


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
        if not _IN_NO_HURRY & context.dagster_run.tags.keys():
            with self._lock:
                waiting, self._waiting = self._waiting, None
        worker = waiting if waiting and waiting.take(run_id) else Worker.started(self._instance, run_id)
        limit = context.dagster_run.tags.get(TIME_LIMIT_TAG)
        watcher = threading.Thread(
            target=self._watch,
            args=(self._instance, worker, run_id, float(limit) if limit else None),
            daemon=True,
        )
        self._watchers = [thread for thread in self._watchers if thread.is_alive()] + [watcher]
        watcher.start()

    def terminate(self, run_id: str) -> bool:
        """Ask the run's process to end, whoever launched it. Gives whether there was one to ask."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        host = run.tags.get(HOST_TAG)
        if not is_here(host):
            message = f"The run works on another machine ({host}): it can be ended there only."
            self._instance.report_engine_event(message, run)
            return False
        process = process_of_run(self._instance, run_id)
        if process is None or not is_running(*process):
            self._instance.report_run_canceling(run)
            self._instance.report_run_canceled(run, message="The run had no process that could be ended.")
            return False
        # One that hangs would hold the data directory for ever, and perhaps a lock on its events: then they
        # can be written only when it is gone.
        killer = threading.Timer(GRACE_SECONDS, _kill, process)
        killer.daemon = True
        killer.start()
        self._instance.report_run_canceling(run)
        with suppress(ProcessLookupError):
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

    def _watch(
        self, instance: DagsterInstance, worker: Worker, run_id: str, limit: float | None = None
    ) -> None:
        """Wait for the end of the run's process, after `limit` seconds with force, and record it."""
        in_time = worker.wait(limit)
        if self._disposed:
            return
        run = instance.get_run_by_id(run_id)
        if run and not run.is_finished:
            code = worker.process.returncode
            how = (
                f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
            )
            over = "" if in_time else f": it was over its time of {limit:g} s"
            instance.report_run_failed(run, f"The run's process {how} before the run had ended{over}.")
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

    def __init__(self, process: subprocess.Popen[str], taken: int) -> None:
        self.process = process
        self._taken = open(taken, "rb", buffering=0)  # noqa: SIM115 - a pipe, closed with the worker
        self._lines = cast("IO[str]", process.stdin)
        self._source = _newest_source()

    @classmethod
    def started(cls, instance: DagsterInstance, run_id: str | None = None) -> Self:
        """A new one for the instance; with its run if there is one already."""
        taken, tell = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603
                [*_COMMAND, str(tell)], stdin=subprocess.PIPE, text=True, pass_fds=[tell]
            )
        finally:
            os.close(tell)
        worker = cls(process, taken)
        worker._lines.write(serialize_value(instance.get_ref()) + "\n")
        worker._lines.flush()
        if run_id:
            worker._give(run_id)
        return worker

    def take(self, run_id: str) -> bool:
        """Give it its run. False if it is gone, hangs, or was started from another state of the source."""
        if self._source != _newest_source() or self.process.poll() is not None:
            self.end()
            return False
        with suppress(BrokenPipeError):
            self._give(run_id)
            if select.select([self._taken], [], [], TAKE_SECONDS)[0] and self._taken.read(1):
                return True
        # It must not take the run later.
        self.process.kill()
        self.end()
        return False

    def wait(self, limit: float | None) -> bool:
        """Wait for its end; after `limit` seconds, end it with force. Gives whether it ended in time."""
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            return False
        finally:
            self._taken.close()
        return True

    def end(self) -> None:
        """Let it go: without a run it ends by itself."""
        with suppress(BrokenPipeError):
            self._lines.close()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._taken.close()

    def _give(self, run_id: str) -> None:
        with self._lines as lines:
            lines.write(run_id + "\n")


def _kill(pid: int, seen_at: datetime) -> None:
    """End the process that lived at `seen_at` for good, if it is still there."""
    if is_running(pid, seen_at):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _newest_source() -> float:
    """When the package was changed last: Dagster's "reload" must be heeded by the next run already."""
    return max(path.stat().st_mtime for path in _PACKAGE.rglob("*.py"))
