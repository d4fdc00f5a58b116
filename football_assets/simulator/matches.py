"""The matches of a world as the API knows them at a moment: which ones, and their rows.

Matches come and go by the clock alone: 30 days back and 30 ahead, less what the vendor has deleted.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from functools import lru_cache

from football_assets.simulator.details import ANNOUNCED_SECONDS, DetailRows
from football_assets.simulator.fixtures import Fixture, Fixtures
from football_assets.simulator.listing import PAGE_ROWS, Row
from football_assets.simulator.live_rows import live_row
from football_assets.simulator.periods import (
    ENDED,
    FOREVER,
    LONGEST_SECONDS,
    NOT_STARTED,
    USUAL_SECONDS,
    Period,
    may_last_long,
)
from football_assets.simulator.play import Play
from football_assets.simulator.plays import Plays
from football_assets.simulator.scattered import deletions, rulings
from football_assets.simulator.twice import COMPETITION, TEAM, Twice
from football_assets.simulator.world import World

DAY = 86_400
PAST_SECONDS = FUTURE_SECONDS = 30 * DAY

#: A match is in the live list from this long before its kick-off, and leaves it when both this long after
#: the kick-off and this long after its end have passed. It is there again for a while when it is ruled upon.
_LISTED_BEFORE = 5 * 60
_LISTED_AFTER_KICKOFF = 120 * 60
_LISTED_AFTER_END = 15 * 60
_LISTED_AFTER_RULING = 10 * 60

#: Rows of past matches that are kept, of some 2 kB each: a month of 50 matches at a time.
_SETTLED_ROWS = 20_000


class Matches:
    """The matches of a world in which about `count` are live at any time. All moments are Unix seconds."""

    def __init__(self, world: World, count: int) -> None:
        self.fixtures = Fixtures(world, count)
        self._deletions = deletions(world.key, self.fixtures)
        self._rulings = rulings(world.key, self.fixtures)
        self.twice = Twice(world, self.fixtures)
        self._details = DetailRows(world, self.twice)
        self.plays = Plays(self.fixtures, self._rulings, count)
        self._settled = lru_cache(maxsize=_SETTLED_ROWS)(self._settled_row)

    # -- which matches -------------------------------------------------------------------------------
    def number(self, match_id: str, now: int) -> int | None:
        """The number of the match with this id, if the API knows it at `now`."""
        number = self.fixtures.number(match_id)
        known = self.fixtures.between(now - PAST_SECONDS, now + FUTURE_SECONDS)
        if number is None or number not in known or self.is_deleted(number, now):
            return None
        return number

    def recent(self, now: int) -> list[int]:
        """The matches of `match/recent/list`."""
        return self._standing(self.fixtures.between(now - PAST_SECONDS, now + ANNOUNCED_SECONDS), now)

    def on_day(self, tsp: int, now: int) -> list[int]:
        """The matches of `match/diary`: those that kick off within 24 hours from `tsp`, as far as known."""
        first, last = max(tsp, now - PAST_SECONDS), min(tsp + DAY - 1, now + FUTURE_SECONDS)
        return self._standing(self.fixtures.between(first, last), now) if first <= last else []

    def around(self, now: int, ahead: int) -> Iterator[int]:
        """The matches that may be on at `now`, and those of the next `ahead` seconds."""
        numbers = self.fixtures.between(now - LONGEST_SECONDS, now + ahead)
        for number in self._standing(numbers, now):
            if now - self.fixtures.scheduled_at(number) <= USUAL_SECONDS or self._may_last_long(number):
                yield number

    def updated(self, since: int, now: int) -> list[int]:
        """The first matches that were last updated at `since` or later, the oldest update first. A match
        that is announced later than all of these is not looked at."""
        found: list[tuple[int, int]] = []
        earliest = max(since - LONGEST_SECONDS, now - PAST_SECONDS)
        ruled = self._amended(since - DAY, now)
        numbers = self.fixtures.between(earliest, now + ANNOUNCED_SECONDS)
        known = self.fixtures.between(now - PAST_SECONDS, earliest)
        before = [number for number in ruled if known.start <= number < numbers.start]
        for number in [*self._standing_of(before, now), *self._standing(numbers, now)]:
            scheduled_at = self.fixtures.scheduled_at(number)
            if len(found) >= PAGE_ROWS and found[PAGE_ROWS - 1][0] < scheduled_at - ANNOUNCED_SECONDS:
                break
            is_over = scheduled_at + USUAL_SECONDS < since and not self._may_last_long(number)
            if is_over and number not in ruled:
                continue
            moment = self._updated_at(number, now)
            if moment >= since:
                insort(found, (moment, number))
        return [number for _, number in found[:PAGE_ROWS]]

    def deleted(self, now: int) -> dict[str, list[str]]:
        """The ids that were deleted in the last 24 hours by kind, the earliest first."""
        first = now - DAY + 1
        moments = self._deletions.within(first, now)
        matches = [self.fixtures.fixture(number).id for number in sorted(moments, key=moments.__getitem__)]
        others = {kind: self.twice.deleted(kind, first, now) for kind in (TEAM, COMPETITION)}
        return {kind: ids for kind, ids in {"match": matches, **others}.items() if ids}

    def entered_twice(self, kind: str, now: int) -> list[int]:
        """The numbers of the teams or competitions that stand beside others by mistake."""
        known = self.fixtures.between(now - PAST_SECONDS, now + FUTURE_SECONDS)
        return self.twice.standing(kind, self.twice.deletions.among(known), now)

    def is_deleted(self, number: int, now: int) -> bool:
        """Whether a match is gone at `now`."""
        moment = self._deletions.moment(number)
        return moment is not None and moment <= now

    # -- rows ----------------------------------------------------------------------------------------
    def live_rows(self, now: int) -> list[Row]:
        """The rows of `match/detail_live`."""
        return [live_row(play, now) for play in self._listed(now)]

    def final_row(self, match_id: str, now: int) -> Row:
        """The row of `match/live/history`; empty for a match that has not ended."""
        number = self.number(match_id, now)
        if number is None or self.fixtures.scheduled_at(number) > now + ANNOUNCED_SECONDS:
            return {}
        play = self.plays.at(number, now)
        return live_row(play, now) if play.period(now).status in ENDED else {}

    def detail(self, number: int, now: int) -> Row:
        """The row of `match/recent/list` and `match/diary`."""
        return self._settled(number) if self._is_settled(number, now) else self._detail(number, now)

    def _detail(self, number: int, now: int) -> Row:
        fixture = self.fixtures.fixture(number)
        is_far = fixture.scheduled_at > now + ANNOUNCED_SECONDS
        play = _unplayed(fixture) if is_far else self.plays.at(number, now)
        return self._details.row(play, now, self.plays.first_leg(fixture))

    def _settled_row(self, number: int) -> Row:
        return self._detail(number, FOREVER)

    def _is_settled(self, number: int, now: int) -> bool:
        moments = (self._rulings.moment(number), self.twice.deletions.moment(number))
        if any(moment is not None and now <= moment + 60 for moment in moments):
            return False
        return self.plays.is_past(number, now)

    def _amended(self, first: int, last: int) -> set[int]:
        """The matches whose details changed from `first` to `last` (Unix) long after they were played."""
        return {*self._rulings.within(first, last), *self.twice.deletions.within(first, last)}

    def _updated_at(self, number: int, now: int) -> int:
        if self._is_settled(number, now):
            moment: int = self._settled(number)["updated_at"]
            return moment
        return self._details.updated_at(self.plays.at(number, now), now)

    def _listed(self, now: int) -> Iterator[Play]:
        for number in self._standing_of(self._rulings.within(now - _LISTED_AFTER_RULING, now), now):
            if (play := self.plays.at(number, now)).ruling is not None:
                yield play
        numbers = self.fixtures.between(now - LONGEST_SECONDS - _LISTED_AFTER_END, now + _LISTED_BEFORE)
        for number in self._standing(numbers, now):
            age = now - self.fixtures.scheduled_at(number)
            if age > USUAL_SECONDS + _LISTED_AFTER_END and not self._may_last_long(number):
                continue
            if age < _LISTED_AFTER_KICKOFF or now < self.plays.present(number).final_at + _LISTED_AFTER_END:
                yield self.plays.present(number)

    # -- what is where -------------------------------------------------------------------------------
    def _standing(self, numbers: range, now: int) -> list[int]:
        gone = {number for number, moment in self._deletions.among(numbers).items() if moment <= now}
        return [number for number in numbers if number not in gone]

    def _standing_of(self, numbers: Iterable[int], now: int) -> list[int]:
        return sorted(number for number in numbers if not self.is_deleted(number, now))

    def _may_last_long(self, number: int) -> bool:
        return may_last_long(self.fixtures.fixture(number))


def _unplayed(fixture: Fixture) -> Play:
    """A match of which nothing can have happened yet."""
    return Play(
        fixture, has_lineup=False, periods=[Period(NOT_STARTED, 0, FOREVER)], changes=[], incidents=[]
    )
