"""Odds over several cycles: which histories are asked for, and that no tick is lost or told twice."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from football_assets.enrichment.odds import AUDIT_MINUTES, HISTORIES_A_PULSE, HISTORY_WAIT_SECONDS
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.quota import Quota
from football_assets_tests.enrichment.cycles import Cycle, Cycles
from football_assets_tests.enrichment.odds_world import HISTORY, LIVE, UPDATE, OddsWorld, stored
from football_assets_tests.thesports.api import envelope, ok

ODDS = ("odds_ticks",)
TWO = {"a": 2, "b": 2}


@pytest.fixture
def world(cycles: Cycles) -> OddsWorld:
    world = OddsWorld(cycles)
    for match_id in TWO:
        for number in range(3):
            world.add(match_id, 1.0 + number, ago=300 - number)
    return world


def histories(cycle: Cycle) -> list[str]:
    return sorted(query["uuid"] for endpoint, query in cycle.queries if endpoint == HISTORY)


async def settle(cycles: Cycles, world: OddsWorld, live: dict[str, int] = TWO) -> None:
    """Two cycles 30 s apart, with a tick that both windows hold, and a newer one."""
    world.add("a", 7.0)
    await cycles.run(live, after=0, tables=ODDS)
    cycles.clock.now += 30
    world.add("a", 7.5, ago=2)
    await cycles.run(live, after=0, tables=ODDS)


async def test_first_cycle_reads_each_history(cycles: Cycles, world: OddsWorld) -> None:
    cycle = await cycles.run(TWO, tables=ODDS)
    assert histories(cycle) == ["a", "b"]
    assert stored(cycles) == world.expected()
    assert (cycle.ticks.new, cycle.enriched.odds.waiting) == (6, 0)


async def test_overlapping_windows_spare_the_histories(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    for number in range(5):
        world.unnamed.add(world.add("b", 10.0 + number))
        cycle = await cycles.run(TWO, after=25, tables=ODDS)
        assert cycle.asked == {LIVE: 1, UPDATE: 1}
    assert stored(cycles) == world.expected()


async def test_history_of_a_match_that_an_update_names_is_read_once(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    for number in range(5):
        world.add("b", 10.0 + number)
        cycle = await cycles.run(TWO, after=25, tables=ODDS)
        assert histories(cycle) == ["b"]
        assert histories(await cycles.run(TWO, after=5, tables=ODDS)) == []
    assert stored(cycles) == world.expected()


async def test_gap_between_windows_reads_the_histories(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    cycles.clock.now += 30
    world.add("b", 9.0)
    cycles.clock.now += 61
    world.add("a", 9.5)
    cycle = await cycles.run(TWO, after=0, tables=ODDS)
    assert histories(cycle) == ["a", "b"]
    assert stored(cycles) == world.expected()
    assert cycle.ticks.missed == 0
    assert cycles.known().odds.feed.distrusted_until is None, "a gap that was seen is no reason for distrust"


async def test_pulses_between_cycles_close_the_hole(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    for number in range(4):
        for step in range(2):
            cycles.clock.now += 20
            world.add("b", 10 + number + step / 4)
            assert histories(await cycles.run(TWO, after=0, tables=ODDS, is_pulse=True)) == []
            assert stored(cycles) == world.expected()
        cycle = await cycles.run(TWO, after=20, tables=ODDS)
        assert histories(cycle) == ["b"], "only what an update names"
    assert stored(cycles) == world.expected()


async def test_hole_before_a_pulse_is_seen_and_closed(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    cycles.clock.now += 61
    world.add("b", 9.0)
    assert histories(await cycles.run(TWO, after=0, tables=ODDS, is_pulse=True)) == ["a", "b"]
    assert histories(await cycles.run(TWO, after=20, tables=ODDS)) == [], "the pulse dealt with the update"


async def test_pulse_reads_few_histories_and_the_cycle_the_rest(cycles: Cycles, world: OddsWorld) -> None:
    six = dict.fromkeys("abcdef", 2)
    world.add("a", 2.0)
    assert len(histories(await cycles.run(six, tables=ODDS, is_pulse=True))) == HISTORIES_A_PULSE
    assert len(histories(await cycles.run(six, after=5, tables=ODDS))) >= 2
    assert all(match.is_current for match in cycles.known().odds.coverage.values())


async def test_pulse_reads_the_history_of_a_repair(cycles: Cycles, world: OddsWorld) -> None:
    tick = world.add("a", 2.0)
    await settle(cycles, world)
    world.correct(tick, home=2.5)
    assert histories(await cycles.run(TWO, after=5, tables=ODDS, is_pulse=True)) == ["a"]
    assert stored(cycles) == world.expected()


async def test_pulse_without_a_window_raises_and_the_stretch_goes_on(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    world.fail(LIVE)
    with pytest.raises(TheSportsError, match="odds/live"):
        await cycles.run(TWO, after=5, tables=ODDS, is_pulse=True)
    world.restore()
    assert histories(await cycles.run(TWO, after=5, tables=ODDS)) == []


async def test_server_away_in_the_middle_loses_nothing(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    world.fail()
    for number in range(3):
        world.add("a", 20.0 + number)
        cycle = await cycles.run(TWO, tables=ODDS)
        assert {"a", "b", "odds/live"} >= set(cycle.enriched.failed["odds_ticks"])
        assert not any(match.is_current for match in cycle.enriched.odds.coverage.values())
    world.restore()
    await cycles.run(TWO, tables=ODDS)
    assert stored(cycles) == world.expected()


@pytest.mark.parametrize(
    "broken", [envelope({"err": "URL is not authorized"}), ok({"2": [["", "eu", "?"]]}), ok(None)]
)
async def test_without_windows_the_histories_of_what_changed_come_first(
    cycles: Cycles, world: OddsWorld, broken: object
) -> None:
    await settle(cycles, world)
    cycles.api.answers(LIVE, broken)  # type: ignore[arg-type]
    cycles.clock.now += 61
    world.add("b", 9.0)
    hold_back(cycles, room=1)
    cycle = await cycles.run(TWO, after=1, tables=ODDS)
    assert cycle.asked == {LIVE: 1, UPDATE: 1, HISTORY: 1}
    assert histories(cycle) == ["b"]
    assert cycle.enriched.warnings or cycle.enriched.rejected
    assert stored(cycles) == world.expected()


def hold_back(cycles: Cycles, room: int) -> None:
    """Leave room for so many histories under the quota."""
    while cycles.quota.available(HISTORY, within=4) > room:
        assert cycles.quota.take(HISTORY) is not None


async def test_quota_goes_to_matches_in_play_then_to_those_that_waited_longest(
    cycles: Cycles, world: OddsWorld
) -> None:
    live = {"early1": 1, "early2": 1, "play1": 2, "play2": 4, "ended": 8}
    for match_id in live:
        world.add(match_id, 2.0, ago=200)
    hold_back(cycles, room=3)
    cycle = await cycles.run(live, after=0, tables=ODDS)
    assert {"play1", "play2"} < set(histories(cycle))
    assert cycle.enriched.odds.waiting == 2
    cycles.clock.now += 100
    hold_back(cycles, room=2)
    cycle = await cycles.run(live, after=0, tables=ODDS)
    assert histories(cycle) == ["play1", "play2"], "a gap: what is in play comes before what is new"
    cycles.clock.now += 100
    hold_back(cycles, room=4)
    cycle = await cycles.run(live, after=0, tables=ODDS)
    assert {"play1", "play2"} < set(histories(cycle))
    assert len(set(histories(cycle)) & {"early1", "early2", "ended"}) == 2
    assert stored(cycles) == world.expected(*live)


async def test_history_waits_for_its_turn_under_the_quota_but_not_for_long(
    cycles: Cycles, world: OddsWorld
) -> None:
    cycles.quota = Quota(clock=cycles.clock.time, limits={HISTORY: 1})
    first = await cycles.run(TWO, after=0, tables=ODDS)
    early = await cycles.run(TWO, after=60 - HISTORY_WAIT_SECONDS - 1, tables=ODDS)
    began = cycles.now
    in_time = await cycles.run(TWO, after=2, tables=ODDS)
    assert [len(histories(cycle)) for cycle in (first, early, in_time)] == [1, 0, 1]
    assert timedelta(seconds=2) < cycles.now - began < timedelta(seconds=2 + HISTORY_WAIT_SECONDS)
    assert stored(cycles) == world.expected()


async def test_ticks_of_one_second_get_the_historys_order(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    for home in (3.5, 3.1, 3.9):
        world.add("b", home, ago=5)
    world.add("b", 5.0)
    cycle = await cycles.run(TWO, after=10, tables=ODDS)
    assert histories(cycle) == ["b"]
    assert cycle.enriched.odds.coverage["b"].is_current
    assert stored(cycles) == world.expected()
    assert histories(await cycles.run(TWO, after=10, tables=ODDS)) == []


async def test_order_is_put_right_also_after_a_gap_and_under_the_quota(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    cycles.clock.now += 100
    hold_back(cycles, room=0)
    for home in (3.5, 3.1):
        world.add("b", home, ago=5)
    world.add("b", 5.0)
    await cycles.run(TWO, after=0, tables=ODDS)
    cycles.clock.now += 100
    await cycles.run(TWO, after=0, tables=ODDS)
    assert stored(cycles) == world.expected()


async def test_order_newer_than_the_first_history_is_put_right(cycles: Cycles, world: OddsWorld) -> None:
    """A history that was read before the window says nothing of the window's newest second."""
    before = world.history({"uuid": "a"})
    cycles.api.answers(HISTORY, ok(before))
    world.add("a", 3.5)
    world.add("a", 3.1)
    await cycles.run({"a": 2}, after=5, tables=ODDS)
    world.restore()
    await cycles.run({"a": 2}, after=5, tables=ODDS)
    assert stored(cycles) == world.expected("a")


async def test_window_that_tells_a_tick_otherwise_leaves_no_second_one(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    told = world.window()
    told["2"][0][3] = "9-9"
    cycles.api.answers(LIVE, ok(told))
    await cycles.run(TWO, after=10, tables=ODDS)
    world.restore()
    world.add("a", 8.0)
    await cycles.run(TWO, after=10, tables=ODDS)
    assert stored(cycles) == world.expected()


async def test_ended_match_is_audited_once_and_stays_current(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    world.lose(world.add("a", 8.0, ago=10))
    ended = {"a": 8, "b": 2}
    cycle = await cycles.run(ended, after=20, tables=ODDS)
    assert histories(cycle) == ["a"]
    assert stored(cycles) == world.expected()
    cycles.clock.now += 200
    cycle = await cycles.run(ended, tables=ODDS)
    assert histories(cycle) == ["b"]
    assert cycle.enriched.odds.coverage["a"].is_current, "its prices are final"


async def test_match_that_is_played_on_is_read_on(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    await cycles.run({"b": 2}, after=20, tables=ODDS)
    cycles.clock.now += 300
    world.add("a", 8.0, ago=100)
    await cycles.run(TWO, tables=ODDS)
    assert stored(cycles) == world.expected()


async def audit(cycles: Cycles, world: OddsWorld) -> Cycle:
    """Cycles with overlapping windows until a history is read in spite of them."""
    for number in range(int(AUDIT_MINUTES * 60 / 50) + 3):
        cycles.clock.now += 50
        world.unnamed.add(world.add("b", 10.0 + number, ago=5))  # is 55 s old in the next window
        cycle = await cycles.run(TWO, after=0, tables=ODDS)
        if histories(cycle):
            return cycle
    raise AssertionError("no audit")


async def test_match_in_play_is_audited_now_and_then(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    began = cycles.now
    cycle = await audit(cycles, world)
    assert len(histories(cycle)) == 1
    assert cycles.now - began > timedelta(minutes=AUDIT_MINUTES - 1)
    assert cycle.ticks.missed == 0
    assert cycles.known().odds.feed.distrusted_until is None


async def test_match_that_lacks_something_for_another_reason_is_not_audited(
    cycles: Cycles, world: OddsWorld
) -> None:
    """What a repair changed was not lost by the windows."""
    await settle(cycles, world)
    for number in range(int(AUDIT_MINUTES * 60 / 50) - 1):
        cycles.clock.now += 50
        world.unnamed.add(world.add("b", 10.0 + number, ago=5))
        await cycles.run(TWO, after=0, tables=ODDS)
    cycles.clock.now += 50
    for match_id in TWO:
        world.repairs.append((match_id, "2", int(cycles.clock.now) - 1))
    cycle = await cycles.run(TWO, after=0, tables=ODDS)
    assert histories(cycle) == ["a", "b"]
    assert cycle.enriched.odds.audited == set()
    assert cycles.known().odds.feed.distrusted_until is None


async def test_audit_that_the_quota_has_no_room_for_waits_and_counts_for_none(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    full = Quota(clock=cycles.clock.time, limits={HISTORY: 0})
    cycles.quota, had = full, cycles.quota
    with pytest.raises(AssertionError, match="no audit"):
        await audit(cycles, world)
    cycles.clock.now += 50
    world.unnamed.add(world.add("b", 99.0, ago=5))
    cycle = await cycles.run(TWO, after=0, tables=ODDS)
    assert (histories(cycle), cycle.enriched.odds.audited) == ([], set())
    cycles.quota = had
    cycles.clock.now += 50
    world.unnamed.add(world.add("b", 100.0, ago=5))
    cycle = await cycles.run(TWO, after=0, tables=ODDS)
    assert len(histories(cycle)) == 1
    assert cycle.enriched.odds.audited == set(histories(cycle))
    full.close()


async def test_audit_that_finds_a_missing_tick_is_followed_by_distrust(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    for match_id in TWO:
        world.lose(world.add(match_id, 8.0))
    cycle = await audit(cycles, world)
    assert cycle.ticks.missed == 1
    world.add("b", 99.0)
    assert histories(await cycles.run(TWO, after=30, tables=ODDS)) == ["a", "b"]
    assert histories(await cycles.run(TWO, after=30, tables=ODDS)) == ["a", "b"]
    assert stored(cycles) == world.expected()
    cycles.clock.now += 3600
    world.add("b", 100.0)
    await cycles.run(TWO, after=0, tables=ODDS)
    await cycles.run(TWO, after=30, tables=ODDS)
    assert histories(await cycles.run(TWO, after=20, tables=ODDS)) == []


async def test_matches_not_seen_for_a_day_leave(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    await cycles.run({"b": 2}, after=24 * 3600 - 60, tables=ODDS)
    assert {row[0] for row in stored(cycles)} == {"a", "b"}
    cycle = await cycles.run({"b": 2}, after=120, tables=ODDS)
    assert stored(cycles) == world.expected("b")
    assert stored(cycles, "aged_odds_ticks") == world.expected("a")
    assert "a" not in cycles.known().odds.coverage
    assert cycle.ticks.new == 0


async def test_same_cycle_twice_stores_the_same_rows(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    for home in (3.5, 3.1):
        world.add("b", home)
    await cycles.run(TWO, after=10, tables=ODDS)
    before = cycles.query("SELECT * FROM odds_ticks ORDER BY ALL")
    again = await cycles.run(TWO, after=0, tables=ODDS)
    assert again.ticks.new == 0
    assert len(cycles.query("SELECT * FROM odds_ticks")) == len(before)
    assert stored(cycles) == world.expected()


# -- fixtures ----------------------------------------------------------------------------------------
async def test_prices_of_fixtures_are_kept_within_the_hours_before_kickoff(
    cycles: Cycles, world: OddsWorld
) -> None:
    cycles.clock.now = time.time()  # by which the database says which fixtures are to come
    for match_id, hours, status in (("near", 2.9, 1), ("far", 3.1, 1), ("off", 2.0, 12)):
        cycles.query(
            "INSERT INTO match_records BY NAME SELECT $1 AS match_id, $2 AS status_id, $3 AS kickoff_at",
            *(match_id, status, cycles.now + timedelta(hours=hours)),
        )
        world.add(match_id, 2.0, ago=1800)
        world.add(match_id, 2.1)
    cycle = await cycles.run(TWO, after=5, tables=ODDS, prematch_hours=3)
    assert histories(cycle) == ["a", "b"]
    told = [tick for tick in world.expected("near") if tick[7] == 2.1]
    assert stored(cycles) == sorted(world.expected("a", "b") + told)
    world.add("near", 2.2)
    assert histories(await cycles.run({**TWO, "near": 1}, after=30, tables=ODDS)) == ["near"]
    assert stored(cycles) == world.expected("a", "b", "near"), "the history tells what was before"


async def test_no_hours_keep_no_price_of_a_fixture(cycles: Cycles, world: OddsWorld) -> None:
    cycles.clock.now = time.time()
    cycles.query(
        "INSERT INTO match_records BY NAME SELECT 'near' AS match_id, 1 AS status_id, $1 AS kickoff_at",
        cycles.now + timedelta(hours=1),
    )
    world.add("near", 2.1)
    await cycles.run(TWO, after=5, tables=ODDS)
    assert stored(cycles) == world.expected("a", "b")


async def test_unknown_matches_in_a_window_are_passed_over(cycles: Cycles, world: OddsWorld) -> None:
    world.add("stranger", 2.0)
    await cycles.run(TWO, after=5, tables=ODDS)
    assert stored(cycles) == world.expected("a", "b")


async def test_numbers_that_are_none_end_no_cycle(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    now = int(cycles.clock.now)
    changes = [["a", "eu", [now, "12", values, 2], "1-0"] for values in ("nan,1,1,0", "2,1,1,0")]
    cycles.api.answers(LIVE, ok({"2": changes}))
    await cycles.run(TWO, after=0, tables=ODDS)
    world.fail(LIVE)
    await cycles.run(TWO, after=5, tables=ODDS)
    await cycles.run(TWO, after=5, tables=ODDS)
