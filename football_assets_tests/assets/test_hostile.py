"""Content that no one expects of an API, through a whole cycle: kept as it is, or left out and told of."""

from __future__ import annotations

from football_assets_tests.assets.world import KICK_OFF, Pipeline, World, tick
from football_assets_tests.thesports.api import raw
from football_assets_tests.thesports.parsing.samples import detail_row, live_row, team_row

STRANGE_NAMES = (
    'O\'Higgins "B" `x`',
    "\u202eمنتخب مصر\u202c",
    "<script>alert(1)</script>",
    "'); DROP TABLE teams; --",
    "%s {0} ${name} \\",
    "⚽ ﷽",
)


def test_strange_names_are_kept_as_they_are(pipeline: Pipeline, world: World) -> None:
    for number, name in enumerate(STRANGE_NAMES):
        match_id, team_id = f"x{number}", f"t{number}"
        world.live[match_id] = live_row(match_id)
        world.details[match_id] = detail_row(
            match_id, home_team_id=team_id, away_team_id="am1", competition_id="c1"
        )
        world.teams[team_id] = team_row(team_id, name=name)
    assert pipeline.cycle().success
    named = dict(pipeline.query("SELECT team_id, name FROM teams WHERE team_id LIKE 't%'"))
    assert named == {f"t{number}": name for number, name in enumerate(STRANGE_NAMES)}


def test_ids_that_look_like_queries_are_values(pipeline: Pipeline, world: World) -> None:
    match_id = "m'); DELETE FROM live_matches; --"
    world.live[match_id] = live_row(match_id)
    world.details[match_id] = detail_row(
        match_id, home_team_id="hm1", away_team_id="am1", competition_id="c1"
    )
    world.odds[match_id] = {"2": {"eu": [tick(KICK_OFF, 1.5, 3, 6)]}}
    assert pipeline.cycle().success
    assert (match_id, "Team hm1", 1.5) in pipeline.query(
        "SELECT match_id, home_team, money_line_home FROM flattened_matches"
    )
    assert pipeline.query("SELECT count(*) FROM live_matches") == [(3,)]


def test_megabyte_of_commentary_is_kept_or_told_of(pipeline: Pipeline, world: World) -> None:
    world.live["m1"]["tlive"] = [{"time": "1'", "data": "word " * 200_000, "position": 0}]
    assert pipeline.cycle().success
    rows = pipeline.query("SELECT match_id FROM match_commentary WHERE match_id = 'm1'")
    assert rows == [("m1",)] or pipeline.report.rows_rejected
    assert pipeline.query("SELECT count(*) FROM live_matches") == [(2,)]


def test_numbers_beyond_all_bounds_spoil_their_own_match_only(pipeline: Pipeline, world: World) -> None:
    world.live["m2"]["score"][2] = [10**30, 0, 0, 0, 0, 0, 0]
    world.odds["m2"]["22"]["bs"] = [tick(10**18, 1.0, 2.5, 0.5), tick(KICK_OFF, float("nan"), 2.5, 1e308)]
    assert pipeline.cycle().success
    assert pipeline.query("SELECT home_score FROM live_matches WHERE match_id = 'm1'") == [(2,)]
    assert pipeline.query("SELECT money_line_home FROM flattened_matches WHERE match_id = 'm1'") == [(1.5,)]
    assert pipeline.report.rows_rejected


def test_price_beyond_all_bounds_is_none(pipeline: Pipeline, world: World) -> None:
    world.odds["m1"] = {
        "2": {"eu": [tick(KICK_OFF, 1e300, 1.000000000001, 1.5)], "asia": [tick(KICK_OFF, 1e-300, 0.5, 1e9)]}
    }
    assert pipeline.cycle().success
    assert pipeline.query(
        """SELECT money_line_home, money_line_home_american, money_line_draw_american,
            money_line_away_american, spread_home_american, spread_away_american
        FROM flattened_matches WHERE match_id = 'm1'"""
    ) == [(None, None, None, -200, None, None)]


def test_match_that_is_listed_twice_stands_once(pipeline: Pipeline, world: World) -> None:
    world.live["again"] = live_row("m1")
    assert pipeline.cycle().success
    for table in ("live_matches", "flattened_matches"):
        assert pipeline.query(f"SELECT match_id FROM {table} ORDER BY 1") == [("m1",), ("m2",)]


def test_nesting_without_end_is_a_failed_fetch(pipeline: Pipeline, world: World) -> None:
    world.breaks(raw(b'{"code":0,"results":' + b"[" * 100_000), "match/detail_live")
    assert not pipeline.cycle().success
    assert (pipeline.report.error or "").startswith("match/detail_live: lists and objects more than 64 deep")


def test_two_thousand_matches_at_once(pipeline: Pipeline, world: World) -> None:
    world.live |= {f"x{number}": live_row(f"x{number}") for number in range(2000)}
    world.details |= {
        match_id: detail_row(match_id, home_team_id="hm1", away_team_id="am1", competition_id="c1")
        for match_id in world.live
        if match_id not in world.details
    }
    quotas = {"requests_per_minute": 10_000, "odds_history_per_minute": 10_000}
    assert pipeline.cycle(**quotas, request_timeout_seconds=20).success
    assert pipeline.query(
        "SELECT count(*), count(home_team), count(DISTINCT match_id) FROM flattened_matches"
    ) == [(2002, 2002, 2002)]
    assert pipeline.report.requests_failed == 0
