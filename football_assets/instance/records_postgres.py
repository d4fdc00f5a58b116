"""Dagster's record in PostgreSQL. Nothing of it is set aside by us: its keeper has backups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg2

from football_assets.instance.postgres import connected, rows
from football_assets.instance.records import Ended, instigator
from football_assets.names import CYCLE_JOB

#: Sensors and schedules are in two tables, the older one for schedules of before Dagster 1.0.
_TURN_ON = """
UPDATE {table} SET status = 'DECLARED_IN_CODE', update_timestamp = now() AT TIME ZONE 'UTC',
    {body} = jsonb_set({body}::jsonb, '{{status,__enum__}}', '"InstigatorStatus.DECLARED_IN_CODE"')::text
WHERE status = 'STOPPED'
"""


class PostgresRecords:
    """The tables of Dagster's PostgreSQL storage; see `records.Records`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def newest_run(self) -> Ended | None:
        """See `Records`."""
        found = self._read(
            "SELECT run_id, status, end_time FROM runs WHERE pipeline_name = %s "
            "AND status IN ('SUCCESS', 'FAILURE') ORDER BY id DESC LIMIT 1",
            [CYCLE_JOB],
        )
        return Ended(found[0][0], found[0][1] == "FAILURE", found[0][2] or 0.0) if found else None

    def sensors_off(self) -> list[str]:
        """See `Records`."""
        found = self._read("SELECT instigator_body FROM instigators WHERE status = 'STOPPED' ORDER BY id")
        return [name for (body,) in found if (name := instigator(body))]

    def turn_on(self) -> None:
        """See `Records`."""
        try:
            with connected(self._address) as cursor:
                for table, body in (("instigators", "instigator_body"), ("jobs", "job_body")):
                    cursor.execute(_TURN_ON.format(table=table, body=body))
        except psycopg2.errors.UndefinedTable:
            pass  # nobody can have turned anything off yet
        except psycopg2.Error:
            return

    def unreadable(self) -> list[str]:
        """See `Records`."""
        try:
            rows(self._address, "SELECT 1")
        except psycopg2.Error:
            return ["PostgreSQL database"]
        return []

    def advice(self) -> str:
        """See `Records`."""
        return "See FOOTBALL_DAGSTER_POSTGRES and its server: no cycle starts without it."

    def heartbeat(self) -> object:
        """See `Records`."""
        found = self._read("SELECT max(timestamp) FROM daemon_heartbeats WHERE daemon_type = 'SENSOR'")
        return found[0][0] if found else None

    def is_broken(self) -> bool:
        """See `Records`."""
        return False

    def set_aside_broken(self) -> Iterator[Path]:
        """See `Records`."""
        return iter(())

    def _read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return rows(self._address, statement, values)
        except psycopg2.Error:
            return []
