"""A run's measurements as Dagster's metadata: numbers, so that the UI plots them over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dagster import MarkdownMetadataValue, MetadataValue

from football_assets.cycle.report import CycleReport
from football_assets.tables.flattened import SOME_MARKET_LIVE

#: The matches in play that the preview shows, not many: it is stored with each materialisation. Beside each,
#: how many there are of which some market has a live price.
PREVIEW = f"""\
SELECT
    country, competition, minute, status, home_team, away_team, home_score, away_score,
    money_line_home, money_line_draw, money_line_away,
    count(*) FILTER ({SOME_MARKET_LIVE}) OVER () AS matches_priced
FROM in_play_matches
LIMIT 25
"""


def endpoint_figures(report: CycleReport, endpoints: Iterable[str]) -> dict[str, float | int]:
    """What these endpoints were asked: requests, failures, retries, latency in seconds, bytes."""
    figures: dict[str, float | int] = {}
    for name in endpoints:
        endpoint = report.endpoints.get(name)
        if endpoint is None:
            continue
        for what in ("requests", "failed", "retried", "median_seconds", "p95_seconds", "bytes"):
            value = getattr(endpoint, what)
            if value is not None:
                figures[f"{name} {what}"] = value
    return figures


def cycle_figures(report: CycleReport) -> dict[str, Any]:
    """The whole report: seconds by phase, requests, and how fresh what is published is."""
    figures: dict[str, Any] = {
        **{f"{phase}_seconds": seconds for phase, seconds in report.seconds.items()},
        "margin_seconds": report.margin_seconds,
        "freshness_seconds": report.freshness_seconds,
        "upstream_age_seconds": report.upstream_age_seconds,
        "memory_mb": report.memory_mb,
        "connection_use": report.connection_use,
        "matches_in_play": report.matches_in_play,
        "matches_priced": report.matches_priced,
        "requests": report.requests,
        "requests_failed": report.requests_failed,
        "requests_retried": report.requests_retried,
        "cache_hits": report.cache_hits,
        "odds_ticks_new": report.odds_ticks_new,
        "odds_waiting": report.odds_waiting,
        "odds_repaired": report.odds_repaired,
        "odds_set_aside": report.odds_set_aside,
        "rows_rejected": report.rows_rejected,
        "data_source": report.data_source,
    }
    figures = {name: value for name, value in figures.items() if value is not None}
    if report.failures:
        figures["failures by cause"] = MetadataValue.json(report.failures)
    if report.warnings:
        figures["warnings"] = MetadataValue.text("\n".join(report.warnings))
    return figures


def matches_preview(rows: Iterable[Mapping[str, Any]]) -> MarkdownMetadataValue:
    """In-play matches as a table: country, competition, minute, teams, score, money line."""
    lines = [
        "| Country | Competition | Min | Match | Score | 1 | X | 2 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            row["country"],
            row["competition"],
            row["minute"] or row["status"],
            f"{row['home_team']} - {row['away_team']}",
            f"{row['home_score']}-{row['away_score']}",
            row["money_line_home"],
            row["money_line_draw"],
            row["money_line_away"],
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return MetadataValue.md("\n".join(lines))


def _cell(value: object) -> str:
    """A value that cannot end its cell or begin any markup."""
    text = "" if value is None else " ".join(str(value).split())[:60]
    return "".join("\\" + character if character in r"\`*_{}[]<>()#+!|~" else character for character in text)
