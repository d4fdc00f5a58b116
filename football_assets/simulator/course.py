"""How a match goes: its periods, goals, cards, corners, shots and substitutions, each at its second.

All of it is drawn once, from the fixture's key. Goals are in `scoring`, a shoot-out in `shoot_out`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from football_assets.simulator.chance import dice
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.goals import goal_rates
from football_assets.simulator.periods import (
    END,
    FIRST_HALF,
    FOREVER,
    HALF_TIME,
    OVERTIME,
    SECOND_HALF,
    Period,
    overtime_periods,
    regular_periods,
)
from football_assets.simulator.play import (
    AWAY,
    BLOCKED,
    CORNERS,
    GOALS,
    HOME,
    OFF_TARGET,
    ON_TARGET,
    OVERTIME_GOALS,
    PENALTIES,
    RED_CARDS,
    SIDES,
    YELLOW_CARDS,
    Play,
    Ruling,
)
from football_assets.simulator.record import Record
from football_assets.simulator.scoring import score_goal
from football_assets.simulator.shoot_out import shoot_out
from football_assets.simulator.world import CUP

#: Of what comes by chance: how much of it each side has in 90 minutes.
_IN_90_MINUTES = {
    YELLOW_CARDS: 1.9,
    RED_CARDS: 0.05,
    CORNERS: 4.8,
    ON_TARGET: 2.8,
    OFF_TARGET: 4.5,
    BLOCKED: 2.5,
    PENALTIES: 0.03,
}
_SUBSTITUTION = "substitution"
_OVERTIME_SHARE = 0.7


def play_of(fixture: Fixture, first_leg: tuple[int, int] = (0, 0), ruling: Ruling | None = None) -> Play:
    """The course of a match. `first_leg` are the goals that its home and its away side scored against each
    other before, which count in a second leg."""
    lots = dice(fixture.key, "play")
    has_lineup = lots.random() < 0.5
    course = _Course(Record(fixture, lots, has_lineup, regular_periods(fixture, lots)), first_leg)
    if course.record.periods[-1].status == SECOND_HALF:
        course.play_to_the_end()
    else:
        course.play(course.record.periods)
    return course.finished(ruling)


class _Course:
    """A match in the making."""

    def __init__(self, record: Record, first_leg: tuple[int, int]) -> None:
        self.record = record
        self._first_leg = first_leg

    def play_to_the_end(self) -> None:
        """Play the halves, and in a cup what follows a draw; end the match."""
        record = self.record
        self.play(record.periods)
        end = record.periods[-1].end
        if self._needs_a_winner() and self._is_level():
            if record.lots.random() < _OVERTIME_SHARE:
                overtime = overtime_periods(end, record.lots)
                record.periods += overtime
                self.play(overtime)
                end = overtime[-1].end
            if self._is_level():
                end = shoot_out(record, end)
        record.periods.append(Period(END, end, FOREVER))
        record.tell(end, 12, 0, {"time": 120 if record.went_on else 90})

    def play(self, periods: list[Period]) -> None:
        """All that happens in these periods."""
        goals = OVERTIME_GOALS if any(period.status == OVERTIME for period in periods) else GOALS
        happenings = sorted(
            happening
            for period in periods
            if period.is_played
            for happening in self._happenings(period, goals)
        )
        goals_at = [at for at, what, _ in happenings if what == goals]
        for at, what, side in happenings:
            if what == goals:
                later = bisect_right(goals_at, at)
                score_goal(self.record, at, what, side, goals_at[later] if later < len(goals_at) else FOREVER)
            else:
                self._happen(at, what, side)
        for period in periods:
            self._close(period)

    def finished(self, ruling: Ruling | None) -> Play:
        """The match, everything in its order."""
        record = self.record
        return Play(
            record.fixture,
            record.has_lineup,
            record.periods,
            sorted(record.changes, key=lambda change: change.at),
            sorted(record.incidents, key=lambda incident: incident.at),
            record.note,
            ruling,
        )

    # -- what happens when ---------------------------------------------------------------------------
    def _happenings(self, period: Period, goals: str) -> Iterator[tuple[int, str, int]]:
        record, lots = self.record, self.record.lots
        rates = goal_rates(record.fixture.home, record.fixture.away)
        start, last, expovariate = period.start, period.end - 1, lots.expovariate
        for side, rate in zip(SIDES, rates, strict=True):
            for what, amount in ((goals, rate), *_IN_90_MINUTES.items()):
                pace = amount / 5400
                at = start + expovariate(pace)
                while at < last:
                    yield int(at), what, side
                    at += 1 + expovariate(pace)
            if record.has_lineup and period.status == SECOND_HALF:
                for _ in range(lots.randrange(2, 5)):
                    yield lots.randrange(start, last), _SUBSTITUTION, side

    def _happen(self, at: int, what: str, side: int) -> None:
        record = self.record
        if what == YELLOW_CARDS:
            self._caution(at, side)
        elif what == RED_CARDS:
            self._send_off(at, side, 4)
        elif what == PENALTIES:
            record.count(at, PENALTIES, side)
            record.tell(at, 16, side, record.named(side))
        elif what == _SUBSTITUTION:
            swapped = record.lineups[side].substitute(record.lots)
            if swapped is not None:
                record.tell(at, 9, side, swapped)
        else:
            record.count(at, what, side)

    def _close(self, period: Period) -> None:
        record = self.record
        added = (period.end - period.kickoff - 45 * 60) // 60
        if period.status in (FIRST_HALF, SECOND_HALF) and added >= 0 and record.fixture.key % 3 == 0:
            announced = {"time": period.minute(period.kickoff) + 44, "add_time": added + 1}
            record.tell(period.kickoff + 45 * 60 - 30, 19, 0, announced)
        if period.status == HALF_TIME and self._period_before(period).status == FIRST_HALF:
            record.tell(period.start, 11, 0, {"time": 45})
        if period.status == OVERTIME:
            record.tell(period.end, 26, 0, {"time": 120})

    def _caution(self, at: int, side: int) -> None:
        player, again = self.record.lineups[side].caution(self.record.lots)
        if again:
            self._send_off(at, side, 15, player)
        else:
            self.record.count(at, YELLOW_CARDS, side)
            self.record.tell(at, 3, side, self.record.named(side, player))

    def _send_off(self, at: int, side: int, type_: int, player: int | None = None) -> None:
        lineup = self.record.lineups[side]
        player = lineup.any_player(self.record.lots) if player is None else player
        lineup.leave(player)
        self.record.count(at, RED_CARDS, side)
        self.record.tell(at, type_, side, self.record.named(side, player))

    # -- what has been ------------------------------------------------------------------------------
    def _needs_a_winner(self) -> bool:
        fixture = self.record.fixture
        decides = not fixture.competition.two_legged or fixture.first_leg is not None
        return fixture.competition.kind == CUP and decides

    def _is_level(self) -> bool:
        """Whether neither side leads, both legs and overtime counted."""
        home, away = (
            self.record.tally[GOALS, side] + self.record.tally[OVERTIME_GOALS, side] + before
            for side, before in zip((HOME, AWAY), self._first_leg, strict=True)
        )
        return home == away

    def _period_before(self, period: Period) -> Period:
        return self.record.periods[self.record.periods.index(period) - 1]
