"""The course of a match: its periods in their order, and what follows a draw. Drawn once, from the
fixture's key.

What comes by chance is in `happenings`, goals are in `scoring`, a shoot-out is in `shoot_out`.
"""

from __future__ import annotations

from bisect import bisect_right

from football_assets.simulator.chance import dice
from football_assets.simulator.corrections import corrected
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.happenings import happen, happenings
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
from football_assets.simulator.play import AWAY, GOALS, HOME, OVERTIME_GOALS, Play, Ruling
from football_assets.simulator.record import Record
from football_assets.simulator.scoring import score_goal
from football_assets.simulator.shoot_out import shoot_out
from football_assets.simulator.world import CUP

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
        record = self.record
        goals = OVERTIME_GOALS if any(period.status == OVERTIME for period in periods) else GOALS
        coming = sorted(
            happening
            for period in periods
            if period.is_played
            for happening in happenings(record, period, goals)
        )
        goals_at = [at for at, what, _ in coming if what == goals]
        for at, what, side in coming:
            if what == goals:
                later = bisect_right(goals_at, at)
                score_goal(record, at, what, side, goals_at[later] if later < len(goals_at) else FOREVER)
            else:
                happen(record, at, what, side)
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
            corrected(record.fixture, sorted(record.incidents, key=lambda incident: incident.at)),
            record.note,
            ruling,
        )

    def _close(self, period: Period) -> None:
        """Tell what stands at a period's end."""
        record = self.record
        added = (period.end - period.kickoff - 45 * 60) // 60
        if period.status in (FIRST_HALF, SECOND_HALF) and added >= 0 and record.fixture.key % 3 == 0:
            announced = {"time": period.minute(period.kickoff) + 44, "add_time": added + 1}
            record.tell(period.kickoff + 45 * 60 - 30, 19, 0, announced)
        if period.status == HALF_TIME and self._period_before(period).status == FIRST_HALF:
            record.tell(period.start, 11, 0, {"time": 45})
        if period.status == OVERTIME:
            record.tell(period.end, 26, 0, {"time": 120})

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
