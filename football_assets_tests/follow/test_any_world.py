"""Random worlds, followed: by each edition as it came, by the last file at once, and by pages of any size.

What is expected of prices is worked out here, from the ticks that each edition shows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from football_assets.follow import reader
from football_assets.follow.change import Change
from football_assets.follow.position import Position
from football_assets.follow.reader import read_page
from football_assets.follow.wanted import Wanted
from football_assets_tests.follow.world import KICKOFF, Play, Tick, World, card, goal

ALL = Wanted()
EDITIONS = 8
MATCHES = "abc"

#: A list of prices: a match's at a bookmaker in a market. Its prices by their place.
Key = tuple[str, int, str]
Lists = dict[Key, dict[tuple[float, int], float]]
Told = tuple[Any, ...]


def lists(world: World) -> Lists:
    """The ticks that the newest edition shows."""
    found: Lists = {}
    for match_id, company, market, at, sequence, home in world.ask(
        "SELECT match_id, company_id, market, tick_at, sequence, home_or_over FROM odds_ticks UNION ALL "
        "SELECT match_id, company_id, market, tick_at, sequence, home_or_over FROM odds_history "
        "WHERE replaced_at IS NULL AND match_id NOT IN (SELECT match_id FROM odds_ticks)"
    ):
        place = ((at - KICKOFF).total_seconds(), sequence)
        found.setdefault((match_id, company, market), {})[place] = home
    return found


def expected(edition: int, before: Lists, after: Lists) -> list[Told]:
    """What is to be told of the prices of an edition: of the newest of each list first, each by its place."""
    present: list[Told] = []
    past: list[Told] = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key, {}), after.get(key, {})
        told, newest = max(was, default=None), max(now, default=None)
        last = was[told] if told else None
        for place in sorted(was.keys() | now.keys()):
            if was.get(place) == now.get(place):
                continue
            change = "new" if place not in was else "withdrawn" if place not in now else "corrected"
            home = now.get(place, was.get(place))
            row = (edition, change, *key, *place, home)
            if (told and place >= told) or place == newest:
                formerly = {"new": last, "corrected": was.get(place), "withdrawn": None}[change]
                stands = now[newest] if change == "withdrawn" and newest else None
                present.append(("price", *row, formerly, stands))
                last = home if change != "withdrawn" else was[told] if told else None
            else:
                past.append(("past_price", *row, was.get(place) if change == "corrected" else None, None))
    return present + past


def prices(changes: list[Change]) -> Iterator[Told]:
    """The same of what was told."""
    for one in changes:
        if one.kind in ("price", "past_price"):
            values, former = one.event.values, one.event.before
            stands = values.get("stands")
            yield (
                *(one.kind, one.position.edition, one.change, one.match.match_id),
                *(values["company_id"], values["market"], (values["tick_at"] - KICKOFF).total_seconds()),
                *(values["sequence"], values["home_or_over"], former and former["home_or_over"]),
                stands and stands["home_or_over"],
            )


class Story:
    """A world that changes at random, and what each edition told when it was the newest."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self._chance = random.Random(seed)
        self._ticks: dict[tuple[Any, ...], Tick] = {}
        self._deleted: set[str] = set()
        self.told: list[Change] = []
        self.prices: list[Told] = []

    def run(self) -> None:
        before: Lists = {}
        lost = self._chance.randint(1, 2 * EDITIONS)  # in every second world never
        for number in range(1, EDITIONS + 1):
            if number == lost + 1:
                self.world.lose()
            for _ in range(self._chance.randint(0, 6)):
                self._chance.choice((self._quote, self._quote, self._repair, self._play, self._list))()
            if number == EDITIONS - 3:
                self._delete()
            if number == EDITIONS - 1:
                self._backfill()
            assert self.world.step() == number
            after = lists(self.world)
            now = read_page(self.world.path, Position(number - 1), ALL).changes
            assert list(prices(now)) == expected(number, before, after)
            self.told += now
            self.prices += prices(now)
            before = after

    def _quote(self) -> None:
        chance = self._chance
        new = {}
        for _ in range(chance.randint(1, 4)):
            match_id = chance.choice([each for each in MATCHES if each not in self._deleted])
            tick = Tick(
                match_id,
                chance.randint(0, 9),
                chance.choice((1.5, 1.6, 1.7)),
                company=chance.choice((2, 22)),
                market=chance.choice(("money_line", "spread")),
                sequence=chance.randint(1, 3),
            )
            new[_key(tick)] = tick
        fresh = {key: tick for key, tick in new.items() if key not in self._ticks}
        self._ticks |= fresh
        self.world.quote(*fresh.values())

    def _repair(self) -> None:
        if not self._ticks:
            return
        tick = self._chance.choice(list(self._ticks.values()))
        if self._chance.random() < 0.5:
            self._ticks[_key(tick)] = self.world.correct(tick, home=self._chance.choice((1.5, 1.8)))
        else:
            self.world.quote(gone=(tick,))
            del self._ticks[_key(tick)]

    def _play(self) -> None:
        if not self.world.live:
            return
        match_id, play = self._chance.choice(list(self.world.live.items()))
        incidents = [each for each in play.incidents if self._chance.random() < 0.8]
        incidents.append(self._chance.choice((goal(5, (1, 0)), card(6), card(6), card(7, red=True))))
        score = (self._chance.randint(0, 2), 0)
        self.world.live[match_id] = replace(play, incidents=incidents, score=score, status=2)

    def _list(self) -> None:
        match_id = self._chance.choice(MATCHES)
        if self.world.live.pop(match_id, None) is None and match_id not in self._deleted:
            self.world.live[match_id] = Play()

    def _delete(self) -> None:
        match_id = self._chance.choice(MATCHES)
        self._deleted.add(match_id)
        self._ticks = {key: tick for key, tick in self._ticks.items() if tick.match_id != match_id}
        self.world.live.pop(match_id, None)
        self.world.delete(match_id)

    def _backfill(self) -> None:
        """A match of the past is brought: rows in every table that is followed."""
        connection, at = self.world.warehouse.open(), self.world.tick()
        connection.execute("INSERT INTO backfilled_matches VALUES ('past', $at)", {"at": at})
        for table, columns in (
            ("live_match_changes", "8 AS status_id, $at AS observed_at"),
            ("live_spells", "NULL AS replaced_at"),
            ("match_incident_changes", "1 AS sequence, 1 AS incident_id"),
            ("aged_odds_ticks", "2 AS company_id, 'spread' AS market, $at AS tick_at, 1 AS sequence"),
        ):
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT 'past' AS match_id, $at AS seen_at, {columns}",
                {"at": at},
            )


def _key(tick: Tick) -> tuple[Any, ...]:
    return tick.match_id, tick.company, tick.market, tick.second, tick.sequence


def by_pages(world: World, most: int) -> list[Change]:
    """All that the file tells, by pages with at most so many changes of prices."""
    found: list[Change] = []
    position, is_last = Position(0), False
    while not is_last:
        page = read_page(world.path, position, ALL, most=most)
        found, position, is_last = [*found, *page.changes], page.end, page.is_last
    return found


def without_names(changes: list[Change]) -> list[tuple[Any, ...]]:
    """Names and kick-off are today's; all else of a change is the same in each later edition."""
    return [(one.position, one.published_at, one.match.match_id, one.event) for one in changes]


@pytest.mark.parametrize("seed", range(5))
def test_any_world_is_told_the_same_by_each_later_file_and_by_any_pages(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.now = KICKOFF + timedelta(minutes=1)
    story = Story(world, seed)
    story.run()
    told = without_names(story.told)
    assert len(told) > 20
    for after in range(EDITIONS):
        rest = read_page(world.path, Position(after), ALL).changes
        assert without_names(rest) == [one for one in told if one[0].edition > after]
    for editions, most in ((1, 5_000), (2, 2), (3, 1)):
        monkeypatch.setattr(reader, "PAGE_EDITIONS", editions)
        assert without_names(by_pages(world, most)) == told
