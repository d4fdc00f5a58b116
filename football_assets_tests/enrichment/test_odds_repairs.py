"""What the API corrects or takes back: `odds_revisions`, histories and windows that disagree, updates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.enrichment.odds import LAG_SECONDS
from football_assets_tests.enrichment.cycles import Cycle, Cycles
from football_assets_tests.enrichment.odds_world import (
    HISTORY,
    LIVE,
    UPDATE,
    OddsWorld,
    WorldTick,
    stored,
    without_place,
)

ODDS = ("odds_ticks",)
TWO = {"a": 2, "b": 2}


@pytest.fixture
def world(cycles: Cycles) -> OddsWorld:
    """Two matches with old ticks, of `a` in three lists."""
    world = OddsWorld(cycles)
    for number in range(3):
        world.add("a", 1.0 + number, ago=300 - number)
        world.add("a", 2.0 + number, ago=300 - number, company="3")
        world.add("a", 3.0 + number, ago=300 - number, market="cr")
        world.add("b", 4.0 + number, ago=300 - number)
    return world


async def settle(cycles: Cycles, world: OddsWorld) -> None:
    """Cycles until nothing is due: windows overlap by ticks of `b`, and all updates are dealt with."""
    for _ in range(4):
        await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert cycles.query("SELECT count(*) FROM odds_revisions") == [(0,)]


async def beat(cycles: Cycles, world: OddsWorld, after: float = 30) -> Cycle:
    """A cycle whose window overlaps with the one before by a tick that no update names."""
    cycles.clock.now += after
    world.unnamed.add(world.add("b", 5.0, ago=LAG_SECONDS + 2))
    return await cycles.run(TWO, after=0, tables=ODDS)


def histories(cycle: Cycle) -> list[str]:
    return sorted(query["uuid"] for endpoint, query in cycle.queries if endpoint == HISTORY)


def in_list(world: OddsWorld, company: str, market: str, match_id: str = "a") -> list[WorldTick]:
    return [t for t in world.ticks if (t.match_id, t.company, t.market) == (match_id, company, market)]


def without(history: Mapping[str, Any], company: str, market: str, ticks: Any) -> dict[str, Any]:
    """A history with another list in the place of one."""
    return {**history, company: {**history[company], market: ticks}}


# -- corrections and withdrawals -------------------------------------------------------------------------
CHANGES: dict[str, dict[str, Any]] = {
    "minute": {"minute": "45+"},
    "home price": {"home": 9.5},
    "draw": {"draw": 8.5},
    "away price": {"away": 7.5},
    "status": {"status": 5},
    "home goals": {"score": "8-0"},
    "away goals": {"score": "0-8"},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
async def test_corrected_field_leaves_the_former_tick_in_the_revisions(
    cycles: Cycles, world: OddsWorld, changes: dict[str, Any]
) -> None:
    await settle(cycles, world)
    before = in_list(world, "2", "eu")[1]
    seen_at = cycles.query("SELECT min(seen_at) FROM odds_ticks WHERE match_id = 'a'")[0][0]
    world.correct(before, **changes)
    cycle = await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [before.stored(1)]
    assert cycle.ticks.repaired == 1
    ((was_seen_at, replaced_at),) = cycles.query("SELECT seen_at, replaced_at FROM odds_revisions")
    assert was_seen_at == seen_at
    assert replaced_at >= cycles.now
    assert cycles.query("SELECT count(*) FROM odds_ticks WHERE seen_at = ?", replaced_at)[0][0] >= 1


async def test_corrected_suspension_is_taken_over(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    before = in_list(world, "2", "eu")[1]
    world.correct(before, sealed=1 - before.sealed)
    await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [before.stored(1)]


async def test_withdrawn_newest_tick_gives_way_to_the_one_before(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    *_, before, newest = in_list(world, "2", "eu")
    world.withdraw(newest)
    await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [newest.stored(1)]
    assert before.stored(1) in stored(cycles, "newest_ticks")


@pytest.mark.parametrize("is_told_empty", [False, True])
@pytest.mark.parametrize(("company", "market"), [("2", "eu"), ("3", "eu"), ("2", "cr")])
async def test_whole_list_that_is_gone_is_withdrawn(
    cycles: Cycles, world: OddsWorld, company: str, market: str, is_told_empty: bool
) -> None:
    await settle(cycles, world)
    gone = in_list(world, company, market)
    world.withdraw(*gone)
    if is_told_empty:
        world.always_told = {(tick.match_id, company, market) for tick in gone}
    await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == sorted(tick.stored(1) for tick in gone)
    assert len(stored(cycles, "newest_ticks")) == 3


async def test_all_ticks_of_a_match_can_be_withdrawn_and_told_again(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    gone = [tick for tick in world.ticks if tick.match_id == "a"]
    world.withdraw(*gone)
    await beat(cycles, world)
    assert stored(cycles) == world.expected("b")
    assert len(stored(cycles, "odds_revisions")) == len(gone)
    world.ticks = sorted([*world.ticks, *gone], key=lambda tick: tick.at)
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    await beat(cycles, world)
    assert stored(cycles) == world.expected()


async def test_unnamed_repair_is_found_with_the_next_reading(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    world.withdraw(in_list(world, "3", "eu")[0], named=False)
    assert histories(await beat(cycles, world)) == []
    world.add("a", 9.0)
    assert histories(await beat(cycles, world)) == ["a"]
    assert stored(cycles) == world.expected()


async def test_order_within_a_second_can_be_corrected(cycles: Cycles, world: OddsWorld) -> None:
    first, second = world.add("a", 8.0, ago=200), world.add("a", 8.5, ago=200)
    await settle(cycles, world)
    places = world.ticks.index(first), world.ticks.index(second)
    world.ticks[places[0]], world.ticks[places[1]] = second, first
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    await beat(cycles, world)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == sorted([first.stored(1), second.stored(2)])


# -- histories that do not tell all ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "broken",
    [None, "?", {}, [["?"]], [[], 7]],
    ids=["null", "text", "object", "row of text", "empty row and number"],
)
async def test_history_that_is_not_whole_withdraws_nothing(
    cycles: Cycles, world: OddsWorld, broken: Any
) -> None:
    """And the match stays due, and is not current."""
    await settle(cycles, world)
    before = stored(cycles)
    told = without(world.history({"uuid": "a"}), "2", "eu", broken)
    del told["3"]
    cycles.api.answers(HISTORY, world.dated(lambda _: told))
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    for _ in range(2):
        cycle = await beat(cycles, world)
        assert histories(cycle) == ["a"]
        match = cycle.enriched.odds.coverage["a"]
        assert not match.is_current
        assert match.complete_since is None
        assert any("could not be read in whole" in text for text in cycle.enriched.warnings)
    assert {row for row in stored(cycles) if row[0] == "a"} == {row for row in before if row[0] == "a"}
    assert stored(cycles, "odds_revisions") == []
    world.restore()
    cycle = await beat(cycles, world)
    assert histories(cycle) == ["a"]
    assert cycle.enriched.odds.coverage["a"].is_current
    assert stored(cycles) == world.expected()


async def test_new_ticks_of_a_history_that_is_not_whole_are_kept(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    new = world.add("a", 9.0, ago=100)
    told = world.history({"uuid": "a"})
    told = without(told, "2", "eu", [told["2"]["eu"][0], ["?"]])
    cycles.api.answers(HISTORY, world.dated(lambda _: told))
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    await beat(cycles, world)
    assert new.stored(1) in stored(cycles)
    assert stored(cycles) == world.expected()


@pytest.mark.parametrize("endpoint", [HISTORY, LIVE])
async def test_ticks_of_the_future_are_set_aside(cycles: Cycles, world: OddsWorld, endpoint: str) -> None:
    await settle(cycles, world)
    before = [row for row in stored(cycles) if row[0] == "a"]
    grace = world.add("a", 8.0)
    told = (world.history({"uuid": "a"}), world.window())
    world.ticks.remove(grace)
    cycles.clock.now += 30
    future = int(cycles.clock.now) + 121
    told[0]["2"]["eu"][0][0] = told[1]["2"][0][2][0] = future
    assert told[1]["2"][0][0] == "a"
    answers = {
        HISTORY: lambda query: told[0] if query["uuid"] == "a" else world.history(query),
        LIVE: lambda _: told[1],
    }
    cycles.api.answers(endpoint, world.dated(answers[endpoint]))
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    cycle = await cycles.run({"a": 2}, after=0, tables=ODDS)
    assert cycle.enriched.odds.set_aside == 1
    assert [row for row in stored(cycles) if row[0] == "a"] == before
    assert cycles.query("SELECT count(*) FROM odds_ticks WHERE tick_at > ?", cycles.now) == [(0,)]


async def test_ticks_within_two_minutes_of_the_present_are_kept(cycles: Cycles, world: OddsWorld) -> None:
    near = world.add("a", 8.0, ago=-120)
    cycles.api.answers(HISTORY, world.dated(lambda _: {"2": {"eu": [near.fields]}}))
    cycle = await cycles.run({"a": 2}, after=0, tables=ODDS)
    assert cycle.enriched.odds.set_aside == 0
    assert stored(cycles) == [near.stored(1)]


# -- histories behind windows, windows behind histories --------------------------------------------------
async def test_tick_that_a_lagging_history_does_not_tell_yet_stays(cycles: Cycles, world: OddsWorld) -> None:
    """And its history is read again, until it tells the tick."""
    await settle(cycles, world)
    world.lag = LAG_SECONDS - 2
    world.add("a", 9.0, ago=2)
    cycle = await beat(cycles, world, after=1)
    assert histories(cycle) == ["a"]
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == []
    assert histories(await beat(cycles, world, after=4)) == ["a"], "the tick is still not told"
    assert stored(cycles) == world.expected()
    assert histories(await beat(cycles, world, after=20)) == ["a"]
    assert histories(await beat(cycles, world, after=20)) == []
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == []


async def test_tick_that_a_history_denies_after_the_lag_is_withdrawn(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    tick = world.add("a", 9.0)
    await beat(cycles, world, after=1)
    assert tick.stored(1) in stored(cycles)
    cycles.clock.now += LAG_SECONDS
    world.withdraw(tick)
    await beat(cycles, world, after=0)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [tick.stored(1)]


async def test_window_that_goes_on_telling_a_withdrawn_tick_brings_it_not_back(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    tick = world.add("a", 9.0)
    await beat(cycles, world, after=15)
    world.withdraw(tick, windows=True)
    for _ in range(3):
        await beat(cycles, world, after=12)
        assert stored(cycles) == world.expected()
        assert stored(cycles, "odds_revisions") == [tick.stored(1)]


async def test_window_with_a_tick_that_a_later_history_denies_is_not_believed(
    cycles: Cycles, world: OddsWorld
) -> None:
    """The tick was never stored: its first window came with the history that withdraws it."""
    await settle(cycles, world)
    cycles.clock.now += 15
    tick = world.add("a", 9.0, ago=LAG_SECONDS + 1)
    world.withdraw(tick, windows=True)
    await beat(cycles, world, after=0)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == []


async def test_tick_withdrawn_just_when_it_was_told_goes(cycles: Cycles, world: OddsWorld) -> None:
    """The history that lacks it might only have lagged behind the window, so it is read once more."""
    await settle(cycles, world)
    cycles.clock.now += 15
    tick = world.add("a", 9.0, ago=4)
    cycles.clock.now -= 2
    world.withdraw(tick, windows=True)
    cycles.clock.now += 2
    await beat(cycles, world, after=0)
    assert tick.stored(1) in stored(cycles)
    await beat(cycles, world, after=40)
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [tick.stored(1)]


# -- odds/update -----------------------------------------------------------------------------------------
async def test_update_that_a_window_explains_is_read_once(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    world.add("a", 9.0, ago=LAG_SECONDS + 2)
    cycle = await beat(cycles, world, after=5)
    assert histories(cycle) == ["a"]
    assert cycle.enriched.odds.coverage["a"].is_current
    assert histories(await beat(cycles, world, after=5)) == []


@pytest.mark.parametrize(("seconds", "again"), [(LAG_SECONDS + 1, []), (LAG_SECONDS - 1, ["new"])])
async def test_update_may_be_newer_than_a_history_that_was_read_before_the_window(
    cycles: Cycles, world: OddsWorld, seconds: int, again: list[str]
) -> None:
    """The history of a new match is asked for before the window; what changed just then it may lack."""
    await settle(cycles, world)
    cycles.clock.now += 30
    world.add("new", 3.0, ago=300)
    world.add("new", 3.1, ago=seconds)
    world.unnamed.add(world.add("b", 5.0, ago=LAG_SECONDS + 2))
    cycle = await cycles.run({**TWO, "new": 2}, after=0, tables=ODDS)
    assert histories(cycle) == ["new"]
    world.unnamed.add(world.add("b", 5.5))
    assert histories(await cycles.run({**TWO, "new": 2}, after=5, tables=ODDS)) == again


async def test_update_that_no_window_explains_is_a_repair(cycles: Cycles, world: OddsWorld) -> None:
    """The match is current only once its history was read after the update."""
    await settle(cycles, world)
    world.repairs.append(("a", "2", int(cycles.clock.now)))
    world.fail(HISTORY)
    cycle = await beat(cycles, world)
    assert histories(cycle) == ["a"]
    assert not cycle.enriched.odds.coverage["a"].is_current
    world.restore()
    world.repairs.clear()  # it is not told any more
    cycle = await beat(cycles, world)
    assert histories(cycle) == ["a"]
    assert cycle.enriched.odds.coverage["a"].is_current
    assert histories(await beat(cycles, world)) == []


async def test_explained_update_without_quota_is_read_later(cycles: Cycles, world: OddsWorld) -> None:
    """Nothing is known to be wrong, so the match stays current meanwhile."""
    await settle(cycles, world)
    world.add("a", 9.0)
    hold_back(cycles)
    cycle = await beat(cycles, world)
    assert histories(cycle) == []
    assert cycle.enriched.odds.coverage["a"].is_current
    assert stored(cycles) == world.expected()
    cycles.clock.now += 10
    await beat(cycles, world)
    cycles.clock.now += 10
    hold_back(cycles)
    seen = [histories(await beat(cycles, world)) for _ in range(4)]
    assert ["a"] in seen
    assert seen[-1] == []


async def test_repair_without_quota_leaves_the_match_due(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    tick = in_list(world, "2", "eu")[0]
    world.withdraw(tick)
    hold_back(cycles)
    cycle = await beat(cycles, world)
    assert histories(cycle) == []
    assert not cycle.enriched.odds.coverage["a"].is_current
    assert cycle.enriched.odds.waiting == 1
    seen = [histories(await beat(cycles, world)) for _ in range(4)]
    assert ["a"] in seen
    assert stored(cycles) == world.expected()
    assert stored(cycles, "odds_revisions") == [tick.stored(1)]


def hold_back(cycles: Cycles) -> None:
    """Leave no room for histories under the quota."""
    while cycles.quota.available(HISTORY, within=4) > 0:
        assert cycles.quota.take(HISTORY) is not None


async def test_updates_that_cannot_be_read_end_no_cycle(cycles: Cycles, world: OddsWorld) -> None:
    await settle(cycles, world)
    world.fail(UPDATE)
    cycle = await beat(cycles, world)
    assert any("odds/update not read" in text for text in cycle.enriched.warnings)
    assert cycle.enriched.odds.coverage["a"].is_current
    cycles.api.answers(UPDATE, world.dated(lambda _: [7, {}, {"id": []}, {"id": "a"}, {"id": "stranger"}]))
    assert histories(await beat(cycles, world)) == ["a"]


# -- many of one second ----------------------------------------------------------------------------------
async def test_more_than_a_thousand_ticks_of_one_second_keep_their_order(
    cycles: Cycles, world: OddsWorld
) -> None:
    await settle(cycles, world)
    at = LAG_SECONDS + 2
    for number in range(1_200):
        world.add("a", 1 + number / 8, ago=at)
    cycle = await beat(cycles, world, after=5)
    assert cycle.ticks.new >= 1_200
    assert stored(cycles) == world.expected()
    again = await beat(cycles, world, after=5)
    assert again.ticks.repaired == 0
    assert stored(cycles) == world.expected()


# -- deleted ids -----------------------------------------------------------------------------------------
async def test_deleted_match_leaves_the_present_and_stays_in_the_past(
    cycles: Cycles, world: OddsWorld
) -> None:
    tables = ("match_details", "odds_ticks")
    await settle(cycles, world)
    gone = world.expected("a")
    cycles.api.answers("deleted", world.dated(lambda _: {"match": ["a"]}))
    for _ in range(2):
        await cycles.run(TWO, after=20, tables=tables)
        for table in ("odds_ticks", "newest_ticks", "live_matches", "pipeline.coverage"):
            assert cycles.query(f"SELECT count(*) FROM {table} WHERE match_id = 'a'") == [(0,)], table
        assert cycles.query("SELECT match_id FROM live_spells WHERE replaced_at IS NULL") == [("b",)]
        assert cycles.query("SELECT match_id FROM match_records WHERE deleted_at IS NOT NULL") == [("a",)]
    assert set(without_place(gone)) <= set(
        without_place([*stored(cycles, "odds_revisions"), *stored(cycles, "aged_odds_ticks")])
    )


# -- who follows -----------------------------------------------------------------------------------------
class Follower:
    """Copies what is new since it last looked, as the documentation says."""

    def __init__(self) -> None:
        self.last = datetime(1970, 1, 1, tzinfo=UTC)
        self.rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def look(self, cycles: Cycles) -> None:
        new = cycles.query(
            "SELECT COLUMNS(* EXCLUDE (seen_at)), seen_at FROM odds_ticks WHERE seen_at > ?", self.last
        )
        gone = cycles.query(
            "SELECT COLUMNS(* EXCLUDE (seen_at, replaced_at)), seen_at, replaced_at FROM odds_revisions "
            "WHERE replaced_at > ?",
            self.last,
        )
        for row in gone:
            self.rows.pop(row[:-1], None)
        for row in new:
            self.rows[row] = row
        self.last = max([self.last, *(row[-1] for row in (*new, *gone))])

    def same(self, cycles: Cycles) -> bool:
        now = cycles.query("SELECT COLUMNS(* EXCLUDE (seen_at)), seen_at FROM odds_ticks")
        return sorted(map(repr, self.rows)) == sorted(map(repr, now))


async def test_follower_of_both_tables_ends_equal(cycles: Cycles, world: OddsWorld) -> None:
    follower = Follower()
    await settle(cycles, world)
    follower.look(cycles)
    steps = (
        lambda: world.add("a", 9.0),
        lambda: world.correct(in_list(world, "2", "eu")[0], home=9.5),
        lambda: world.withdraw(*in_list(world, "3", "eu")),
        lambda: world.add("a", 9.25, company="3"),
        lambda: world.withdraw(in_list(world, "2", "cr")[-1]),
    )
    for step in steps:
        step()
        for _ in range(2):
            await beat(cycles, world, after=20)
            follower.look(cycles)
            assert follower.same(cycles)
    assert stored(cycles) == world.expected()
    assert len(stored(cycles, "odds_revisions")) == 5
