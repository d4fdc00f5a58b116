"""`football-assets start` with a lake on real servers: is it equal to the file, and what does it take?

    python benchmarks/lake_cycles.py --replay FOLDER [--minutes 60] [--pulse 5] [--latency-ms 350]

The replay's clock goes with the wall clock; every minute a history is repaired, and now and then a match
leaves, comes back or is deleted. After a quarter of the time the catalog is away for three cycles, after half
of it the store is frozen for three, after three quarters the catalog's sessions are ended. Every five minutes
`football-assets lake verify --all` holds the lake against the file, `EXCEPT ALL` both ways. Needs what
`lake.py` needs. Exit status 1: a table differs, or a cycle began late.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from freshness import started
from published_truth import opened
from recorded import cycles
from servers import ReplayServer

from football_assets.lake.state import read_lake_state
from football_assets_tests.servers.objects import BUCKET, WRITING, ObjectServer, running_object_server
from football_assets_tests.servers.postgres import PostgresServer, running_postgres

PROGRAM = (sys.executable, "-m", "football_assets.cli")
LATEST_SECONDS = 61.5
VERIFIED_EVERY = 300.0
OUTAGE_SECONDS = 185.0


@dataclass
class Commits:
    """The lake's commits as its state tells them: seconds by cycle, and what failed."""

    path: Path
    seconds: dict[str, float] = field(default_factory=dict)
    waiting: int = 0
    errors: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Note the newest."""
        state = read_lake_state(self.path)
        if state is None:
            return
        if state.error:
            self.errors.add(state.error[:90])
            self.waiting = max(self.waiting, state.cycles_waiting)
        elif state.cycle_id and state.seconds is not None:
            self.seconds[state.cycle_id] = state.seconds


class World:
    """What changes in the replay, a little every minute."""

    def __init__(self, server: ReplayServer) -> None:
        self._server = server
        self._ids = server.live()
        self._minute = 0

    def change(self) -> None:
        """Repair a history; now and then let a match leave, come back, or be deleted."""
        self._minute += 1
        repaired = self._ids[self._minute % 20]
        odds: dict[str, Any] = self._server.odds_history(repaired)
        for markets in odds.values():
            for ticks in markets.values():
                if len(ticks) > 6:
                    del ticks[3]
                    ticks[1][2] = round(ticks[1][2] + 0.01, 2)
        self._server.alter(odds={repaired: odds})
        if self._minute % 4 == 0:
            self._server.alter(leave=[self._ids[20 + self._minute % 10]])
        if self._minute % 4 == 2:
            self._server.alter(**{"return": [self._ids[20 + (self._minute - 2) % 10]]})
        if self._minute % 15 == 0:
            self._server.alter(delete=[self._ids[-self._minute // 15]])


@contextmanager
def outages(catalog: PostgresServer, store: ObjectServer, seconds: float) -> Iterator[threading.Thread]:
    """A thread that takes the servers away, one after the other."""
    over = threading.Event()

    def run() -> None:
        if over.wait(seconds / 4):
            return
        print("the catalog is stopped", flush=True)
        catalog.stop()
        over.wait(OUTAGE_SECONDS)
        catalog.start()
        if over.wait(max(seconds / 4 - OUTAGE_SECONDS, 1)):
            return
        print("the store is frozen", flush=True)
        with store.frozen():
            over.wait(OUTAGE_SECONDS)
        if over.wait(max(seconds / 4 - OUTAGE_SECONDS, 1)):
            return
        print("the catalog's sessions are ended", flush=True)
        catalog.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lake'")

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        over.set()
        thread.join()


def verified(environment: dict[str, str]) -> tuple[bool | None, str]:
    """Whether the lake is equal to the file, None where that cannot be told; and what `verify` says."""
    ran = subprocess.run(
        [*PROGRAM, "lake", "verify", "--all"], env=environment, capture_output=True, text=True, check=False
    )
    said = (ran.stdout + ran.stderr).strip()
    if ran.returncode == 0:
        return True, "equal"
    return (False if "differ" in said else None), said


def play(options: argparse.Namespace, place: Path, catalog: PostgresServer, store: ObjectServer) -> bool:
    """The whole run; gives whether all was equal and on time."""
    data, seconds = place / "data", 60 * options.minutes
    os.environ |= {
        "FOOTBALL_LAKE_CATALOG": f"postgres:{catalog.create_database('lake')}",
        "FOOTBALL_LAKE_DATA": f"s3://{BUCKET}/lake/",
        "FOOTBALL_LAKE_S3_ENDPOINT": f"http://{store.endpoint}",
        "FOOTBALL_LAKE_S3_KEY": WRITING[0],
        "FOOTBALL_LAKE_S3_SECRET": WRITING[1],
    }
    commits, found = Commits(data / "lake.json"), list[bool | None]()

    def verify() -> None:
        equal, said = verified(environment)
        found.append(equal)
        print(f"{(time.monotonic() - begun) / 60:.0f} minutes: {said[:200]}", flush=True)

    clock = ("--now", "--clock", str(-seconds - 300))
    with ReplayServer(options.replay, *clock, latency=options.latency_ms / 1000) as server:
        environment = {**os.environ, **server.environment, "FOOTBALL_DATA_DIR": str(data)}
        world = World(server)
        with started(server, data, options.pulse) as process, outages(catalog, store, seconds) as away:
            begun = changed = checked = time.monotonic()
            while time.monotonic() - begun < seconds or away.is_alive():
                if process.poll() is not None:
                    raise SystemExit("football-assets start has ended")
                commits.look()
                if time.monotonic() - changed > 60:
                    changed += 60
                    world.change()
                if time.monotonic() - checked > VERIFIED_EVERY:
                    checked = time.monotonic()
                    verify()
                time.sleep(1)
            time.sleep(90)
            verify()
        with opened(data / "football.duckdb") as published:
            ticks = published.execute("SELECT count(*) FROM odds_history").fetchall()[0][0]
            file = dict(published.execute("SELECT cycle_id, publish_seconds FROM cycles").fetchall())
    late = report(data, commits, file, ticks)
    print(
        f"lake verify --all: {found.count(True)} times equal, {found.count(False)} times not, "
        f"{found.count(None)} times not to be told"
    )
    return found[-1] is True and False not in found and not late


def report(data: Path, commits: Commits, file: dict[str, float | None], ticks: int) -> bool:
    """Print the figures; gives whether a cycle began late."""
    ratios = [lake / seconds for cycle_id, lake in commits.seconds.items() if (seconds := file.get(cycle_id))]
    published = [seconds for seconds in file.values() if seconds]
    begun = [cycle.created for cycle in cycles(data, 1000)]
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    print(f"{len(begun)} cycles, {median(gaps):.2f} s apart (median), at most {max(gaps):.2f}; {ticks} ticks")
    print(
        f"published in {median(published):.2f} s, committed to the lake in "
        f"{median(commits.seconds.values()):.2f}; lake / file {median(ratios):.2f} "
        f"(from {min(ratios):.2f} to {max(ratios):.2f}) over {len(ratios)} cycles"
    )
    print(f"at most {commits.waiting} cycles waited for the lake; {sorted(commits.errors)}")
    return max(gaps) > LATEST_SECONDS


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replay", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pulse", type=float, default=5)
    parser.add_argument("--latency-ms", type=float, default=350)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="lake-cycles-") as place,
        running_postgres() as catalog,
        running_object_server() as store,
    ):
        raise SystemExit(not play(options, Path(place), catalog, store))


if __name__ == "__main__":
    main()
