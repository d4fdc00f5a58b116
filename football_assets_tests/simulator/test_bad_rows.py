"""Rows spoiled on purpose: so many as are wanted, and the others as ever."""

from __future__ import annotations

import orjson
import pytest

from football_assets.simulator.answers import Simulator
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import parse_live
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.ticks import TickColumns
from football_assets_tests.simulator.asking import START, Clock
from football_assets_tests.simulator.worlds import DAY, live, results


@pytest.fixture
def clock() -> Clock:
    return Clock()


ASKED = [
    ("match/detail_live", {}),
    ("match/recent/list", {}),
    ("match/diary", {"tsp": str(START // DAY * DAY)}),
    ("odds/live", {}),
    ("odds/update", {}),
    ("team/additional/list", {}),
    ("country/list", {}),
    ("deleted", {}),
]


def rows_of(answer: dict) -> list[bytes]:
    found = answer["results"]
    listed = found if isinstance(found, list) else [row for rows in found.values() for row in rows]
    return [orjson.dumps(row) for row in listed]


@pytest.mark.parametrize("endpoint, query", ASKED)
def test_the_wanted_share_of_rows_is_spoiled_and_the_others_are_as_ever(clock, endpoint, query) -> None:
    good = rows_of(Simulator(1, 300, clock).answer(endpoint, query))
    bad = rows_of(Simulator(1, 300, clock, bad_rows=0.2).answer(endpoint, query))
    spoiled = sum(one != other for one, other in zip(good, bad, strict=True))
    assert spoiled / len(good) == pytest.approx(0.2, abs=0.12)
    assert bad == rows_of(Simulator(1, 300, clock, bad_rows=0.2).answer(endpoint, query))
    all_bad = rows_of(Simulator(1, 300, clock, bad_rows=1.0).answer(endpoint, query))
    assert all(one != other for one, other in zip(good, all_bad, strict=True))


def test_a_spoiled_history_has_one_bad_tick_that_is_told_of(clock) -> None:
    simulator, good = Simulator(1, 30, clock, bad_rows=1.0), Simulator(1, 30, clock)
    problems: set[str] = set()
    for id_ in live(good):
        history = results(simulator, "odds/history", uuid=id_)
        try:
            read = read_history(id_, history, clock.given["fetched_at"], {}, TickColumns())
        except BrokenAnswer as error:
            problems.add(str(error))
            continue
        assert len(read.rejected) == (1 if history else 0)
        problems |= {each.reason.partition(": ")[2] for each in read.rejected}
    assert len(problems) >= 3


def test_what_is_bad_falls_anew_each_minute_and_is_told_of_by_the_parsers(clock) -> None:
    simulator = Simulator(1, 100, clock, bad_rows=0.1)
    reasons = []
    for clock.now in (START, START + 60, START + 120):
        batch = parse_live(results(simulator, "match/detail_live"), **clock.given)
        details = parse_details(results(simulator, "match/recent/list"), **clock.given_with_present)
        assert batch.rejected and details.rejected and batch.matches and details.rows
        reasons.append(tuple(each.reason for each in batch.rejected))
    assert len(set(reasons)) == 3
