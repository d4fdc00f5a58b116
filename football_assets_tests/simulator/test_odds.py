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

#: After so many seconds a tick is told as it stays.
SETTLED = 320


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
        repaired: set[tuple] = set()
        for clock.now in range(START + 60, START + 15 * 60 + 1, 60):
            window = clock.window((await api.odds_live()).results).ticks
            for (id_, company, market), ticks in window.items():
                gained.update((id_, company, market, *tick) for tick in ticks if id_ in before)
            repaired |= repairs((await api.odds_update()).results, window)
        after = {id_: (await api.odds_history(id_)).results for id_ in ids}
    new, gone = flat(after) - flat(before), flat(before) - flat(after)
    assert gained.total() > 500
    differing = [*(gained - new), *(new - gained), *gone]
    assert differing
    assert {tick[:2] for tick in differing} <= repaired


def repairs(updates: list[dict], window: dict) -> set[tuple]:
    """Match and bookmaker of the updates that no tick of the window explains."""
    changes = {(*key[:2], tick[0]) for key, ticks in window.items() for tick in ticks}
    named = {(row["id"], row["company_id"], row["update_time"]) for row in updates}
    return {(id_, company) for id_, company, _ in named - changes}


def flat(histories: dict[str, dict]) -> Counter[tuple]:
    markets_ = {"eu": "money_line", "asia": "spread", "bs": "over_under", "cr": "corners"}
    return Counter(
        (id_, int(company), markets_[market], *tick)
        for id_, companies in histories.items()
        for company, markets in companies.items()
        for market, ticks in markets.items()
        for tick in ticks
    )


def test_a_tick_that_was_served_for_minutes_stands_and_younger_ones_may_be_repaired(clock) -> None:
    simulator = Simulator(2, 10, clock)
    ids = live_ids(simulator)
    served: dict[str, tuple[float, dict]] = {}
    repaired = 0
    for clock.now in range(START, START + 7200, 1709):
        for id_ in ids:
            now = history(simulator, id_)
            if id_ in served:
                moment, earlier = served[id_]
                assert known_until(now, moment - SETTLED) == known_until(earlier, moment - SETTLED)
                repaired += known_until(now, moment) != earlier
            served[id_] = (clock.now, now)
    assert repaired > 0
    fresh = Simulator(2, 10, clock)
    assert all(history(fresh, id_) == earlier for id_, (_, earlier) in served.items())


def test_every_change_of_what_was_told_is_named_by_an_update_in_its_minute(clock) -> None:
    """Corrections and withdrawals are; ticks that come late stand in a window when they come."""
    simulator = Simulator(4, 30, clock)
    ids = live_ids(simulator)
    before = {id_: history(simulator, id_) for id_ in ids}
    kinds: Counter[str] = Counter()
    for clock.now in range(START + 60, START + 15 * 60 + 1, 60):
        now = {id_: history(simulator, id_) for id_ in ids}
        updates = {(row["id"], row["company_id"]) for row in simulator.answer("odds/update", {})["results"]}
        told = clock.window(simulator.answer("odds/live", {})["results"]).ticks
        for id_ in ids:
            old = flat({id_: before[id_]})
            new = flat({id_: known_until(now[id_], clock.now - 60)})
            assert {tick[:2] for tick in (old - new) + (new - old)} <= updates
            for tick in new - old:
                is_late = tick[3:] in told.get(tick[:3], [])
                kinds["late" if is_late else "corrected"] += 1
            kinds["gone"] += (old - new).total()
        before = now
    assert kinds["late"] > 0
    assert kinds["corrected"] > 0
    assert kinds["gone"] > kinds["corrected"]  # some were withdrawn


def test_ticks_are_as_the_api_writes_them(clock) -> None:
    simulator = Simulator(1, 20, clock)
    ids = live_ids(simulator)
    clock.now += SETTLED
    for id_ in ids:
        for company, markets in known_until(history(simulator, id_), START).items():
            assert int(company) in BOOKMAKERS
            for market, ticks in markets.items():
                times = [tick[0] for tick in ticks]
                assert times == sorted(times, reverse=True)
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
    assert 0.05 < sum(tick[1] == "" for tick in ticks) / len(ticks) < 0.5
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
    changed = {key[:2] for key in window}
    assert {(row["id"], row["company_id"]) for row in updates} == changed | repairs(updates, window)
    times = [row["update_time"] for row in updates]
    assert times == sorted(times, reverse=True)
    assert all(START - 60 < time <= START for time in times)


async def test_both_documented_forms_of_a_window_tell_the_same(clock) -> None:
    """Each holds for a minute; what both windows hold is read alike from them."""
    simulator = Simulator(3, 30, clock)
    clock.now = START // 120 * 120 + 50
    forms, read = [], []
    for _ in range(2):
        results = simulator.answer("odds/live", {})["results"]
        forms.append({type(entry[2][2]) for entries in results.values() for entry in entries})
        read.append({(*key, *tick) for key, ticks in clock.window(results).ticks.items() for tick in ticks})
        clock.now += 20
    assert forms == [{float}, {str}]
    shared = clock.now - 20 - 60
    assert {tick for tick in read[0] if tick[3] > shared} <= read[1]
    assert len(read[0] & read[1]) > 100


def test_some_bookmakers_leave_their_last_price_and_some_markets_are_suspended_for_minutes(clock) -> None:
    simulator = Simulator(1, 60, clock)
    silent, suspended, lists = 0, 0, 0
    for row in simulator.answer("match/detail_live", {})["results"]:
        if row["score"][1] != 4:
            continue
        for markets in history(simulator, row["id"]).values():
            newest = max(ticks[0][0] for ticks in markets.values())
            silent += newest < clock.now - 1500 and not any(ticks[0][6] for ticks in markets.values())
            lists += 1
            suspended += any(
                new[0] - old[0] > 120 and old[6] and not new[6] and old[7] == new[7]
                for ticks in markets.values()
                for new, old in pairwise(ticks)
            )
    assert 0.05 < silent / lists < 0.3
    assert suspended / lists > 0.05
