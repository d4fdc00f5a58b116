"""A cycle with Dagster's record in PostgreSQL beside one with it in SQLite, in turn.

    python benchmarks/records.py --replay FOLDER [--cycles 15] [--latency-ms 350]

Prints the seconds of a warm cycle in each, and their ratio. Needs PostgreSQL's programs and
`football-assets[postgres]`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from cycles_in_process import run_cycle, settings_for
from dagster import DagsterInstance
from servers import SECRET, ReplayServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets.instance import open_instance
from football_assets.settings import Settings
from football_assets_tests.servers.postgres import running_postgres


@dataclass
class Kind:
    """A data directory with its record."""

    settings: Settings
    instance: DagsterInstance

    def cycle(self) -> float:
        """The seconds of a cycle."""
        ran = run_cycle(self.settings, self.instance)
        if not ran.succeeded:
            raise SystemExit(ran.line)
        return ran.seconds


def main() -> None:
    """Run the cycles in turn."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--cycles", type=int, default=15)
    arguments.add_argument("--latency-ms", type=float, default=350)
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="records-")))
        server = stack.enter_context(ReplayServer(options.replay, latency=options.latency_ms / 1000))
        postgres = stack.enter_context(running_postgres())

        def opened(name: str) -> Kind:
            settings = settings_for(folder / name, server.base_url, SECRET)
            return Kind(settings, stack.enter_context(open_instance(settings)))

        sqlite = opened("sqlite")
        os.environ["FOOTBALL_DAGSTER_POSTGRES"] = postgres.create_database("dagster")
        in_postgres = opened("postgres")
        for kind in (sqlite, in_postgres):
            print(f"cold {kind.cycle():.2f} s")
        pairs = [(sqlite.cycle(), in_postgres.cycle()) for _ in range(options.cycles)]
        ratios = [other / one for one, other in pairs]
        print(
            f"warm, {options.cycles} in turn: SQLite {median(one for one, _ in pairs):.2f} s, PostgreSQL "
            f"{median(other for _, other in pairs):.2f} s, ratio {median(ratios):.2f} "
            f"(from {min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
