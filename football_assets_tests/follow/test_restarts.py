"""Whatever changes, and wherever a follower is stopped: each change is told once."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from football_assets.follow.change import PRICES, Change
from football_assets.follow.play import FACETS
from football_assets.follow.position import Position
from football_assets.follow.reader import read_page
from football_assets.follow.wanted import Wanted
from football_assets_tests.follow.world import Play, Tick, World, card, goal

Counted = Counter[tuple[Any, ...]]
Rows = list[dict[str, Any]]

_TICK_KEY = ("match_id", "company_id", "market", "tick_at", "sequence")
_STANDING = {
    "ticks": "SELECT * EXCLUDE (seen_at, replaced_at, kickoff_day) FROM odds_history "
    "WHERE replaced_at IS NULL",
    "states": "SELECT * EXCLUDE (seen_at, replaced_at, observed_at, kickoff_day) FROM live_match_history "
    "WHERE replaced_at IS NULL",
    "incidents": "SELECT * EXCLUDE (seen_at, replaced_at, sequence, kickoff_day) FROM match_incident_history "
    "WHERE replaced_at IS NULL",
    "listed": "SELECT match_id FROM live_matches",
}


class Oracle:
    """How consecutive editions differ, by the rows that stand in each and nothing else."""

    def __init__(self) -> None:
        self._before: dict[str, Rows] = {name: [] for name in _STANDING}
        self.expected: Counted = Counter()

    def look(self, world: World, edition: int) -> None:
        now = {name: _rows(world, statement) for name, statement in _STANDING.items()}
        for differences, name in ((_ticks, "ticks"), (_states, "states"), (_others, "incidents")):
            self.expected.update((edition, *one) for one in differences(self._before[name], now[name]))
        self.expected.update((edition, *one) for one in _others(self._before["listed"], now["listed"]))
        self._before = now


def _rows(world: World, statement: str) -> Rows:
    names = [row[0] for row in world.ask(f"DESCRIBE {statement}")]
    return [dict(zip(names, row, strict=True)) for row in world.ask(statement)]


def _ticks(before: Rows, now: Rows) -> Iterator[tuple[Any, ...]]:
    old, new = ({tuple(row[n] for n in _TICK_KEY): row for row in rows} for rows in (before, now))
    assert (len(old), len(new)) == (len(before), len(now))
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            change = "new" if key not in old else "withdrawn" if key not in new else "corrected"
            yield (change, key, (new.get(key) or old[key])["home_or_over"])


def _states(before: Rows, now: Rows) -> Iterator[tuple[Any, ...]]:
    old, new = ({row["match_id"]: row for row in rows} for rows in (before, now))
    for match_id in old.keys() | new.keys():
        if match_id not in old or match_id not in new:
            yield ("state", match_id, match_id in new)
            continue
        for kind, columns in FACETS.items():
            if any(old[match_id][name] != new[match_id][name] for name in columns):
                yield (kind, match_id, True)


def _others(before: Rows, now: Rows) -> Iterator[tuple[Any, ...]]:
    old, new = (Counter(tuple(row.items()) for row in rows) for rows in (before, now))
    kind = "incident" if any(len(row) > 1 for row in (*old, *new)) else "listing"
    for has_come, left in ((True, new - old), (False, old - new)):
        for row, number in left.items():
            yield from [(kind, dict(row)["match_id"], has_come)] * number


def terms(changes: list[Change]) -> Counted:
    """The changes in the oracle's terms."""
    found: Counted = Counter()
    for one in changes:
        edition, match_id, values = one.position.edition, one.match.match_id, one.event.values
        if one.kind in PRICES:
            key = (match_id, *(values[name] for name in _TICK_KEY[1:]))
            found[edition, one.change, key, values["home_or_over"]] += 1
        elif one.kind in ("goal", "card", "incident"):
            for has_come in {"new": [True], "withdrawn": [False]}.get(one.change, [True, False]):
                found[edition, "incident", match_id, has_come] += 1
        else:
            found[edition, one.kind, match_id, one.change not in ("left", "withdrawn")] += 1
    return found


class Script:
    """Does to the world what is drawn. Prices are told of matches in the live list only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ticks: dict[tuple[str, int], Tick] = {}

    def play(self, match_id: str, status: int, goals: int) -> None:
        if match_id in self.world.live:
            play = self.world.live[match_id]
            play.status, play.score, play.corners = status, (goals, 0), (0, status)

    def enter(self, match_id: str, status: int, _: int) -> None:
        self.world.live.setdefault(match_id, Play(status=status))

    def leave(self, match_id: str, *_: int) -> None:
        self.world.live.pop(match_id, None)

    def happen(self, match_id: str, minute: int, place: int) -> None:
        if match_id in self.world.live:
            what = card(minute) if minute % 2 else goal(minute, (minute, 0))
            self.world.live[match_id].incidents.insert(place, what)

    def mend(self, match_id: str, minute: int, place: int) -> None:
        if match_id in self.world.live and (listed := self.world.live[match_id].incidents):
            if minute % 2:
                del listed[place % len(listed)]
            else:
                listed[place % len(listed)] = goal(minute, (9, 9), "Another")

    def quote(self, match_id: str, price: int, second: int) -> None:
        if match_id in self.world.live:
            tick = Tick(match_id, second, float(price), company=2 + second % 2)
            known = self.ticks.get((match_id, second))
            self.ticks[match_id, second] = tick
            self.world.quote(tick, gone=() if known is None else (known,))

    def withdraw(self, match_id: str, _: int, second: int) -> None:
        if match_id in self.world.live and (tick := self.ticks.pop((match_id, second), None)):
            self.world.quote(gone=(tick,))


NAMES = ("play", "enter", "leave", "happen", "mend", "quote", "quote", "withdraw")
ACTION = st.tuples(st.sampled_from(NAMES), st.sampled_from("ab"), st.integers(1, 8), st.integers(0, 3))
STEP = st.tuples(
    st.lists(ACTION, max_size=5), st.sampled_from(["publish", "publish", "store", "age"]), st.booleans()
)


@settings(max_examples=5, deadline=None)
@given(
    steps=st.lists(STEP, min_size=2, max_size=4),
    most=st.integers(1, 6),
    drops=st.lists(st.integers(0, 5), min_size=4, max_size=4),
)
def test_follower_that_is_stopped_anywhere_tells_each_change_once(
    steps: list[Any], most: int, drops: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            told, oracle = _play(world, steps, most, drops)
            cursors = [change.position for change in told]
            assert cursors == sorted(set(cursors))
            assert told == read_page(world.path, Position(0), Wanted()).changes
            assert terms(told) == oracle.expected
        finally:
            world.close()


def _play(world: World, steps: list[Any], most: int, drops: list[int]) -> tuple[list[Change], Oracle]:
    """Play the steps. A follower looks now and then; what it had not in whole when stopped is dropped."""
    script, oracle, told = Script(world), Oracle(), list[Change]()
    script.enter("a", 2, 0)
    oracle.look(world, world.step())
    for (actions, ending, looks), drop in zip(steps, drops, strict=False):
        for name, *arguments in actions:
            getattr(script, name)(*arguments)
        if ending == "store":
            world.store()
        else:
            oracle.look(world, world.step())
        if ending == "age":
            world.age()
        if looks:
            told += _read(world, told, most)
            told = told[: len(told) - drop] if drop else told
    oracle.look(world, world.step())
    return told + _read(world, told, most), oracle


def _read(world: World, told: list[Change], most: int) -> list[Change]:
    """What a follower that begins after the last line tells, in pages."""
    position, found, is_last = told[-1].position if told else Position(0), list[Change](), False
    while not is_last:
        page = read_page(world.path, position, Wanted(), most=most)
        found += page.changes
        position, is_last = page.end, page.is_last
    return found
