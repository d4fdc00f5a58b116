"""Starts a set of processes, keeps them up, takes them all down. Knows nothing of Dagster."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from football_assets.processes import is_stopped

_POLL_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1

#: Ways to be told to stop: Ctrl-C, the service manager, the closed terminal.
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ServiceError(Exception):
    """A service that does not come up or does not stay up. The message is one line."""


@dataclass(frozen=True)
class Service:
    """A process to keep running. It is up when `is_ready` says so; the next one starts only then.

    `is_alive` is asked again and again while it runs, and must answer within seconds. It runs while
    `is_wanted` says so.
    """

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    is_alive: Callable[[], bool] = lambda: True
    is_wanted: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Limits:
    """How patient a supervisor is. All in seconds, but for the number of restarts.

    A service that is not alive at any look for `hung` seconds is killed and started again.
    """

    start_up: float = 120
    look_every: float = 5
    hung: float = 30
    stop: float = 10
    restarts: int = 5
    restarts_within: float = 300
    first_pause: float = 0.5


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    deaths: list[float] = field(default_factory=list)
    looked_at: float = 0.0
    alive_at: float = 0.0


class Supervisor:
    """Runs services until it is told to stop.

    Each is the head of a process group of its own, so that what it starts goes down with it, and the
    terminal's Ctrl-C reaches this process only. On Linux each also ends when this process is killed.
    """

    def __init__(
        self,
        services: Sequence[Service],
        environment: Mapping[str, str],
        tell: Callable[[str], None],
        limits: Limits = Limits(),
        is_broken: Callable[[], bool] = lambda: False,
        mend: Callable[[], None] = lambda: None,
    ) -> None:
        self._services = services
        self._environment = dict(environment)
        self._tell = tell
        self._limits = limits
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._running: list[_Running] = []
        self._is_broken = is_broken
        self._mend = mend
        self._asked_at = 0.0

    def run(self, when_up: Callable[[], None] = lambda: None) -> None:
        """Start the services in turn, and return once a signal has stopped them all.

        Raises `ServiceError`, with everything stopped, when one does not come up or dies too often. One that
        dies otherwise is started again, after a pause that doubles from one death to the next.
        When `is_broken` says so, all are stopped, `mend` is called, and all are started again.
        """
        with self._signals():
            try:
                self._start_all()
                if not self._stop.is_set():
                    when_up()
                while not self._stop.wait(_POLL_SECONDS):
                    for running in self._running:
                        self._end_if_hung(running)
                        self._revive(running)
                    self._mend_if_broken()
                    self._start_and_end_by_need()
            finally:
                self._take_down()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def handle(number: int, _frame: object) -> None:
            if self._stop.is_set():
                self._hurry.set()
            self._stop.set()

        # `nohup` has had this one ignored, and means it.
        unheeded = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
        before = {number: signal.signal(number, handle) for number in STOP_SIGNALS if number not in unheeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start_all(self) -> None:
        for service in self._services:
            if not self._stop.is_set() and service.is_wanted():
                self._start(service)

    def _start_and_end_by_need(self) -> None:
        for running in [one for one in self._running if not one.service.is_wanted()]:
            self._end([running])
            self._running.remove(running)
        names = {running.service.name for running in self._running}
        for service in self._services:
            if service.name not in names and not self._stop.is_set() and service.is_wanted():
                self._start(service)

    def _mend_if_broken(self) -> None:
        """What all services have open can be mended only while none of them runs."""
        now = time.monotonic()
        if now - self._asked_at < self._limits.look_every or self._stop.is_set():
            return
        self._asked_at = now
        if self._is_broken():
            self._take_down()
            self._mend()
            self._running.clear()
            self._start_all()

    def _start(self, service: Service) -> None:
        running = _Running(service, self._spawn(service))
        self._running.append(running)
        self._await(running)

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own command lines
            list(service.command),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()) if sys.platform == "linux" else None,
        )

    def _await(self, running: _Running) -> None:
        service, deadline = running.service, time.monotonic() + self._limits.start_up
        while not self._stop.is_set() and not service.is_ready():
            if running.process.poll() is not None:
                raise ServiceError(f"The {service.name} ended at its start ({_how(running.process)})")
            if time.monotonic() > deadline:
                raise ServiceError(f"The {service.name} did not come up in {self._limits.start_up:g} seconds")
            self._stop.wait(_POLL_SECONDS / 4)
        running.alive_at = time.monotonic()

    def _end_if_hung(self, running: _Running) -> None:
        now = time.monotonic()
        if now - running.looked_at < self._limits.look_every or running.process.poll() is not None:
            return
        running.looked_at = now
        if not is_stopped(running.process.pid) and running.service.is_alive():
            running.alive_at = now
        elif now - running.alive_at > self._limits.hung:
            self._tell(f"The {running.service.name} has not answered for {now - running.alive_at:.0f} s")
            _signal_group(running.process, signal.SIGKILL)
            running.process.wait()

    def _revive(self, running: _Running) -> None:
        if running.process.poll() is None or self._stop.is_set():
            return
        # What it started (a run) has nobody left to watch over it.
        _signal_group(running.process, signal.SIGTERM)
        now = time.monotonic()
        running.deaths = [at for at in running.deaths if now - at < self._limits.restarts_within] + [now]
        how, count = _how(running.process), len(running.deaths)
        if count > self._limits.restarts:
            raise ServiceError(f"The {running.service.name} died {count} times in a row, the last time {how}")
        pause = self._limits.first_pause * 2 ** (count - 1)
        self._tell(f"The {running.service.name} died ({how}); it is started again in {pause:g} s")
        if not self._stop.wait(pause):
            _signal_group(running.process, signal.SIGKILL)
            running.process = self._spawn(running.service)
            self._await(running)

    def _take_down(self) -> None:
        """Stop all in the reverse order of their start: whoever needs another goes before it."""
        self._end(list(reversed(self._running)))

    def _end(self, doomed: Sequence[_Running]) -> None:
        """Stop these. The head of a group waits for what it started; what is left after that is killed."""
        deadline = time.monotonic() + self._limits.stop
        for process in [running.process for running in doomed]:
            _signal_group(process, signal.SIGTERM)
            while process.poll() is None and time.monotonic() < deadline and not self._hurry.is_set():
                time.sleep(_POLL_SECONDS / 4)
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _end_with(parent: int) -> Callable[[], None]:
    """What a child does before it turns into its program: ask the kernel to end it with its parent."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS says so of a group of zombies
        pass


def _how(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
