#!/usr/bin/env python3
"""Sets the project up and starts or tests it. Needs Python 3.11 or newer and nothing else.

    python3 tasks.py start [options of `football-assets start`]
    python3 tasks.py test [options of pytest]
    python3 tasks.py setup

The first call makes `.venv` and installs into it exactly what is locked; later ones do so again only after
the lock file or `pyproject.toml` has changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OLDEST_PYTHON = (3, 11)

#: What is installed for running, and what for testing.
RUNNING, TESTING = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"


def main(arguments: list[str]) -> int:
    """Run the task that the first argument names. Gives the exit status, unless a program takes over."""
    task, rest = (arguments or ["help"])[0], arguments[1:]
    if task not in ("setup", "start", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    set_up(RUNNING if task == "start" else TESTING)
    if task == "start":
        become([str(BIN / "football-assets"), "start", *rest])
    if task == "test":
        become([str(BIN / "python"), "-m", "pytest", *rest])
    return 0


def set_up(lock: Path) -> None:
    """Make the virtual environment and install what is locked, where that is not done yet."""
    if is_installed(lock) or is_installed(TESTING):
        return
    print(f"Setting up {VENV} by {lock.name} (once, about a minute)", file=sys.stderr, flush=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(VENV)],
        [*pip, "--requirement", str(lock)],
        [*pip, "--no-deps", "--editable", str(ROOT)],
    ):
        status = subprocess.run(command, check=False).returncode
        if status:
            raise SystemExit(status)
    marker(lock).write_text(wanted(lock))


def is_installed(lock: Path) -> bool:
    """Whether just this lock file was installed with just this project's metadata."""
    return marker(lock).exists() and marker(lock).read_text() == wanted(lock)


def marker(lock: Path) -> Path:
    """Where it is written down that a lock file was installed."""
    return VENV / f"{lock.stem}.sha256"


def wanted(lock: Path) -> str:
    """What is written there."""
    return hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def become(command: list[str]) -> None:
    """Go on as another program, in the project's root, so that it gets the signals meant for this one.
    Python may keep compiled files: each cycle's start needs them."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    os.chdir(ROOT)
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
