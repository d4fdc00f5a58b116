"""Disk and speed of Dagster's storage over a day of cycles in compressed time, with the retention at work.

    python benchmarks/storage.py [--cycles 1440] [--postgres] [--no-retention]

Each cycle is a real run, in this process, of a graph of the project's size with its amount of metadata, and
what pulses tell Dagster once a minute follows it; their times are then set back, so that a minute lies
between one and the next. With `--postgres` the record is in a PostgreSQL server of its own, and what each
table has at the end is printed.
"""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetMaterialization,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    MetadataValue,
    asset,
    define_asset_job,
    in_process_executor,
)

from football_assets.instance import dagster_home, open_instance
from football_assets.names import PUBLISHED_ASSET
from football_assets.retention.job import keep_runs
from football_assets.retention.record import record_of
from football_assets.sensors.pulse_sensor import RENEWED
from football_assets.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets_tests.servers.postgres import running_postgres

ASSETS, CHECKS = 13, 13
PREVIEW = "| England | Premier League | 67' | Home | 2 | 1 | Away |\n" * 25


def definitions() -> Definitions:
    """A chain of assets with numbers and a table in their metadata, and a few checks on the last."""

    def built(number: int):
        name, deps = f"table_{number}", [f"table_{number - 1}"] if number else []
        checks = (
            [AssetCheckSpec(f"check_{i}", asset=name) for i in range(CHECKS)] if number == ASSETS - 1 else []
        )

        @asset(name=name, deps=deps, check_specs=checks)
        def table() -> MaterializeResult:
            last = number == ASSETS - 1
            metadata = {f"seconds_{i}": i / 3 for i in range(25 if last else 8)}
            if number == ASSETS - 2:
                metadata["preview"] = MetadataValue.md(PREVIEW)
            figures = {"value": 1.5, "warning": 10, "critical": 20}
            results = [AssetCheckResult(check_name=one.name, passed=True, metadata=figures) for one in checks]
            return MaterializeResult(metadata=metadata, check_results=results)

        return table

    quiet = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}
    job = define_asset_job("cycle", executor_def=in_process_executor, config=quiet)
    return Definitions(assets=[built(number) for number in range(ASSETS)], jobs=[job])


class Clock(Protocol):
    """Sets the times of what was just recorded to another moment."""

    def set_run(self, run_id: str, now: datetime) -> None:
        """A run was made then."""

    def set_newest_events(self, count: int, now: datetime) -> None:
        """The newest so many events of no run are of then."""


class SqliteClock:
    """Of Dagster's SQLite files."""

    def __init__(self, home: Path) -> None:
        self._history = home / "history"

    def set_run(self, run_id: str, now: datetime) -> None:
        with closing(sqlite3.connect(self._history / "runs.db")) as runs, runs:
            runs.execute("UPDATE runs SET create_timestamp = ? WHERE run_id = ?", (_naive(now), run_id))

    def set_newest_events(self, count: int, now: datetime) -> None:
        with closing(sqlite3.connect(self._history / "runs" / "index.db")) as events, events:
            events.execute(
                "UPDATE event_logs SET timestamp = ? WHERE run_id = '' AND id > "
                "(SELECT max(id) FROM event_logs) - ?",
                (_naive(now), count),
            )


class PostgresClock:
    """Of Dagster's tables in PostgreSQL."""

    def __init__(self, address: str) -> None:
        self._address = address

    def set_run(self, run_id: str, now: datetime) -> None:
        self._change("UPDATE runs SET create_timestamp = %s WHERE run_id = %s", _naive(now), run_id)

    def set_newest_events(self, count: int, now: datetime) -> None:
        self._change(
            "UPDATE event_logs SET timestamp = %s WHERE run_id = '' AND id > "
            "(SELECT max(id) FROM event_logs) - %s",
            _naive(now),
            count,
        )

    def rows(self) -> dict[str, int]:
        """How many rows each of Dagster's tables has, but those with none."""
        from football_assets.instance.postgres import rows  # where its driver is installed

        tables = rows(self._address, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        counts = {name: rows(self._address, f"SELECT count(*) FROM {name}")[0][0] for (name,) in tables}
        return {name: count for name, count in counts.items() if count}

    def _change(self, statement: str, *values: str | int) -> None:
        from football_assets.instance.postgres import changed  # where its driver is installed

        changed(self._address, statement, values)


def _naive(now: datetime) -> str:
    return now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def tell_of_pulses(instance: DagsterInstance, clock: Clock, now: datetime) -> None:
    """What the sensor of the pulses tells once a minute, as of `now`."""
    figures = {f"figure_{number}": number / 3 for number in range(6)}
    for name in RENEWED:
        instance.report_runless_asset_event(
            AssetMaterialization(f"table_{ASSETS - 1}" if name == PUBLISHED_ASSET else name, metadata=figures)
        )
    clock.set_newest_events(len(RENEWED), now)


def runs_page_seconds(instance: DagsterInstance) -> float:
    """The median of what the page of runs asks for first: the newest 26, and how many there are."""
    seconds = []
    for _ in range(15):
        start = time.perf_counter()
        instance.get_run_records(limit=26)
        instance.get_runs_count()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


@contextmanager
def database(wanted: bool) -> Iterator[str | None]:
    """The address of a PostgreSQL database, where one is wanted."""
    if not wanted:
        yield None
        return
    with running_postgres() as server:
        address = server.create_database("dagster")
        # The storage reads its address where `dagster dev` has it.
        os.environ["FOOTBALL_DAGSTER_POSTGRES"] = address
        yield address


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cycles", type=int, default=1440)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--no-retention", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place, database(options.postgres) as address:
        settings = Settings(_env_file=None, data_dir=Path(place), dagster_postgres=address)
        with open_instance(settings) as instance:
            clock = PostgresClock(address) if address else SqliteClock(dagster_home(settings))
            run(options, settings, instance, clock)
            if isinstance(clock, PostgresClock):
                print(", ".join(f"{name} {count}" for name, count in clock.rows().items()))


def run(options: argparse.Namespace, settings: Settings, instance: DagsterInstance, clock: Clock) -> None:
    """All cycles, with a line of figures now and then."""
    job, record = definitions().resolve_job_def("cycle"), record_of(settings)
    start = datetime.now(UTC) - timedelta(minutes=options.cycles)
    print("cycles runs kept     MB peak MB runs page ms retention s")
    peak, spent = 0, 0.0
    for number in range(1, options.cycles + 1):
        now = start + timedelta(minutes=number)
        clock.set_run(job.execute_in_process(instance=instance).run_id, now)
        tell_of_pulses(instance, clock, now)
        peak = max(peak, record.size()) if number % 10 == 0 else peak
        if number % 15 == 0 and not options.no_retention:
            begun = time.perf_counter()
            record.remove_runs(instance, now, keep_runs(settings))
            record.remove_materialisations_by_pulses(now - timedelta(hours=settings.keep_runs_hours))
            record.compact()
            spent = time.perf_counter() - begun
        if number % 240 == 0 or number == 100:
            page = runs_page_seconds(instance) * 1000
            figures = f"{instance.get_runs_count():>9} {record.size() / 1e6:>6.1f} {peak / 1e6:>7.1f}"
            print(f"{number:>6} {figures} {page:>12.1f} {spent:>11.1f}", flush=True)


if __name__ == "__main__":
    main()
