"""Runs launched in processes of their own, on a real instance."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus, JobDefinition, reconstructable

from football_assets.instance import launcher, open_instance
from football_assets.instance.launcher import WarmRunLauncher
from football_assets.instance.run_process import process_of_run
from football_assets.processes import is_running
from football_assets.settings import Settings
from football_assets_tests.instance.jobs import endless, quick
from football_assets_tests.instance.waiting import eventually


@pytest.fixture
def instance(tmp_path: Path, monkeypatch) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    command = (sys.executable, "-m", "football_assets_tests.instance.light_worker")
    monkeypatch.setattr(launcher, "_COMMAND", command)
    with open_instance(Settings(_env_file=None, data_dir=tmp_path)) as instance:
        assert isinstance(instance.run_launcher, WarmRunLauncher)
        yield instance


def launched(instance: DagsterInstance, job: JobDefinition, **tags: str) -> str:
    origin = reconstructable(job).get_python_origin()
    run_id = instance.create_run_for_job(job, job_code_origin=origin, tags=tags).run_id
    instance.launch_run(run_id, workspace=None)
    return run_id


def pid_of(instance: DagsterInstance, run_id: str) -> int:
    assert eventually(lambda: process_of_run(instance, run_id))
    return process_of_run(instance, run_id)[0]


def started(instance: DagsterInstance, job: JobDefinition) -> tuple[str, int]:
    run_id = launched(instance, job)
    pid = pid_of(instance, run_id)
    assert eventually(lambda: instance.get_run_by_id(run_id).status is DagsterRunStatus.STARTED)
    return run_id, pid


def waiting_pid(instance: DagsterInstance) -> int:
    assert eventually(lambda: instance.run_launcher._waiting)
    return instance.run_launcher._waiting.process.pid


def has_status(instance: DagsterInstance, run_id: str, status: DagsterRunStatus) -> bool:
    return eventually(lambda: instance.get_run_by_id(run_id).status is status)


def last_message(instance: DagsterInstance, run_id: str) -> str:
    return [entry.message for entry in instance.all_logs(run_id)][-1]


def test_second_run_gets_the_process_that_was_made_ready_after_the_first(instance) -> None:
    first = launched(instance, quick)
    assert has_status(instance, first, DagsterRunStatus.SUCCESS)
    ready = waiting_pid(instance)
    assert ready != pid_of(instance, first)
    second = launched(instance, quick)
    assert has_status(instance, second, DagsterRunStatus.SUCCESS)
    assert pid_of(instance, second) == ready
    instance.run_launcher.join()
    assert waiting_pid(instance) != ready


@pytest.mark.parametrize("tag", [launcher.PATIENT_TAG, "dagster/partition"])
def test_run_in_no_hurry_leaves_the_waiting_process_to_the_next(instance, tag: str) -> None:
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    ready = waiting_pid(instance)
    patient = launched(instance, quick, **{tag: "2026-01-01"})
    assert has_status(instance, patient, DagsterRunStatus.SUCCESS)
    assert pid_of(instance, launched(instance, quick)) == ready != pid_of(instance, patient)


def test_two_runs_at_once_have_a_process_each(instance) -> None:
    (first, one), (second, other) = started(instance, endless), started(instance, endless)
    assert one != other
    for run_id in (first, second):
        assert instance.run_launcher.terminate(run_id)
        assert has_status(instance, run_id, DagsterRunStatus.CANCELED)
    assert eventually(lambda: not is_running(one) and not is_running(other))


def test_run_whose_process_is_killed_is_failed_at_once(instance) -> None:
    run_id, pid = started(instance, endless)
    os.kill(pid, signal.SIGKILL)
    assert has_status(instance, run_id, DagsterRunStatus.FAILURE)
    assert "ended by SIGKILL before the run had" in last_message(instance, run_id)


def test_run_of_another_launcher_can_be_terminated(instance, tmp_path) -> None:
    run_id, _ = started(instance, endless)
    with DagsterInstance.from_ref(instance.get_ref()) as other:
        assert other.run_launcher.terminate(run_id)
        assert has_status(other, run_id, DagsterRunStatus.CANCELED)
        assert not other.run_launcher.terminate(run_id)


def test_run_that_has_no_process_is_canceled_without_one(instance) -> None:
    run = instance.create_run_for_job(quick, status=DagsterRunStatus.STARTING)
    assert not instance.run_launcher.terminate(run.run_id)
    assert instance.get_run_by_id(run.run_id).status is DagsterRunStatus.CANCELED


def test_process_of_an_older_source_gets_no_run(instance, monkeypatch) -> None:
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    old = waiting_pid(instance)
    monkeypatch.setattr(launcher, "_newest_source", lambda: 0.0)
    assert pid_of(instance, launched(instance, quick)) != old
    assert not is_running(old)


def test_waiting_process_that_was_killed_costs_no_run(instance) -> None:
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    os.kill(waiting_pid(instance), signal.SIGKILL)
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)


def test_waiting_process_ends_unused_and_with_its_launcher(instance, monkeypatch) -> None:
    monkeypatch.setattr(launcher, "IDLE_SECONDS", 0.5)
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    idle = waiting_pid(instance)
    assert eventually(lambda: not is_running(idle))
    monkeypatch.undo()
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    unused = waiting_pid(instance)
    instance.run_launcher.dispose()
    assert not is_running(unused)


@pytest.mark.parametrize("stopped", [False, True], ids=["busy", "stopped"])
def test_run_over_its_time_is_ended_also_one_that_hangs(instance, monkeypatch, stopped: bool) -> None:
    monkeypatch.setattr(launcher, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(launcher, "TAKE_SECONDS", 60)
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    waiting_pid(instance)  # It has imported all there is to import when it takes the run.
    run_id = launched(instance, endless, **{launcher.TIME_LIMIT_TAG: "6"})
    pid = pid_of(instance, run_id)
    if stopped:
        os.kill(pid, signal.SIGSTOP)
    assert eventually(lambda: not is_running(pid))
    assert eventually(lambda: instance.get_run_by_id(run_id).is_finished)
    if stopped:
        assert "ended by SIGKILL before the run had ended: it was over its time of 6 s" in last_message(
            instance, run_id
        )


def test_hung_run_that_a_person_ends_is_killed(instance, monkeypatch) -> None:
    monkeypatch.setattr(launcher, "GRACE_SECONDS", 0.2)
    run_id, pid = started(instance, endless)
    os.kill(pid, signal.SIGSTOP)
    assert instance.run_launcher.terminate(run_id)
    assert eventually(lambda: not is_running(pid))


def test_waiting_process_that_hangs_costs_no_run(instance, monkeypatch) -> None:
    monkeypatch.setattr(launcher, "TAKE_SECONDS", 0.3)
    assert has_status(instance, launched(instance, quick), DagsterRunStatus.SUCCESS)
    hung = waiting_pid(instance)
    os.kill(hung, signal.SIGSTOP)
    run_id = launched(instance, quick)
    assert not is_running(hung)
    assert has_status(instance, run_id, DagsterRunStatus.SUCCESS)
