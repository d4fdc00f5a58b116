"""A cycle's report as people read it: one line, or all that was measured, in 80 columns.
Pure functions of the report; nothing is measured or printed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from football_assets.cycle.report import PHASES, CycleReport, EndpointReport
from football_assets.published.formatting import NONE, plain

WIDTH = 80

_LABEL = 14
_ENDPOINT = "{:<32} {:>8} {:>6} {:>7} {:>7} {:>7} {:>7}"


def breakdown(report: CycleReport) -> str:
    """The whole report, in lines of at most 80 columns. What was not reached or is not known is a dash."""
    return "\n".join((*_head(report), "", *_phases(report), "", *_endpoints(report), *_figures(report)))


def short(report: CycleReport) -> str:
    """What a person at a terminal wants to know of a cycle, in two or three lines."""
    phases = ", ".join(
        f"{name} {report.seconds[phase]:.1f}" for phase, name in PHASES.items() if phase in report.seconds
    )
    lines = [f"{report.status} in {_seconds(report.seconds.get('total'), 1)} ({phases}), {_margin(report)}"]
    if report.error:
        lines.append(plain(report.error))
    else:
        live, in_play = _known(report.rows.get("live_matches")), _known(report.matches_in_play)
        found = f"{live} matches live, {in_play} in play, {report.odds_ticks_new:,} new ticks"
        asked = f"{report.requests} requests, {report.requests_failed} failed"
        lines.append(f"{found}; {asked}; data: {report.data_source}")
    return "\n".join([*lines, *(f"warning: {plain(warning)}" for warning in report.warnings)])


def _margin(report: CycleReport) -> str:
    return f"margin {_seconds(report.margin_seconds, 1)} of {report.interval_seconds:g} s"


def one_line(report: CycleReport) -> str:
    """The report in one line: how it ended, its times, its requests, what it found."""
    total, enrichment = (_seconds(report.seconds.get(phase), 2) for phase in ("total", "enrichment"))
    parts = [
        f"{report.status} in {total} (enrichment {enrichment})",
        f"margin {_seconds(report.margin_seconds, 2)}",
        f"{report.requests} requests, {report.requests_failed} failed",
        f"{_known(report.rows.get('live_matches'))} live, {_known(report.matches_in_play)} in play",
        f"{report.odds_ticks_new} new ticks",
        report.data_source,
    ]
    if report.warnings:
        parts.append(f"warnings: {', '.join(map(plain, report.warnings))}")
    if report.error:
        parts.append(f"error: {plain(report.error)}")
    return "; ".join(parts)


def _head(report: CycleReport) -> Iterator[str]:
    yield f"Cycle {report.cycle_id}"
    yield f"{report.status}, {report.data_source}, started {report.started_at:%Y-%m-%d %H:%M:%S} UTC"


def _phases(report: CycleReport) -> Iterator[str]:
    for phase, name in (*PHASES.items(), ("total", "total")):
        yield f"{name:<{_LABEL}}{_seconds(report.seconds.get(phase)):>10}"
    yield f"{'margin':<{_LABEL}}{_seconds(report.margin_seconds):>10}, interval {report.interval_seconds:g} s"


def _endpoints(report: CycleReport) -> Iterator[str]:
    if not report.endpoints:
        return
    yield _ENDPOINT.format("endpoint", "requests", "failed", "retried", "median", "p95", "kB")
    yield _ENDPOINT.format("", "", "", "", "ms", "ms", "").rstrip()
    for name, endpoint in sorted(report.endpoints.items()):
        yield _endpoint(name, endpoint)
    yield ""


def _endpoint(name: str, endpoint: EndpointReport) -> str:
    return _ENDPOINT.format(
        name,
        endpoint.requests,
        endpoint.failed,
        endpoint.retried,
        _milliseconds(endpoint.median_seconds),
        _milliseconds(endpoint.p95_seconds),
        f"{endpoint.bytes / 1000:.1f}",
    )


def _figures(report: CycleReport) -> Iterator[str]:
    sent, failed, retried = report.requests, report.requests_failed, report.requests_retried
    yield from _entry("requests", f"{sent} sent, {failed} failed, {retried} retried")
    yield from _entry("failures", _counts(report.failures))
    yield from _entry("cache hits", str(report.cache_hits))
    yield from _entry("connections", _percent(report.connection_use))
    yield from _entry("rows", _counts(report.rows))
    if report.rows_rejected:
        yield from _entry("rejected", f"{report.rows_rejected} rows that could not be read")
    yield from _entry("in play", _known(report.matches_in_play))
    yield from _entry(
        "odds", f"{report.odds_ticks_new} new ticks, {report.odds_waiting} matches wait for their history"
    )
    since = "the start" if report.tick_at is None else "the sensor's tick"
    yield from _entry("freshness", _seconds(report.freshness_seconds, then=f" since {since}"))
    yield from _entry("newest change", _seconds(report.upstream_age_seconds, then=" old"))
    yield from _entry("memory", NONE if report.memory_mb is None else f"{report.memory_mb:.0f} MB")
    for warning in report.warnings:
        yield from _entry("warning", plain(warning))
    if report.error:
        yield from _entry("error", plain(report.error))


def _entry(label: str, text: str) -> Iterator[str]:
    """A labelled text over as many lines as it needs, the further ones below its beginning."""
    for place, line in enumerate(wrap(text, WIDTH - _LABEL) or [NONE]):
        yield f"{'' if place else label:<{_LABEL}}{line}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or NONE


def _known(value: int | None) -> str:
    return NONE if value is None else str(value)


def _seconds(value: float | None, decimals: int = 3, then: str = "") -> str:
    return NONE if value is None else f"{value:.{decimals}f} s{then}"


def _milliseconds(value: float | None) -> str:
    return NONE if value is None else f"{value * 1000:.1f}"


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{share:.0%} of the connection-seconds while requests were out"
