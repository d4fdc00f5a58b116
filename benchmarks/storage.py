"""Disk and speed of Dagster's storage over a day of cycles in compressed time, with the retention at work.

    python benchmarks/storage.py [--cycles 1440] [--no-retention]

Each cycle is a real run, in this process, of a graph of the project's size with its amount of metadata, and
what pulses tell Dagster once a minute follows it; their times are then set back, so that a minute lies
between one and the next.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
from football_assets.retention.dagster_storage import (
    compact,
    remove_materialisations_by_pulses,
    remove_runs,
    size,
)
from football_assets.retention.job import keep_runs
from football_assets.sensors.pulse_sensor import RENEWED
from football_assets.settings import Settings

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


def tell_of_pulses(instance: DagsterInstance, home: Path, now: datetime) -> None:
    """What the sensor of the pulses tells once a minute, as of `now`."""
    figures = {f"figure_{number}": number / 3 for number in range(6)}
    for name in RENEWED:
        instance.report_runless_asset_event(
            AssetMaterialization(f"table_{ASSETS - 1}" if name == PUBLISHED_ASSET else name, metadata=figures)
        )
    with closing(sqlite3.connect(home / "history" / "runs" / "index.db")) as events, events:
        at = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        events.execute(
            "UPDATE event_logs SET timestamp = ? WHERE run_id = '' AND id > "
            "(SELECT max(id) FROM event_logs) - ?",
            (at, len(RENEWED)),
        )


def runs_page_seconds(instance: DagsterInstance) -> float:
    """The median of what the page of runs asks for first: the newest 26, and how many there are."""
    seconds = []
    for _ in range(15):
        start = time.perf_counter()
        instance.get_run_records(limit=26)
        instance.get_runs_count()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cycles", type=int, default=1440)
    arguments.add_argument("--no-retention", action="store_true")
    options = arguments.parse_args()
    job = definitions().resolve_job_def("cycle")
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(_env_file=None, data_dir=Path(place))
        home, start = dagster_home(settings), datetime.now(UTC) - timedelta(minutes=options.cycles)
        with open_instance(settings) as instance:
            print("cycles runs kept     MB peak MB runs page ms retention s")
            peak, spent = 0, 0.0
            for number in range(1, options.cycles + 1):
                now = start + timedelta(minutes=number)
                run_id = job.execute_in_process(instance=instance).run_id
                with closing(sqlite3.connect(home / "history" / "runs.db")) as runs, runs:
                    at = now.replace(tzinfo=None).isoformat(" ")
                    runs.execute("UPDATE runs SET create_timestamp = ? WHERE run_id = ?", (at, run_id))
                tell_of_pulses(instance, home, now)
                peak = max(peak, size(home)) if number % 10 == 0 else peak
                if number % 15 == 0 and not options.no_retention:
                    begun = time.perf_counter()
                    remove_runs(instance, home, now, keep_runs(settings))
                    remove_materialisations_by_pulses(home, now - timedelta(hours=settings.keep_runs_hours))
                    compact(home)
                    spent = time.perf_counter() - begun
                if number % 240 == 0 or number == 100:
                    page = runs_page_seconds(instance) * 1000
                    figures = f"{instance.get_runs_count():>9} {size(home) / 1e6:>6.1f} {peak / 1e6:>7.1f}"
                    print(f"{number:>6} {figures} {page:>12.1f} {spent:>11.1f}", flush=True)


if __name__ == "__main__":
    main()
