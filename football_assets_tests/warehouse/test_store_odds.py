"""What is stored of random histories and windows, step by step, against a plain model: which ticks stand,
which were corrected or withdrawn and when, what is known of each list, and which matches are read again."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.enrichment.known import DISTRUST_HOURS, Coverage, LearnedOdds, StoredList, WindowFeed
from football_assets.tables.odds import AgedOddsTick, NewestTick, OddsRevision, OddsTick
from football_assets.thesports.parsing.odds_history import ListDigest, read_history
from football_assets.thesports.parsing.ticks import MARKETS, TickColumns
from football_assets.warehouse.rows import records
from football_assets.warehouse.store_odds import TicksStored, store_odds, untold_matches
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, Values, assert_rows

LAG = 10
STEPS = 30
COMPANIES = ("2", "9")
API_MARKETS = ("eu", "cr")
#: What two ticks that tell the same have in common, in one list.
SAME = (
    "tick_at",
    "home_or_over",
    "draw_or_line",
    "away_or_under",
    "status_id",
    "suspended",
    "home_score",
    "away_score",
    "minute",
)
PLACE = ("match_id", "company_id", "market", "tick_at", "sequence")

RawTick = list[Any]
ListId = tuple[str, int, str]


def list_of(tick: Values) -> ListId:
    return tick["match_id"], tick["company_id"], tick["market"]


def second_of(tick: Values) -> tuple[ListId, datetime]:
    return list_of(tick), tick["tick_at"]


def tells(tick: Values) -> tuple[Any, ...]:
    return (list_of(tick), *(tick[name] for name in SAME))


def place_of(tick: Values) -> tuple[Any, ...]:
    return tuple(tick[name] for name in PLACE)


# -- what the API has ----------------------------------------------------------------------------------------


@dataclass
class World:
    """Lists of ticks, the newest first, of which now and then one is added, corrected or withdrawn."""

    chance: random.Random
    now: int = int(BEGAN.timestamp())
    lists: dict[tuple[str, str, str], list[RawTick]] = field(default_factory=dict)
    #: What windows have told, also what was withdrawn since.
    told: list[tuple[tuple[str, str, str], RawTick]] = field(default_factory=list)
    matches: list[str] = field(default_factory=lambda: ["m1", "m2", "m3"])

    def pass_time(self) -> None:
        chance = self.chance
        for _ in range(chance.randint(1, 8)):
            self.now += chance.choice((0, 0, 0, 1, 1, 3))
            self._change()
        if chance.random() < 0.3:
            # What only a window tells, just as old as a history may lag.
            self.told.append((self._list(), [self.now - LAG, *self._tick()[1:]]))

    def _list(self) -> tuple[str, str, str]:
        chance = self.chance
        return chance.choice(self.matches), chance.choice(COMPANIES), chance.choice(API_MARKETS)

    def _change(self) -> None:
        key = self._list()
        if not self.lists.get(key) or self.chance.random() < 0.5:
            self._add(key)
        else:
            self.chance.choice((self._correct, self._withdraw, self._rewrite))(self.lists[key])
            if self.chance.random() < 0.1:
                del self.lists[key]

    def _add(self, key: tuple[str, str, str]) -> None:
        """Some ticks of one second, now and then the same in several lists."""
        chance = self.chance
        keys = {key, *(self._list() for _ in range(chance.choice((0, 0, 1, 2))))}
        for tick in [self._tick() for _ in range(chance.choice((1, 1, 2, 3)))]:
            for key in sorted(keys):
                self.lists.setdefault(key, []).insert(0, tick)
                if chance.random() < 0.9:
                    self.told.append((key, tick))

    def _correct(self, ticks: list[RawTick]) -> None:
        """One value of one of the newest ticks."""
        number, column = self.chance.randrange(min(len(ticks), 4)), self.chance.randint(1, 7)
        ticks[number] = [*ticks[number][:column], self._tick()[column], *ticks[number][column + 1 :]]

    def _withdraw(self, ticks: list[RawTick]) -> None:
        del ticks[self.chance.randrange(len(ticks))]

    def _rewrite(self, ticks: list[RawTick]) -> None:
        """The newest second: a tick of it is as one of about that time in any list, and one less is told."""
        second = ticks[0][0]
        of_second = sum(tick[0] == second for tick in ticks)
        others = [tick for _, tick in self.told if abs(tick[0] - second) <= 1]
        ticks[0] = [second, *self.chance.choice(others or [self._tick()])[1:]]
        if of_second > 1:
            del ticks[of_second - 1]

    def _tick(self) -> RawTick:
        """A tick of now, which often tells the same as one of late in any list."""
        chance = self.chance
        if self.told and chance.random() < 0.6:
            return [self.now, *chance.choice(self.told[-8:])[1][1:]]
        prices = (chance.choice((1.5, 2.5)), chance.choice((2.0, 3.0)), chance.choice((1.9, 2.9)))
        score = f"{chance.randint(0, 1)}-{chance.randint(0, 1)}"
        return [
            self.now,
            chance.choice(("", "7")),
            *prices,
            chance.randint(1, 2),
            chance.randint(0, 1),
            score,
        ]

    def history(self, match_id: str) -> dict[str, Any]:
        """What `odds/history` answers: it may lag behind, and now and then a part cannot be read."""
        chance = self.chance
        lag = chance.choice((0, 0, 3, 8))
        results: dict[str, Any] = {}
        for (match, company, market), ticks in self.lists.items():
            if match == match_id:
                seen = [tick for tick in ticks if tick[0] <= self.now - lag]
                if chance.random() < 0.3:
                    seen = seen[1:]
                if chance.random() < 0.1 and seen:
                    seen = [*seen, [0, *seen[0][1:]]]
                results.setdefault(company, {})[market] = seen
        if results and chance.random() < 0.1:
            results["02"] = {}
        return results

    def window(self) -> TickColumns:
        """What `odds/live` tells of the last 20 seconds; some ticks come with a later one, or with none."""
        columns = TickColumns()
        recent = defaultdict(list)
        for key, tick in self.told:
            if self.now - tick[0] <= 20 and self.chance.random() < 0.8:
                recent[key].append(tick)
        for (match_id, company, market), ticks in recent.items():
            ticks.reverse()
            newest_first = sorted(ticks, key=lambda tick: -tick[0])
            columns.add(match_id, int(company), MARKETS[market], tuple(zip(*newest_first, strict=True)))
        return columns


# -- the model -----------------------------------------------------------------------------------------------


@dataclass
class Model:
    """What is to be stored."""

    ticks: list[Values] = field(default_factory=list)
    revisions: list[Values] = field(default_factory=list)
    aged: list[Values] = field(default_factory=list)
    lists: dict[ListId, ListDigest] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    feed: WindowFeed = field(default_factory=WindowFeed)

    def store(self, odds: LearnedOdds, now: datetime, moment: datetime) -> TicksStored:
        before = self._counts()
        history = odds.history_ticks.to_arrow().to_pylist()
        known = {tick["match_id"] for tick in self.ticks}
        new = {tick["match_id"] for tick in history} - known
        self.ticks += [tick | {"seen_at": moment} for tick in history if tick["match_id"] in new]
        lagging: set[tuple[ListId, datetime]] = set()
        missed = 0
        for match_id, told in odds.histories.items():
            if match_id not in new:
                of_match = [tick for tick in history if tick["match_id"] == match_id]
                behind, lost = self._compare(odds, match_id, of_match, moment)
                lagging |= behind
                missed += lost if match_id in odds.audited else 0
            self.lists = {key: one for key, one in self.lists.items() if key[0] != match_id}
            for key, one in told.lists.items():
                list_id = (match_id, *key)
                if one.digest and list_id not in {of for of, _ in lagging}:
                    self.lists[list_id] = one.digest
        untold, ahead = self._window(odds, odds.window_ticks.to_arrow().to_pylist(), moment)
        self.coverage = dict(odds.coverage)
        for match_id in self.coverage.keys() & untold:
            self.coverage[match_id] = replace(
                self.coverage[match_id], complete_since=None, closed=False, is_current=False
            )
        for match_id in self.coverage.keys() & (ahead | {of[0] for of, _ in lagging}):
            self.coverage[match_id] = replace(self.coverage[match_id], recheck=True)
        self.feed = odds.feed
        if missed:
            until = now + timedelta(hours=DISTRUST_HOURS)
            self.feed = replace(odds.feed, stretch=odds.feed.stretch + 1, distrusted_until=until)
        after = self._counts()
        self._age()
        return TicksStored(after[0] - before[0], missed, after[1] - before[1])

    def _compare(
        self, odds: LearnedOdds, match_id: str, told: list[Values], moment: datetime
    ) -> tuple[set[tuple[ListId, datetime]], int]:
        """Put right what a history tells otherwise. Gives the seconds in which it may lag, and how many ticks
        no window had told."""
        history = odds.histories[match_id]
        lag_from = history.present - timedelta(seconds=LAG)
        whole = {(match_id, *key) for key, one in history.lists.items() if one.is_whole}
        compared = []
        for tick in self.ticks:
            if tick["match_id"] != match_id:
                continue
            one = history.lists.get((tick["company_id"], tick["market"]))
            if one and tick["tick_at"].timestamp() > one.since:
                compared.append(tick)
            elif not one and history.is_whole:
                compared.append(tick)
                whole.add(list_of(tick))
        of_second: dict[tuple[ListId, datetime], list[Values]] = defaultdict(list)
        for tick in compared:
            of_second[second_of(tick)].append(tick)
        told_in: dict[tuple[ListId, datetime], list[Values]] = defaultdict(list)
        for tick in told:
            told_in[second_of(tick)].append(tick)
        lagging = {
            second
            for second, stored in of_second.items()
            if second[1] > lag_from
            and len(stored) > len(told_in[second])
            and {tells(tick) for tick in told_in[second]} <= {tells(tick) for tick in stored}
        }

        def told_at(tick: Values, among: Iterable[Values]) -> bool:
            return any(
                other["sequence"] == tick["sequence"] and tells(other) == tells(tick) for other in among
            )

        gone = [
            tick
            for tick in compared
            if list_of(tick) in whole
            and second_of(tick) not in lagging
            and not told_at(tick, told_in[second_of(tick)])
        ]
        new = [
            tick
            for tick in told
            if second_of(tick) not in lagging
            and not (
                told_at(tick, of_second[second_of(tick)])
                if list_of(tick) in whole
                else of_second[second_of(tick)]
            )
        ]
        limit = (odds.feed.newest or 0) - LAG
        missed = sum(tick["tick_at"].timestamp() < limit and not of_second[second_of(tick)] for tick in new)
        places = {place_of(tick) for tick in gone}
        self.ticks = [tick for tick in self.ticks if place_of(tick) not in places]
        self.ticks += [tick | {"seen_at": moment} for tick in new]
        self.revisions += [tick | {"replaced_at": moment} for tick in gone]
        return lagging, missed

    def fresh(self, incoming: list[Values]) -> list[Values]:
        known = {tells(tick) for tick in (*self.ticks, *self.revisions)}
        return [tick for tick in incoming if tells(tick) not in known]

    def untold(self, fresh: list[Values]) -> set[str]:
        seconds = {second_of(tick) for tick in fresh}
        several = Counter(map(second_of, fresh))
        several += Counter(second for tick in self.ticks if (second := second_of(tick)) in seconds)
        return {second[0][0] for second, count in several.items() if count > 1}

    def _window(
        self, odds: LearnedOdds, incoming: list[Values], moment: datetime
    ) -> tuple[set[str], set[str]]:
        fresh = self.fresh(incoming)
        after = {
            match_id: history.present - timedelta(seconds=LAG)
            for match_id, history in odds.histories.items()
            if history.is_whole and match_id in odds.after_window
        }
        fresh = [
            tick
            for tick in fresh
            if tick["match_id"] not in after or tick["tick_at"] > after[tick["match_id"]]
        ]
        ahead = {tick["match_id"] for tick in fresh} & after.keys()
        untold = self.untold(fresh)
        for tick in fresh:
            known = self.lists.get(list_of(tick))
            if known and tick["tick_at"].timestamp() <= known.until:
                del self.lists[list_of(tick)]
        highest: dict[tuple[ListId, datetime], int] = defaultdict(int)
        for tick in self.ticks:
            highest[second_of(tick)] = max(highest[second_of(tick)], tick["sequence"])
        for tick in sorted(fresh, key=itemgetter("sequence")):
            highest[second_of(tick)] += 1
            self.ticks.append(tick | {"sequence": highest[second_of(tick)], "seen_at": moment})
        return untold, ahead

    def _age(self) -> None:
        self.aged += [tick | {"replaced_at": None} for tick in self._not_covered(self.ticks)]
        self.aged += self._not_covered(self.revisions)
        self.ticks = [tick for tick in self.ticks if tick["match_id"] in self.coverage]
        self.revisions = [tick for tick in self.revisions if tick["match_id"] in self.coverage]

    def _not_covered(self, ticks: list[Values]) -> list[Values]:
        return [tick for tick in ticks if tick["match_id"] not in self.coverage]

    def _counts(self) -> tuple[int, int]:
        return len(self.ticks) + len(self.revisions) + len(self.aged), len(self.revisions)

    def newest(self) -> list[Values]:
        found = {list_of(tick): tick for tick in sorted(self.ticks, key=itemgetter("tick_at", "sequence"))}
        return list(found.values())


# -- held against each other ---------------------------------------------------------------------------------


def learn(world: World, model: Model, number: int) -> LearnedOdds:
    """What a cycle or pulse learns: histories of some matches, a window, or both."""
    chance = world.chance
    odds = LearnedOdds(feed=WindowFeed(stretch=number, newest=world.now - chance.choice((0, 5))))
    present = datetime.fromtimestamp(world.now, UTC)
    for match_id in world.matches:
        if chance.random() < 0.4:
            known = {key[1:]: one for key, one in model.lists.items() if key[0] == match_id}
            results = world.history(match_id)
            odds.histories[match_id] = read_history(match_id, results, present, known, odds.history_ticks)
            if chance.random() < 0.5:
                odds.after_window.add(match_id)
            if chance.random() < 0.3:
                odds.audited.add(match_id)
        if chance.random() >= 0.05:
            odds.coverage[match_id] = Coverage(
                match_id=match_id,
                last_seen_at=present,
                complete_since=chance.choice((None, number)),
                closed=chance.random() < 0.5,
                is_current=chance.random() < 0.5,
            )
    if chance.random() < 0.8:
        odds.window_ticks = world.window()
    return odds


def assert_stored(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    for row, expected in (
        (OddsTick, model.ticks),
        (OddsRevision, model.revisions),
        (AgedOddsTick, model.aged),
        (NewestTick, model.newest()),
    ):
        found = records(connection, f"FROM {row.table.name}")
        dates = [name for name in ("seen_at", "replaced_at") if name in row.table.column_names]
        assert_rows(found, expected, *PLACE, *dates)
    lists = [
        {
            "match_id": match_id,
            "company_id": company_id,
            "market": market,
            "until": digest.until,
            "ticks": digest.ticks,
            "digest": digest.digest,
        }
        for (match_id, company_id, market), digest in model.lists.items()
    ]
    assert_rows(records(connection, f"FROM {StoredList.table.name}"), lists, *StoredList.table.key)
    coverage = [vars(one) for one in model.coverage.values()]
    assert_rows(records(connection, f"FROM {Coverage.table.name}"), coverage, "match_id")
    feed = connection.execute("SELECT stretch, newest, distrusted_until FROM pipeline.window_feed").fetchall()
    assert feed == [(model.feed.stretch, model.feed.newest, model.feed.distrusted_until)]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_stored_is_what_a_model_stores(tmp_path: Path, seed: int) -> None:
    world, model = World(random.Random(seed)), Model()
    came: Counter[str] = Counter()
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        warehouse.open().execute("SET timezone = 'UTC'")
        for number in range(1, STEPS + 1):
            world.pass_time()
            odds = learn(world, model, number)
            now = datetime.fromtimestamp(world.now, UTC)
            moment = now + timedelta(microseconds=number)
            fresh = model.fresh(odds.window_ticks.to_arrow().to_pylist())
            with warehouse.transaction() as connection:
                assert untold_matches(connection, odds.window_ticks) == model.untold(fresh)
                stored = store_odds(connection, odds, now, moment)
                assert stored == model.store(odds, now, moment), number
                assert_stored(connection, model)
            came.update(new=stored.new, missed=stored.missed, repaired=stored.repaired)
            came.update(recheck=sum(one.recheck for one in model.coverage.values()))
    assert all(came[name] for name in ("new", "repaired", "recheck")), came
