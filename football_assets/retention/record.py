"""What retention removes of Dagster's record, in the kind of database that the settings name."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dagster import DagsterInstance

from football_assets.instance import dagster_home
from football_assets.retention import dagster_storage
from football_assets.retention.files import Removed
from football_assets.retention.policy import KeepRuns
from football_assets.settings import Settings


class Record(Protocol):
    """Dagster's record, as far as it grows."""

    def remove_runs(self, instance: DagsterInstance, now: datetime, keep: KeepRuns) -> Removed:
        """Remove the ended runs that `keep` does not keep, with all that Dagster recorded of them."""

    def remove_orphaned_events(self, instance: DagsterInstance, now: datetime) -> Removed:
        """Remove events whose run is gone."""

    def remove_materialisations_by_pulses(self, before: datetime) -> int:
        """Remove what Dagster was told of pulses before that time; gives the number."""

    def compact(self) -> Removed:
        """Give empty space back to the disk, where nobody else does."""

    def size(self) -> int:
        """The bytes of all that Dagster keeps."""


def record_of(settings: Settings) -> Record:
    """The record that Dagster keeps by these settings."""
    if settings.dagster_postgres:
        from football_assets.retention.dagster_tables import PostgresTables  # only where it is set

        return PostgresTables(settings.dagster_postgres.get_secret_value())
    return _SqliteFiles(settings)


class _SqliteFiles:
    """The SQLite files in Dagster's home: see `dagster_storage`."""

    def __init__(self, settings: Settings) -> None:
        self._home = dagster_home(settings)

    def remove_runs(self, instance: DagsterInstance, now: datetime, keep: KeepRuns) -> Removed:
        return dagster_storage.remove_runs(instance, self._home, now, keep)

    def remove_orphaned_events(self, instance: DagsterInstance, now: datetime) -> Removed:
        return dagster_storage.remove_orphaned_events(instance, self._home, now)

    def remove_materialisations_by_pulses(self, before: datetime) -> int:
        return dagster_storage.remove_materialisations_by_pulses(self._home, before)

    def compact(self) -> Removed:
        return dagster_storage.compact(self._home)

    def size(self) -> int:
        return dagster_storage.size(self._home)
