"""Reports of cycles, as a run would leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from football_assets.cycle.report import CycleReport, EndpointReport

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_report(number: int = 1, **fields: Any) -> CycleReport:
    """The report of a cycle that succeeded, `number` minutes after noon, with other values for `fields`."""
    started_at = NOON + timedelta(minutes=number)
    report = {
        "cycle_id": f"cycle-{number}",
        "started_at": started_at,
        "finished_at": started_at + timedelta(seconds=4),
        "tick_at": started_at - timedelta(seconds=1),
        "status": "success",
        "data_source": "api",
        "interval_seconds": 60,
        "seconds": {
            "live_fetch": 0.4,
            "enrichment": 3.0,
            "flatten": 0.1,
            "filter": 0.005,
            "publish": 0.2,
            "total": 3.9,
        },
        "endpoints": {
            "match/detail_live": EndpointReport(1, 0, 0, 0.4, 0.4, 300_000),
            "match/recent/list": EndpointReport(50, 2, 3, 0.02, 0.25, 120_000),
        },
        "failures": {"timeout": 2},
        "rows": {"live_matches": 50, "match_stats": 1500, "flattened_matches": 50},
        "cache_hits": 240,
        "connection_use": 0.43,
        "matches_in_play": 31,
        "matches_priced": 24,
        "odds_ticks_new": 120,
        "odds_waiting": 7,
        "rows_rejected": 1,
        "freshness_seconds": 4.9,
        "upstream_age_seconds": 6.2,
        "memory_mb": 182.0,
    }
    return CycleReport(**{**report, **fields})


def a_failed_report(number: int = 1, **fields: Any) -> CycleReport:
    """The report of a cycle whose live fetch failed."""
    failed = {
        "status": "failure",
        "error": "The API did not answer",
        "seconds": {"live_fetch": 30.0, "total": 30.1},
        "endpoints": {"match/detail_live": EndpointReport(3, 1, 2, 10.0, 10.0, 0)},
        "failures": {"not_reachable": 1},
        "rows": {},
        "matches_in_play": None,
        "matches_priced": None,
        "odds_ticks_new": 0,
        "upstream_age_seconds": None,
    }
    return a_report(number, **{**failed, **fields})
