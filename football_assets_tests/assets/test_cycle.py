"""A whole cycle, from the API to the published database, by real Dagster runs."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

from football_assets.tables import HISTORY_VIEWS, PUBLISHED, VIEWS
from football_assets.warehouse.history.layout import HISTORIES
from football_assets_tests.assets.world import KICK_OFF, Pipeline, World, tick

#: The assets as the graph names them, each a table, a view or the published database.
ASSETS = (
    "live_matches",
    "match_stats",
    "match_incidents",
    "match_commentary",
    "match_details",
    "odds_ticks",
    "teams",
    "competitions",
    "countries",
    "flattened_matches",
    "in_play_matches",
    "early_odds",
    "football_db",
)


def test_cycle_publishes_every_match_joined_with_its_names_and_odds(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    assert pipeline.query(
        """SELECT match_id, country, competition, home_team, away_team, home_score, away_score, bookmaker,
            money_line_home, money_line_home_american, money_line_draw, money_line_away_american,
            spread_home_american, spread_line, spread_away, data_source
        FROM flattened_matches ORDER BY match_id"""
    ) == [
        ("m1", "England", "Cup", "Team hm1", "Team am1", 2, 1, "BET365",
         1.5, -200, None, 650, -105, 0.5, None, "api"),
        ("m2", "England", "Cup", "Team hm2", "Team am2", 2, 1, "Pinnacle",
         None, None, None, None, None, None, None, "api"),
    ]  # fmt: skip


def test_bookmaker_is_the_first_preferred_with_a_tick_in_any_market(pipeline: Pipeline) -> None:
    assert pipeline.cycle(bookmakers=(136, 3, 2)).success
    assert pipeline.query(
        """SELECT bookmaker, corners_over_american, corners_line, corners_under_american, money_line_home,
            epoch(odds_at)::BIGINT, odds_minute, odds_suspended
        FROM flattened_matches WHERE match_id = 'm1'"""
    ) == [("Crown", -125, 9.5, 120, None, KICK_OFF + 300, "3", True)]


def test_early_odds_hold_the_last_tick_of_each_minute(pipeline: Pipeline, world: World) -> None:
    world.odds["m1"]["2"]["eu"] = [
        tick(KICK_OFF + 400, 9, 9, 9, minute="7"),
        tick(KICK_OFF + 181, 1.7, 3.6, 5, minute="4"),
        tick(KICK_OFF + 180, 1.6, 3.5, 5, minute="4"),
        tick(KICK_OFF - 50, 1, 1, 1, minute=""),
    ]
    del world.odds["m1"]["2"]["asia"]
    assert pipeline.cycle().success
    assert pipeline.query("SELECT minute, bookmaker, home_or_over FROM early_odds WHERE match_id = 'm1'") == [
        (4, "BET365", 1.7)
    ]


def test_in_play_view_holds_statuses_2_to_7(pipeline: Pipeline, world: World) -> None:
    for status in range(14):
        world.live[f"s{status}"] = {
            "id": f"s{status}",
            "score": [f"s{status}", status, [0] * 7, [0] * 7, 0, ""],
        }
    assert pipeline.cycle().success
    shown = {row[0] for row in pipeline.query("SELECT match_id FROM in_play_matches")}
    assert shown == {"m1", "m2", *(f"s{status}" for status in range(2, 8))}


def test_matches_with_a_live_price_in_some_market_are_counted(pipeline: Pipeline, world: World) -> None:
    assert pipeline.cycle().success
    assert (pipeline.report.matches_in_play, pipeline.report.matches_priced) == (2, 0)
    world.odds["m1"]["2"]["asia"].insert(0, [1748452400, "60", 0.95, 0.5, 0.9, 4, 0, "2-1"])
    assert pipeline.cycle().success
    assert pipeline.query("SELECT match_id FROM flattened_matches WHERE spread_live") == [("m1",)]
    assert (pipeline.report.matches_in_play, pipeline.report.matches_priced) == (2, 1)


def test_second_cycle_asks_little_and_publishes_the_same_rows(pipeline: Pipeline, world: World) -> None:
    assert pipeline.cycle().success
    before, asked = rows(pipeline), len(world.api.asked)
    assert pipeline.cycle().success
    assert rows(pipeline) == before
    assert [one.endpoint for one in world.api.asked[asked:]].count("odds/history") <= 2
    assert not {"team/additional/list", "competition/additional/list", "country/list"} & {
        one.endpoint for one in world.api.asked[asked:]
    } - {"team/additional/list"}


def rows(pipeline: Pipeline) -> dict[str, list[object]]:
    """All rows by table, without what tells when they were fetched."""
    found: dict[str, list[object]] = {}
    for table in PUBLISHED:
        if table.name not in ("cycles", "editions"):
            kept = [
                name for name in table.column_names if name not in ("fetched_at", "minute", "last_seen_at")
            ]
            found[table.name] = pipeline.query(f"SELECT {', '.join(kept)} FROM {table.name} ORDER BY ALL")
    return found


def test_score_of_the_live_list_wins_over_the_details(pipeline: Pipeline, world: World) -> None:
    world.details["m1"]["home_scores"] = [0] * 7
    world.details["m1"]["status_id"] = 2
    assert pipeline.cycle().success
    assert pipeline.query("SELECT status_id, home_score FROM flattened_matches WHERE match_id = 'm1'") == [
        (4, 2)
    ]


def test_empty_live_list_is_no_matches(pipeline: Pipeline, world: World) -> None:
    assert pipeline.cycle().success
    world.live.clear()
    assert pipeline.cycle().success
    assert pipeline.query("SELECT count(*) FROM live_matches") == [(0,)]
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]


def test_any_asset_can_be_materialised_alone(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    for asset in ASSETS[::-1]:
        result = pipeline.cycle(select=[asset])
        assert result.success
        assert [event.asset_key.path[-1] for event in result.get_asset_materialization_events()] == [asset]


def test_first_cycle_asks_for_days_and_countries_along_with_the_live_list(
    pipeline: Pipeline, world: World
) -> None:
    assert pipeline.cycle().success
    endpoints = [asked.endpoint for asked in world.api.asked]
    first = endpoints.index("odds/history")
    assert {"match/detail_live", "match/diary", "country/list", "deleted"} == set(endpoints[:first]) - {
        "odds/live",
        "odds/update",
    }
    assert endpoints.count("match/diary") == 3
    assert endpoints.count("country/list") == endpoints.count("deleted") == 1


def test_every_table_is_published_with_its_columns_and_their_meaning(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    for table in PUBLISHED:
        described = pipeline.query(
            f"SELECT column_name, comment FROM duckdb_columns() WHERE table_name = '{table.name}'"
        )
        assert described == [(column.name, column.meaning or None) for column in table.columns]


def test_published_file_holds_nothing_of_the_pipelines_own(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT schema_name FROM duckdb_tables()") == [("main",)]
    views = {view.name for view in (*VIEWS, *HISTORY_VIEWS)} | {one.view for one in HISTORIES}
    names = {"current_teams", "current_competitions"}
    found = pipeline.query("SELECT view_name FROM duckdb_views() WHERE NOT internal")
    assert {name for (name,) in found} == views | names
    assert not stat.S_IMODE((pipeline.data / "football.duckdb").stat().st_mode) & 0o222


def test_cycles_table_has_the_figures_of_the_report(pipeline: Pipeline) -> None:
    result = pipeline.cycle()
    report = pipeline.report
    assert report.cycle_id == result.run_id
    assert pipeline.query(
        """SELECT cycle_id, status, total_seconds, requests, requests_failed, matches_live, odds_ticks_new
        FROM cycles"""
    ) == [(report.cycle_id, "success", report.seconds["total"], report.requests, 0, 2, 5)]
    assert set(report.seconds) == {"live_fetch", "enrichment", "flatten", "filter", "publish", "total"}
    assert report.rows["cycles"] == 1
    assert report.started_at <= datetime.now(UTC)


def test_report_counts_the_requests_that_the_api_saw(pipeline: Pipeline, world: World) -> None:
    assert pipeline.cycle().success
    assert {name: one.requests for name, one in pipeline.report.endpoints.items()} == dict(world.api.counts)


def test_a_match_that_cannot_be_read_is_told_of_and_the_others_go_on(
    pipeline: Pipeline, world: World
) -> None:
    world.live["m2"]["score"] = "x"
    assert pipeline.cycle().success
    assert pipeline.query("SELECT match_id FROM live_matches") == [("m1",)]
    assert pipeline.report.rows_rejected == 1
    assert "live_matches m2: score is 'x'" in pipeline.report.warnings[0]
