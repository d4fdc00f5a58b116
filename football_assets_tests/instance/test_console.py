"""What the processes of `start` print when Dagster's code server is away: lines, and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from football_assets.instance import write_instance
from football_assets.settings import Settings
from football_assets_tests.servers.ports import free_port

FAILURE = "Error loading repository location"


def command(name: str, workspace: Path) -> list[str]:
    program = [sys.executable, "-m", f"football_assets.instance.{name}"]
    if name == "daemon":
        return [*program, "run", "-w", str(workspace), "--log-level", "warning"]
    return [*program, "--workspace", str(workspace), "--host", "127.0.0.1", "--port", str(free_port())]


@pytest.mark.parametrize("name", ["daemon", "webserver"])
def test_code_server_that_is_away_is_one_line_and_its_traceback_is_in_the_log(
    tmp_path: Path, name: str
) -> None:
    home = write_instance(Settings(_env_file=None, data_dir=tmp_path))
    workspace, console = home / "workspace.yaml", tmp_path / "console.txt"
    server = {"socket": str(home / "nobody.sock"), "location_name": "football_assets"}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}))
    with (
        console.open("wb") as output,
        subprocess.Popen(
            command(name, workspace),
            env={**os.environ, "DAGSTER_HOME": str(home), "FOOTBALL_DATA_DIR": str(tmp_path)},
            stdout=output,
            stderr=output,
        ) as process,
    ):
        deadline = time.monotonic() + 60
        while FAILURE not in console.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        process.kill()
    told = [line for line in console.read_text().splitlines() if FAILURE in line]
    assert told
    assert "Stack Trace" not in console.read_text()
    assert 'File "' not in console.read_text()
    written = "".join(path.read_text() for path in (tmp_path / "logs").glob("*.log"))
    assert FAILURE in written
    assert "Stack Trace" in written
