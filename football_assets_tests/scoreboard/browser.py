"""A real page for the tests: the command as a process, and headless Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from football_assets_tests.cli.processes import COMMAND
from football_assets_tests.servers.ports import free_port

#: Chromium as the distributions install it; the tests look at nothing beyond this machine.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

START_SECONDS = 60.0


def require_chromium() -> str:
    """The path of Chromium; where there is none the test is skipped."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (chromium, chromium-browser or google-chrome)")
    return CHROMIUM


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """The address of `football-assets scoreboard` on the published file in `data_dir`."""
    with started(data_dir) as (address, _):
        yield address


@contextmanager
def started(data_dir: Path) -> Iterator[tuple[str, int]]:
    """The address of the command, and its process."""
    port = free_port()
    log = data_dir / "scoreboard.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*COMMAND, "scoreboard", "--port", str(port)],
            env={**os.environ, "FOOTBALL_DATA_DIR": str(data_dir)},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}/"
            _await_healthy(address, process, log)
            yield address, process.pid
        finally:
            process.terminate()


def _await_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}static/icon.svg", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the scoreboard did not start:\n{log.read_text()}")
