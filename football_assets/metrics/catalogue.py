"""Every metric that is worked out from cycles' reports: its name, kind, labels and meaning, and how a report
gives its samples. The one source of the exposition and of the list in `docs/metrics.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from football_assets.cycle.report import PHASES, CycleReport, EndpointReport
from football_assets.thesports.errors import TheSportsError

#: `counter`: added up over the cycles. `histogram`: cycles counted by their figure. `gauge`: of the newest
#: cycle, absent where that has none. `lasting`: a gauge that stays as it is where the newest cycle has none.
Kind = Literal["counter", "histogram", "gauge", "lasting"]

Labels = tuple[str, ...]
Samples = Iterable[tuple[Labels, float | None]]


@dataclass(frozen=True)
class Metric:
    """A metric. `samples` gives a report's label values and figures; a figure that is None is left out."""

    name: str
    kind: Kind
    meaning: str
    labels: Labels
    samples: Callable[[CycleReport], Samples]
    buckets: tuple[float, ...] = ()


#: Seconds; a cycle has 60, and is fast below 10.
CYCLE_BUCKETS = (1, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60, 120)
PHASE_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15, 30, 45, 60)

#: Where memory is told in megabytes, these are the bytes of one.
MEGABYTE = 1024 * 1024


def _counter(name: str, meaning: str, figure: Callable[[CycleReport], float]) -> Metric:
    return Metric(name, "counter", meaning, _SOURCE, lambda report: [((report.data_source,), figure(report))])


def _gauge(name: str, meaning: str, figure: Callable[[CycleReport], float | None]) -> Metric:
    return Metric(name, "gauge", meaning, (), lambda report: [((), figure(report))])


def _endpoint_counter(name: str, meaning: str, figure: Callable[[EndpointReport], float]) -> Metric:
    def samples(report: CycleReport) -> Samples:
        return [((each, report.data_source), figure(found)) for each, found in report.endpoints.items()]

    return Metric(name, "counter", meaning, ("endpoint", *_SOURCE), samples)


def _endpoint_gauge(name: str, meaning: str, figure: Callable[[EndpointReport], float | None]) -> Metric:
    def samples(report: CycleReport) -> Samples:
        return [((each,), figure(found)) for each, found in report.endpoints.items()]

    return Metric(name, "gauge", meaning, ("endpoint",), samples)


def _causes(error: type[TheSportsError] = TheSportsError) -> Iterator[str]:
    for kind in error.__subclasses__():
        yield kind.cause
        yield from _causes(kind)


def _cycles(report: CycleReport) -> Samples:
    # Each outcome from the first cycle on, with 0: a counter that appears with its first failure hides it.
    for status in ("success", "failure"):
        yield (status, report.data_source), float(report.status == status)


def _failures(report: CycleReport) -> Samples:
    for cause in sorted({*_causes(), *report.failures}):
        yield (cause, report.data_source), report.failures.get(cause, 0)


def _finished(report: CycleReport) -> float:
    return (report.finished_at or report.started_at).timestamp()


_SOURCE = ("data_source",)

METRICS: tuple[Metric, ...] = (
    Metric("football_cycles_total", "counter", "Cycles that ended.", ("status", *_SOURCE), _cycles),
    Metric(
        "football_cycle_seconds",
        "histogram",
        "Cycles by their seconds, from the start until just before the replacement of the published file.",
        _SOURCE,
        lambda report: [((report.data_source,), report.seconds.get("total"))],
        CYCLE_BUCKETS,
    ),
    Metric(
        "football_cycle_phase_seconds",
        "histogram",
        "Cycles by the seconds of each phase that they reached.",
        ("phase", *_SOURCE),
        lambda report: [((phase, report.data_source), report.seconds.get(phase)) for phase in PHASES],
        PHASE_BUCKETS,
    ),
    _endpoint_counter(
        "football_requests_total", "Requests sent, each attempt counted.", lambda each: each.requests
    ),
    _endpoint_counter(
        "football_requests_retried_total", "Attempts after a first one.", lambda each: each.retried
    ),
    _endpoint_counter(
        "football_endpoint_requests_failed_total",
        "Requests without a good answer in any attempt, by endpoint.",
        lambda each: each.failed,
    ),
    Metric(
        "football_requests_failed_total",
        "counter",
        "Requests without a good answer in any attempt, by cause.",
        ("cause", *_SOURCE),
        _failures,
    ),
    _endpoint_counter("football_response_bytes_total", "Bytes of decoded answers.", lambda each: each.bytes),
    _counter(
        "football_cache_hits_total",
        "Rows that were known and not asked for.",
        lambda report: report.cache_hits,
    ),
    _counter("football_odds_ticks_total", "New odds ticks.", lambda report: report.odds_ticks_new),
    _counter(
        "football_rows_rejected_total",
        "Rows of the API that could not be read.",
        lambda report: report.rows_rejected,
    ),
    _counter("football_warnings_total", "Warnings in cycles.", lambda report: len(report.warnings)),
    Metric(
        "football_last_cycle_info",
        "gauge",
        "1 for the newest cycle's status and data source.",
        ("status", *_SOURCE),
        lambda report: [((report.status, report.data_source), 1)],
    ),
    _gauge("football_last_cycle_timestamp_seconds", "When the newest cycle ended, in Unix time.", _finished),
    Metric(
        "football_last_success_timestamp_seconds",
        "lasting",
        "When the newest cycle that succeeded ended, in Unix time.",
        (),
        lambda report: [((), _finished(report) if report.status == "success" else None)],
    ),
    _gauge(
        "football_last_cycle_seconds",
        "Seconds of the newest cycle.",
        lambda report: report.seconds.get("total"),
    ),
    Metric(
        "football_last_cycle_phase_seconds",
        "gauge",
        "Seconds of the newest cycle's phases.",
        ("phase",),
        lambda report: [((phase,), report.seconds.get(phase)) for phase in PHASES],
    ),
    _gauge(
        "football_interval_seconds",
        "Seconds from one cycle's start to the next, as set.",
        lambda report: report.interval_seconds,
    ),
    _gauge(
        "football_margin_seconds",
        "Seconds that the newest cycle left of its interval.",
        lambda report: report.margin_seconds,
    ),
    _endpoint_gauge(
        "football_request_median_seconds",
        "Median seconds of the newest cycle's attempts.",
        lambda each: each.median_seconds,
    ),
    _endpoint_gauge(
        "football_request_p95_seconds",
        "95th percentile of the seconds of the newest cycle's attempts.",
        lambda each: each.p95_seconds,
    ),
    _gauge(
        "football_connection_use_ratio",
        "Share of the connection-seconds used while requests were out.",
        lambda report: report.connection_use,
    ),
    _gauge(
        "football_matches_live", "Matches in the live list.", lambda report: report.rows.get("live_matches")
    ),
    _gauge("football_matches_in_play", "Matches in play.", lambda report: report.matches_in_play),
    _gauge(
        "football_matches_priced",
        "Matches in play of which some market has a live price.",
        lambda report: report.matches_priced,
    ),
    _gauge(
        "football_odds_waiting",
        "Matches whose odds history waits for the quota.",
        lambda report: report.odds_waiting,
    ),
    Metric(
        "football_rows",
        "gauge",
        "Rows of each table in the newest cycle.",
        ("table",),
        lambda report: [((table,), count) for table, count in report.rows.items()],
    ),
    _gauge(
        "football_freshness_seconds",
        "Seconds from the sensor's tick (else the cycle's start) to just before publishing.",
        lambda report: report.freshness_seconds,
    ),
    _gauge(
        "football_upstream_age_seconds",
        "Age of the newest upstream change when published.",
        lambda report: report.upstream_age_seconds,
    ),
    _gauge(
        "football_memory_bytes",
        "Peak resident memory of the newest cycle's process.",
        lambda report: None if report.memory_mb is None else report.memory_mb * MEGABYTE,
    ),
)
