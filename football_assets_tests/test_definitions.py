"""The graph as Dagster's UI explains it: names, groups, meanings, columns, and what is on from the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import AssetKey, DefaultScheduleStatus, DefaultSensorStatus, Definitions

from football_assets.definitions import build_definitions
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.settings import Settings
from football_assets.tables import LIVE_TABLES, PUBLISHED, VIEWS

GROUPS = {
    "live": set(LIVE_TABLES),
    "enrichment": {"match_details", "odds_ticks"},
    "reference": {"teams", "competitions", "countries"},
    "matches": {"flattened_matches", *(view.name for view in VIEWS)},
    "published": {"football_db"},
    "archive": {"archive_day"},
}

#: What is materialised by day and on its own, outside of the cycle.
OUTSIDE = GROUPS["archive"]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    return build_definitions(Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data")))


def test_every_asset_is_named_as_its_table_and_stands_in_its_group(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    found: dict[str, set[str]] = {}
    for key in graph.materializable_asset_keys:
        found.setdefault(graph.get(key).group_name or "", set()).add(key.path[-1])
    assert found == GROUPS


def test_every_asset_says_what_it_is_of_what_kind_and_whose(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    columns = {table.name: list(table.column_names) for table in (*PUBLISHED, *VIEWS)}
    for key in graph.materializable_asset_keys:
        node, name = graph.get(key), key.path[-1]
        assert node.description
        assert node.owners
        assert ("duckdb" in node.kinds) == (name not in OUTSIDE)
        if name not in {"football_db", *OUTSIDE}:
            schema = node.metadata["dagster/column_schema"]
            assert [column.name for column in getattr(schema, "value", schema).columns] == columns[name]


def test_data_flow_from_the_live_list_to_the_published_database(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()

    def before(name: str) -> set[str]:
        return {key.path[-1] for key in graph.get(AssetKey(name)).parent_keys}

    assert before("live_matches") == set()
    assert before("match_details") == before("odds_ticks") == {"live_matches"}
    assert before("teams") == before("competitions") == {"match_details"}
    assert before("flattened_matches") == {"live_matches", *ENRICHED_TABLES}
    assert before("in_play_matches") == {"flattened_matches"}
    assert before("football_db") == {name for names in GROUPS.values() for name in names} - {
        "football_db",
        *OUTSIDE,
    }


def test_sensors_and_the_retention_are_on_from_the_start(definitions: Definitions) -> None:
    assert {sensor.name: sensor.default_status for sensor in definitions.sensors or ()} == {
        "cycle_sensor": DefaultSensorStatus.RUNNING,
        "pulse_sensor": DefaultSensorStatus.RUNNING,
        "alerts": DefaultSensorStatus.RUNNING,
    }
    (schedule,) = definitions.schedules or ()
    assert schedule.default_status is DefaultScheduleStatus.RUNNING


def test_pulses_are_off_where_the_settings_say_so(tmp_path: Path) -> None:
    definitions = build_definitions(Settings(_env_file=None, data_dir=tmp_path, pulse_seconds=0))
    status = {sensor.name: sensor.default_status for sensor in definitions.sensors or ()}
    assert status["pulse_sensor"] is DefaultSensorStatus.STOPPED
