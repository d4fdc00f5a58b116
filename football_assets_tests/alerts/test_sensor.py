"""The sensor on a real instance: runs, checks, reports and the published file, tick by tick."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    DagsterInstance,
    DefaultSensorStatus,
    Definitions,
    asset,
    asset_check,
    build_sensor_context,
    define_asset_job,
    in_process_executor,
)

from football_assets.alerts.memory import Memory
from football_assets.alerts.sensor import build_alert_sensor, watch
from football_assets.cycle.report import write_report
from football_assets.settings import Settings
from football_assets_tests.alerts.servers import Receiver, served
from football_assets_tests.checks.reports import report


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def instance_on_disk(tmp_path: Path) -> Iterator[DagsterInstance]:
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with served(Receiver()) as receiver:
        yield receiver


def cycle(instance: DagsterInstance, *, fails: bool = False, check: AssetCheckResult | None = None) -> str:
    """A run of the job `cycle`, whose `football_db` fails or whose check says that. Gives its id."""

    @asset
    def football_db() -> None:
        if fails:
            raise RuntimeError("as told")

    @asset_check(asset=football_db)
    def total_seconds() -> AssetCheckResult:
        return check or AssetCheckResult(passed=True, description="The cycle's total time is 4 s.")

    job = Definitions(
        assets=[football_db],
        asset_checks=[total_seconds],
        jobs=[define_asset_job("cycle", executor_def=in_process_executor)],
    ).resolve_job_def("cycle")
    return job.execute_in_process(instance=instance, raise_on_error=False).run_id


def slow(severity: AssetCheckSeverity = AssetCheckSeverity.ERROR) -> AssetCheckResult:
    return AssetCheckResult(
        passed=False,
        severity=severity,
        description="The cycle's total time is 50 s.",
        metadata={"what_to_do": "See which phase takes so long."},
    )


def ticks(instance: DagsterInstance, settings: Settings) -> Callable[[], tuple[Memory, str]]:
    """A function that makes the next tick, with the cursor of the one before."""
    cursor: list[str | None] = [None]

    def tick() -> tuple[Memory, str]:
        memory, summary = watch(instance, settings, cursor[0], datetime.now(UTC))
        cursor[0] = memory.to_cursor()
        return memory, summary

    return tick


def publish(settings: Settings, seconds_ago: float) -> None:
    settings.published_path.touch()
    written = (datetime.now(UTC) - timedelta(seconds=seconds_ago)).timestamp()
    os.utime(settings.published_path, (written, written))


def test_nothing_there_yet_is_no_alert(instance, settings) -> None:
    assert ticks(instance, settings)() == (Memory(), "Nothing has changed (all is well)")


def test_failed_run_is_told_once_with_its_error_and_its_end_too(instance, settings) -> None:
    tick = ticks(instance, settings)
    run_id = cycle(instance, fails=True)
    write_report(
        report(run_id, status="failure", error="The API refused the credentials."), settings.reports_path
    )
    memory, summary = tick()
    assert set(memory.critical) == {"cycle"}
    assert f"Cycle {run_id} failed: The API refused the credentials." in summary
    assert tick()[1] == "Nothing has changed (critical: cycle)"
    cycle(instance)
    memory, summary = tick()
    assert memory.critical == {}
    assert "recovered, cycle: Cycles succeed again." in summary


def test_run_that_failed_without_a_report_is_told_too(instance, settings) -> None:
    run_id = cycle(instance, fails=True)
    _, summary = ticks(instance, settings)()
    assert f"Cycle {run_id} failed: it left no word why." in summary


def test_report_of_a_cycle_that_this_instance_does_not_know_counts(instance, settings) -> None:
    cycle(instance)
    later = datetime.now(UTC) + timedelta(seconds=5)
    write_report(report("elsewhere", later, status="failure", error="No answer"), settings.reports_path)
    assert set(ticks(instance, settings)()[0].critical) == {"cycle"}


def test_run_that_failed_after_its_report_was_made_counts_as_failed(instance, settings) -> None:
    run_id = cycle(instance, fails=True)
    later = datetime.now(UTC) + timedelta(seconds=5)
    publish(settings, seconds_ago=1)
    write_report(report(run_id, later), settings.reports_path)
    assert set(ticks(instance, settings)()[0].critical) == {"cycle"}


def test_cycle_under_way_does_not_hide_the_one_that_failed_before(instance, settings) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=30)
    write_report(report("failed", ended, status="failure", error="No answer"), settings.reports_path)
    write_report(report("under way", status="running"), settings.reports_path)
    assert set(ticks(instance, settings)()[0].critical) == {"cycle"}


def test_critical_check_is_told_with_what_to_do_and_a_warning_is_its_end(instance_on_disk, settings) -> None:
    tick = ticks(instance_on_disk, settings)
    cycle(instance_on_disk, check=slow())
    memory, summary = tick()
    assert set(memory.critical) == {"check total_seconds of football_db"}
    assert "The cycle's total time is 50 s. See which phase takes so long." in summary
    cycle(instance_on_disk, check=slow(AssetCheckSeverity.WARN))
    assert "recovered, check total_seconds of football_db" in tick()[1]


def test_check_stays_critical_while_cycles_fail_before_it(instance, settings) -> None:
    tick = ticks(instance, settings)
    cycle(instance, check=slow())
    tick()
    cycle(instance, fails=True)
    assert set(tick()[0].critical) == {"cycle", "check total_seconds of football_db"}


def test_stale_file_is_told_with_its_age(instance, settings) -> None:
    tick = ticks(instance, settings)
    publish(settings, seconds_ago=290)
    assert tick()[0].critical == {}
    publish(settings, seconds_ago=400)
    memory, summary = tick()
    assert set(memory.critical) == {"published"}
    assert "is 400 s old (critical above 300)" in summary
    publish(settings, seconds_ago=1)
    assert "recovered, published" in tick()[1]


def test_file_that_is_gone_after_a_success_is_told(instance, settings) -> None:
    write_report(report(), settings.reports_path)
    _, summary = ticks(instance, settings)()
    assert "football.duckdb is gone" in summary


def test_alert_that_the_webhook_refuses_is_kept_and_sent_by_the_next_tick(
    instance, settings, receiver, capfd
) -> None:
    told: dict[str, Any] = {"alert_webhook_url": receiver.url, "alert_webhook_format": "json"}
    tick = ticks(instance, Settings(_env_file=None, data_dir=settings.data_dir, **told))
    receiver.statuses = [404]
    publish(settings, seconds_ago=400)
    refused, summary = tick()
    assert [alert.what for alert in refused.unsent["webhook"]] == ["published"]
    assert "1 wait for webhook" in summary
    assert tick()[0].unsent == {}
    publish(settings, seconds_ago=1)
    memory, _ = tick()
    assert memory == Memory()
    assert [(one["what"], one["state"]) for one in receiver.accepted] == [
        ("published", "critical"),
        ("published", "recovered"),
    ]
    tick()
    assert receiver.requests == 3
    output = "".join(capfd.readouterr())
    assert "alerts could not be sent by webhook" in output
    assert "very-secret" not in output + refused.to_cursor() + summary


def test_webhook_that_fails_at_first_is_asked_again_within_the_tick(
    instance, settings, receiver, monkeypatch
) -> None:
    monkeypatch.setattr("football_assets.alerts.delivery.PAUSES", (0.0, 0.0))
    receiver.statuses = [503, 502]
    publish(settings, seconds_ago=400)
    told = Settings(_env_file=None, data_dir=settings.data_dir, alert_webhook_url=receiver.url)
    memory, _ = ticks(instance, told)()
    assert memory.unsent == {}
    assert [one["text"][:35] for one in receiver.accepted] == ["football-assets (simulated data) on"]


def test_sensor_is_on_from_the_start_and_keeps_its_memory_in_the_cursor(instance, settings) -> None:
    sensor = build_alert_sensor(settings)
    assert sensor.default_status is DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 30
    publish(settings, seconds_ago=400)
    first = sensor.evaluate_tick(build_sensor_context(instance))
    assert "critical, published" in first.skip_message
    second = sensor.evaluate_tick(build_sensor_context(instance, cursor=first.cursor))
    assert second.skip_message == "Nothing has changed (critical: published)"
