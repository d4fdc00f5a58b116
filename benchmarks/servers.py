"""The servers that are asked: the replay of a capture, or the simulator, each a process of its own.

The replay is a folder outside the project: `replay.py`, which serves, and `check.py`, which holds a published
database against what was served.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

USER = "bench"
#: Signs that are written otherwise in a query, so that a trace of it is looked for in each spelling.
SECRET = "bench/secret+with=signs&more"

ENDPOINTS = (
    "match/detail_live",
    "match/recent/list",
    "odds/history",
    "odds/live",
    "odds/update",
    "team/additional/list",
    "competition/additional/list",
    "country/list",
)

FAULTS = (
    "http500",
    "http502",
    "http429",
    "envelope429",
    "envelope_err",
    "unauthorized",
    "reset",
    "hang",
    "malformed",
    "truncated",
    "html",
    "empty",
    "null_results",
    "wrong_types",
    "extra_fields",
)


class Server:
    """A server of the API on a free port of loopback, up inside the `with`. `latency` is in seconds."""

    base_url: str

    def __init__(self, command: list[str], latency: float = 0.0) -> None:
        self.latency = latency
        self._command = [*command, "--port", "0"]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.base_url = self._process.stdout.readline().strip()  # which it prints first
        if not self.base_url:
            raise SystemExit(f"{self._command[1]} did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it keeps nothing, and a shell may have had it ignore SIGTERM
        self._process.wait()

    def stop(self) -> str:
        """End it, which it may be told to once. Gives what it said since its address."""
        self._process.terminate()
        return self._process.communicate(timeout=10)[0].strip()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead the pipeline here."""
        return {"THESPORTS_USER": USER, "THESPORTS_SECRET": SECRET, "THESPORTS_BASE_URL": self.base_url}


class ReplayServer(Server):
    """`replay.py` of a folder, with `options` of its own. Without `--clock` its time stands still."""

    def __init__(self, folder: Path, *options: str, latency: float = 0.0) -> None:
        program = [sys.executable, str(folder / "replay.py"), "--secret", SECRET]
        waiting = ["--latency-ms", str(latency * 1000)] if latency else []
        super().__init__([*program, *waiting, *options], latency)

    def set(self, **values: object) -> None:
        """Set what the server does from now on: `faults`, `error_rate`, `only`, `hang_s`, ..."""
        request = urllib.request.Request(self._beside(f"_set?{urlencode(values)}"), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def break_(self, endpoints: tuple[str, ...], faults: tuple[str, ...], rate: float) -> None:
        """Let this share of the answers of these endpoints go wrong in one of these ways."""
        only = ",".join(f"/{endpoint}" for endpoint in endpoints)
        self.set(faults=",".join(faults), error_rate=rate, only=only)

    def heal(self) -> None:
        """Let every answer be right from now on."""
        self.set(faults="", error_rate=0, only="")

    def stats(self) -> dict[str, Any]:
        """What was asked and answered so far, and the clock."""
        figures: dict[str, Any] = self._json(self._beside("_stats"))
        return figures

    def live(self) -> list[str]:
        """The ids of the matches that are live now."""
        asked = urlencode({"user": USER, "secret": SECRET})
        return [row["id"] for row in self._json(f"{self.base_url}/match/detail_live?{asked}")["results"]]

    def alter(self, **changes: object) -> None:
        """Change the world: `leave`, `return`, `delete`, `live`, `odds`, ..., as `replay.py` has them."""
        body = json.dumps(changes).encode()
        request = urllib.request.Request(self._beside("_alter"), body, method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def odds_history(self, match_id: str) -> dict[str, Any]:
        """What the API tells of a match's odds now: ticks by bookmaker and market."""
        asked = urlencode({"user": USER, "secret": SECRET, "uuid": match_id})
        results: dict[str, Any] = self._json(f"{self.base_url}/odds/history?{asked}")["results"] or {}
        return results

    def _beside(self, path: str) -> str:
        return f"{self.base_url.partition('/v1/')[0]}/{path}"

    @staticmethod
    def _json(url: str) -> Any:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)


def replay(folder: Path, latency: float, *options: str) -> ReplayServer:
    """The replay in `folder` as it stands, with so many seconds of latency and options of its own."""
    return ReplayServer(folder, *options, latency=latency)


def simulator(matches: int, latency: float, *, quota: int = 0) -> Server:
    """`football-assets simulate` with so many live matches."""
    program = [sys.executable, "-m", "football_assets.cli", "simulate"]
    options = ["--matches", str(matches), "--latency-ms", str(latency * 1000), "--quota", str(quota)]
    return Server([*program, *options], latency)
