"""Odds: history, windows, and that a tick stands once it was served."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from football_assets.codes import BOOKMAKERS
from football_assets.simulator.answers import Simulator
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.ticks import TickColumns
from football_assets_tests.simulator.asking import START, Clock, asking


@pytest.fixture
def clock() -> Clock:
    return Clock()


def live_ids(simulator: Simulator) -> list[str]:
    return [row["id"] for row in simulator.answer("match/detail_live", {})["results"]]


def history(simulator: Simulator, match_id: str) -> dict:
    return simulator.answer("odds/history", {"uuid": match_id})["results"]


def ticks_of(history_: dict) -> list[list]:
    return [tick for markets in history_.values() for ticks in markets.values() for tick in ticks]


def known_until(history_: dict, moment: float) -> dict:
    known = {
        company: {
            market: kept
            for market, ticks in markets.items()
            if (kept := [tick for tick in ticks if tick[0] <= moment])
        }
        for company, markets in history_.items()
    }
    return {company: markets for company, markets in known.items() if markets}


async def test_every_tick_can_be_read(clock) -> None:
    async with asking(Simulator(1, 15, clock)) as api:
        for row in (await api.live()).results:
            columns = TickColumns()
            answer = await api.odds_history(row["id"])
            present = clock.given["fetched_at"]
            read = read_history(row["id"], answer.results, present, {}, columns)
            assert (read.is_whole, read.rejected) == (True, [])
            assert columns.to_arrow().num_rows == len(
                {str(t) + c + m for c, ms in answer.results.items() for m, ts in ms.items() for t in ts}
            )
        assert clock.window((await api.odds_live()).results).ticks


async def test_windows_one_after_the_other_hold_what_the_histories_gained(clock) -> None:
    async with asking(Simulator(3, 12, clock)) as api:
        ids = [row["id"] for row in (await api.live()).results]
        before = {id_: (await api.odds_history(id_)).results for id_ in ids}
        gained: Counter[tuple] = Counter()
        for clock.now in range(START + 60, START + 15 * 60 + 1, 60):
            for (id_, company, market), ticks in clock.window((await api.odds_live()).results).ticks.items():
                gained.update((id_, company, market, *tick) for tick in ticks if id_ in before)
        after = {id_: (await api.odds_history(id_)).results for id_ in ids}
    assert gained.total() > 500
    assert gained == flat(after) - flat(before)


def flat(histories: dict[str, dict]) -> Counter[tuple]:
    markets_ = {"eu": "money_line", "asia": "spread", "bs": "over_under", "cr": "corners"}
    return Counter(
        (id_, int(company), markets_[market], *tick)
        for id_, companies in histories.items()
        for company, markets in companies.items()
        for market, ticks in markets.items()
        for tick in ticks
    )


def test_a_tick_never_changes_once_it_was_served(clock) -> None:
    simulator = Simulator(2, 10, clock)
    ids = live_ids(simulator)
    served = {}
    for clock.now in range(START, START + 7200, 1709):
        for id_ in ids:
            now = history(simulator, id_)
            if id_ in served:
                moment, earlier = served[id_]
                assert known_until(now, moment) == earlier
            served[id_] = (clock.now, now)
    fresh = Simulator(2, 10, clock)
    assert all(history(fresh, id_) == earlier for id_, (_, earlier) in served.items())


def test_ticks_are_as_the_api_writes_them(clock) -> None:
    simulator = Simulator(1, 20, clock)
    for id_ in live_ids(simulator):
        for company, markets in history(simulator, id_).items():
            assert int(company) in BOOKMAKERS
            for market, ticks in markets.items():
                times = [tick[0] for tick in ticks]
                assert times == sorted(times, reverse=True)
                assert times[0] <= clock.now
                for tick in ticks:
                    assert_written_as_by_the_api(market, tick)


def assert_written_as_by_the_api(market: str, tick: list) -> None:
    assert [type(value) for value in tick] == [int, str, float, float, float, int, int, str]
    _, minute, first, middle, third, status, sealed, _ = tick
    assert sealed in (0, 1)
    allowed = {
        1: ("",),
        2: ("45+", *map(str, range(1, 46))),
        3: ("midfield",),
        4: tuple(map(str, range(46, 120))),
    }
    assert minute in allowed[status]
    if market == "eu":
        assert min(first, middle, third) >= 1.01
        assert 1.0 <= 1 / first + 1 / middle + 1 / third < 1.3 or max(first, middle, third) > 20
    else:
        assert first > 0 and third > 0
        assert middle * (2 if market == "cr" else 4) % 1 == 0
        assert 1.0 < 1 / (1 + first) + 1 / (1 + third) < 1.2


def test_amounts_are_those_of_the_real_feed(clock) -> None:
    simulator = Simulator(1, 50, clock)
    histories = [history(simulator, id_) for id_ in live_ids(simulator)]
    counts = [len(ticks_of(history_)) for history_ in histories]
    ticks = [tick for history_ in histories for tick in ticks_of(history_)]
    assert 0.02 < counts.count(0) / len(counts) < 0.2
    assert 1000 < sum(counts) / len(counts) < 3500
    assert max(counts) > 2500
    assert 0.05 < sum(tick[1] == "" for tick in ticks) / len(ticks) < 0.4
    assert 0.01 < sum(tick[6] for tick in ticks) / len(ticks) < 0.1
    sharing = sum(
        one[0] == other[0]
        for history_ in histories
        for markets in history_.values()
        for listed in markets.values()
        for one, other in pairwise(listed)
    )
    assert 0.0005 < sharing / len(ticks) < 0.02
    bookmakers = [len(history_) for history_ in histories]
    assert max(bookmakers) > 12
    assert sum(0 < count < 8 for count in bookmakers) > 5


def test_prices_follow_the_goals(clock) -> None:
    """A bookmaker's price for a side is shorter after that side's goal than before it."""
    simulator = Simulator(9, 20, clock)
    shorter = 0
    for id_ in live_ids(simulator):
        for markets in history(simulator, id_).values():
            ticks = [tick for tick in markets.get("eu", []) if not tick[6] and tick[5] in (2, 4)]
            for new, old in pairwise(ticks):
                home_scored = goals(new)[0] - goals(old)[0]
                away_scored = goals(new)[1] - goals(old)[1]
                if home_scored + away_scored == 1 and min(home_scored, away_scored) == 0:
                    side = 2 if home_scored else 4
                    assert new[side] < old[side]
                    shorter += 1
    assert shorter > 100


def goals(tick: list) -> tuple[int, int]:
    home, away = tick[7].split("-")
    return int(home), int(away)


def test_the_scores_of_ticks_are_those_of_the_match(clock) -> None:
    simulator = Simulator(1, 25, clock)
    compared = 0
    for row in simulator.answer("match/detail_live", {})["results"]:
        _, status, home, away, _, _ = row["score"]
        for markets in history(simulator, row["id"]).values():
            for market, ticks in markets.items():
                if status in (2, 3, 4) and not ticks[0][6] and clock.now - ticks[0][0] < 20 and home[4] >= 0:
                    place = 4 if market == "cr" else 0
                    assert ticks[0][7] == f"{home[place]}-{away[place]}"
                    compared += 1
    assert compared > 20


async def test_updates_name_the_matches_and_bookmakers_of_the_window(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        updates = (await api.odds_update()).results
        window = clock.window((await api.odds_live()).results).ticks
    assert {(row["id"], row["company_id"]) for row in updates} == {key[:2] for key in window}
    times = [row["update_time"] for row in updates]
    assert times == sorted(times, reverse=True)
    assert all(START - 60 < time <= START for time in times)
