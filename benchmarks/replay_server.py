"""A replay of the API as a server of its own, with faults set at will. Used by the programs beside it.

The replay is a folder outside the project: `replay.py`, which serves, and `check.py`, which holds a published
database against what was served.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Self

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


class ReplayServer:
    """The server, up inside the `with`. Without `--clock` among the options its time stands still."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._command = [
            sys.executable,
            str(folder / "replay.py"),
            "--port",
            "0",
            "--secret",
            SECRET,
            *options,
        ]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.base_url = self._process.stdout.readline().strip()
        if not self.base_url:
            raise SystemExit(f"{self._command[1]} did not start")
        self._root = self.base_url.partition("/v1/")[0]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead the pipeline here."""
        return {
            "THESPORTS_USER": "bench",
            "THESPORTS_SECRET": SECRET,
            "THESPORTS_BASE_URL": self.base_url,
        }

    def set(self, **values: object) -> None:
        """Set what the server does from now on: `faults`, `error_rate`, `only`, `hang_s`, ..."""
        query = urllib.parse.urlencode(values)
        urllib.request.urlopen(
            urllib.request.Request(f"{self._root}/_set?{query}", method="POST"), timeout=10
        ).close()

    def break_(self, endpoints: tuple[str, ...], faults: tuple[str, ...], rate: float) -> None:
        """Let this share of the answers of these endpoints go wrong in one of these ways."""
        only = ",".join(f"/{endpoint}" for endpoint in endpoints)
        self.set(faults=",".join(faults), error_rate=rate, only=only)

    def heal(self) -> None:
        """Let every answer be right from now on."""
        self.set(faults="", error_rate=0, only="")

    def stats(self) -> dict[str, Any]:
        """What was asked and answered so far."""
        with urllib.request.urlopen(f"{self._root}/_stats", timeout=10) as answer:
            figures: dict[str, Any] = json.load(answer)
        return figures

    def odds_history(self, match_id: str) -> dict[str, Any]:
        """What the API tells of a match's odds now: ticks by bookmaker and market."""
        query = urllib.parse.urlencode({"user": "bench", "secret": SECRET, "uuid": match_id})
        with urllib.request.urlopen(f"{self.base_url}/odds/history?{query}", timeout=10) as answer:
            results: dict[str, Any] = json.load(answer)["results"] or {}
        return results
