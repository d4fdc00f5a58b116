#!/usr/bin/env python3
"""Sets the project up and starts or tests it. Needs Python 3.11 or newer and nothing else.

    python3 tasks.py start [options of `football-assets start`]
    python3 tasks.py setup            what runs
    python3 tasks.py setup --lake     what runs, with PostgreSQL and the lake
    python3 tasks.py setup --dev      what runs, tests, lints and documents it
    python3 tasks.py test [options of pytest]

The first call makes `.venv` and installs into it exactly what is locked, by `uv` where it is there, else by
pip; later ones do so again only after the lock file or `pyproject.toml` has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OLDEST_PYTHON = (3, 11)

#: What is installed for running, for running with PostgreSQL and the lake, and for testing.
RUNNING, LAKE, TESTING = (ROOT / f"requirements{kind}.lock" for kind in ("", "-lake", "-dev"))
LOCKS = (RUNNING, LAKE, TESTING)

#: Lines that pip writes for each package, and once it has them all.
_OF_A_PACKAGE = ("Collecting ", "Requirement already satisfied")
_ALL_THERE = "Installing collected packages"


def main(arguments: list[str]) -> int:
    """Run the task that the first argument names. Gives the exit status, unless a program takes over."""
    task, rest = (arguments or ["help"])[0], arguments[1:]
    lock = lock_of(task, rest)
    if lock is None:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    set_up(lock)
    if task == "start":
        become([str(BIN / "football-assets"), "start", *rest])
    if task == "test":
        become([str(BIN / "python"), "-m", "pytest", *rest])
    return 0


def lock_of(task: str, options: list[str]) -> Path | None:
    """The lock file that a task needs; None where there is no such task, or no such option of `setup`."""
    if task == "setup":
        return {(): RUNNING, ("--lake",): LAKE, ("--dev",): TESTING}.get(tuple(options))
    return {"start": RUNNING, "test": TESTING}.get(task)


def set_up(lock: Path) -> None:
    """Make the virtual environment and install what is locked, where that is not done yet. What is there for
    the lake or for testing will do for running."""
    if any(map(is_installed, LOCKS if lock == RUNNING else (lock,))):
        return
    began = time.monotonic()
    say(f"Setting up {VENV} by {lock.name}, once")
    run([sys.executable, "-m", "venv", str(VENV)])
    for other in LOCKS:  # which have other versions of some packages
        marker(other).unlink(missing_ok=True)
    install(lock)
    marker(lock).write_text(wanted(lock))
    say(f"Set up in {time.monotonic() - began:.0f} s")


def install(lock: Path) -> None:
    """Install the locked packages and the project itself, all compiled: each start needs it."""
    uv = shutil.which("uv")
    if uv:
        into = [uv, "pip", "install", "--python", str(BIN / "python"), "--compile-bytecode"]
        run([*into, "--requirement", str(lock)])
        run([*into, "--no-deps", "--editable", str(ROOT)])
        return
    pip = [str(BIN / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    counted([*pip, "--requirement", str(lock)], packages(lock))
    run([*pip, "--quiet", "--no-deps", "--editable", str(ROOT)])


def packages(lock: Path) -> int:
    """How many packages the lock file names; on one platform some of them are not installed."""
    return sum("==" in line for line in lock.read_text("utf-8").splitlines())


def run(command: list[str]) -> None:
    """Run a command. Ends this program with its status where it fails."""
    status = subprocess.run(command, check=False).returncode
    if status:
        raise SystemExit(status)


def counted(command: list[str], total: int) -> None:
    """Run pip, and tell how far it is; what it says itself is shown where it fails, errors at once."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        lines = list(told(process.stdout or (), total))
    if process.returncode:
        print("".join(lines[-20:]), file=sys.stderr)
        raise SystemExit(process.returncode)


def told(lines: Iterable[str], total: int) -> Iterable[str]:
    """The lines, with each package counted on a terminal, and every tenth part of them elsewhere."""
    found, on_terminal = 0, sys.stderr.isatty()
    for line in lines:
        yield line
        if line.startswith(_OF_A_PACKAGE):
            found += 1
            if on_terminal:
                print(f"\r  {found} of at most {total} packages", end="", file=sys.stderr, flush=True)
            elif found % max(total // 10, 1) == 0:
                say(f"  {found} of at most {total} packages")
        elif line.startswith(_ALL_THERE):
            say(("\n" if on_terminal else "") + "  installing them")


def say(message: str) -> None:
    """Tell the person who waits."""
    print(message, file=sys.stderr, flush=True)


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
