"""Dagster's SQLite files, from its home (`instance_config` puts them there)."""

from __future__ import annotations

from pathlib import Path

RUNS = Path("history", "runs.db")
#: What all runs say of the assets. The events of each run are in a file beside it.
EVENTS = Path("history", "runs", "index.db")
SCHEDULES = Path("schedules", "schedules.db")

#: Each with a table that it has.
DATABASES = {RUNS: "runs", EVENTS: "event_logs", SCHEDULES: "jobs"}
