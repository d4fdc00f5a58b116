"""A month of the past: how large its files are, and how long it takes to read one match or one day of it.

    python benchmarks/month.py [--matches 6] [--days 30]

The simulator's past days are read as a backfill reads them (with so many live matches it has some eleven
times as many a day), taken over, moved into Parquet and compacted, as the cycles do it one after the other.
Then each query runs on new connections to the published file, beside a plain scan of all files.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
from cycles_in_process import ephemeral, run_cycle, settings_for
from published_truth import opened
from servers import SECRET, simulator
from tables import show

from football_assets.archive.reading import read_day
from football_assets.resources.api import api_session
from football_assets.settings import Settings
from football_assets.warehouse.history.compaction import compact_day, remove_superseded
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.inbox import take_over_inbox
from football_assets.warehouse.warehouse import Warehouse

REPEATS = 5


def read_days(settings: Settings, days: int) -> int:
    """Read the days into the inbox. Gives the matches."""
    today = datetime.now(UTC).date()

    async def asked() -> int:
        matches = 0
        with api_session(settings, seconds=float("inf")) as session:
            for number in range(days, 0, -1):
                day = today - timedelta(days=number)
                state = await session.ask(
                    lambda api, day=day: read_day(api, day, settings.history_path / "inbox")
                )
                if not state.is_whole:
                    raise SystemExit(f"{day}: {state.errors[:1]}")
                matches += state.matches
        return matches

    return asyncio.run(asked())


def take_over(settings: Settings) -> None:
    """What the cycles do with the inbox, until nothing is left to do."""
    directory, now = settings.history_path, datetime.now(UTC)
    warehouse = Warehouse(settings.warehouse_path)
    while take_over_inbox(warehouse, directory / "inbox", settings.data_source, now):
        move_to_history(warehouse, directory, now)
    while compact_day(warehouse, directory):
        pass
    remove_superseded(directory, now + timedelta(days=30))
    warehouse.close()


def queries(connection: duckdb.DuckDBPyConnection, days: int) -> dict[str, Callable[[], str]]:
    """What is asked, each time for another match, day or moment."""
    chance = random.Random(13)
    ids = [row[0] for row in connection.execute("SELECT match_id FROM backfilled_matches").fetchall()]
    editions = [row[0] for row in connection.execute("SELECT published_at FROM editions").fetchall()]
    today = datetime.now(UTC)

    def day() -> str:
        return f"DATE '{(today - timedelta(days=chance.randint(2, days))).date()}'"

    def moment() -> str:
        return f"TIMESTAMPTZ '{chance.choice(editions)}'"

    return {
        "one match's prices": lambda: f"FROM odds_history WHERE match_id = '{chance.choice(ids)}'",
        "one match's states": lambda: f"FROM live_match_history WHERE match_id = '{chance.choice(ids)}'",
        "one day's closing prices": lambda: f"FROM closing_prices WHERE kickoff_day = {day()}",
        "one day's settled prices": lambda: f"FROM settled_prices WHERE kickoff_day = {day()}",
        "odds_known_at, one match": lambda: (
            f"FROM odds_known_at({moment()}) WHERE match_id = '{chance.choice(ids)}'"
        ),
        "odds_known_at, one day": lambda: f"FROM odds_known_at({moment()}) WHERE kickoff_day = {day()}",
        "matches_known_at": lambda: f"FROM matches_known_at({moment()})",
        "all results": lambda: "FROM matches WHERE is_final",
    }


def asked(settings: Settings, make: Callable[[], str]) -> tuple[float, int]:
    """The median seconds of a query on a new connection, and the rows of the last."""
    seconds, rows = [], 0
    for _ in range(REPEATS):
        text = make()
        with opened(settings.published_path) as connection:
            began = time.perf_counter()
            rows = connection.sql(text).to_arrow_table().num_rows
            seconds.append(time.perf_counter() - began)
    return median(seconds), rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--matches", type=int, default=6)
    arguments.add_argument("--days", type=int, default=30)
    options = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="month-") as folder,
        simulator(options.matches, 0) as server,
        ephemeral() as instance,
    ):
        settings = settings_for(Path(folder), server.base_url, SECRET)
        began = time.monotonic()
        matches = read_days(settings, options.days)
        read = time.monotonic()
        take_over(settings)
        taken = time.monotonic()
        for _ in range(2):
            if not (ran := run_cycle(settings, instance)).succeeded:
                raise SystemExit(ran.line)
        print(f"{matches} matches read in {read - began:.0f} s, taken over in {taken - read:.0f} s")
        report(settings, options.days)


def report(settings: Settings, days: int) -> None:
    """Print sizes and times."""
    files = list(settings.history_path.rglob("*.parquet"))
    size = sum(path.stat().st_size for path in files)
    print(
        f"published file {settings.published_path.stat().st_size / 1e6:.1f} MB, warehouse "
        f"{settings.warehouse_path.stat().st_size / 1e6:.1f} MB, history {size / 1e6:.1f} MB in {len(files)} "
        f"files: {size / days / 1e6:.2f} MB and {len(files) / days:.1f} files a day"
    )
    odds = f"read_parquet('{settings.history_path}/aged_odds_ticks/*/*.parquet')"
    plain = f"SELECT count(*), max(home_or_over), max(tick_at), count(DISTINCT match_id) FROM {odds}"
    with opened(settings.published_path) as connection:
        (ticks,) = connection.execute(f"SELECT count(*) FROM {odds}").fetchall()[0]
        made = queries(connection, days)
    made["a plain scan of all prices"] = lambda: plain
    rows = [(name, *asked(settings, make)) for name, make in made.items()]
    show(f"{ticks:,} ticks", ("query", "seconds, median of 5", "rows"), rows)


if __name__ == "__main__":
    main()
