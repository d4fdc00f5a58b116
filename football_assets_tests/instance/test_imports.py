"""What must stay light: the supervisor, which lives for months, and what each run's process loads."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("football_assets.instance.supervisor", {"dagster"}),
        ("football_assets.instance.services", {"dagster"}),
        (
            "football_assets.sensors.cycle_sensor",
            {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp", "streamlit"},
        ),
        ("football_assets.retention.job", {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp", "streamlit"}),
        ("football_assets.definitions", {"pandas", "numpy", "pyarrow", "duckdb", "aiohttp", "streamlit"}),
    ],
)
def test_module_loads_nothing_heavy(module: str, absent: set[str]) -> None:
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert not absent & set(loaded.split())
