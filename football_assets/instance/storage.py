"""Dagster's SQLite storage, with its connections kept open. The files are the same, and so is all else.

Dagster's own opens a database anew for each of the 100 events of a cycle, up to four times, and makes the
tables of each run's database by going through all of its migrations. Here a connection stays open, with the
statements that it has compiled, and the database of a new run is a copy of an empty one.

With `FOOTBALL_DAGSTER_POSTGRES` the same `dagster.yaml` gives the storage of `storage_postgres`: its address
holds a password, which is written to no file, and a plain `dagster dev` finds the same instance.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from typing import Any

import dagster
from dagster._core.storage.event_log import EventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs import RunStorage, SqliteRunStorage
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules import ScheduleStorage, SqliteScheduleStorage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import URL, Connection, Engine, create_engine, event

from football_assets.instance.healing import is_sound, set_aside
from football_assets.instance.ticks import TicksOfNow
from football_assets.logs import get_logger
from football_assets.settings import load_settings

#: As long as Dagster waits for another writer, in seconds.
_PATIENCE = 30

#: Databases kept open: the index of all runs, the run in progress, and one more.
_OPEN = 3


def _address(base_dir: str, name: str) -> str:
    """The address of the database `name` in the directory, for SQLAlchemy."""
    path = Path(base_dir).absolute() / f"{name}.db"
    return URL.create("sqlite", database=str(path)).render_as_string()


# Dagster's own does not quote: from the directory `50%41` SQLAlchemy makes `50A`.
for _module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
    vars(_module)["create_db_conn_string"] = _address


class EventLog(SqliteEventLogStorage):
    """The events of all runs: a database a run, and an index of what all runs say of the assets."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> EventLogStorage:  # type: ignore[override]
        """The storage for an instance whose `dagster.yaml` names it, with its `base_dir`."""
        if address := _postgres():
            from football_assets.instance.storage_postgres import PostgresEventLog  # only where it is set

            return PostgresEventLog(address, inst_data)
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        path = Path(self.path_for_shard(shard))
        engine = self._engines.pop(shard, None)
        if engine and not path.exists():
            engine.dispose()
            engine = None
        if not engine:
            if shard != INDEX_SHARD_NAME and path.exists() and not is_sound(path):
                # Its run's events are lost. Left there, it would fail whatever reads or removes them.
                set_aside(path)
                get_logger("storage").warning(f"{path} could not be read: it was set aside and begun anew")
            if not path.exists():
                self._make(path)
            engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": _PATIENCE})
            if shard != INDEX_SHARD_NAME:
                event.listen(engine, "connect", _write_through)
        self._engines[shard] = engine
        while len(self._engines) > _OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def _make(self, path: Path) -> None:
        """A new database, whole at once: another process may be about to make the same."""
        empty = path.with_name(f"empty-{dagster.__version__}.sqlite")
        draft = path.with_name(f"{path.stem}.{os.getpid()}.{get_ident()}.tmp")
        if empty.exists() and is_sound(empty, in_use=False):
            shutil.copyfile(empty, draft)
        else:
            engine = create_engine(URL.create("sqlite", database=str(draft)))
            self._initdb(engine)
            engine.dispose()
            shutil.copyfile(draft, empty.with_suffix(f".{os.getpid()}.{get_ident()}.tmp")).replace(empty)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()

    def dispose(self) -> None:
        """Close all databases."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _write_through(connection: sqlite3.Connection, _record: object) -> None:
    """Bring each commit into the file itself at once: the web server learns of news by the file's change."""
    connection.execute("PRAGMA wal_autocheckpoint = 1")


class Runs(SqliteRunStorage):
    """The runs, their tags and their states."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = create_engine(conn_string, connect_args={"timeout": _PATIENCE})

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> RunStorage:  # type: ignore[override]
        """The storage for an instance whose `dagster.yaml` names it, with its `base_dir`."""
        if address := _postgres():
            from football_assets.instance.storage_postgres import PostgresRuns  # only where it is set

            return PostgresRuns(address, inst_data)
        return cls.from_local(config_value["base_dir"], inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection with a transaction, committed at the end."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the database."""
        self._engine.dispose()


class Schedules(TicksOfNow, SqliteScheduleStorage):
    """The sensors, schedules and their ticks: Dagster's own, or PostgreSQL's."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> ScheduleStorage:  # type: ignore[override]
        """The storage for an instance whose `dagster.yaml` names it, with its `base_dir`."""
        if address := _postgres():
            from football_assets.instance.storage_postgres import PostgresSchedules  # only where it is set

            return PostgresSchedules(address, inst_data)
        return cls.from_local(config_value["base_dir"], inst_data)


def _postgres() -> str | None:
    """Where Dagster's record is if it is in PostgreSQL."""
    address = load_settings().dagster_postgres
    return address.get_secret_value() if address else None
