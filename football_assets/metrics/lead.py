"""Which of several machines works, as this one's `start` has written it down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from football_assets.instance.fence import read_leader

LEAD = "football_lead"

#: Absent without `FOOTBALL_STANDBY`.
LEAD_METRICS = {
    LEAD: "1 where this machine works, 0 where it waits or `start` does not run; over all machines the sum "
    "is 1."
}


class LeadCollector(Collector):
    """The gauge of `LEAD_METRICS` at the moment of the scrape."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[Family]:
        """Its one family."""
        seen = read_leader(self._path)
        works = seen is not None and seen.is_here and not seen.is_stale
        yield GaugeMetricFamily(LEAD, LEAD_METRICS[LEAD], float(works))
