"""Dagster's record in a real PostgreSQL: runs, retention, sensors, and what another machine's runs are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus

from football_assets.instance import open_instance
from football_assets.instance.host import this_host
from football_assets.instance.records import records_of
from football_assets.names import HOST_TAG
from football_assets.retention.job import keep_runs
from football_assets.retention.record import record_of
from football_assets.sensors.runs_in_progress import runs_in_progress
from football_assets.settings import Settings, load_settings
from football_assets_tests.instance.databases import address, postgres
from football_assets_tests.instance.jobs import quick
from football_assets_tests.servers.postgres import PostgresServer

__all__ = ["address", "postgres"]

LATER = datetime.now(UTC) + timedelta(days=5)


@pytest.fixture
def settings(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOOTBALL_DAGSTER_POSTGRES", f"{address} password=geheimnis")
    return load_settings(_env_file=None)


@pytest.fixture
def instance(settings: Settings) -> Iterator[DagsterInstance]:
    with open_instance(settings) as instance:
        yield instance


def sql(postgres: PostgresServer, settings: Settings, text: str) -> str:
    assert settings.dagster_postgres
    from football_assets.instance.postgres import parameters  # where its driver is installed

    return postgres.sql(text, parameters(settings.dagster_postgres.get_secret_value())["dbname"])


def test_runs_are_in_postgresql_with_their_host_and_no_file_has_the_password(
    instance: DagsterInstance, settings: Settings
) -> None:
    run_id = quick.execute_in_process(instance=instance).run_id
    run = instance.get_run_by_id(run_id)
    assert run and run.status is DagsterRunStatus.SUCCESS
    assert run.tags[HOST_TAG] == this_host()
    files = [path for path in settings.data_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["dagster.yaml"]
    assert "geheimnis" not in files[0].read_text()


def test_connections_stay_open(
    instance: DagsterInstance, postgres: PostgresServer, settings: Settings
) -> None:
    def pids() -> set[str]:
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
        return set(sql(postgres, settings, asked + "'football_assets'").splitlines())

    quick.execute_in_process(instance=instance)
    before = pids()
    quick.execute_in_process(instance=instance)
    assert before and before & pids()


def test_retention_removes_runs_events_and_orphans(
    instance: DagsterInstance, postgres: PostgresServer, settings: Settings
) -> None:
    for _ in range(3):
        quick.execute_in_process(instance=instance)
    sql(postgres, settings, "UPDATE runs SET create_timestamp = create_timestamp - interval '100 days'")
    orphan = quick.execute_in_process(instance=instance).run_id
    sql(postgres, settings, f"DELETE FROM runs WHERE run_id = '{orphan}'")
    record = record_of(settings)
    removed = record.remove_runs(instance, datetime.now(UTC), keep_runs(settings))
    assert removed.count == 2  # the newest is kept
    assert record.remove_orphaned_events(instance, datetime.now(UTC)).count == 0
    assert record.remove_orphaned_events(instance, LATER).count > 0
    assert sql(postgres, settings, "SELECT count(DISTINCT run_id) FROM event_logs") == "1"
    assert record.size() > 0


def test_sensor_that_is_off_is_named_and_turned_on(
    instance: DagsterInstance, postgres: PostgresServer, settings: Settings
) -> None:
    instance.all_instigator_state()
    body = '{"origin": {"job_name": "cycle_sensor"}, "status": {"__enum__": "InstigatorStatus.STOPPED"}}'
    sql(
        postgres,
        settings,
        "INSERT INTO instigators (selector_id, status, instigator_type, instigator_body) "
        f"VALUES ('one', 'STOPPED', 'SENSOR', '{body}')",
    )
    records = records_of(settings)
    assert records.sensors_off() == ["cycle_sensor"]
    records.turn_on()
    assert records.sensors_off() == []
    assert "DECLARED_IN_CODE" in sql(postgres, settings, "SELECT instigator_body FROM instigators")


def test_run_of_another_machine_is_never_buried_by_its_pid(instance: DagsterInstance) -> None:
    started = DagsterRunStatus.STARTED
    other = instance.create_run_for_job(quick, status=started, tags={HOST_TAG: "elsewhere 1 2"}).run_id
    own = instance.create_run_for_job(quick, status=started).run_id
    found = runs_in_progress(instance, quick.name, LATER)
    assert [run.name for run in found] == [f"run {other}"]
    assert runs_in_progress(instance, quick.name, LATER, elsewhere=False) == []
    assert not instance.run_launcher.terminate(other)
    assert [instance.get_run_by_id(one).status.value for one in (other, own)] == ["STARTED", "FAILURE"]


def test_database_that_is_away_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg2")
    settings = Settings(_env_file=None, data_dir=tmp_path, dagster_postgres="host=127.0.0.1 port=1 dbname=x")
    records = records_of(settings)
    assert records.unreadable() == ["PostgreSQL database"]
    assert (records.newest_run(), records.sensors_off(), records.heartbeat()) == (None, [], None)


def test_unset_nothing_of_postgresql_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys, football_assets.cli.start, football_assets.definitions\n"
        "from football_assets.instance import open_instance\n"
        "from football_assets.settings import load_settings\n"
        f"with open_instance(load_settings(_env_file=None, data_dir={str(tmp_path)!r})) as instance:\n"
        "    instance.get_runs()\n"
        "print({'psycopg2', 'dagster_postgres'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
