"""What Dagster's databases say, read without Dagster: the one place that knows which kind they are.

Whoever asks gets an answer or None, never an error: a record that cannot be read must end nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from football_assets.settings import Settings


@dataclass(frozen=True)
class Ended:
    """The newest run of the cycle that has ended, by Dagster's record. `at` is in seconds since 1970."""

    run_id: str
    failed: bool
    at: float


class Records(Protocol):
    """Dagster's record of runs, sensors and heartbeats, in one kind of database."""

    def newest_run(self) -> Ended | None:
        """The newest run of the cycle that has ended; None if there is none or it cannot be read."""

    def sensors_off(self) -> list[str]:
        """The sensors and schedules that somebody turned off; none if that cannot be read."""

    def turn_on(self) -> None:
        """Let all sensors and schedules be as the project declares them: on. Nothing of Dagster may run."""

    def unreadable(self) -> list[str]:
        """What of it cannot be read, by name."""

    def advice(self) -> str:
        """A sentence on what becomes of what cannot be read."""

    def heartbeat(self) -> object:
        """The newest heartbeat of Dagster's daemon; None if it cannot be read."""

    def is_broken(self) -> bool:
        """Whether a part has to be set aside, so that Dagster begins it anew."""

    def set_aside_broken(self) -> Iterator[Path]:
        """Set such parts aside, while nothing of Dagster runs. Gives their paths."""


def records_of(settings: Settings) -> Records:
    """The record that Dagster keeps by these settings."""
    if settings.dagster_postgres:
        from football_assets.instance.records_postgres import PostgresRecords  # only where it is set

        return PostgresRecords(settings.dagster_postgres.get_secret_value())
    from football_assets.instance import dagster_home
    from football_assets.instance.records_sqlite import SqliteRecords

    return SqliteRecords(dagster_home(settings))


def mend(records: Records, tell: Callable[[str], None]) -> None:
    """Set aside what is broken, while nothing of Dagster runs, and tell of each part."""
    for path in records.set_aside_broken():
        tell(f"{path} could not be read: it was set aside, and Dagster begins it anew")


def instigator(body: str) -> str | None:
    """The sensor's or schedule's name in what Dagster has written of it."""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(body)["origin"]["job_name"])
    return None
