"""Cycles as `football-assets cycle` does them: Dagster on PostgreSQL, the lake on PostgreSQL and S3."""

from __future__ import annotations

import json

from football_assets_tests.cli.processes import run
from football_assets_tests.lake.conftest import Lake


def test_cycles_bring_the_lake_along_and_dagsters_runs_are_in_postgresql(lake: Lake) -> None:
    settings = {
        "FOOTBALL_DAGSTER_POSTGRES": lake.catalog.create_database("dagster_and_lake"),
        "FOOTBALL_LAKE_CATALOG": lake.target.catalog,
        "FOOTBALL_LAKE_DATA": lake.target.data,
        "FOOTBALL_LAKE_S3_ENDPOINT": str(lake.target.endpoint),
        "FOOTBALL_LAKE_S3_KEY": str(lake.target.key),
        "FOOTBALL_LAKE_S3_SECRET": str(lake.target.secret),
        "FOOTBALL_LAKE_TIMEOUT_SECONDS": "60",
        "FOOTBALL_SIMULATOR_MATCHES": "6",
    }
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
