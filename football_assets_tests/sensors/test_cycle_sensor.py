"""The sensor on a real instance: what it requests, whom it waits for, whom it declares dead."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    SkipReason,
    build_sensor_context,
    in_process_executor,
    job,
    op,
)
from filelock import FileLock

from football_assets.names import TICK_TAG
from football_assets.sensors.cadence import Beat
from football_assets.sensors.cycle_sensor import build_cycle_sensor, next_cycle
from football_assets.settings import Settings

MINUTE = Beat.every(60)


@op
def nothing() -> None:
    pass


@job(name="cycle", executor_def=in_process_executor)
def cycle() -> None:
    nothing()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


def record(instance: DagsterInstance, status: DagsterRunStatus, tick_at: datetime | None = None) -> str:
    tags = {"dagster/sensor_name": "cycle_sensor", TICK_TAG: tick_at.isoformat()} if tick_at else {}
    return instance.create_run_for_job(cycle, status=status, tags=tags).run_id


def tell_process(instance: DagsterInstance, run_id: str, pid: int) -> None:
    # The class of the message that carries the pid is not public, so it is taken from a real run.
    done = cycle.execute_in_process(instance=instance)
    entry = next(e for e in instance.all_logs(done.run_id) if "process (pid" in (e.message or e.user_message))
    metadata = {
        **entry.dagster_event.engine_event_data.metadata,
        "pid": type(entry.dagster_event.engine_event_data.metadata["pid"])(str(pid)),
    }
    data = entry.dagster_event.engine_event_data._replace(metadata=metadata)
    instance.report_engine_event("Started process", instance.get_run_by_id(run_id), data)


def test_first_tick_asks_for_a_cycle_and_tells_it_the_time_of_the_tick(instance, settings) -> None:
    before = datetime.now(UTC)
    request = next_cycle(instance, settings, MINUTE)
    assert isinstance(request, RunRequest)
    assert before <= datetime.fromisoformat(request.tags[TICK_TAG]) <= datetime.now(UTC)
    assert request.run_key


def test_tick_waits_for_the_interval_after_the_last_start(instance, settings) -> None:
    last = datetime.now(UTC) - timedelta(seconds=59.8)
    record(instance, DagsterRunStatus.SUCCESS, tick_at=last)
    request = next_cycle(instance, settings, MINUTE)
    assert isinstance(request, RunRequest)
    gap = datetime.fromisoformat(request.tags[TICK_TAG]) - last
    assert 60 <= gap.total_seconds() <= 60.3


def test_the_same_slot_has_the_same_key(instance, settings) -> None:
    record(instance, DagsterRunStatus.SUCCESS, tick_at=datetime.now(UTC) - timedelta(seconds=60.2))
    first, second = (next_cycle(instance, settings, MINUTE) for _ in range(2))
    assert isinstance(first, RunRequest) and isinstance(second, RunRequest)
    assert first.run_key == second.run_key


@pytest.mark.parametrize("status", [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED])
def test_cycle_in_progress_makes_the_tick_skip(instance, settings, status) -> None:
    run_id = record(instance, status)
    tell_process(instance, run_id, os.getpid())
    skip = next_cycle(instance, settings, MINUTE)
    assert isinstance(skip, SkipReason)
    assert f"run {run_id} is {status.value.lower()} since 20" in skip.skip_message


def test_run_just_made_without_a_process_yet_counts_as_in_progress(instance, settings) -> None:
    record(instance, DagsterRunStatus.NOT_STARTED)
    assert isinstance(next_cycle(instance, settings, MINUTE), SkipReason)


def test_run_whose_process_died_is_failed_and_does_not_block(instance, settings) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    run_id = record(instance, DagsterRunStatus.STARTED)
    tell_process(instance, run_id, child.pid)
    child.wait()
    assert isinstance(next_cycle(instance, settings, MINUTE), RunRequest)
    assert instance.get_run_by_id(run_id).status is DagsterRunStatus.FAILURE


def test_holder_of_the_data_directory_makes_the_tick_skip(instance, settings) -> None:
    with FileLock(settings.data_path / "pipeline.lock"):
        skip = next_cycle(instance, settings, MINUTE)
    assert isinstance(skip, SkipReason)
    assert "pipeline.lock" in skip.skip_message
    assert isinstance(next_cycle(instance, settings, MINUTE), RunRequest)


def test_sensor_is_on_from_the_start_and_ticks_once_a_cycle(instance, settings) -> None:
    sensor = build_cycle_sensor(settings)
    assert sensor.default_status is DefaultSensorStatus.RUNNING
    assert 55 < sensor.minimum_interval_seconds < 60
    assert isinstance(sensor(build_sensor_context(instance)), RunRequest)
