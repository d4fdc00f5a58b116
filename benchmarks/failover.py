"""Two machines on one PostgreSQL, as namespaces of process ids: the one that works is killed or frozen.

    python benchmarks/failover.py --replay FOLDER [--kills 1] [--freezes 1] [--lake]

Prints, for each time, the seconds until the other has the lead, from then until its next cycle has begun, and
the longest time in between without one; how often the standby's UI did not answer; how many runs were marked
as failed; which ticks of the API's histories the other machine's file lacks after two cycles of its own; and
with `--lake` whether two machines committed the same edition or an older one. Needs root (for `unshare`),
PostgreSQL's programs and `football-assets[postgres]`; `--lake` what `lake.py` needs. Exit status 1: nobody
took over, a tick is lost, or a commit is doubled.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from servers import ReplayServer

from football_assets.thesports.parsing.ticks import MARKETS
from football_assets_tests.servers.machines import Machine
from football_assets_tests.servers.objects import BUCKET, WRITING, ObjectServer, running_object_server
from football_assets_tests.servers.postgres import PostgresServer, running_postgres

_CYCLES = "FROM runs WHERE pipeline_name = 'cycle' AND status IN ('STARTED', 'SUCCESS')"
_BEGUN = f"SELECT count(*) {_CYCLES}"
_LONGEST = f"""
    SELECT coalesce(max(gap), 0) FROM (
        SELECT extract(epoch FROM create_timestamp - lag(create_timestamp) OVER (ORDER BY create_timestamp))
        AS gap {_CYCLES}) AS gaps"""
_DOUBLED = """
    SELECT count(*) FROM (
        SELECT commit_extra_info->>'published_at' AS published_at,
            lag(commit_extra_info->>'published_at') OVER (ORDER BY snapshot_id) AS before
        FROM (SELECT snapshot_id, TRY_CAST(commit_extra_info AS JSON) AS commit_extra_info
            FROM ducklake_snapshots('lake') WHERE author = 'football-assets'))
    WHERE published_at <= before"""

#: The API's histories may be so much ahead of what a cycle has read.
_ON_THE_WAY_SECONDS = 120


@dataclass
class Bench:
    """What the machines share."""

    database: PostgresServer
    api: ReplayServer
    store: ObjectServer | None
    interval: int
    wait: float

    def settings(self, name: str) -> dict[str, str]:
        """The variables of both machines, on a new database and a new lake."""
        own = {
            "DAGSTER_POSTGRES": self.database.create_database(name),
            "STANDBY": "true",
            "INTERVAL_SECONDS": self.interval,
            "PULSE_SECONDS": 0,
            "FIXTURE_DAYS": 0,
        }
        if self.store:
            own |= {
                "LAKE_CATALOG": f"postgres:{self.database.create_database(f'{name}_lake')}",
                "LAKE_DATA": f"s3://{BUCKET}/{name}/",
                "LAKE_S3_ENDPOINT": self.store.endpoint,
                "LAKE_S3_KEY": WRITING[0],
                "LAKE_S3_SECRET": WRITING[1],
                "LAKE_TIMEOUT_SECONDS": 15,
            }
        return self.api.environment | {f"FOOTBALL_{key}": str(value) for key, value in own.items()}

    def until(self, condition: Callable[[], object]) -> float | None:
        """Wait for something. Gives the seconds, None where it did not come in time."""
        begun = time.monotonic()
        while time.monotonic() - begun < self.wait:
            if condition():
                return time.monotonic() - begun
            time.sleep(0.2)
        return None


def trial(bench: Bench, name: str, number: signal.Signals) -> bool:
    """One fail-over on a new database, printed. Gives whether all was as it must be."""
    settings = bench.settings(name)

    def figure(statement: str) -> float:
        try:
            return float(bench.database.sql(statement, name) or 0)
        except subprocess.CalledProcessError:  # no tables yet
            return 0

    with tempfile.TemporaryDirectory(prefix="football-failover-") as place:
        first = Machine(Path(place) / "first", settings)
        second = None
        try:
            bench.until(lambda: figure("SELECT term FROM football_lead") == 1)
            second = Machine(Path(place) / "second", settings)
            bench.until(lambda: second.answers() and figure(_BEGUN) > 0)
            begun, silent = figure(_BEGUN), 0
            first.signal(number)

            def watched(statement: str, above: float) -> bool:
                nonlocal silent
                silent += not second.answers()
                return figure(statement) > above

            taken = bench.until(lambda: watched("SELECT term FROM football_lead", 1))
            cycle = bench.until(lambda: watched(_BEGUN, begun))
            longest = figure(_LONGEST)
            seen = None
            if number is signal.SIGSTOP:
                first.signal(signal.SIGCONT)
                seen = bench.until(lambda: "The lead is lost" in first.log.read_text())
            bench.until(lambda: second.editions() >= 2)
            failed = figure("SELECT count(*) FROM runs WHERE status = 'FAILURE'")
            started = figure(f"SELECT count(*) {_CYCLES} AND status = 'STARTED'")
            if taken is None or cycle is None:
                print(f"{number.name}: nobody took over within {bench.wait:g} s", flush=True)
                return False
            lost, doubled = lost_ticks(bench.api, second.published), _doubled(settings)
            print(
                f"{number.name}: lead after {taken:.1f} s, next cycle {cycle:.1f} s later, longest without "
                f"one {longest:.1f} s; standby's UI silent {silent} times; runs failed {failed:.0f}, going "
                f"on {started:.0f}; woken, it saw that it lost after {seen} s; ticks lost {lost}; commits "
                f"doubled or turned back {doubled}",
                flush=True,
            )
            return not lost and not doubled
        finally:
            for machine in filter(None, (first, second)):
                machine.process.kill()
                machine.process.wait()


def lost_ticks(api: ReplayServer, published: Path) -> int:
    """How many ticks of the API's histories of matches in play the file lacks."""
    latest = api.stats()["clock"] - _ON_THE_WAY_SECONDS
    with duckdb.connect(str(published), read_only=True) as connection:
        matches = connection.execute("SELECT match_id FROM in_play_matches").fetchall()
        rows = connection.execute(
            "SELECT match_id, company_id, market, epoch(tick_at)::BIGINT, count(*) "
            "FROM odds_ticks GROUP BY ALL"
        ).fetchall()
    stored = {row[:4]: row[4] for row in rows}
    told: dict[tuple[str, int, str, int], int] = {}
    for (match_id,) in matches:
        for company, markets in api.odds_history(match_id).items():
            for market, ticks in markets.items():
                for tick in ticks:
                    if tick[0] <= latest:
                        key = (match_id, int(company), MARKETS[market], tick[0])
                        told[key] = told.get(key, 0) + 1
    return sum(max(count - stored.get(key, 0), 0) for key, count in told.items())


def _doubled(settings: Mapping[str, str]) -> int:
    """How many commits to the lake were of an edition that was there, or of an older one."""
    if "FOOTBALL_LAKE_CATALOG" not in settings:
        return 0
    from football_assets.lake.connection import attach_lake, new_connection
    from football_assets.lake.target import target_of
    from football_assets.settings import load_settings

    os.environ.update(settings)
    target = target_of(load_settings())
    assert target is not None
    with new_connection(target) as connection:
        attach_lake(connection, target)
        return int(connection.execute(_DOUBLED).fetchall()[0][0])


@contextmanager
def benched(options: argparse.Namespace) -> Iterator[Bench]:
    """The servers of the trials. The API's clock goes on, so that there are ticks to lose."""
    clock = ("--now", "--clock", "-7200", "--latency-ms", "200")
    with (
        running_postgres() as database,
        running_object_server() if options.lake else nullcontext() as store,
        ReplayServer(options.replay, *clock) as api,
    ):
        yield Bench(database, api, store, options.interval, options.wait)


def main() -> int:
    """Run the trials."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replay", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--freezes", type=int, default=1)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--wait", type=float, default=300)
    parser.add_argument("--lake", action="store_true")
    options = parser.parse_args()
    ways = [signal.SIGKILL] * options.kills + [signal.SIGSTOP] * options.freezes
    with benched(options) as bench:
        done = [trial(bench, f"trial_{number}", way) for number, way in enumerate(ways)]
    return 0 if all(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
