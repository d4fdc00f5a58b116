"""Single pulses: the real steps, a real server, real files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from filelock import FileLock

from football_assets.cycle.pulses import PulseReport, read_pulse, write_pulse
from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets_tests.assets.conftest import pipeline, world
from football_assets_tests.assets.world import KICK_OFF, Pipeline, World, tick
from football_assets_tests.thesports.api import made, raw
from football_assets_tests.thesports.parsing.samples import detail_row, live_row, team_row

__all__ = ["pipeline", "world"]


#: A tick that all windows hold, so that they overlap.
KEPT = ("m2", "22", "bs", tick(KICK_OFF + 50, 1.0, 2.5, 0.5, sealed=1))


@pytest.fixture
def heart(pipeline: Pipeline, world: World) -> Iterator[Heart]:
    world.api.answers("odds/live", made(lambda _: window(KEPT)))
    assert pipeline.cycle().success
    with api_session(pipeline.settings()) as api:
        yield Heart(pipeline.settings(), api)


def beat(heart: Heart) -> PulseReport:
    report = heart.beat(5)
    assert report is not None
    return report


def window(*ticks: tuple[str, str, str, list[Any]]) -> dict[str, Any]:
    """`odds/live` with ticks of a match, bookmaker and market."""
    told: dict[str, Any] = {}
    for match_id, company, market, (at, minute, home, draw, away, status, sealed, score) in ticks:
        told.setdefault(company, []).append(
            [match_id, market, [at, minute, f"{home},{draw},{away},{sealed}", status], score]
        )
    return told


def test_pulse_publishes_new_scores_and_prices(heart: Heart, pipeline: Pipeline, world: World) -> None:
    world.live["m1"] = live_row("m1", score=["m1", 4, [3, 1, 0, 0, 5, 0, 0], [1, 0, 0, 0, 4, 0, 0], 0, ""])
    new = tick(KICK_OFF + 400, 1.2, 5.0, 9.0, score="3-1")
    world.odds["m1"]["2"]["eu"].insert(0, new)
    world.api.answers("odds/live", made(lambda _: window(("m1", "2", "eu", new), KEPT)))
    report = beat(heart)
    assert pipeline.query(
        """SELECT home_score, status_id, money_line_home, data_source FROM flattened_matches
        WHERE match_id = 'm1'"""
    ) == [(3, 4, 1.2, "api")]
    (edition,) = pipeline.query(
        "FROM (SELECT edition, cycle_id, seconds, requests FROM editions) LIMIT 1 OFFSET 1"
    )
    assert edition[:2] == (2, None)
    assert 0 < edition[2] <= report.seconds["total"]
    assert edition[3] == report.requests == 3, "the live list, the window, the updates"
    assert (report.edition, report.odds_ticks_new, report.error) == (2, 1, None)


def test_pulse_asks_for_live_list_and_window_only(heart: Heart, world: World) -> None:
    beat(heart)
    world.api.asked.clear()
    assert beat(heart).requests == 2
    assert [each.endpoint for each in world.api.asked] == ["match/detail_live", "odds/live"]


def test_new_match_gets_its_details_and_names_at_once(heart: Heart, pipeline: Pipeline, world: World) -> None:
    world.live["m3"] = live_row("m3")
    world.details["m3"] = detail_row("m3", home_team_id="hm3", away_team_id="am1", competition_id="c1")
    world.teams["hm3"] = team_row("hm3", name="Newcomers")
    beat(heart)
    assert pipeline.query("SELECT home_team FROM flattened_matches WHERE match_id = 'm3'") == [("Newcomers",)]


def test_details_that_cannot_be_had_are_asked_for_once(heart: Heart, world: World) -> None:
    world.live["m3"] = live_row("m3")
    beat(heart)
    world.api.asked.clear()
    beat(heart)
    assert "match/recent/list" not in world.api.counts


def test_match_that_left_the_live_list_is_gone(heart: Heart, pipeline: Pipeline, world: World) -> None:
    del world.live["m1"]
    beat(heart)
    assert pipeline.query("SELECT match_id FROM flattened_matches") == [("m2",)]


@pytest.mark.parametrize("endpoint", ["match/detail_live", "odds/live"])
def test_failed_pulse_changes_nothing_and_the_next_goes_on(
    heart: Heart, pipeline: Pipeline, world: World, endpoint: str
) -> None:
    before = pipeline.query("FROM flattened_matches ORDER BY match_id")
    world.live["m1"] = live_row("m1", score=["m1", 8, [9] * 7, [0] * 7, 0, ""])
    world.breaks(raw(b"", 500), endpoint)
    report = beat(heart)
    assert report.edition is None
    assert report.error
    assert endpoint in report.error
    assert pipeline.query("FROM flattened_matches ORDER BY match_id") == before
    world.reset()
    world.api.answers("odds/live", made(lambda _: window(KEPT)))
    assert beat(heart).edition == 2
    assert pipeline.query("SELECT home_score FROM flattened_matches WHERE match_id = 'm1'") == [(9,)]


def test_cycle_after_pulses_has_its_row_and_the_editions_theirs(heart: Heart, pipeline: Pipeline) -> None:
    beat(heart)
    beat(heart)
    assert pipeline.cycle().success
    cycles = pipeline.query("SELECT cycle_id FROM cycles ORDER BY started_at")
    shown = pipeline.query("SELECT cycle_id FROM editions ORDER BY edition")
    assert shown == [cycles[0], (None,), (None,), cycles[1]]


def test_pulse_gives_way_to_whoever_has_the_data_directory(heart: Heart, pipeline: Pipeline) -> None:
    with FileLock(pipeline.settings().lock_path):
        assert heart.beat(5) is None


def test_there_is_no_pulse_before_the_first_cycle(pipeline: Pipeline) -> None:
    with api_session(pipeline.settings()) as api:
        assert Heart(pipeline.settings(), api).beat(5) is None
    assert not pipeline.settings().published_path.exists()


def test_api_that_does_not_answer_is_given_up_in_time(heart: Heart, world: World) -> None:
    async def never(_: object) -> Any:
        import asyncio

        await asyncio.sleep(30)

    world.breaks(never, "match/detail_live")
    begun = time.monotonic()
    report = heart.beat(0.3)
    assert report is not None
    assert report.error
    assert time.monotonic() - begun < 5


def test_report_counts_on_from_the_former_one(heart: Heart, pipeline: Pipeline, world: World) -> None:
    path = pipeline.settings().pulse_path
    first = beat(heart).after(None)
    write_pulse(first, path)
    world.breaks(raw(b"", 500), "match/detail_live")
    second = beat(heart).after(read_pulse(path))
    assert (first.number, first.failed, first.requests_sent) == (1, 0, first.requests)
    assert (second.number, second.failed) == (2, 1)
    assert second.requests_sent == first.requests + second.requests
    assert isinstance(first.started_at, datetime)
    path.write_text("{")
    assert read_pulse(path) is None


def test_pulse_that_finds_the_warehouse_lost_begins_another_and_says_so(
    heart: Heart, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    before = pipeline.query("SELECT count(*) FROM odds_history")
    pipeline.settings().warehouse_path.write_bytes(b"not a database" * 1000)
    assert heart.beat(5) is None, "the next cycle asks for the present"
    said = capsys.readouterr().err
    assert "set aside as warehouse.duckdb.corrupt-" in said
    assert "The new warehouse has taken over what " in said
    assert pipeline.query("SELECT count(*) FROM odds_history") == before
    assert pipeline.cycle().success
    assert pipeline.query("SELECT count(*) FROM odds_history") == before
