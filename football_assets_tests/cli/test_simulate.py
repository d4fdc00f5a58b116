"""`football-assets simulate` as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest

from football_assets.simulator.answers import Simulator
from football_assets_tests.cli.processes import COMMAND

SIMULATE = [*COMMAND, "simulate"]


@pytest.fixture(params=[()])
def process(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    options = ["--port", "0", "--matches", "10", "--quota", "1", "--seed", "5", *request.param]
    started = subprocess.Popen(
        [*SIMULATE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield started
    started.kill()
    started.communicate()


def base_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def answer(url: str) -> dict:
    with urllib.request.urlopen(f"{url}{'&' if '?' in url else '?'}user=u&secret=s", timeout=10) as response:
        return json.load(response)


@pytest.mark.parametrize("process", [("--bad-rows", "1")], indirect=True)
def test_bad_rows_are_the_options(process) -> None:
    url = base_url(process)
    good = Simulator(5, 10).answer("country/list", {})["results"]
    shown = answer(f"{url}/country/list")["results"]
    assert all(one != other for one, other in zip(good, shown, strict=True))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_at_the_address_that_it_prints_until_it_is_stopped(process, stop) -> None:
    url = base_url(process)
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/v1/football")
    assert 5 <= len(answer(f"{url}/match/detail_live")["results"]) <= 15
    process.send_signal(stop)
    out, err = process.communicate(timeout=10)
    told = "1 requests, 0 of them over the quota (HTTP 429)\n"
    assert (process.returncode, out, err) == (0, told, "")


def test_quota_is_the_options(process) -> None:
    url = base_url(process)
    assert answer(f"{url}/odds/history?uuid=x")["code"] == 0
    with pytest.raises(urllib.error.HTTPError, match="429"):
        answer(f"{url}/odds/history?uuid=x")


def test_a_port_in_use_ends_it_with_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run([*SIMULATE, "--port", str(port)], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"Error: Cannot serve at 127.0.0.1:{port}: Address already in use\n"
