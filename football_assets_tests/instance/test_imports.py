"""What must stay light: the supervisor, which lives for months, and what each run's process loads."""

import subprocess
import sys
import tomllib
from pathlib import Path

import dagster
import pytest

from football_assets.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("football_assets.instance.supervisor", {"dagster"}),
        ("football_assets.instance.services", {"dagster"}),
        (
            "football_assets.sensors.cycle_sensor",
            {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp"},
        ),
        ("football_assets.retention.job", {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp"}),
        ("football_assets.definitions", {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp"}),
    ],
)
def test_module_loads_nothing_heavy(module: str, absent: set[str]) -> None:
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert not absent & set(loaded.split())


def test_all_private_modules_of_dagster_are_banned() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))
    banned = project["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    private = {path.stem for path in Path(dagster.__path__[0]).glob("_*") if not path.name.startswith("__")}
    assert {f"dagster.{name}" for name in private} <= set(banned)
