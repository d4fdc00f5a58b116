"""Dagster's instance: where its home is and how it is configured. What runs on it is not here.

Nothing here imports Dagster at module level: the supervisor stays small, and errors are told fast.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from football_assets.files import replace_file
from football_assets.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

_HEADER = """\
# Written by `football-assets start`, which overwrites it. `football_assets/instance/__init__.py` says why.
"""


def dagster_home(settings: Settings) -> Path:
    """Where Dagster keeps its runs, events and ticks: within the data directory, whatever the shell says."""
    return settings.data_path / "dagster"


def instance_config(base_dir: str) -> dict[str, Any]:
    """The contents of `dagster.yaml` for storage in `base_dir` (absolute, or from the working directory)."""
    return {
        # The files that Dagster's own storage would have, with connections that stay open; or PostgreSQL.
        "run_storage": _storage("Runs", f"{base_dir}/history"),
        "event_log_storage": _storage("EventLog", f"{base_dir}/history/runs"),
        "schedule_storage": _storage("Schedules", f"{base_dir}/schedules"),
        # Without it Dagster would put its artifacts in a temporary home, which goes with the process.
        "local_artifact_storage": {
            "module": "dagster.core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": base_dir},
        },
        # Launches at once. The default one queues the run and looks into the queue every few seconds.
        "run_coordinator": {"module": "dagster.core.run_coordinator", "class": "DefaultRunCoordinator"},
        # A process waits with its packages loaded: importing them takes longer than a warm cycle's work.
        "run_launcher": {"module": "football_assets.instance.launcher", "class": "WarmRunLauncher"},
        # A cycle writes nothing of use to its standard output: its lines are in Dagster's log and in logs/.
        "compute_logs": {
            "module": "dagster.core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        # A thread a sensor: one that waits, for its moment or for a webhook, holds up no other.
        "sensors": {"use_threads": True, "num_workers": 4},
        # A run that never came up, hangs beyond its `dagster/max_runtime` tag or does not obey "terminate".
        # One whose process died is found by the code server and by the sensor.
        "run_monitoring": {
            "enabled": True,
            "start_timeout_seconds": 60,
            "cancel_timeout_seconds": 30,
            "max_resume_run_attempts": 0,
            "poll_interval_seconds": 20,
        },
        # Days; the project's own `retention` job does the rest, by its settings.
        "retention": {
            "sensor": {"purge_after_days": {"skipped": 1, "success": 2, "failure": 7, "started": 7}},
            "schedule": {"purge_after_days": {"skipped": 1, "success": 7, "failure": 7, "started": 7}},
        },
        "freshness": {"enabled": True},
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
    }


def _storage(kind: str, directory: str) -> dict[str, Any]:
    return {
        "module": "football_assets.instance.storage",
        "class": kind,
        "config": {"base_dir": directory},
    }


def write_instance(settings: Settings) -> Path:
    """Make Dagster's home with its `dagster.yaml`, if it is not there or says something else. Gives the home.

    Raises `OSError` when the data directory cannot be written.
    """
    home = dagster_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    # JSON is YAML too.
    text = _HEADER + json.dumps(instance_config(str(home)), indent=2) + "\n"
    path = home / "dagster.yaml"
    if not path.exists() or path.read_text("utf-8") != text:
        replace_file(path, text.encode())
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """The instance that the sensor's runs are recorded in, for running a job in this process.

    Sets `DAGSTER_HOME` for this process: what Dagster starts below it must find the same instance.
    """
    os.environ["DAGSTER_HOME"] = str(write_instance(settings))
    from dagster import DagsterInstance

    with DagsterInstance.get() as instance:
        yield instance
