"""Random worlds of prices: repairs, withdrawals, late ticks, the future, unreadable rows, outages, quota.

The model is naive: it knows the world as the API tells it now, and which repairs no answer can have told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from football_assets.thesports.errors import NotReachable
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.enrichment.odds_world import (
    HISTORY,
    LIVE,
    UPDATE,
    OddsWorld,
    StoredTick,
    WorldTick,
    stored,
)
from football_assets_tests.thesports.api import scripted_api

ODDS = ("odds_ticks",)
MATCHES = {"a": 2, "b": 4, "c": 1}
#: `odds/update` and `odds/live` tell the changes of so many seconds, and quotas are by as many.
WINDOW = QUOTA = 60

#: A value other than the world's own for each field that a repair may touch, the price twice.
REPAIRS: tuple[dict[str, Any], ...] = (
    {"minute": "45+"},
    {"home": 9.5},
    {"draw": 19.5},
    {"away": 29.5},
    {"status": 7},
    {"sealed": 1},
    {"sealed": 0},
    {"score": "9-9"},
)
places = st.integers(0, 30)
lists = st.tuples(st.sampled_from(sorted(MATCHES)), st.sampled_from("23"), st.sampled_from(["eu", "cr"]))


@dataclass(frozen=True)
class Event:
    """Something that happens to the world so many seconds after what was before it."""

    after: int
    kind: str
    where: tuple[str, str, str]
    place: int
    repair: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A cycle or a pulse: what happens before it, and what of the API fails it."""

    events: tuple[Event, ...]
    wait: int
    down: frozenset[str]
    spoiled: frozenset[str]
    without_quota: bool
    is_pulse: bool = False


events = st.builds(
    Event,
    after=st.integers(0, 12),
    kind=st.sampled_from(["tick", "tick", "pair", "late", "correct", "correct", "withdraw"]),
    where=lists,
    place=places,
    repair=st.sampled_from(REPAIRS),
)
steps = st.builds(
    Step,
    events=st.lists(events, max_size=5).map(tuple),
    wait=st.sampled_from([5, 20, 40, 100]),
    down=st.frozensets(st.sampled_from([LIVE, HISTORY, UPDATE]), max_size=2),
    spoiled=st.frozensets(st.sampled_from(["text", "future", "cut", "value", "entry"]), max_size=1),
    without_quota=st.sampled_from([False, False, True]),
    is_pulse=st.booleans(),
)


class Model:
    """Lets things happen, runs cycles, and knows what may be published as the API's."""

    def __init__(self, cycles: Cycles) -> None:
        self.cycles = cycles
        self.world = OddsWorld(cycles)
        self.pending: list[tuple[str, str, int]] = []
        self.unheard: set[str] = set()
        self.exhausted_at = -QUOTA
        for match_id in MATCHES:
            for number in range(3):
                self.world.add(match_id, 1.0 + number, ago=300 - number)

    def happen(self, event: Event) -> None:
        """Let an event come to the world."""
        world = self.world
        world.clock.now += event.after
        match_id, company, market = event.where
        own = [tick for tick in world.ticks if tick.match_id == match_id]
        if event.kind in ("tick", "pair") or not own:
            for _ in range(2 if event.kind == "pair" else 1):
                world.add(match_id, 2 + event.place / 8, company=company, market=market)
            return
        tick = own[-1 - event.place % len(own)]
        before = len(world.repairs)
        if event.kind == "withdraw":
            world.withdraw(tick)
        elif event.kind == "correct":
            world.correct(tick, **event.repair)
        else:
            self._tell_late(tick)
        self.pending += world.repairs[before:]

    def _tell_late(self, tick: WorldTick) -> None:
        """A second tick of a second, told only now."""
        world = self.world
        ago = world.clock.now - tick.at
        late = world.add(tick.match_id, tick.home + 1, ago=ago, company=tick.company, market=tick.market)
        world.told_late[late] = world.clock.now

    async def run(self, step: Step) -> None:
        """A cycle or a pulse, and what is published as the API's after it."""
        for event in step.events:
            self.happen(event)
        self.world.clock.now += step.wait
        self._overlap()
        self.world.restore()
        self._spoil(step.spoiled)
        if step.down:
            self.world.fail(*step.down)
        if step.without_quota:
            self._take_quota()
        if step.is_pulse and LIVE in step.down:
            with pytest.raises(NotReachable):  # and so nothing is published
                await self.cycles.run(MATCHES, after=0, tables=ODDS, is_pulse=True)
            return
        await self.cycles.run(MATCHES, after=0, tables=ODDS, is_pulse=step.is_pulse)
        self._hear(is_update_read=UPDATE not in step.down)
        self.check_present()

    def _overlap(self) -> None:
        """A tick by which this window overlaps with the next one, where that is not long after it: else the
        hole between them leads to a reading of all histories."""
        self.world.unnamed.add(self.world.add("b", 5.0, ago=12))

    def _spoil(self, ways: frozenset[str]) -> None:
        world, api = self.world, self.cycles.api

        def history(query: Mapping[str, str]) -> Any:
            told = world.history(query)
            for markets in told.values():
                for ticks in markets.values():
                    ticks[0] = _spoiled(ticks[0], ways, int(world.clock.now))
            return told

        def window() -> Any:
            told = world.window()
            for entries in told.values():
                match_id, market, change, score = entries[0]
                spoiled = _spoiled(change, ways, int(world.clock.now))
                entries[0] = 7 if "entry" in ways else [match_id, market, spoiled, score]
            return told

        if ways:
            api.answers(HISTORY, world.dated(history))
            api.answers(LIVE, world.dated(lambda _: window()))

    def _take_quota(self) -> None:
        quota = self.cycles.quota
        while quota.take(HISTORY) is not None:
            pass
        self.exhausted_at = int(self.world.clock.now)

    def _hear(self, *, is_update_read: bool) -> None:
        now = int(self.world.clock.now)
        if is_update_read:
            self.unheard = {id_ for id_, _, at in self.pending if at <= now - WINDOW}
            self.pending.clear()

    def check_present(self) -> None:
        """What is said to be current is what the API tells now, but for repairs that it has not told."""
        current = {
            id_ for (id_,) in self.cycles.query("SELECT match_id FROM pipeline.coverage WHERE is_current")
        }
        excused = self.unheard | {match_id for match_id, _, _ in self.pending}
        for match_id in current - excused:
            shown, told = newest(stored(self.cycles), match_id), newest(self.world.expected(), match_id)
            assert shown.keys() == told.keys()
            for place, row in shown.items():
                assert agree(row, told[place]), (match_id, row, told[place])

    async def check_healed(self, wait: int) -> None:
        """Two cycles with the API reachable and quota left put everything right."""
        self.world.restore()
        rest = self.exhausted_at + QUOTA + 1 - int(self.world.clock.now)
        self.world.clock.now += max(wait, rest)
        for _ in range(2):
            self._overlap()
            await self.cycles.run(MATCHES, after=20, tables=ODDS)
        assert stored(self.cycles) == self.world.expected()


def newest(rows: list[StoredTick], match_id: str) -> dict[Any, StoredTick]:
    """The newest tick of each bookmaker and market of a match."""
    own = (row for row in rows if row[0] == match_id)
    return {row[1:4]: row for row in sorted(own, key=lambda row: row[4:6])}


def agree(shown: StoredTick, told: StoredTick) -> bool:
    """Whether a row is what is told, but for values that could not be read, which are NULL."""
    return all(value in (None, right) for value, right in zip(shown, told, strict=True))


def _spoiled(tick: list[Any], ways: frozenset[str], now: int) -> Any:
    if "text" in ways:
        return [str(tick[0]), *tick[1:]]
    if "future" in ways:
        return [now + 1000, *tick[1:]]
    if "value" in ways:
        return [*tick[:2], "?", *tick[3:]]
    return tick[:1] if "cut" in ways else tick


async def live_through(path: Path, story: list[Step], wait: int) -> None:
    """A whole story, on a warehouse of its own."""
    async with scripted_api() as api:
        cycles = Cycles(api, path)
        try:
            model = Model(cycles)
            for step in story:
                await model.run(step)
            await model.check_healed(wait)
        finally:
            cycles.warehouse.close()


QUIET = Step((), 20, frozenset(), frozenset(), False)


@example(  # a repair within an outage of odds/update alone, named by no answer that was read
    story=[
        QUIET,
        Step((Event(0, "tick", ("b", "2", "eu"), 0, {}),), 20, frozenset(), frozenset(), False),
        Step(
            (
                Event(0, "correct", ("a", "2", "eu"), 0, {"home": 9.5}),
                Event(0, "tick", ("b", "2", "eu"), 1, {}),
            ),
            40,
            frozenset({UPDATE}),
            frozenset(),
            False,
        ),
        Step((Event(0, "tick", ("b", "2", "eu"), 2, {}),), 40, frozenset(), frozenset(), False),
    ],
    wait=20,
)
@example(  # histories with a value that could not be read, and nothing that names them afterwards
    story=[Step((), 5, frozenset(), frozenset({"cut"}), False)], wait=5
)
@given(story=st.lists(steps, min_size=1, max_size=5), wait=st.sampled_from([5, 30, 50, 90]))
@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_what_is_current_is_what_the_api_last_said_and_all_heals_within_two_cycles(
    tmp_path: Path, story: list[Step], wait: int
) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.unlink(missing_ok=True)  # of the example before
    await live_through(path, story, wait)
