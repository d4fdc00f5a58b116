"""Cycles as `football-assets cycle` does them: Dagster on PostgreSQL, the lake on PostgreSQL and S3."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from football_assets.lake.state import read_lake_state
from football_assets_tests.cli.processes import environment, run
from football_assets_tests.lake.conftest import Lake


def of_cycles(lake: Lake) -> dict[str, str]:
    """The settings of cycles with that lake."""
    return {
        "FOOTBALL_LAKE_CATALOG": lake.target.catalog,
        "FOOTBALL_LAKE_DATA": lake.target.data,
        "FOOTBALL_LAKE_S3_ENDPOINT": str(lake.target.endpoint),
        "FOOTBALL_LAKE_S3_KEY": str(lake.target.key),
        "FOOTBALL_LAKE_S3_SECRET": str(lake.target.secret),
        "FOOTBALL_LAKE_TIMEOUT_SECONDS": "60",
        "FOOTBALL_SIMULATOR_MATCHES": "6",
    }


def test_cycles_bring_the_lake_along_and_dagsters_runs_are_in_postgresql(lake: Lake) -> None:
    postgres = lake.catalog.create_database("dagster_and_lake")
    settings = {"FOOTBALL_DAGSTER_POSTGRES": postgres, **of_cycles(lake)}
    data = lake.feed.published.parent.with_name("of-cycles")
    cycles = [run(data, "cycle", "--json", **settings) for _ in range(2)]
    for cycle in cycles:
        assert cycle.returncode == 0, cycle.stderr
        assert str(lake.target.secret) not in cycle.stdout + cycle.stderr
    ids = [json.loads(cycle.stdout)["cycle_id"] for cycle in cycles]
    assert lake.query("SELECT cycle_id FROM cycles ORDER BY started_at") == [(id_,) for id_ in ids]
    runs = lake.catalog.sql("SELECT run_id FROM runs ORDER BY id", "dagster_and_lake").split()
    assert runs == ids
    verified = run(data, "lake", "verify", **settings)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    status = run(data, "lake", "status", **settings)
    assert status.returncode == 0, status.stdout + status.stderr


#: Runs a job of the settings and prints the name and the description of each check that did not pass.
_JOB = """
from dagster import DagsterInstance
from football_assets.definitions import definitions
job = definitions.resolve_job_def({!r})
for one in job.execute_in_process(instance=DagsterInstance.ephemeral()).get_asset_check_evaluations():
    if not one.passed:
        print(one.check_name, one.severity.value, one.description, sep="|")
"""


def failed_checks(data: Path, job: str, settings: dict[str, str]) -> dict[str, tuple[str, str]]:
    """The checks that a run of the job did not pass: severity and description by name."""
    done = subprocess.run(
        [sys.executable, "-c", _JOB.format(job)],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("|") for line in done.stdout.splitlines() if line.count("|") == 2]
    return {name: (severity, description) for name, severity, description in rows}


def test_a_lake_that_differs_is_told_by_the_next_cycle_and_mended(lake: Lake) -> None:
    settings = of_cycles(lake)
    data = lake.feed.published.parent.with_name("of-cycles")
    assert "lake_equals_file" not in failed_checks(data, "cycle", settings)
    lake.query("DELETE FROM flattened_matches WHERE match_id = (SELECT min(match_id) FROM flattened_matches)")
    failed_checks(data, "lake_maintenance", settings)
    state = read_lake_state(data / "lake.json")
    assert state is not None and state.different == ("flattened_matches",)
    severity, told = failed_checks(data, "cycle", settings)["lake_equals_file"]
    assert severity == "ERROR" and told.endswith(": flattened_matches differed and were sent anew")
    failed_checks(data, "lake_maintenance", settings)
    assert "lake_equals_file" not in failed_checks(data, "cycle", settings)
    verified = run(data, "lake", "verify", "--all", **settings)
    assert verified.returncode == 0, verified.stdout + verified.stderr
