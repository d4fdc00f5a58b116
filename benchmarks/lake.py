"""The lake on real servers: how long publishing to it takes beside the file, kills at random moments, servers
that are away or frozen, and readers in transactions. Prints figures, and fails where rows differ.

    python benchmarks/lake.py [--ticks 142000] [--cycles 10] [--kills 50]
    python benchmarks/lake.py --day 1440

The second is a day in compressed time: so many commits, after every 60 what `lake_maintenance` does every
hour, with times as much shorter. What the lake came to is printed eight times. It fails where the lake is
not the file at the end.

Needs PostgreSQL's programs, SeaweedFS (`weed` beside Python, or its path in SEAWEEDFS) and a DuckDB with the
extensions (`football-assets[lake]`).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.commit import commit
from football_assets.lake.connection import attach_lake, new_connection
from football_assets.lake.delta import read_ahead
from football_assets.lake.maintenance import live_files, maintain
from football_assets.lake.target import Target
from football_assets.lake.verify import compare, equal_moment
from football_assets_tests.lake.feed import Feed
from football_assets_tests.servers.objects import BUCKET, WRITING, ObjectServer, running_object_server
from football_assets_tests.servers.postgres import PostgresServer, running_postgres

#: Seconds that the process of a cycle has to open the lake, while the cycle asks the API.
WARM_UP = 4.0


@dataclass
class Bench:
    feed: Feed
    target: Target
    catalog: PostgresServer
    store: ObjectServer

    @contextmanager
    def client(self, warm_up: float = WARM_UP) -> Iterator[LakeClient]:
        client = LakeClient(self.target)
        client.start()
        time.sleep(warm_up)
        try:
            yield client
        finally:
            client.close()

    def change(self, ticks: int = 1200) -> None:
        self.feed.add_ticks(ticks)
        self.feed.correct("hash(match_id, company_id, tick_at) % 2000 = 0")

    def differing(self) -> list[str]:
        with opened(self.target) as connection, equal_moment(connection, self.target, 0):
            return [found.name for found in compare(connection) if not found.is_equal]

    def catch_up(self) -> None:
        with self.client() as client:
            client.commit(120)
        if found := self.differing():
            raise SystemExit(f"differ: {found}")


def cost(bench: Bench, cycles: int) -> None:
    file, lake, whole = [], [], []
    for _ in range(cycles):
        bench.change()
        with bench.client() as client:
            started = time.monotonic()
            bench.feed.publish()
            published = time.monotonic()
            inside = client.commit(120)["seconds"]
            file.append(published - started)
            lake.append(inside)
            whole.append(time.monotonic() - published)
    ratios = [one / other for one, other in zip(whole, file, strict=True)]
    print(
        f"publishing: file {median(file):.2f} s, lake {median(lake):.2f} s (answered after "
        f"{median(whole):.2f} s); lake / file {median(ratios):.2f} "
        f"(from {min(ratios):.2f} to {max(ratios):.2f}) over {cycles} cycles"
    )


def kills(bench: Bench, number: int, longest: float) -> None:
    chance, answered = random.Random(16), 0
    for count in range(1, number + 1):
        bench.change(300)
        bench.feed.publish()
        with bench.client(chance.uniform(0, WARM_UP)) as client, suppress(LakeFailed):
            client.commit(chance.uniform(0.01, longest))
            answered += 1
        if count % 10 == 0:
            bench.catch_up()
    bench.catch_up()
    print(f"kills: {number} cycles, {number - answered} killed before their answer; equal every 10 of them")


def outages(bench: Bench) -> None:
    bench.catalog.stop()
    _without(bench, "catalog away")
    bench.catalog.start()
    bench.catch_up()
    with bench.store.frozen():
        _without(bench, "store frozen")
    bench.catch_up()
    with bench.catalog.frozen():
        _without(bench, "catalog frozen")
    bench.catch_up()


def _without(bench: Bench, name: str) -> None:
    longest = 0.0
    for _ in range(3):
        bench.change(300)
        bench.feed.publish()
        with bench.client(1) as client:
            started = time.monotonic()
            try:
                client.commit(5)
            except LakeFailed as error:
                last = str(error)
            else:
                raise SystemExit(f"{name}: the commit went through")
            longest = max(longest, time.monotonic() - started)
    print(f"{name}: 3 cycles, held for at most {longest:.2f} s of 5 ({last[:70]})")


def readers(bench: Bench, number: int) -> None:
    text = (
        "SELECT (SELECT max(edition) FROM lake.editions), (SELECT count(*) FROM lake.odds_ticks), "
        "(SELECT max(home_score) FROM lake.live_matches)"
    )
    begun, end, seen, errors = threading.Barrier(number + 1), threading.Event(), [], []

    def read() -> None:
        try:
            with new_connection(bench.target) as connection:
                attach_lake(connection, bench.target)
                connection.execute("BEGIN")
                found = [connection.execute(text).fetchall()[0]]
                begun.wait(300)
                while not end.is_set():
                    found.append(connection.execute(text).fetchall()[0])
                found.append(connection.execute(text).fetchall()[0])
                seen.append((len(found), len(set(found))))
        except Exception as error:  # noqa: BLE001
            errors.append(str(error)[:200])
            begun.abort()

    threads = [threading.Thread(target=read) for _ in range(number)]
    for thread in threads:
        thread.start()
    begun.wait(300)
    for _ in range(3):
        bench.change(300)
        bench.feed.publish()
        with bench.client() as client:
            client.commit(120)
    end.set()
    for thread in threads:
        thread.join()
    several = sum(1 for _, states in seen if states != 1)
    reads = sum(count for count, _ in seen)
    print(f"readers: {number}, {reads} reads over 3 commits, {several} saw several cycles, errors {errors}")


def day(bench: Bench, cycles: int) -> None:
    """A day of commits in compressed time."""
    print(
        "cycles | commit s (longest) | snapshots | live files | objects | catalog MB | first scan s | ticks"
    )
    seconds, begun = list[float](), time.monotonic()
    for number in range(1, cycles + 1):
        bench.change(100)
        if number % 60 == 30:
            bench.feed.age(f"m{number // 60}")
            bench.feed.move()
        bench.feed.publish()
        with opened(bench.target) as connection:
            read_ahead(connection)
            seconds.append(commit(connection, bench.target).seconds)
        if number % 60 == 0:
            an_hour = (time.monotonic() - begun) / number / 60
            with opened(bench.target) as connection:
                maintain(connection, 3 * an_hour, reading_hours=an_hour)
        if number % (cycles // 8) == 0:
            print(" | ".join(state_of(bench, number, seconds)), flush=True)
            seconds.clear()
    if found := bench.differing():
        raise SystemExit(f"differ: {found}")
    print("the lake is the file")


def state_of(bench: Bench, number: int, seconds: list[float]) -> Iterator[str]:
    """A line of the table of `day`."""
    database = bench.target.catalog.split("dbname=")[1].split()[0]
    size = int(bench.catalog.sql(f"SELECT pg_database_size('{database}')"))
    began = time.monotonic()
    with opened(bench.target) as connection:
        ticks = connection.execute("SELECT count(match_id) FROM lake.odds_history").fetchall()[0][0]
        scanned = time.monotonic() - began
        snapshots = connection.execute("SELECT count(*) FROM ducklake_snapshots('lake')").fetchall()[0][0]
        objects = connection.execute(f"SELECT count(*) FROM glob('{bench.target.data}**')").fetchall()[0][0]
        files = live_files(connection)
    yield str(number)
    yield f"{median(seconds):.2f} ({max(seconds):.2f})"
    yield from map(str, (snapshots, files, objects))
    yield f"{size / 1e6:.1f}"
    yield f"{scanned:.2f}"
    yield str(ticks)


@contextmanager
def opened(target: Target) -> Iterator[duckdb.DuckDBPyConnection]:
    """A new connection with the lake open, as the process of a cycle has."""
    with new_connection(target) as connection:
        attach_lake(connection, target)
        yield connection


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ticks", type=int, default=142_000)
    parser.add_argument("--cycles", type=int, default=10)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--longest-kill", type=float, default=1.5, help="seconds after which the latest kill comes"
    )
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--day", type=int, default=0, metavar="CYCLES")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        running_postgres() as catalog,
        running_object_server() as store,
    ):
        feed = Feed(Path(name), matches=200)
        words = catalog.create_database("lake")
        target = Target(
            catalog=f"postgres:{words}",
            data=f"s3://{BUCKET}/lake/",
            published=str(feed.published),
            history=str(feed.history),
            endpoint=f"http://{store.endpoint}",
            region="us-east-1",
            key=WRITING[0],
            secret=WRITING[1],
            extensions=None,
            timeout_seconds=5,
            keep_hours=24,
        )
        bench = Bench(feed, target, catalog, store)
        feed.add_ticks(options.ticks)
        feed.publish()
        bench.catch_up()
        if options.day:
            day(bench, options.day)
            return
        cost(bench, options.cycles)
        if options.kills:
            kills(bench, options.kills, options.longest_kill)
        outages(bench)
        if options.readers:
            readers(bench, options.readers)
        with new_connection(target) as connection:
            attach_lake(connection, target)
            done = maintain(connection, 1 / 3600)
        print(f"maintenance: {done.files_before} files became {done.files_after} in {done.seconds:.1f} s")
        if found := bench.differing():
            raise SystemExit(f"differ after maintenance: {found}")
        print("equal by EXCEPT ALL both ways, every table and history")
        feed.close()


if __name__ == "__main__":
    main()
