"""Dagster's PostgreSQL storage with pooled connections. The tables are Dagster's own, and so is all else.

Dagster's own opens a connection for each statement, of which a cycle has some hundreds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dagster import DagsterRun
from dagster._serdes import ConfigurableClassData
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage
from sqlalchemy import URL, Engine, create_engine

from football_assets.instance.host import this_host
from football_assets.instance.postgres import parameters
from football_assets.instance.ticks import TicksOfNow
from football_assets.names import HOST_TAG

#: Connections that a process keeps open, and opens beside them when many threads ask at once.
_OPEN = 3
_MORE = 17

#: A connection is opened anew after so many seconds: firewalls forget old ones.
_RECYCLE_SECONDS = 1800


def sqlalchemy_url(address: str) -> str:
    """The address for SQLAlchemy, with the driver: `postgresql://` means another from SQLAlchemy 2.1 on. All
    is in the query, so that nothing depends on what a host or a password looks like."""
    return URL.create("postgresql+psycopg2", query=parameters(address)).render_as_string(hide_password=False)


@lru_cache
def engine(address: str) -> Engine:
    """The one pool of this process. A connection that has died while it waited is replaced unseen."""
    return create_engine(
        URL.create("postgresql+psycopg2", query=parameters(address)),
        isolation_level="AUTOCOMMIT",
        pool_size=_OPEN,
        max_overflow=_MORE,
        pool_recycle=_RECYCLE_SECONDS,
        pool_pre_ping=True,
    )


class PostgresRuns(PostgresRunStorage):
    """The runs, each with a tag that tells whose processes work on it."""

    def __init__(self, address: str, inst_data: ConfigurableClassData | None) -> None:
        super().__init__(sqlalchemy_url(address), inst_data=inst_data)
        self._engine = engine(address)

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Store a new run, with the host that makes it: runs are launched where they are made."""
        tagged = dagster_run.with_tags({HOST_TAG: this_host(), **dagster_run.tags})
        return super().add_run(tagged)

    def optimize_for_webserver(self, *_: Any, **__: Any) -> None:
        """Nothing: the pool suits the web server as well."""


class PostgresEventLog(PostgresEventLogStorage):
    """The events of all runs."""

    def __init__(self, address: str, inst_data: ConfigurableClassData | None) -> None:
        super().__init__(sqlalchemy_url(address), inst_data=inst_data)
        self._engine = engine(address)

    def optimize_for_webserver(self, *_: Any, **__: Any) -> None:
        """Nothing: the pool suits the web server as well."""


class PostgresSchedules(TicksOfNow, PostgresScheduleStorage):
    """The sensors, schedules and their ticks."""

    def __init__(self, address: str, inst_data: ConfigurableClassData | None) -> None:
        super().__init__(sqlalchemy_url(address), inst_data=inst_data)
        self._engine = engine(address)

    def optimize_for_webserver(self, *_: Any, **__: Any) -> None:
        """Nothing: the pool suits the web server as well."""
