"""One of several machines: `football-assets start` in a namespace of process ids of its own, as root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from football_assets_tests.cli.processes import COMMAND
from football_assets_tests.servers.ports import free_port


def can_have_machines() -> bool:
    """Whether this user may make namespaces of process ids."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    trial = [unshare, "--pid", "--fork", "--mount-proc", "true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


class Machine:
    """`football-assets start` in a namespace of its own, on a data directory of its own."""

    def __init__(self, place: Path, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        environment = {**os.environ, **settings, "FOOTBALL_DATA_DIR": str(place)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", *COMMAND]
        self.log, self.published = place.with_suffix(".log"), place / "football.duckdb"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "start", "--port", str(self.port)], env=environment, stderr=log
            )

    def answers(self) -> bool:
        """Whether its UI answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/server_info", timeout=5):
                return True
        except OSError:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""
        for pid in _tree(self.process.pid):
            os.kill(pid, number)

    def editions(self) -> int:
        """How many editions it has published."""
        with suppress(duckdb.Error), duckdb.connect(str(self.published), read_only=True) as connection:
            return int(connection.execute("SELECT count(*) FROM editions").fetchall()[0][0])
        return 0


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _tree(int(child)))]
