"""What a cycle publishes and says when the API does not do its part, by real Dagster runs."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import ExecuteInProcessResult

from football_assets.instance import open_instance
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.assets.world import QUIET, SECRET, Pipeline, World
from football_assets_tests.thesports.api import (
    ADDRESS_REFUSED,
    Reply,
    echo,
    envelope,
    hang,
    late,
    ok,
    raw,
    reset,
    truncated,
)
from football_assets_tests.thesports.parsing.samples import detail_row, live_row

DOWN = raw(b"down", status=502)

#: What the enrichment asks.
ENRICHING = (
    "match/recent/list",
    "team/additional/list",
    "competition/additional/list",
    "country/list",
    "odds/history",
    "odds/live",
    "odds/update",
)

#: Answers to the live list that are none.
NO_LIVE_LIST = {
    "502": DOWN,
    "html": raw(b"<html>maintenance</html>"),
    "empty": raw(b""),
    "null": ok(None),
    "without results": envelope({"code": 0}),
    "another type": ok({"m1": {}}),
    "code 9999": envelope({"code": 9999, "msg": "unknown error"}),
    "unreadable rows": ok([{"id": 7, "score": "x"}, None]),
    "reset": reset,
    "truncated": truncated,
}


@pytest.fixture
def last(pipeline: Pipeline) -> Path:
    """The last published file, which no failed cycle may touch."""
    pipeline.data.mkdir()
    path = pipeline.data / "football.duckdb"
    path.write_bytes(b"the last that was")
    return path


def test_cycle_whose_warehouse_cannot_be_closed_leaves_its_report(
    pipeline: Pipeline, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = Warehouse.close

    def full(warehouse: Warehouse) -> None:
        close(warehouse)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Warehouse, "close", full)
    world.breaks(DOWN, "team/additional/list")
    assert not pipeline.cycle(fallback="fail").success
    assert pipeline.report.status == "failure"
    assert "team/additional/list" in (pipeline.report.error or "")


@pytest.mark.parametrize("kind", NO_LIVE_LIST)
def test_failed_live_list_fails_the_run_and_leaves_what_was(
    pipeline: Pipeline, world: World, last: Path, kind: str
) -> None:
    world.breaks(NO_LIVE_LIST[kind], "match/detail_live")
    result = pipeline.cycle()
    assert not result.success
    assert last.read_bytes() == b"the last that was"
    assert pipeline.report.status == "failure"
    error = pipeline.report.error or ""
    assert error.startswith(("match/detail_live: ", "live_matches: "))
    assert "\n" not in error
    assert of_the_run(result) == error, "the run's page opens on it"


def of_the_run(result: ExecuteInProcessResult) -> str:
    """What Dagster tells of a failed run, without the kind of its error: no other error is behind it."""
    (told,) = (event.job_failure_data.error for event in result.all_events if event.is_job_failure)
    assert told.cause is None
    return told.message.strip().partition("Failure: ")[2]


def test_failed_cycles_row_comes_with_the_next_publishing(pipeline: Pipeline, world: World) -> None:
    world.breaks(DOWN, "match/detail_live")
    assert not pipeline.cycle().success
    world.reset()
    assert pipeline.cycle().success
    assert pipeline.query("SELECT status, error FROM cycles ORDER BY started_at") == [
        ("failure", "match/detail_live: HTTP 502"),
        ("success", None),
    ]


def test_live_list_had_at_the_second_try_is_told_of(pipeline: Pipeline, world: World) -> None:
    world.api.answers("match/detail_live", DOWN, ok(list(world.live.values())))
    assert pipeline.cycle().success
    assert pipeline.report.warnings == ["live fetch had to be tried again: match/detail_live: HTTP 502"]
    assert pipeline.report.error is None


def test_refused_account_is_asked_once_and_told_in_one_line(
    pipeline: Pipeline, world: World, last: Path
) -> None:
    world.breaks(envelope({"err": ADDRESS_REFUSED}), "match/detail_live")
    assert not pipeline.cycle(max_attempts=3).success
    assert world.api.counts["match/detail_live"] == 1
    sent_along = {"match/detail_live", "match/diary", "country/list", "deleted"}
    assert set(world.api.counts) <= sent_along, "and what a first cycle sends along with it, once"
    first = len(world.api.asked)
    assert first <= 6
    assert not pipeline.cycle(max_attempts=3).success
    assert len(world.api.asked) == first + 1, "from then on nothing goes with it"
    assert (
        pipeline.report.error
        == f"match/detail_live: {ADDRESS_REFUSED}; check THESPORTS_USER and THESPORTS_SECRET, "
        "that this machine's address is on the vendor's whitelist, and that the plan includes the endpoint"
    )
    assert last.read_bytes() == b"the last that was"


# -- fallbacks -------------------------------------------------------------------------------------------


def sources(pipeline: Pipeline, table: str) -> list[tuple[str, ...]]:
    return pipeline.query(f"SELECT DISTINCT data_source FROM {table}")


def make_due(pipeline: Pipeline, table: str) -> None:
    """Let the warehouse's rows be so old that they are asked for again."""
    import duckdb

    with duckdb.connect(str(pipeline.data / "warehouse.duckdb")) as connection:
        connection.execute(f"UPDATE {table} SET fetched_at = fetched_at - INTERVAL 3 DAY")


@pytest.mark.parametrize(
    ("table", "endpoint"),
    [
        ("match_details", "match/recent/list"),
        ("teams", "team/additional/list"),
        ("competitions", "competition/additional/list"),
        ("countries", "country/list"),
    ],
)
def test_last_known_rows_stand_in_and_say_so(
    pipeline: Pipeline, world: World, table: str, endpoint: str
) -> None:
    shown = "SELECT match_id, country, competition, home_team, away_team FROM flattened_matches ORDER BY ALL"
    assert pipeline.cycle().success
    before = pipeline.query(shown)
    make_due(pipeline, table)
    world.breaks(DOWN, endpoint)
    assert pipeline.cycle().success
    assert pipeline.query(shown) == before
    assert sources(pipeline, table) == sources(pipeline, "flattened_matches") == [("last_known",)]
    assert any(warning.startswith(f"{table}: ") for warning in pipeline.report.warnings)
    world.reset()
    assert pipeline.cycle().success
    assert sources(pipeline, table) == sources(pipeline, "flattened_matches") == [("api",)]


def test_prices_without_an_answer_are_last_known(pipeline: Pipeline, world: World) -> None:
    prices = "SELECT match_id, money_line_home, odds_at FROM flattened_matches ORDER BY ALL"
    assert pipeline.cycle().success
    before = pipeline.query(prices)
    world.breaks(DOWN, "odds/history", "odds/live", "odds/update")
    assert pipeline.cycle().success
    assert pipeline.query(prices) == before
    assert sources(pipeline, "flattened_matches") == [("last_known",)]
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]
    world.reset()
    assert pipeline.cycle().success
    assert sources(pipeline, "flattened_matches") == [("api",)]


def test_without_a_last_known_row_there_is_none_and_the_match_says_so(
    pipeline: Pipeline, world: World
) -> None:
    world.breaks(DOWN, *ENRICHING)
    assert pipeline.cycle().success
    assert pipeline.query(
        """SELECT match_id, home_score, home_team, competition, bookmaker, data_source
        FROM flattened_matches ORDER BY 1"""
    ) == [("m1", 2, None, None, None, "last_known"), ("m2", 2, None, None, None, "last_known")]


def test_placeholders_say_what_they_are_and_hold_no_price(pipeline: Pipeline, world: World) -> None:
    world.breaks(DOWN, *ENRICHING)
    assert pipeline.cycle(fallback="mock").success
    assert pipeline.query(
        """SELECT home_team, competition, home_score, kickoff_at, bookmaker_id, data_source,
            coalesce(money_line_home, spread_home, over_under_over, corners_over)
        FROM flattened_matches WHERE match_id = 'm1'"""
    ) == [("Team mock-home-m1", "Competition mock-m1", 2, None, None, "mock", None)]
    for table in ("match_details", "teams", "competitions"):
        assert sources(pipeline, table) == [("mock",)]
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(0,)]


def test_placeholders_give_way_to_the_apis_rows(pipeline: Pipeline, world: World) -> None:
    world.breaks(DOWN, *ENRICHING)
    assert pipeline.cycle(fallback="mock").success
    world.reset()
    assert pipeline.cycle(fallback="mock").success
    for table in ("match_details", "teams", "competitions", "countries", "flattened_matches"):
        assert sources(pipeline, table) == [("api",)]
    assert pipeline.query("SELECT count(*) FROM teams") == [(4,)]


def test_placeholder_of_a_team_or_country_is_named_by_its_id(pipeline: Pipeline, world: World) -> None:
    world.breaks(DOWN, "team/additional/list", "country/list")
    assert pipeline.cycle(fallback="mock").success
    assert pipeline.query(
        "SELECT country, home_team, data_source FROM flattened_matches WHERE match_id = 'm1'"
    ) == [("Country e", "Team hm1", "mock")]


@pytest.mark.parametrize(
    ("endpoint", "table"),
    [
        ("match/recent/list", "match_details"),
        ("team/additional/list", "teams"),
        ("country/list", "countries"),
        ("odds/history", "odds_ticks"),
    ],
)
def test_where_asked_for_a_failed_row_fails_the_run(
    pipeline: Pipeline, world: World, last: Path, endpoint: str, table: str
) -> None:
    world.breaks(DOWN, endpoint)
    assert not pipeline.cycle(fallback="fail").success
    assert last.read_bytes() == b"the last that was"
    assert (pipeline.report.error or "").startswith(f"FOOTBALL_FALLBACK=fail, and {table}: ")


def test_match_whose_country_is_not_known_does_not_pass_for_the_apis(
    pipeline: Pipeline, world: World
) -> None:
    world.breaks(DOWN, "country/list")
    assert pipeline.cycle().success
    assert sources(pipeline, "flattened_matches") == [("last_known",)]
    world.reset()
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT country, data_source FROM flattened_matches") == [
        ("England", "api")
    ]


def test_country_that_the_api_does_not_list_gives_way_to_the_host(pipeline: Pipeline, world: World) -> None:
    world.competitions["c1"]["country_id"] = "atlantis"
    assert pipeline.cycle().success
    assert pipeline.query("SELECT DISTINCT country, data_source FROM flattened_matches") == [("Egypt", "api")]


# -- time ------------------------------------------------------------------------------------------------


def test_enrichment_that_hangs_ends_at_the_deadline_and_the_rest_is_published(
    pipeline: Pipeline, world: World
) -> None:
    world.breaks(hang, *ENRICHING)
    assert pipeline.cycle(deadline_seconds=1, request_timeout_seconds=60, max_attempts=10).success
    assert pipeline.report.seconds["total"] < 10  # a request alone would take 60
    assert pipeline.report.failures.keys() <= {"timeout", "deadline"}
    assert pipeline.query("SELECT match_id FROM live_matches ORDER BY 1") == [("m1",), ("m2",)]


def test_live_list_that_hangs_fails_the_run_at_the_deadline(
    pipeline: Pipeline, world: World, last: Path
) -> None:
    world.breaks(hang, "match/detail_live")
    assert not pipeline.cycle(deadline_seconds=1, request_timeout_seconds=60, max_attempts=10).success
    assert pipeline.report.seconds["total"] < 10  # a request alone would take 60
    # Not that the second attempt had no time left.
    assert str(pipeline.report.error).startswith("match/detail_live: no answer from 127.0.0.1 within ")
    assert last.read_bytes() == b"the last that was"


def test_slow_answers_are_waited_for(pipeline: Pipeline, world: World) -> None:
    world.breaks(late(0.3, ok(world.countries)), "country/list")
    assert pipeline.cycle().success
    assert pipeline.query("SELECT name FROM countries") == [("England",)]


def test_endpoint_that_is_down_is_left_alone_after_ten_failures(pipeline: Pipeline, world: World) -> None:
    world.live |= {f"x{number}": live_row(f"x{number}") for number in range(100)}
    world.breaks(DOWN, "match/recent/list")
    assert pipeline.cycle(max_connections=3).success
    assert world.api.counts["match/recent/list"] <= 10 + 3
    assert pipeline.report.failures["not_sent"] >= 87
    assert pipeline.query("SELECT count(*) FROM live_matches") == [(102,)]


# -- secrets ---------------------------------------------------------------------------------------------


def spelled() -> Iterator[bytes]:
    """The secret, and as a query, a path and a careless server spell it."""
    for text in (SECRET, urllib.parse.quote(SECRET), urllib.parse.quote(SECRET, safe="")):
        for one in (text, text.lower(), urllib.parse.quote(text, safe="")):
            yield one.encode()


@pytest.mark.parametrize(
    ("careless", "everywhere"),
    [
        (echo(lambda path: json.dumps({"err": f"bad request: {path}"}).encode()), True),
        (echo(lambda path: json.dumps({"code": 9999, "msg": urllib.parse.unquote(path)}).encode()), False),
        (echo(lambda path: f"<html>{path}</html>".encode()), False),
    ],
    ids=["err", "msg", "html"],
)
def test_secret_that_the_api_repeats_is_written_nowhere(
    pipeline: Pipeline,
    world: World,
    capfd: pytest.CaptureFixture[str],
    careless: Reply,
    everywhere: bool,
) -> None:
    from football_assets.definitions import build_definitions

    world.breaks(careless, *ENRICHING, *(["match/detail_live"] if everywhere else []))
    settings = pipeline.settings(log_requests=True)
    with open_instance(settings) as instance:
        job = build_definitions(settings).resolve_job_def("cycle")
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET)
    assert result.success is not everywhere
    told = capfd.readouterr()
    files = [path for path in pipeline.data.rglob("*") if path.is_file()]
    assert len(files) > 8
    written = [path.read_bytes() for path in files] + [told.out.encode(), told.err.encode()]
    assert not [one for one in spelled() if any(one in content for content in written)]


def test_new_matches_details_that_fail_leave_those_of_the_others(pipeline: Pipeline, world: World) -> None:
    assert pipeline.cycle().success
    world.live["m3"] = live_row("m3")
    world.details["m3"] = detail_row("m3", home_team_id="hm1", away_team_id="am1", competition_id="c1")
    world.breaks(DOWN, "match/recent/list")
    assert pipeline.cycle().success
    assert pipeline.query("SELECT match_id, home_team FROM flattened_matches ORDER BY 1") == [
        ("m1", "Team hm1"),
        ("m2", "Team hm2"),
        ("m3", None),
    ]
