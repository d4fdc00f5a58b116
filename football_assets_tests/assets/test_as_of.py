"""Any edition of cycles and pulses can be had again, cell by cell, whatever has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets_tests.assets.world import KICK_OFF, Pipeline, World, tick
from football_assets_tests.thesports.api import made
from football_assets_tests.thesports.parsing.samples import detail_row, live_row, team_row
from football_assets_tests.warehouse.long_over import move_all

#: The matches kicked off long ago by the clock of the tests.
KEPT = {"keep_history_days": 36_500, "fixture_days": 0}


class Editions:
    """The flattened table of each edition, by the moment of its publishing."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.shown: dict[datetime, list[tuple[Any, ...]]] = {}

    def look(self) -> None:
        (published_at,) = self.pipeline.query("SELECT max(published_at) FROM editions")[0]
        assert published_at not in self.shown
        self.shown[published_at] = self.pipeline.query("FROM flattened_matches ORDER BY ALL")

    def had_again(self) -> dict[datetime, list[tuple[Any, ...]]]:
        with closing(
            duckdb.connect(str(self.pipeline.data / "football.duckdb"), read_only=True)
        ) as connection:
            connection.execute("SET timezone = 'UTC'")
            known = "FROM matches_known_at(?) ORDER BY ALL"
            return {moment: connection.execute(known, [moment]).fetchall() for moment in self.shown}


def changes(world: World) -> Iterator[str]:
    """What happens from one edition to the next."""
    first = world.odds["m1"]["2"]["eu"]
    world.live["m1"] = live_row("m1", score=["m1", 4, [1, 0, 0, 0, 5, 0, 0], [0, 0, 0, 0, 4, 0, 0], 0, ""])
    first.insert(0, tick(KICK_OFF + 400, 1.2, 5.0, 9.0, score="1-0"))
    yield "a goal and its price"
    first[0] = tick(KICK_OFF + 400, 1.25, 5.0, 9.0, score="1-0")
    world.odds["m2"]["22"]["bs"] = []
    yield "a price corrected, another withdrawn"
    world.details["m1"] = detail_row(
        "m1", home_team_id="hm1", away_team_id="am1", competition_id="c1", updated_at=KICK_OFF + 500, round={}
    )
    world.teams["hm1"] = team_row("hm1", name="Renamed", updated_at=KICK_OFF + 500)
    yield "details and a name"
    del world.live["m2"]
    yield "a match that leaves"
    world.live["m2"] = live_row("m2", stats=[], incidents=[])
    world.live["m3"] = live_row("m3")
    world.details["m3"] = detail_row("m3", home_team_id="hm1", away_team_id="am2", competition_id="c1")
    yield "one that comes back, and a new one"


@pytest.fixture
def editions(pipeline: Pipeline, world: World) -> Editions:
    """Each change by a cycle or by a pulse, in turn, with an edition in which nothing changed."""
    editions = Editions(pipeline)
    world.api.answers("odds/update", made(lambda _: [{"id": one, "company_id": 2} for one in world.live]))
    assert pipeline.cycle(**KEPT).success
    editions.look()
    settings = pipeline.settings(**KEPT)
    with api_session(settings) as api:
        heart = Heart(settings, api)
        for number, _ in enumerate(changes(world)):
            if number % 2:
                report = heart.beat(5)
                assert report and not report.error
                editions.look()
            assert pipeline.cycle(**KEPT).success
            editions.look()
    return editions


def test_any_edition_can_be_had_again(editions: Editions, pipeline: Pipeline) -> None:
    assert len({str(rows) for rows in editions.shown.values()}) >= 6
    assert editions.had_again() == editions.shown
    (first, second, *_) = editions.shown
    known = "FROM matches_known_at(TIMESTAMPTZ '{}') ORDER BY ALL"
    assert pipeline.query(known.format(first + (second - first) / 2)) == editions.shown[first]
    assert pipeline.query(known.format(first - timedelta(microseconds=1))) == []
    assert move_all(pipeline.settings(**KEPT)) > 0
    left = "SELECT (SELECT count(*) FROM odds_ticks), (SELECT count(*) FROM live_spells)"
    assert pipeline.query(left) == [(0, 0)]
    assert editions.had_again() == editions.shown
