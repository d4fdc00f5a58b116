"""From the sensor's tick to the first step: what the run's process imports, and what Dagster recorded.

python benchmarks/start_up.py [--data data] [--cycles 20] [--module football_assets.definitions]
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from recorded import cycles

#: Packages that no cycle needs before its first step, if at all.
HEAVY = (
    "pandas",
    "numpy",
    "pyarrow",
    "duckdb",
    "aiohttp",
    "prometheus_client",
    "rich",
    "sqlite3",
)


def imports(module: str) -> tuple[float, dict[str, float]]:
    """Seconds of importing the module in a new Python, and of each package: its own modules' alone."""
    own: dict[str, float] = {}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    for _ in range(2):  # the first time may have to compile
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    for line in result.stderr.splitlines():
        self_us, separator, rest = line.removeprefix("import time:").partition("|")
        if separator and self_us.strip().isdigit():
            package = rest.partition("|")[2].strip().partition(".")[0]
            own[package] = own.get(package, 0) + int(self_us) / 1e6
    return sum(own.values()), own


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, help="a data directory whose cycles are looked at")
    arguments.add_argument("--cycles", type=int, default=20)
    arguments.add_argument("--module", default="football_assets.definitions")
    options = arguments.parse_args()
    total, own = imports(options.module)
    print(f"import {options.module}: {total:.2f} s under -X importtime")
    for package, seconds in sorted(own.items(), key=lambda item: -item[1])[:12]:
        print(f"  {seconds:6.3f} s  {package}{'  (heavy)' if package in HEAVY else ''}")
    print("heavy packages loaded:", ", ".join(name for name in HEAVY if name in own) or "none")
    if options.data:
        show(options.data, options.cycles)


def show(data: Path, count: int) -> None:
    """Print the stages of a cycle's start, from its tick on."""
    recorded = cycles(data, count)
    print(f"{len(recorded)} cycles; seconds from the tick: median, worst")
    for stage in ("created", "process", "started", "first_step", "ended"):
        seconds = [at - cycle.ticked for cycle in recorded if (at := getattr(cycle, stage)) is not None]
        if seconds:
            print(f"  {stage:<11} {statistics.median(seconds):6.2f} {max(seconds):6.2f}")


if __name__ == "__main__":
    main()
