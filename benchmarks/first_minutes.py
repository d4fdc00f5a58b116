"""From nothing to matches on the screen, as somebody who meets the project for the first time.

    python benchmarks/first_minutes.py [--ways clone wheel]

`clone`: a fresh clone of this repository and `python3 tasks.py start`. `wheel`: a fresh environment, `pip
install` of the wheel, `football-assets start` in an empty directory. Each has no account, so the simulator
answers. Seconds are told from the first command on: when the wheel was installed, when Dagster's UI answered,
when `football-assets matches` showed the first matches; then what the console had. What pip or uv has in its
cache is used.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from football_assets_tests.servers.ports import free_port  # noqa: E402

PATIENCE_SECONDS = 600.0


def environment() -> dict[str, str]:
    """That of somebody who has set nothing up."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FOOTBALL_", "THESPORTS_", "DAGSTER_"))
        and name not in {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
    }


@contextmanager
def started(command: list[str], folder: Path, console: Path) -> Iterator[None]:
    """The command as long as the block lasts. What it starts ends with it."""
    with (
        console.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def until(is_so: Callable[[], bool]) -> float:
    """The moment at which it was so. Raises `TimeoutError`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return time.monotonic()
        time.sleep(0.25)
    raise TimeoutError


def watched(began: float, command: list[str], folder: Path, program: Path, port: int) -> None:
    """Start it, and tell what was there when."""
    console = folder.parent / "console.txt"
    with started(command, folder, console):
        up = until(lambda: "Running." in console.read_text("utf-8", "replace"))
        print(f"  Dagster's UI at {port} after {up - began:.1f} s")
        shown: list[str] = []

        def are_matches() -> bool:
            ran = subprocess.run(
                [program, "matches"],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
            )
            shown[:] = ran.stdout.splitlines()
            return ran.returncode == 0 and len(shown) > 1

        there = until(are_matches)
        print(f"  {len(shown) - 1} matches by `football-assets matches` after {there - began:.1f} s")
    lines = console.read_text("utf-8", "replace").splitlines()
    print(f"  the console had {len(lines)} lines, stopped:")
    for line in lines:
        print("   |", re.sub(r"\x1b\[[0-9;]*m", "", line)[:200])


def clone(folder: Path) -> None:
    """`git clone`, `python3 tasks.py start`."""
    began, port = time.monotonic(), free_port()
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(folder / "project")], check=True)
    project = folder / "project"
    program = project / ".venv" / "bin" / "football-assets"
    watched(began, [sys.executable, "tasks.py", "start", "--port", str(port)], project, program, port)


def wheel(folder: Path) -> None:
    """`python -m venv`, `pip install`, `football-assets start`. The wheel is built before the time begins."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*build, str(PROJECT)], check=True, env=environment())
    (built,) = folder.glob("*.whl")
    began, port = time.monotonic(), free_port()
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = folder / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(built)]
    subprocess.run(install, check=True, env=environment())
    print(f"  installed after {time.monotonic() - began:.1f} s")
    empty = folder / "empty"
    empty.mkdir()
    program = python.with_name("football-assets")
    watched(began, [str(program), "start", "--port", str(port)], empty, program, port)


WAYS: dict[str, Callable[[Path], None]] = {"clone": clone, "wheel": wheel}


def main() -> None:
    """Try each way in a folder of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    for way in parser.parse_args().ways:
        print(f"{way}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="first-") as folder:
            WAYS[way](Path(folder))


if __name__ == "__main__":
    main()
