"""The storage with its connections kept open, against Dagster's own on the same files."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    DagsterRunStatus,
    EventLogEntry,
    asset,
    job,
    materialize,
    op,
)

from football_assets.instance import open_instance
from football_assets.instance.storage import EventLog, Runs
from football_assets.settings import Settings


@asset
def scores() -> int:
    return 1


@op
def nothing() -> None:
    pass


@job
def small() -> None:
    nothing()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def instance(settings) -> Iterator[DagsterInstance]:
    with open_instance(settings) as instance:
        yield instance


def plain(home: Path) -> DagsterInstance:
    """Dagster's own storage on the same files."""
    return DagsterInstance.local_temp(str(home))


def events(instance: DagsterInstance, run_id: str) -> list[EventLogEntry]:
    return list(instance.all_logs(run_id))


def test_dagsters_own_storage_reads_what_it_has_written(instance, tmp_path) -> None:
    result = materialize([scores], instance=instance)
    with plain(tmp_path / "dagster") as other:
        assert events(other, result.run_id) == events(instance, result.run_id) != []
        assert other.get_run_by_id(result.run_id).status is DagsterRunStatus.SUCCESS
        assert other.get_latest_materialization_event(AssetKey("scores")).run_id == result.run_id


def test_it_reads_what_dagsters_own_storage_has_written(tmp_path, settings) -> None:
    (tmp_path / "dagster").mkdir()
    with plain(tmp_path / "dagster") as other:
        run_id = materialize([scores], instance=other).run_id
        written = events(other, run_id)
    with open_instance(settings) as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        assert isinstance(instance.run_storage, Runs)
        assert events(instance, run_id) == written
        assert instance.get_latest_materialization_event(AssetKey("scores")).run_id == run_id


def test_web_server_that_watches_a_run_learns_of_each_event(instance) -> None:
    run = instance.create_run_for_job(small)
    with DagsterInstance.from_ref(instance.get_ref()) as web:
        seen: list[str] = []
        news = threading.Event()
        web.watch_event_logs(run.run_id, None, lambda entry, _: (seen.append(entry.message), news.set())[1])
        for message in ("first", "second"):
            instance.report_engine_event(message, run)
            assert news.wait(10)
            news.clear()
            assert message in seen[-1]


def test_two_that_make_the_database_of_a_run_at_once_lose_no_event(instance) -> None:
    run = instance.create_run_for_job(small)
    others = [DagsterInstance.from_ref(instance.get_ref()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda other: other.report_engine_event("hello", run), others))
    assert len(events(instance, run.run_id)) == 8
    for other in others:
        other.dispose()
    assert not list(Path(instance.event_log_storage.path_for_shard("x")).parent.glob("*.tmp"))


def test_only_a_few_databases_stay_open_and_none_after_the_end(settings) -> None:
    with open_instance(settings) as instance:
        runs = [instance.create_run_for_job(small) for _ in range(6)]
        for run in runs:
            instance.report_engine_event("hello", run)
        assert [len(events(instance, run.run_id)) for run in runs] == [1] * 6
        assert len(instance.event_log_storage._engines) == 3
    home = settings.data_path / "dagster" / "history"
    assert not list(home.rglob("*-wal"))


@pytest.mark.parametrize("name", ["50%41", "a%b", "a\"b'c", "a#b", "a b;c&d=e"])
def test_everything_is_kept_within_a_directory_of_any_name(tmp_path, monkeypatch, name) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    odd = Settings(_env_file=None, data_dir=tmp_path / name)
    with open_instance(odd) as instance:
        run_id = materialize([scores], instance=instance).run_id
        assert instance.all_instigator_state() == []
    with open_instance(odd) as instance:
        assert events(instance, run_id) != []
    assert [path.name for path in tmp_path.iterdir()] == [name]
    databases = {path.name for path in (tmp_path / name).rglob("*.db")}
    assert databases == {"runs.db", "index.db", "schedules.db", f"{run_id}.db"}


def test_database_that_was_removed_is_made_anew(instance) -> None:
    run = instance.create_run_for_job(small)
    instance.report_engine_event("hello", run)
    path = Path(instance.event_log_storage.path_for_shard(run.run_id))
    for part in path.parent.glob(f"{run.run_id}*"):
        part.unlink()
    assert events(instance, run.run_id) == []
    instance.report_engine_event("hello again", run)
    assert len(events(instance, run.run_id)) == 1
