"""The process that waits for its run: that it has imported all there is to import."""

import subprocess
import sys

PROGRAM = """
import sys
from importlib import import_module
from dagster import DagsterInstance
from football_assets.definitions import build_definitions
from football_assets.instance.worker import _MODULES
from football_assets.settings import Settings
for module in _MODULES:
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
    assert {name for name in modules if not name.startswith("football_assets.thesports.simulator")} == set()
    assert packages - sys.stdlib_module_names == set()
