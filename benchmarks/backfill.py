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

PROGRAM = (sys.executable, "-c", "from football_assets.cli import main; main()")
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


def differing(one: Path, other: Path) -> list[tuple[str, int, int, int]]:
    """Of each table: its rows of the matches that were brought, and those that only the one, only the other
    has."""
    with closing(duckdb.connect()) as connection:
        for name, path in (("one", one), ("other", other)):
            with opened(path) as published:
                chosen = "(SELECT match_id FROM backfilled_matches)"
                for table in TABLES:
                    columns = [row[0] for row in published.execute(f"DESCRIBE {table}").fetchall()]
                    left_out = ", ".join(column for column in columns if column in MOMENTS)
                    kept = f"* EXCLUDE ({left_out})" if left_out else "*"
                    rows = published.sql(
                        f"SELECT {kept} FROM {table} WHERE match_id IN {chosen}"
                    ).to_arrow_table()
                    connection.register("rows", rows)
                    connection.execute(f"CREATE TABLE {name}_{table} AS FROM rows")
                    connection.unregister("rows")
        found = []
        for table in TABLES:
            figures = [
                connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
                for query in (
                    f"FROM one_{table}",
                    f"FROM one_{table} EXCEPT ALL FROM other_{table}",
                    f"FROM other_{table} EXCEPT ALL FROM one_{table}",
                )
            ]
            found.append((table, *figures))
        return found


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
        rows = differing(data / "football.duckdb", undisturbed / "football.duckdb")
    show("Held against an undisturbed one", ("table", "rows", "only here", "only there"), rows)
    is_wrong = any(row[2] or row[3] for row in rows) or max(gaps) > LATEST_SECONDS or " 0 of them" not in told
    raise SystemExit(is_wrong)


if __name__ == "__main__":
    main()
