"""The flattened table is made of its own columns, whatever else the tables have that it joins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.tables.flattened import FlattenedMatch
from football_assets.thesports.parsing.live import parse_live
from football_assets.warehouse.store import flatten, mark_stored, store_live
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.thesports.parsing.samples import live_row

NOW = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize("table", ["live_matches", "newest_ticks", *ENRICHED_TABLES])
def test_column_that_one_table_gets_is_none_of_the_flattened_one(tmp_path: Path, table: str) -> None:
    """So a new column of the API takes two edits: its row class and its parser."""
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.transaction() as connection:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN of_a_later_version INTEGER DEFAULT 7")
        store_live(connection, parse_live([live_row("m1")], fetched_at=NOW, data_source="api"), NOW)
        mark_stored(connection, ENRICHED_TABLES, NOW)
        assert flatten(connection, [2], NOW + timedelta(seconds=1)) == 1
        found = connection.execute("FROM flattened_matches")
        assert {column[0] for column in found.description} == set(FlattenedMatch.table.column_names)
        assert found.fetchall()[0][0] == "m1"
    warehouse.close()
