"""The servers that are asked: the replay of a capture, or the simulator, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

SECRET = "replay"


@dataclass(frozen=True)
class Server:
    """A server of the API on loopback. `latency` is in seconds."""

    base_url: str
    latency: float

    def told(self, path: str) -> Any:
        """What the replay answers beside the API, e.g. to `_stats`."""
        method = "GET" if path == "_stats" else "POST"
        request = urllib.request.Request(self._beside(path), method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def set(self, **values: object) -> None:
        """Change what the replay does from now on, e.g. `error_rate=1`."""
        self.told(f"_set?{urlencode(values)}")

    def _beside(self, path: str) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}/{path}"


@contextmanager
def replay(folder: Path, latency: float, *options: str) -> Iterator[Server]:
    """The replay program in `folder`, with further `options` of its own."""
    program = [sys.executable, str(folder / "replay.py"), "--secret", SECRET]
    with _started([*program, "--latency-ms", str(latency * 1000), *options]) as base_url:
        yield Server(base_url, latency)


@contextmanager
def simulator(matches: int, latency: float, *, quota: int = 0) -> Iterator[Server]:
    """`football-assets simulate` with so many live matches."""
    program = [sys.executable, "-c", "from football_assets.cli import main; main()", "simulate"]
    options = ["--matches", str(matches), "--latency-ms", str(latency * 1000), "--quota", str(quota)]
    with _started([*program, *options]) as base_url:
        yield Server(base_url, latency)


@contextmanager
def _started(command: list[str]) -> Iterator[str]:
    """The base URL of a server on a free port, which it prints first; it ends with the block."""
    process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()  # it keeps nothing, and a shell may have had it ignore SIGTERM
        process.wait()
