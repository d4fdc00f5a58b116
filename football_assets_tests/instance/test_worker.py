"""The process that waits for its run: that it has imported all there is to import, and how it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dagster import serialize_value

from football_assets.instance import open_instance
from football_assets.settings import Settings

PROGRAM = """
import sys
from importlib import import_module
from dagster import DagsterInstance
from football_assets.definitions import build_definitions
from football_assets.instance.worker import MODULES
from football_assets.settings import Settings
for module in MODULES:
    import_module(module)
settings = Settings(_env_file=None, data_dir=sys.argv[1], simulator_matches=2)
job = build_definitions(settings).resolve_job_def("cycle")
with DagsterInstance.ephemeral() as instance:
    before = set(sys.modules)
    assert job.execute_in_process(instance=instance).success
new = set(sys.modules) - before
print(*(name for name in new if name.startswith("football_assets.")))
print(*{name.partition(".")[0] for name in new} - {name.partition(".")[0] for name in before})
"""


def test_cycle_imports_nothing_that_the_worker_has_not(tmp_path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    modules, packages = (set(line.split()) for line in result.stdout.splitlines())
    assert {name for name in modules if not name.startswith("football_assets.simulator")} == set()
    assert packages - sys.stdlib_module_names == set()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the process in /proc")
def test_interrupt_and_end_of_input_end_it_without_a_word(tmp_path) -> None:
    with open_instance(Settings(_env_file=None, data_dir=tmp_path)) as instance:
        worker = subprocess.Popen(
            [sys.executable, "-m", "football_assets.instance.worker"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        worker.stdin.write(serialize_value(instance.get_ref()) + "\n")
        worker.stdin.flush()
        while not _ignores(worker.pid, signal.SIGINT):
            time.sleep(0.01)
        for _ in range(20):
            worker.send_signal(signal.SIGINT)
            time.sleep(0.05)
        assert worker.communicate() == (None, "")
        assert worker.returncode == 0


def _ignores(pid: int, number: int) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    mask = next(line for line in lines if line.startswith("SigIgn:")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)
