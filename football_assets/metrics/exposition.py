"""The metrics as Prometheus reads them: families made from the kept state, and their text.

Every cycle is a process of its own. prometheus_client's multiprocess mode would leave files for each of
1,440 process ids a day and need a reaper for them, and its ordinary metrics would begin at 0 in each. So the
figures are kept in a state of their own, and a collector makes families of it at the moment of the scrape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from football_assets.cycle.pulses import read_pulse
from football_assets.metrics.catalogue import METRICS, Metric
from football_assets.metrics.state import Series, State, read_state
from football_assets.published.freshness import Freshness, freshness, published_age
from football_assets.settings import Thresholds

#: The gauges of the published file itself, at the moment of the scrape.
AGE = "football_published_age_seconds"
FRESH = "football_published_fresh"
SIZE = "football_published_size_bytes"

PUBLISHED_METRICS = {
    AGE: "Seconds since the published file was replaced, negative if it is dated ahead of the clock; absent "
    "where there is none.",
    FRESH: "1 while the file is fresh, 0 while it is late or dead.",
    SIZE: "Bytes of the published file; absent where there is none.",
}

PULSES = "football_pulses_total"
PULSE_REQUESTS = "football_pulse_requests_total"
PULSE_ENDED = "football_last_pulse_timestamp_seconds"
PULSE_SECONDS = "football_last_pulse_seconds"
PULSE_OWN = "football_last_pulse_own_seconds"

#: Of the pulses between the cycles, as the newest one's report tells.
PULSE_METRICS = {
    PULSES: "Pulses that ended.",
    PULSE_REQUESTS: "Requests that pulses sent, each attempt counted.",
    PULSE_ENDED: "When the newest pulse ended, in Unix time.",
    PULSE_SECONDS: "Seconds of the newest pulse.",
    PULSE_OWN: "Seconds of the newest pulse beside waiting for the API.",
}


def text(state: State) -> bytes:
    """The state in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(StateCollector(lambda: state))
    return generate_latest(registry)


class StateCollector(Collector):
    """The metrics of the catalogue, from the state as it is at the moment of the scrape."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def collect(self) -> Iterator[Family]:
        """A family for each metric that has a sample."""
        state = self._state()
        for metric in METRICS:
            if found := state.of(metric):
                yield _family(metric, found)


class PublishedCollector(Collector):
    """The published file's age, freshness and size at the moment of the scrape."""

    def __init__(self, path: Path, thresholds: Thresholds) -> None:
        self._path = path
        self._thresholds = thresholds

    def collect(self) -> Iterator[Family]:
        """The gauges of `PUBLISHED_METRICS`."""
        age = published_age(self._path, datetime.now(UTC))
        fresh = freshness(age, self._thresholds) is Freshness.FRESH
        yield GaugeMetricFamily(FRESH, PUBLISHED_METRICS[FRESH], float(fresh))
        if age is not None:
            yield GaugeMetricFamily(AGE, PUBLISHED_METRICS[AGE], age)
            yield GaugeMetricFamily(SIZE, PUBLISHED_METRICS[SIZE], _size(self._path))


class PulseCollector(Collector):
    """The metrics of `PULSE_METRICS`, from the report of the newest pulse; none where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[Family]:
        """A family for each."""
        pulse = read_pulse(self._path)
        if pulse is None:
            return
        pulses = CounterMetricFamily(PULSES, PULSE_METRICS[PULSES], labels=("status",))
        pulses.add_metric(("success",), pulse.number - pulse.failed)
        pulses.add_metric(("failure",), pulse.failed)
        yield pulses
        yield CounterMetricFamily(PULSE_REQUESTS, PULSE_METRICS[PULSE_REQUESTS], pulse.requests_sent)
        yield GaugeMetricFamily(PULSE_ENDED, PULSE_METRICS[PULSE_ENDED], pulse.finished_at.timestamp())
        yield GaugeMetricFamily(PULSE_SECONDS, PULSE_METRICS[PULSE_SECONDS], pulse.seconds["total"])
        yield GaugeMetricFamily(PULSE_OWN, PULSE_METRICS[PULSE_OWN], pulse.own_seconds)


def registry(
    state_path: Path, pulse_path: Path | None, published_path: Path, thresholds: Thresholds
) -> CollectorRegistry:
    """What `football-assets metrics` serves; of pulses nothing where there are none any more."""
    made = CollectorRegistry()
    made.register(StateCollector(lambda: read_state(state_path)))
    if pulse_path:
        made.register(PulseCollector(pulse_path))
    made.register(PublishedCollector(published_path, thresholds))
    return made


def _family(metric: Metric, found: list[Series]) -> Family:
    if metric.kind == "histogram":
        histogram = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
        bounds = [*(f"{float(bound)}" for bound in metric.buckets), "+Inf"]
        for series in found:
            cumulative = list(zip(bounds, map(float, accumulate(series.counts)), strict=True))
            histogram.add_metric(series.labels, cumulative, series.value)
        return histogram
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.meaning, labels=metric.labels)
    for series in found:
        family.add_metric(series.labels, series.value)
    return family


def _size(path: Path) -> float:
    try:
        return float(path.stat().st_size)
    except OSError:
        return 0.0
