"""A random world of ticks, random cycles and outages: in the end all that was told is stored, in order."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from football_assets.thesports.errors import TheSportsError
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.enrichment.odds_world import (
    HISTORY,
    LIVE,
    UPDATE,
    OddsWorld,
    stored,
    without_place,
)

ODDS = ("odds_ticks",)
CYCLES = 14


def happen(world: OddsWorld, dice: random.Random, live: dict[str, int], seconds: int) -> None:
    """Let time pass, with ticks that now and then share a second, a few of them told twice."""
    for _ in range(seconds):
        world.clock.now += 1
        if dice.random() < 0.15:
            match_id = dice.choice(list(live))
            company, market = dice.choice(["2", "3"]), dice.choice(["eu", "cr"])
            for _ in range(dice.choice([1, 1, 1, 2, 3])):
                tick = world.add(match_id, dice.randint(100, 400) / 100, company=company, market=market)
            if dice.random() < 0.05:
                world.ticks.insert(world.ticks.index(tick), tick)


@pytest.mark.parametrize("seed", range(5))
async def test_stored_ticks_are_those_of_the_world(cycles: Cycles, seed: int) -> None:
    dice = random.Random(seed)
    world = OddsWorld(cycles)
    live = {f"m{number}": dice.choice([1, 2, 4]) for number in range(4)}
    happen(world, dice, live, 200)
    for _ in range(CYCLES):
        world.restore()
        if dice.random() < 0.3:
            world.fail(*dice.sample([LIVE, HISTORY, UPDATE], dice.randint(1, 3)))
        for _ in range(dice.choice([0, 0, 1, 2])):
            happen(world, dice, live, dice.choice([20, 20, 70]))
            with suppress(TheSportsError):
                await cycles.run(live, after=0, tables=ODDS, is_pulse=True)
        happen(world, dice, live, dice.choice([5, 20, 45, 55, 90, 200]))
        if dice.random() < 0.2:
            live[dice.choice(list(live))] = dice.choice([2, 3, 8])
        await cycles.run(live, after=0, tables=ODDS)
        told = set(without_place(world.expected()))
        assert set(without_place(stored(cycles))) <= told, "nothing is made up"
    world.restore()
    for _ in range(4):
        await cycles.run(live, after=20, tables=ODDS)
    assert stored(cycles) == world.expected()
