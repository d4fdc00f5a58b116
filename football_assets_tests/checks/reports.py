"""Reports of cycles with figures of a test's own choosing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from football_assets.cycle.report import CycleReport, EndpointReport


def report(cycle_id: str = "now", finished_at: datetime | None = None, **values: Any) -> CycleReport:
    """A cycle that went well and ended then (now, without), but for `values`."""
    finished = finished_at or datetime.now(UTC)
    figures: dict[str, Any] = {
        "status": "success",
        "data_source": "simulated",
        "interval_seconds": 60,
        "started_at": finished - timedelta(seconds=4),
        "finished_at": finished,
        "seconds": {"enrichment": 2.0, "total": 4.0},
        "endpoints": {"recent/list": EndpointReport(requests=200, retried=0)},
        "memory_mb": 240.0,
        "rows": {"live_matches": 1},
    }
    return CycleReport(cycle_id=cycle_id, **{**figures, **values})
