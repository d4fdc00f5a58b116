"""How long things are kept. The scheduled job `retention` removes what is older."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings

#: A hundred years. Of much more there is no date: `now - timedelta(days=999_999)` is an `OverflowError`.
_MOST_DAYS = 36_500
_MOST_HOURS = 24 * _MOST_DAYS
_MOST_MINUTES = 60 * _MOST_HOURS


def _days(default: float, description: str) -> Any:
    return Field(default, gt=0, le=_MOST_DAYS, description=description)


class KeepingSettings(BaseSettings):
    """How long runs, ticks, reports, logs and history are kept."""

    keep_runs_hours: float = Field(
        2,
        gt=0,
        le=_MOST_HOURS,
        description="Hours for which every run is kept, with its events.",
    )
    keep_run_samples_days: float = Field(
        3,
        ge=0,
        le=_MOST_DAYS,
        description="Days for which a sample of the older runs is kept: Dagster's plots are drawn from them.",
    )
    keep_run_samples_minutes: float = Field(
        60, ge=1, le=_MOST_MINUTES, description="Minutes from one run of that sample to the next."
    )
    keep_ticks_days: float = _days(2, "Days for which the sensors' and schedules' ticks are kept.")
    keep_reports_days: float = _days(2, "Days for which the cycles' reports are kept.")
    keep_logs_days: float = _days(14, "Days for which log files are kept.")
    keep_history_days: float = _days(365, "Days for which the history in Parquet is kept.")
