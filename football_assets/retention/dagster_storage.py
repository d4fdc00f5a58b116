"""Dagster's own storage: runs with their events, ticks, and the SQLite files that they leave too large."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from football_assets.instance.databases import DATABASES, EVENTS
from football_assets.retention.files import Removed
from football_assets.retention.policy import EndedRun, KeepRuns, runs_to_remove

_ENDED = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)

#: More than this is left to the next time, so that it never takes long.
_AT_ONCE = 3000

#: A database is written anew when so much of it, and this share, is empty.
_WORTH_BYTES = 1_000_000
_WORTH_SHARE = 0.2

#: A file of events without a run belongs to a run that is just being made, or to none at all.
ORPHAN_AGE = timedelta(hours=1)


def remove_runs(instance: DagsterInstance, home: Path, now: datetime, keep: KeepRuns) -> Removed:
    """Remove the ended runs that `keep` does not keep, with all that Dagster recorded of them."""
    chosen = chosen_runs(instance, now, keep)
    for run_id in chosen:
        instance.delete_run(run_id)
    _remove_check_executions(home, chosen)
    return Removed(len(chosen), sum(_remove_events(home, run_id) for run_id in chosen))


def chosen_runs(instance: DagsterInstance, now: datetime, keep: KeepRuns) -> list[str]:
    """The ids of ended runs that `keep` does not keep."""
    return list(runs_to_remove(_ended_runs(instance, now - keep.all_for), now, keep))


def remove_orphaned_events(instance: DagsterInstance, home: Path, now: datetime) -> Removed:
    """Remove files of events whose run is gone, and those that a process was making when it was killed."""
    limit = (now - ORPHAN_AGE).timestamp()
    files = [path for path in _events(home).glob("*") if path.stat().st_mtime < limit]
    old = [path.stem for path in files if path.suffix == ".db" and _is_run(path)]
    known = set(instance.get_run_ids()) if old else set()
    orphans = [run_id for run_id in old if run_id not in known]
    drafts = [path for path in files if path.suffix == ".tmp"]
    removed = sum(_remove_events(home, run_id) for run_id in orphans) + sum(_remove(path) for path in drafts)
    return Removed(len(orphans) + len(drafts), removed)


def remove_ticks(instance: DagsterInstance, before: datetime) -> int:
    """Remove the ticks of all sensors and schedules from before that time; gives their number."""
    count = 0
    for state in instance.all_instigator_state():
        selection = (state.instigator_origin_id, state.selector_id)
        count += len(instance.get_ticks(*selection, before=before.timestamp()))
        instance.purge_ticks(*selection, before=before.timestamp())
    return count


def remove_materialisations_by_pulses(home: Path, before: datetime) -> int:
    """Remove what Dagster was told of pulses before that time, which belongs to no run; gives the number."""
    path = home / EVENTS
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        removed = database.execute(
            "DELETE FROM event_logs WHERE run_id = '' AND dagster_event_type = 'ASSET_MATERIALIZATION' "
            "AND timestamp < ?",
            (before.astimezone(UTC).replace(tzinfo=None).isoformat(" "),),
        )
        return removed.rowcount


def compact(home: Path, patience: float = 5) -> Removed:
    """Give the empty space of Dagster's databases back to the disk, whoever else has them open.

    One that others write to for `patience` seconds is left as it is until the next time.
    """
    removed = Removed()
    for path in (home / name for name in DATABASES):
        if path.exists():
            before = path.stat().st_size
            _vacuum(path, patience)
            saved = before - path.stat().st_size
            removed += Removed(int(saved > 0), max(saved, 0))
    return removed


def size(home: Path) -> int:
    """The bytes of all that Dagster keeps."""
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def _ended_runs(instance: DagsterInstance, before: datetime) -> Iterator[EndedRun]:
    ended = RunsFilter(statuses=_ENDED, created_before=before)
    for record in instance.get_run_records(ended, limit=_AT_ONCE, ascending=True):
        run = record.dagster_run
        yield EndedRun(
            run.run_id, f"{run.job_name} {run.status.value}", record.create_timestamp.astimezone(UTC)
        )


def _events(home: Path) -> Path:
    return (home / EVENTS).parent


def _is_run(path: Path) -> bool:
    try:
        UUID(path.stem)
    except ValueError:
        return False
    return True


def _remove_events(home: Path, run_id: str) -> int:
    """Dagster empties the file of a run's events but leaves it where it is. Gives its size."""
    parts = (_events(home) / f"{run_id}{suffix}" for suffix in (".db", ".db-wal", ".db-shm"))
    return sum(_remove(path) for path in parts if path.exists())


def _remove(path: Path) -> int:
    taken = path.stat().st_size
    path.unlink()
    return taken


def _remove_check_executions(home: Path, run_ids: Iterable[str]) -> None:
    """Dagster keeps the results of asset checks for ever, without their runs."""
    path = home / EVENTS
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        database.executemany(
            "DELETE FROM asset_check_executions WHERE run_id = ?", [(one,) for one in run_ids]
        )


def _vacuum(path: Path, patience: float) -> None:
    with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as database:
        pages, free, page = (
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        if free * page < _WORTH_BYTES or free < _WORTH_SHARE * pages:
            return
        try:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
