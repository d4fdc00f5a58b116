"""`football-assets metrics` as a process of its own, scraped over HTTP on loopback."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from football_assets.cycle.pulses import PulseReport, write_pulse
from football_assets.metrics.record import record_cycle
from football_assets_tests.cli.processes import COMMAND, environment, run
from football_assets_tests.cycle.reports import a_failed_report, a_report
from football_assets_tests.servers.ports import free_port


@contextmanager
def serving(data: Path, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    server = subprocess.Popen(
        [*COMMAND, "metrics", "--port", str(port)],
        env=environment(data, **variables),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr
        assert server.stderr.readline() == f"Metrics: http://127.0.0.1:{port}/metrics (Ctrl-C stops it)\n"
        yield f"http://127.0.0.1:{port}/metrics", server
    finally:
        server.kill()
        server.communicate()


def scrape(address: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    with urlopen(address, timeout=10) as answer:
        text = answer.read().decode("utf-8")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def cycles(address: str, status: str) -> float:
    labels = frozenset({("status", status), ("data_source", "api")})
    return scrape(address)[("football_cycles_total", labels)]


def test_scrape_follows_the_cycles_and_a_restart_loses_none(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path / "metrics")
    with serving(tmp_path) as (address, _):
        assert cycles(address, "success") == 1
        record_cycle(a_failed_report(2), tmp_path / "metrics")
        assert (cycles(address, "success"), cycles(address, "failure")) == (1, 1)
    record_cycle(a_report(3), tmp_path / "metrics")
    with serving(tmp_path) as (address, _):
        assert (cycles(address, "success"), cycles(address, "failure")) == (2, 1)


def test_before_the_first_cycle_there_is_an_answer(tmp_path: Path) -> None:
    with serving(tmp_path) as (address, _):
        assert scrape(address) == {("football_published_fresh", frozenset()): 0}


def test_pulses_that_were_turned_off_are_not_told_for_ever(tmp_path: Path) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    write_pulse(PulseReport(at, at, 1, 7, seconds={"total": 1.0}), tmp_path / "pulse.json")
    for every, told in (("5", True), ("0", False)):
        with serving(tmp_path, FOOTBALL_PULSE_SECONDS=every) as (address, _):
            assert any("pulse" in name for name, _ in scrape(address)) is told


def test_a_standby_tells_who_has_the_lead(tmp_path: Path) -> None:
    settings = {"FOOTBALL_STANDBY": "true", "FOOTBALL_DAGSTER_POSTGRES": "host=127.0.0.1 port=1 dbname=x"}
    with serving(tmp_path, **settings) as (address, _):
        assert scrape(address)[("football_lead", frozenset())] == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to(tmp_path: Path, stop: signal.Signals) -> None:
    with serving(tmp_path) as (_, server):
        server.send_signal(stop)
        assert server.wait(timeout=10) == 0


def test_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(tmp_path, "metrics", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Error: Cannot serve at 127.0.0.1:{port}: Address already in use\n"


def test_bad_setting_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "metrics", FOOTBALL_INTERVAL_SECONDS="soon")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_another_page_reads_no_metrics(tmp_path: Path, header: dict[str, str]) -> None:
    with serving(tmp_path) as (address, _), pytest.raises(HTTPError) as refused:
        urlopen(Request(address, headers=header), timeout=10)
    assert refused.value.code == 403
