"""Dagster's record in PostgreSQL: runs with events and check executions. Its autovacuum does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dagster import DagsterInstance

from football_assets.instance.postgres import changed, rows
from football_assets.retention.dagster_storage import ORPHAN_AGE, chosen_runs
from football_assets.retention.files import Removed
from football_assets.retention.policy import KeepRuns

_TABLES = (
    "runs, run_tags, event_logs, asset_event_tags, asset_check_executions, job_ticks, snapshots, instigators"
)


class PostgresTables:
    """The tables of Dagster's PostgreSQL storage. All methods raise `psycopg2.Error`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def remove_runs(self, instance: DagsterInstance, now: datetime, keep: KeepRuns) -> Removed:
        """Remove the ended runs that `keep` does not keep, with their events and check executions."""
        chosen = chosen_runs(instance, now, keep)
        for run_id in chosen:
            instance.delete_run(run_id)
        if chosen:
            self._change("DELETE FROM asset_check_executions WHERE run_id = ANY(%s)", [list(chosen)])
        return Removed(len(chosen))

    def remove_orphaned_events(self, instance: DagsterInstance, now: datetime) -> Removed:
        """Remove events, and executions of checks, of runs that are gone."""
        before = _stored(now - ORPHAN_AGE)
        of_no_run = "run_id <> '' AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run_id = gone.run_id)"
        events = self._change(f"DELETE FROM event_logs gone WHERE timestamp < %s AND {of_no_run}", [before])
        self._change(
            f"DELETE FROM asset_check_executions gone WHERE create_timestamp < %s AND {of_no_run}", [before]
        )
        return Removed(events)

    def remove_materialisations_by_pulses(self, before: datetime) -> int:
        """Remove what Dagster was told of pulses before that time, which belongs to no run."""
        return self._change(
            "DELETE FROM event_logs WHERE run_id = '' AND dagster_event_type = 'ASSET_MATERIALIZATION' "
            "AND timestamp < %s",
            [_stored(before)],
        )

    def compact(self) -> Removed:
        """Nothing: PostgreSQL uses the space of removed rows again."""
        return Removed()

    def size(self) -> int:
        """The bytes of the tables that grow, with their indexes."""
        names = [name.strip() for name in _TABLES.split(",")]
        found = rows(
            self._address,
            "SELECT coalesce(sum(pg_total_relation_size(to_regclass(name))), 0) FROM unnest(%s) AS name",
            [names],
        )
        return int(found[0][0])

    def _change(self, statement: str, values: Sequence[Any]) -> int:
        return changed(self._address, statement, values)


def _stored(at: datetime) -> datetime:
    """A time as Dagster stores it: UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None)
