"""Which process works on a run."""

from __future__ import annotations

from datetime import UTC, datetime

from dagster import DagsterEventType, DagsterInstance


def process_of_run(instance: DagsterInstance, run_id: str) -> tuple[int, datetime] | None:
    """The process that works on the run, as it told of itself last, and when (UTC). Fits `is_running`."""
    for entry in reversed(instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None and str(pid.value).isdigit():
            return int(str(pid.value)), datetime.fromtimestamp(entry.timestamp, UTC)
    return None
