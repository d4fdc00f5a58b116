"""The commands as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

COMMAND = (sys.executable, "-c", "from football_assets.cli import main; main()")


def environment(data: Path, **variables: str) -> dict[str, str]:
    """The environment of a command on that data directory, without credentials."""
    return {
        **os.environ,
        "THESPORTS_USER": "",
        "THESPORTS_SECRET": "",
        "FOOTBALL_DATA_DIR": str(data),
        **variables,
    }


def run(data: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command that has ended. Its output goes to pipes."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(data, **variables),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
