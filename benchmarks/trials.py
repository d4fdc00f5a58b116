"""Cycles on a data directory that is thrown away: in this process, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servers import SECRET, USER, Server

from football_assets.cli.cycle import run_cycle
from football_assets.cycle.report import PHASES, CycleReport, read_reports
from football_assets.settings import Settings


@dataclass(frozen=True)
class Trial:
    """A data directory and the server that its cycles ask."""

    settings: Settings

    def cycle(self) -> CycleReport:
        """A whole cycle in this process."""
        with contextlib.redirect_stderr(io.StringIO()):
            return run_cycle(self.settings)

    def process(self) -> CycleReport:
        """A whole cycle in a process of its own, which has imported what a run of the sensor's has before."""
        environment = {
            **os.environ,
            "THESPORTS_USER": USER,
            "THESPORTS_SECRET": SECRET,
            "THESPORTS_BASE_URL": self.settings.thesports_base_url,
            "FOOTBALL_DATA_DIR": str(self.settings.data_dir),
            "FOOTBALL_MAX_CONNECTIONS": str(self.settings.max_connections),
        }
        program = [sys.executable, "-m", "football_assets.cli", "cycle", "--json"]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
        cycle_id = json.loads(done.stdout)["cycle_id"]
        return next(one for one in read_reports(self.settings.reports_path) if one.cycle_id == cycle_id)

    def over_quota(self) -> int:
        """How many requests the server refused as too many (HTTP 429)."""
        refusals = '"outcome": "over_quota"'
        logs = (self.settings.data_path / "logs").glob("*.log")
        return sum(line.count(refusals) for log in logs for line in log.read_text().splitlines())


@contextmanager
def trial(server: Server, connections: int = 30, **settings: Any) -> Iterator[Trial]:
    """A trial on a new data directory."""
    with tempfile.TemporaryDirectory(prefix="football-") as place:
        yield Trial(
            Settings(
                _env_file=None,
                thesports_user=USER,
                thesports_secret=SECRET,
                thesports_base_url=server.base_url,
                data_dir=Path(place),
                max_connections=connections,
                **settings,
            )
        )


def bound(requests: int, connections: int, latency: float) -> float:
    """The least seconds in which so many requests can be answered, the live list before all others."""
    return (1 + math.ceil((requests - 1) / connections)) * latency


def processing(report: CycleReport) -> float:
    """Seconds of a cycle's phases in which no request was out."""
    return sum(report.seconds[phase] for phase in PHASES) - report.network_seconds
