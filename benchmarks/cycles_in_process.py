"""Real cycles, by the project's own Dagster job, in this process. Used by the programs beside it."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import DagsterInstance

from football_assets.cycle.report import CycleReport, read_reports
from football_assets.definitions import build_definitions
from football_assets.settings import Settings

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

#: Quotas that never make a benchmark wait: it asks for in a minute what a pipeline asks for in an hour.
NO_QUOTAS = {"requests_per_minute": 10_000_000, "odds_history_per_minute": 10_000_000}


@dataclass(frozen=True)
class Ran:
    """A cycle that ended: its report, what Dagster recorded and what went to standard error."""

    report: CycleReport | None
    seconds: float
    told: str

    @property
    def succeeded(self) -> bool:
        return self.report is not None and self.report.status == "success"

    @property
    def line(self) -> str:
        """What a person reads of it: the error, else the warnings."""
        if self.report is None:
            return "no report"
        return self.report.error or "; ".join(self.report.warnings)


def settings_for(data: Path, base_url: str, secret: str, **changes: Any) -> Settings:
    """Settings that come from nowhere but here."""
    given = {
        "_env_file": None,
        "thesports_user": "bench",
        "thesports_secret": secret,
        "thesports_base_url": base_url,
        "data_dir": data,
        "max_attempts": 2,
        **NO_QUOTAS,
    }
    return Settings(**(given | changes))


def run_cycle(settings: Settings, instance: DagsterInstance) -> Ran:
    """One cycle."""
    job = build_definitions(settings).resolve_job_def("cycle")
    begun, errors = time.perf_counter(), io.StringIO()
    with contextlib.redirect_stderr(errors):
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=_QUIET)
    seconds = time.perf_counter() - begun
    report = next(iter(read_reports(settings.reports_path, newest=1)), None)
    ours = report if report and report.cycle_id == result.run_id else None
    recorded = "\n".join(str(record) for record in instance.all_logs(result.run_id))
    return Ran(ours, seconds, f"{errors.getvalue()}\n{recorded}")


@contextlib.contextmanager
def ephemeral() -> Iterator[DagsterInstance]:
    """Dagster's storage in memory."""
    with DagsterInstance.ephemeral() as instance:
        yield instance
