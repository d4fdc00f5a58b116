"""Dagster's files emptied, halved or garbled: set aside and begun anew, in use or not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from dagster import DagsterInstance

from football_assets.instance import dagster_home, open_instance
from football_assets.instance.databases import DATABASES
from football_assets.instance.healing import broken, set_aside_broken, turn_on
from football_assets.instance.records_sqlite import SqliteRecords
from football_assets.settings import Settings
from football_assets_tests.instance.jobs import quick


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def garbled(path: Path) -> None:
    path.write_bytes(b"\x00garbage" * (path.stat().st_size // 8))


DAMAGES = (emptied, halved, garbled)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = Settings(_env_file=None, data_dir=tmp_path)
    run_once(settings)
    return settings


def run_once(settings: Settings) -> str:
    with open_instance(settings) as instance:
        instance.all_instigator_state()
        result = quick.execute_in_process(instance=instance)
        assert result.success
        return result.run_id


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", DATABASES)
def test_broken_database_is_set_aside_and_runs_go_on(
    settings: Settings, name: str, damage: Callable[[Path], None]
) -> None:
    home = dagster_home(settings)
    damage(home / name)
    for rest in ("-wal", "-shm"):
        (home / f"{name}{rest}").unlink(missing_ok=True)
    assert broken(home) == list(set_aside_broken(home)) == [home / name]
    assert (home / f"{name}.broken").exists()
    assert list(set_aside_broken(home)) == []
    run_once(settings)
    assert broken(home) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_broken_template_of_run_databases_fails_no_run(
    settings: Settings, damage: Callable[[Path], None]
) -> None:
    template = next((dagster_home(settings) / "history" / "runs").glob("empty-*.sqlite"))
    damage(template)
    run_once(settings)


@pytest.mark.parametrize("damage", DAMAGES)
def test_broken_events_of_a_run_do_not_keep_it_from_being_removed(
    settings: Settings, damage: Callable[[Path], None]
) -> None:
    run_id = run_once(settings)
    damage(dagster_home(settings) / "history" / "runs" / f"{run_id}.db")
    with open_instance(settings) as instance:
        assert list(instance.all_logs(run_id)) == []
        instance.delete_run(run_id)
        assert instance.get_run_by_id(run_id) is None


def test_sound_databases_are_left_where_they_are(settings: Settings) -> None:
    assert list(set_aside_broken(dagster_home(settings))) == []
    assert not list(dagster_home(settings).rglob("*.broken"))


def stopped(instance: DagsterInstance, name: str) -> None:
    """Record the sensor as one that somebody turned off, as Dagster does."""
    status = {"__enum__": "InstigatorStatus.STOPPED"}
    body = json.dumps({"origin": {"job_name": name}, "status": status})
    with sqlite3.connect(Path(instance.root_directory) / "schedules" / "schedules.db") as database:
        database.execute(
            "INSERT INTO instigators (selector_id, status, instigator_type, instigator_body) "
            "VALUES (?, 'STOPPED', 'SENSOR', ?)",
            [name, body],
        )


def test_sensors_that_are_off_are_named_and_can_be_turned_on(settings: Settings) -> None:
    home = dagster_home(settings)
    with open_instance(settings) as instance:
        assert SqliteRecords(home).sensors_off() == []
        stopped(instance, "cycle_sensor")
    assert SqliteRecords(home).sensors_off() == ["cycle_sensor"]
    turn_on(home)
    assert SqliteRecords(home).sensors_off() == []
    with sqlite3.connect(home / "schedules" / "schedules.db") as database:
        status, body = database.execute("SELECT status, instigator_body FROM instigators").fetchone()
    assert status == "DECLARED_IN_CODE"
    assert json.loads(body)["status"] == {"__enum__": "InstigatorStatus.DECLARED_IN_CODE"}
