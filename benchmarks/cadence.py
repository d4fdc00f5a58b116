"""How evenly the cycles of a data directory started, and what the processes behind them use.

    python benchmarks/cadence.py [--data data] [--cycles 60]

Reads what is recorded, so it may be run beside `football-assets start`, which it looks for by its pid file.
"""

import argparse
import statistics
from collections import Counter
from itertools import pairwise
from pathlib import Path

from recorded import cycles

PROC = Path("/proc")


def memory_mb(pid: int) -> dict[str, float]:
    """Each process below `pid`, and itself: its share of the memory in MB (of a page shared by two, half)."""
    used = {}
    for process in (pid, *descendants(pid)):
        try:
            rollup = (PROC / str(process) / "smaps_rollup").read_text()
            command = (PROC / str(process) / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        share = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        used[f"{process} {command[:90]}"] = share / 1024
    return used


def descendants(pid: int) -> list[int]:
    """The processes below `pid`."""
    try:
        children = [
            int(child)
            for thread in (PROC / str(pid) / "task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []
    return [one for child in children for one in (child, *descendants(child))]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, default=Path("data"))
    arguments.add_argument("--cycles", type=int, default=60)
    options = arguments.parse_args()
    recorded = cycles(options.data, options.cycles)
    print(f"{len(recorded)} cycles:", dict(Counter(cycle.status for cycle in recorded)))
    for what in ("ticked", "started"):
        times = [at for cycle in recorded if (at := getattr(cycle, what)) is not None]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        if gaps:
            middle = statistics.median(gaps)
            print(f"gaps of {what}: median {middle:.3f} s, best {min(gaps):.3f} s, worst {max(gaps):.3f} s")
    pid_file = options.data / "dagster" / "start.pid"
    if pid_file.exists() and PROC.exists():
        used = memory_mb(int(pid_file.read_text()))
        for process, megabytes in used.items():
            print(f"  {megabytes:6.1f} MB  {process}")
        print(f"  {sum(used.values()):6.1f} MB in all")


if __name__ == "__main__":
    main()
