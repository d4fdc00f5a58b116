"""The commands as processes of their own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

#: `football-assets`, by the Python that runs the tests.
COMMAND = (sys.executable, "-m", "football_assets.cli")


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
        timeout=120,
        check=False,
    )


def on_terminal(data: Path, *arguments: str, **variables: str) -> str:
    """What a command that succeeds shows on a terminal of 80 columns: its standard output and error."""
    ours, theirs = pty.openpty()
    size = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm"}
    with subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(data, **size, **variables),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the end, as Linux tells it
            pass
        assert process.wait(60) == 0
    os.close(ours)
    return shown.decode()
