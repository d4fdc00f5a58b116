"""What the cycles add up to, kept in a JSON file so that counters and histograms survive every process.
What the figures mean is in `catalogue`; how Prometheus reads them in `exposition`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from football_assets.cycle.report import CycleReport
from football_assets.files import replace_file
from football_assets.metrics.catalogue import METRICS, Labels, Metric

ADDED_UP = ("counter", "histogram")

#: So many cycles are known by their ids: one that is recorded again long afterwards is not expected.
REMEMBERED_CYCLES = 500


@dataclass
class Series:
    """A metric's value for one set of label values; of a histogram the sum, and the cycles in each bucket,
    the last of which is without bound."""

    metric: str
    labels: Labels
    value: float = 0.0
    counts: list[int] = field(default_factory=list)


@dataclass
class State:
    """All series, and the ids of the cycles in them, the oldest first."""

    series: list[Series] = field(default_factory=list)
    cycle_ids: list[str] = field(default_factory=list)

    def of(self, metric: Metric) -> list[Series]:
        """The metric's series."""
        return [series for series in self.series if series.metric == metric.name]

    def add(self, report: CycleReport) -> bool:
        """Add a cycle that has ended; gives whether it was new."""
        if report.status == "running" or report.cycle_id in self.cycle_ids:
            return False
        self.cycle_ids = [*self.cycle_ids, report.cycle_id][-REMEMBERED_CYCLES:]
        for metric in METRICS:
            if metric.kind == "gauge":
                self.series = [series for series in self.series if series.metric != metric.name]
            self._update(metric, report)
        return True

    def _update(self, metric: Metric, report: CycleReport) -> None:
        found = {series.labels: series for series in self.of(metric)}
        for labels, value in _known(metric, report):
            series = found.get(labels)
            if series is None:
                series = Series(metric.name, labels, counts=_no_counts(metric))
                self.series.append(series)
            series.value = series.value + value if metric.kind in ADDED_UP else value
            if metric.kind == "histogram":
                series.counts[bisect_left(metric.buckets, value)] += 1


_STATE = TypeAdapter(State)
_BY_NAME = {metric.name: metric for metric in METRICS}


def read_state(path: Path) -> State:
    """The state kept in the file; an empty one where there is no file, or it holds no state.

    That is a reset, which Prometheus' `rate` and `increase` allow for. Series that the catalogue does
    not know, or knows with other labels or buckets, are left out. Raises `OSError` for an unreadable file.
    """
    try:
        state = _STATE.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return State()
    state.series = [series for series in state.series if _fits(series)]
    return state


def write_state(state: State, path: Path) -> None:
    """Keep the state, whole or not at all. Raises `OSError`."""
    replace_file(path, orjson.dumps(state))


def _known(metric: Metric, report: CycleReport) -> Iterator[tuple[Labels, float]]:
    for labels, value in metric.samples(report):
        if value is not None:
            yield labels, float(value)


def _no_counts(metric: Metric) -> list[int]:
    return [0] * (len(metric.buckets) + 1) if metric.kind == "histogram" else []


def _fits(series: Series) -> bool:
    metric = _BY_NAME.get(series.metric)
    return (
        metric is not None
        and len(series.labels) == len(metric.labels)
        and len(series.counts) == len(_no_counts(metric))
    )
