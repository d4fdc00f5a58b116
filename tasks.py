#!/usr/bin/env python3
"""Sets the project up and starts or tests it. Needs Python 3.11 or newer and nothing else.

    python3 tasks.py start [options of `football-assets start`]
    python3 tasks.py test [options of pytest]
    python3 tasks.py setup

The first call makes `.venv` and installs into it exactly what `requirements.lock` names; later ones do so
again only after that file or `pyproject.toml` has changed.
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
INSTALLED = VENV / "installed.sha256"
MANIFESTS = (ROOT / "requirements.lock", ROOT / "pyproject.toml")
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    """Run the task that the first argument names; gives the exit status."""
    task, rest = (arguments or ["help"])[0], arguments[1:]
    commands = {
        "setup": None,
        "start": [str(BIN / "football-assets"), "start", *rest],
        "test": [str(BIN / "python"), "-m", "pytest", *rest],
    }
    if task not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    set_up()
    command = commands[task]
    return run(command) if command else 0


def set_up() -> None:
    """Make the virtual environment and install what is locked, where that is not done yet."""
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in MANIFESTS)).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == wanted:
        return
    print(f"Setting up {VENV} (once, about a minute)", file=sys.stderr, flush=True)
    python = str(BIN / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(VENV)],
        [*pip, "--requirement", str(MANIFESTS[0])],
        [*pip, "--no-deps", "--editable", str(ROOT)],
    ):
        status = run(command)
        if status:
            raise SystemExit(status)
    INSTALLED.write_text(wanted)


def run(command: list[str]) -> int:
    """Run a command in the project's root. Python may keep compiled files: each cycle's start needs them."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
