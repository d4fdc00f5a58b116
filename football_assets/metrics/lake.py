"""The metrics of the lake, as its newest commit and the cycles since then tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from football_assets.lake.state import read_lake_state

COMMITTED = "football_lake_commit_timestamp_seconds"
SECONDS = "football_lake_seconds"
CYCLES = "football_lake_cycles_waiting"
FILES = "football_lake_files_waiting"
VERIFIED = "football_lake_verified_timestamp_seconds"
DIFFERENT = "football_lake_tables_different"

#: Absent where there is no lake.
LAKE_METRICS = {
    COMMITTED: "When the lake was last brought up to date, in Unix time.",
    SECONDS: "Seconds of the newest commit to the lake, or until it was given up.",
    CYCLES: "Cycles that the lake lacks.",
    FILES: "Files of the history that the lake lacks.",
    VERIFIED: "When all tables of the lake were last compared with the file, in Unix time.",
    DIFFERENT: "Tables of the lake that were not what the file had then; the next cycle sends them anew.",
}


class LakeCollector(Collector):
    """The gauges of `LAKE_METRICS` at the moment of the scrape."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[Family]:
        """A family for each figure that is known."""
        state = read_lake_state(self._path)
        if state is None:
            return
        found = {SECONDS: state.seconds, CYCLES: state.cycles_waiting, FILES: state.files_waiting}
        for name, moment in ((COMMITTED, state.committed_at), (VERIFIED, state.verified_at)):
            if moment:
                found[name] = datetime.fromisoformat(moment).timestamp()
        if state.verified_at:
            found[DIFFERENT] = len(state.different)
        for name, value in found.items():
            if value is not None:
                yield GaugeMetricFamily(name, LAKE_METRICS[name], value)
