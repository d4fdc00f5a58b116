"""A backfill beside a running `start`, within the API's quota and killed in between: does it hold up a cycle,
and does it bring the same as one that nothing disturbed?

    python benchmarks/backfill.py [--matches 55] [--days 3] [--kills 5] [--quota 120] [--latency-ms 350]

The simulator has some eleven times as many matches a day as are live at once. `football-assets backfill`
reads the days and is killed (SIGKILL) at random moments, each time begun again. Then another data directory
gets the same days at once, without a quota, and the rows of the past are held against each other, both ways.
Exit status 1: a row differs, a cycle began late, or a request was over the quota.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import duckdb
from cycles_in_process import ephemeral, run_cycle, settings_for
from freshness import started
from month import read_days, take_over
from published_truth import opened
from recorded import cycles
from servers import SECRET, Server, simulator
from tables import show

PROGRAM = (sys.executable, "-m", "football_assets.cli")
#: What a backfill brings, but for when it was asked for.
TABLES = (
    "odds_history",
    "live_match_history",
    "match_stat_history",
    "match_incident_history",
    "match_commentary_history",
    "match_detail_history",
    "opening_prices",
    "closing_prices",
    "settled_prices",
    "matches",
)
MOMENTS = (
    "seen_at",
    "replaced_at",
    "observed_at",
    "fetched_at",
    "first_seen_at",
    "last_seen_at",
    "ended_at",
    "edition",
)
LATEST_SECONDS = 61.5


def backfilled(server: Server, data: Path, days: list[date], kills: int) -> float:
    """Read the days, killed so often in between. Gives the seconds."""
    environment = {**os.environ, **server.environment, "FOOTBALL_DATA_DIR": str(data)}
    command = [*PROGRAM, "backfill", "--from", days[0].isoformat(), "--to", days[-1].isoformat()]
    chance, begun = random.Random(13), time.monotonic()
    for _ in range(kills):
        process = subprocess.Popen(command, env=environment)
        try:
            process.wait(chance.uniform(20, 240))
            print("it ended before it could be killed", flush=True)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            print(f"killed with {len(read(data))} matches read", flush=True)
    subprocess.run(command, env=environment, check=True)
    return time.monotonic() - begun


def read(data: Path, suffix: str = "*") -> list[Path]:
    """The matches whose answers are there."""
    return list((data / "history" / "inbox").glob(f"*/*.{suffix}"))


def wait_until_taken_over(data: Path) -> float:
    """Until the cycles have emptied the inbox and published once more. Gives the seconds."""
    begun = time.monotonic()
    while read(data, "json"):
        time.sleep(1)
    seconds = time.monotonic() - begun
    time.sleep(150)
    return seconds


def bring_undisturbed(data: Path, matches: int, days: int) -> None:
    """The same days without a quota, taken over one after the other, and published."""
    data.mkdir()
    with simulator(matches, 0) as server, ephemeral() as instance:
        settings = settings_for(data, server.base_url, SECRET)
        read_days(settings, days)
        take_over(settings)
        for _ in range(2):
            if not (ran := run_cycle(settings, instance)).succeeded:
                raise SystemExit(ran.line)


def held_against(one: Path, other: Path) -> tuple[list[tuple[str, int, int, int]], str, int]:
    """Of each table: its rows of the matches that both brought, and those that only the one, only the other
    has; a line on the matches; and how many the one does not know at all."""
    with closing(duckdb.connect()) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"CREATE SCHEMA {name}")
            with opened(path) as published:
                for table in ("backfilled_matches", *TABLES):
                    connection.register("rows", published.sql(f"FROM {table}").to_arrow_table())
                    connection.execute(f"CREATE TABLE {name}.{table} AS FROM rows")
                    connection.unregister("rows")
        brought = "SELECT match_id FROM {}.backfilled_matches"
        both = f"({brought.format('one')} INTERSECT {brought.format('other')})"
        found = [(table, *_figures(connection, table, both)) for table in TABLES]
        alone = _count(connection, f"{brought.format('other')} EXCEPT {brought.format('one')}")
        unknown = _count(connection, f"{brought.format('other')} EXCEPT SELECT match_id FROM one.matches")
        line = f"{alone} matches had been recorded before they were brought, {unknown} are not known"
        columns = ", ".join(_differing(connection, both))
        return found, f"{line}; of matches differ: {columns or 'no column'}", unknown


def _differing(connection: duckdb.DuckDBPyConnection, both: str) -> Iterator[str]:
    """The columns of the matches that differ, and in how many."""
    for (column,) in connection.execute("SELECT column_name FROM (DESCRIBE one.matches)").fetchall():
        pairs = (
            "FROM one.matches AS one JOIN other.matches AS other USING (match_id) "
            f"WHERE match_id IN {both} AND one.{column} IS DISTINCT FROM other.{column}"
        )
        if column not in MOMENTS and (number := _count(connection, pairs)):
            yield f"{column} in {number}"


def _figures(connection: duckdb.DuckDBPyConnection, table: str, both: str) -> Iterator[int]:
    columns = [row[0] for row in connection.execute(f"DESCRIBE one.{table}").fetchall()]
    kept = ", ".join(column for column in columns if column not in MOMENTS)
    one, other = (
        f"(SELECT {kept} FROM {name}.{table} WHERE match_id IN {both})" for name in ("one", "other")
    )
    yield _count(connection, f"FROM {one}")
    yield _count(connection, f"FROM {one} EXCEPT ALL FROM {other}")
    yield _count(connection, f"FROM {other} EXCEPT ALL FROM {one}")


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--matches", type=int, default=55)
    arguments.add_argument("--days", type=int, default=3)
    arguments.add_argument("--kills", type=int, default=5)
    arguments.add_argument("--quota", type=int, default=120)
    arguments.add_argument("--latency-ms", type=float, default=350)
    options = arguments.parse_args()
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=number) for number in range(options.days, 0, -1)]
    with tempfile.TemporaryDirectory(prefix="backfill-") as place:
        data = Path(place) / "data"
        with (
            simulator(options.matches, options.latency_ms / 1000, quota=options.quota) as server,
            started(server, data, 5),
        ):
            while not (data / "football.duckdb").exists():
                time.sleep(1)
            reading = backfilled(server, data, days, options.kills)
            waiting = wait_until_taken_over(data)
            at = [cycle.ticked for cycle in cycles(data, 1000)]
            told = server.stop()
        gaps = [later - earlier for earlier, later in pairwise(at)]
        matches = len(read(data))
        print(
            f"{matches} matches of {len(days)} days in {reading / 60:.1f} min, "
            f"{matches / reading * 3600:.0f} an hour; taken over {waiting:.0f} s after. {told}. "
            f"{len(at)} cycles, {median(gaps):.2f} s apart, at most {max(gaps):.2f}",
            flush=True,
        )
        undisturbed = Path(place) / "undisturbed"
        bring_undisturbed(undisturbed, options.matches, options.days)
        rows, line, unknown = held_against(data / "football.duckdb", undisturbed / "football.duckdb")
    show("Held against an undisturbed one", ("table", "rows", "only here", "only there"), rows)
    print(line)
    is_late, is_over = max(gaps) > LATEST_SECONDS, " 0 of them" not in told
    raise SystemExit(is_late or is_over or unknown > 0 or any(row[2] or row[3] for row in rows))


if __name__ == "__main__":
    main()
