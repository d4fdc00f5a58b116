"""What a cycle does when the API, the disk or another process does not do its part, by real Dagster runs."""

from __future__ import annotations

from football_assets_tests.assets.world import Pipeline, World
from football_assets_tests.thesports.api import raw

DOWN = raw(b"down", status=502)


def test_match_whose_country_is_not_known_does_not_pass_for_the_apis(
    pipeline: Pipeline, world: World
) -> None:
    world.breaks(DOWN, "country/list")
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT data_source FROM flattened_matches") == [("last_known",)]
    world.reset()
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT country, data_source FROM flattened_matches") == [
        ("England", "api")
    ]


def test_country_that_the_api_does_not_list_gives_way_to_the_host(pipeline: Pipeline, world: World) -> None:
    world.competitions["c1"]["country_id"] = "atlantis"
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT country, data_source FROM flattened_matches") == [("Egypt", "api")]
