"""Retention on a real instance: what goes, what stays, and that the disk gets it back."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetKey,
    AssetMaterialization,
    DagsterInstance,
    DagsterRunStatus,
    Definitions,
    MaterializeResult,
    asset,
    asset_check,
    define_asset_job,
    in_process_executor,
)

from football_assets.instance import dagster_home, open_instance
from football_assets.retention.dagster_storage import (
    compact,
    remove_materialisations_by_pulses,
    remove_orphaned_events,
    remove_runs,
    size,
)
from football_assets.retention.job import build_retention
from football_assets.retention.policy import KeepRuns
from football_assets.settings import Settings

NOW = datetime.now(UTC)
KEEP = KeepRuns(timedelta(hours=2), timedelta(minutes=30), timedelta(days=3))


@asset
def matches() -> MaterializeResult:
    return MaterializeResult(metadata={"text": "x" * 100_000})


@asset_check(asset=matches)
def any_matches() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


DEFINITIONS = Definitions(
    assets=[matches],
    asset_checks=[any_matches],
    jobs=[define_asset_job("cycle", executor_def=in_process_executor)],
)
CYCLE = DEFINITIONS.resolve_job_def("cycle")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def home(settings: Settings) -> Path:
    return dagster_home(settings)


@pytest.fixture
def instance(settings: Settings) -> Iterator[DagsterInstance]:
    with open_instance(settings) as instance:
        yield instance


def cycle(instance: DagsterInstance, home: Path, hours_ago: float) -> str:
    run_id = CYCLE.execute_in_process(instance=instance).run_id
    return made(home, run_id, hours_ago)


def made(home: Path, run_id: str, hours_ago: float) -> str:
    at = (NOW - timedelta(hours=hours_ago)).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(home / "history" / "runs.db")) as runs, runs:
        runs.execute("UPDATE runs SET create_timestamp = ? WHERE run_id = ?", (at, run_id))
    return run_id


def count(home: Path, table: str) -> int:
    with closing(sqlite3.connect(home / "history" / "runs" / "index.db")) as index:
        return index.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_old_run_goes_with_its_events_and_checks_and_the_newest_stays(instance, home) -> None:
    old, new = cycle(instance, home, hours_ago=100), cycle(instance, home, hours_ago=3)
    events, checks = count(home, "event_logs"), count(home, "asset_check_executions")
    removed = remove_runs(instance, home, NOW, KEEP)
    assert (removed.count, removed.size > 100_000) == (1, True)
    assert instance.get_run_by_id(old) is None
    assert not list(home.rglob(f"{old}*"))
    assert (count(home, "event_logs"), count(home, "asset_check_executions")) == (events / 2, checks / 2)
    assert instance.get_run_by_id(new)
    assert instance.get_latest_materialization_event(AssetKey("matches")).run_id == new


@pytest.mark.parametrize("status", [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTED])
def test_run_in_progress_is_never_touched(instance, home, status) -> None:
    run = instance.create_run_for_job(CYCLE, status=status)
    made(home, run.run_id, hours_ago=1000)
    assert remove_runs(instance, home, NOW, KEEP).count == 0
    assert instance.get_run_by_id(run.run_id)


def test_materialisations_by_pulses_go_and_those_of_runs_stay(instance, home) -> None:
    run_id = cycle(instance, home, hours_ago=100)
    told = AssetMaterialization("matches", description="by pulses")
    instance.report_runless_asset_event(told)
    instance.report_runless_asset_event(told)
    assert remove_materialisations_by_pulses(home, NOW - timedelta(hours=1)) == 0
    assert remove_materialisations_by_pulses(home, datetime.now(UTC)) == 2
    records = instance.fetch_materializations(AssetKey("matches"), limit=10).records
    assert [record.run_id for record in records] == [run_id]


def test_events_of_no_run_go_once_they_are_old(instance, home) -> None:
    kept = cycle(instance, home, hours_ago=0)
    orphan = home / "history" / "runs" / "00000000-0000-4000-8000-000000000000.db"
    orphan.write_bytes(b"12345")
    orphan.with_suffix(".4711.1.tmp").write_bytes(b"123")
    assert remove_orphaned_events(instance, home, NOW).count == 0
    removed = remove_orphaned_events(instance, home, NOW + timedelta(hours=2))
    assert (removed.count, removed.size) == (2, 8)
    assert instance.all_logs(kept)


def test_databases_shrink_while_others_read_them(instance, home) -> None:
    old = [cycle(instance, home, hours_ago=100 + hour) for hour in range(14)]
    cycle(instance, home, hours_ago=0)
    assert remove_runs(instance, home, NOW, KEEP).count == len(old) - 1
    index = home / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(index)) as reader:
        before, rows = size(home), reader.execute("SELECT count(*) FROM event_logs").fetchone()
        assert compact(home).count == 1
        assert size(home) < before - 500_000
        assert reader.execute("SELECT count(*) FROM event_logs").fetchone() == rows
    assert cycle(instance, home, hours_ago=0)


def test_database_that_is_being_written_is_left_for_the_next_time(instance, home) -> None:
    for hour in range(14):
        cycle(instance, home, hours_ago=100 + hour)
    remove_runs(instance, home, NOW, KEEP)
    index = home / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(index, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert compact(home, patience=0.1).count == 0


def test_job_tells_what_it_removed_and_is_scheduled(instance, home, settings) -> None:
    cycle(instance, home, hours_ago=100)
    cycle(instance, home, hours_ago=99)
    marks = [settings.inbox_path / "2026-01-01" / name for name in ("old.done", "new.done", "new.json")]
    for mark in marks:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    long_ago = time.time() - (settings.keep_history_days + 2) * 86_400
    os.utime(marks[0], (long_ago, long_ago))
    job, schedule = build_retention(settings)
    result = job.execute_in_process(instance=instance)
    (output,) = (event for event in result.all_events if event.is_successful_output)
    told = {key: value.value for key, value in output.step_output_data.metadata.items()}
    assert (told["runs"], told["inbox_files"]) == (1, 1)
    assert [mark.exists() for mark in marks] == [False, True, True]
    assert told["storage_bytes_after"] < told["storage_bytes_before"] + 500_000
    assert schedule.default_status.value == "RUNNING"
    assert instance.get_run_by_id(result.run_id)
