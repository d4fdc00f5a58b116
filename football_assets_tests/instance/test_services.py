"""All of Dagster as `football-assets start` runs it, with a small graph in place of the project's."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus

from football_assets_tests.instance.waiting import eventually

PROGRAM = """
import sys
from pathlib import Path
from football_assets.instance.services import environment, prepared, services
from football_assets.instance.supervisor import Supervisor
from football_assets.settings import Settings
settings = Settings(_env_file=None, data_dir=Path(sys.argv[1]), interval_seconds=10)
with prepared(settings) as home:
    all_of_it = services(home, "127.0.0.1", int(sys.argv[2]), "small_graph")
    Supervisor(all_of_it, environment(settings, home), lambda line: print(line, flush=True)).run(
        lambda: print("up", flush=True))
"""

GRAPH = """
import os
from dagster import Definitions, in_process_executor, job, op
from football_assets.sensors.cycle_sensor import build_cycle_sensor
from football_assets.settings import load_settings

@op
def nothing():
    pass

@job(executor_def=in_process_executor)
def cycle():
    nothing()

definitions = Definitions(jobs=[cycle], sensors=[build_cycle_sensor(load_settings())])
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose name means something in addresses, in YAML and in shells."""
    data = tmp_path / 'a%41 "b" #c {d: e}'
    data.mkdir()
    return data


@pytest.fixture
def started(tmp_path: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "small_graph.py").write_text(GRAPH)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = (str(tmp_path), os.environ.get("PYTHONPATH", ""))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), str(port)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "FOOTBALL_INTERVAL_SECONDS": "10"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.terminate()
    process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_cycle_runs_soon_after_the_start_and_the_stop_leaves_no_process(started, data, monkeypatch) -> None:
    assert started.stdout.readline() == "up\n"
    assert eventually(lambda: len(processes_of(data)) > 3)
    monkeypatch.setenv("DAGSTER_HOME", str(data / "dagster"))
    with DagsterInstance.get() as instance:
        assert eventually(lambda: any(run.status is DagsterRunStatus.SUCCESS for run in instance.get_runs()))
    started.send_signal(signal.SIGINT)
    assert started.wait(15) == 0
    assert processes_of(data) == []
    assert not (data / "dagster" / "start.pid").exists()


def processes_of(data: Path) -> list[str]:
    """The command lines of the processes whose environment names the data directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(data).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
