"""How a match goes: its periods, goals, cards, corners, shots and substitutions, each at its second.

All of it is drawn once, from the fixture's key; what the API shows of it at a moment is in `match_rows`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

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
    SHOOT_OUT,
    Period,
    overtime_periods,
    regular_periods,
)
from football_assets.simulator.squad import Lineup, Squad
from football_assets.simulator.world import CUP

HOME, AWAY = 1, 2
SIDES = (HOME, AWAY)

#: What is counted, by side.
GOALS, OVERTIME_GOALS, SHOOT_OUT_GOALS = "goals", "overtime goals", "shoot-out goals"
RED_CARDS, YELLOW_CARDS, CORNERS, PENALTIES = "red cards", "yellow cards", "corners", "penalties"
ON_TARGET, OFF_TARGET, BLOCKED = "shots on target", "shots off target", "shots blocked"

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
#: The share of goals that are reviewed; every other of these is taken back.
_VAR_SHARE = 0.08
_PENALTY_SHARE, _OWN_GOAL_SHARE = 0.08, 0.03


@dataclass(frozen=True, slots=True)
class Change:
    """A count of one side goes up (or down again, for a goal that is taken back) at a Unix second."""

    at: int
    what: str
    side: int
    by: int = 1


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as the API writes it, shown from second `at` to before `until` (Unix)."""

    at: int
    fields: dict[str, Any]
    until: int = FOREVER


Tally = dict[tuple[str, int], int]


@dataclass
class Play:
    """The whole course of a match. `changes` and `incidents` are in the order of time."""

    fixture: Fixture
    has_lineup: bool
    periods: list[Period]
    changes: list[Change]
    incidents: list[Incident]
    note: str = ""
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = [period.start for period in self.periods]

    def period(self, at: int) -> Period:
        """The period at a Unix second."""
        return self.periods[bisect_right(self._starts, at) - 1]

    def tally(self, at: int) -> Tally:
        """All counts at a Unix second, by what is counted and side; a count of 0 may be missing."""
        tally: Tally = Counter()
        for change in self.changes:
            if change.at > at:
                break
            tally[change.what, change.side] += change.by
        return tally

    def shown(self, at: int) -> Iterator[Incident]:
        """The incidents that stand at a Unix second, in their order."""
        return (incident for incident in self.incidents if incident.at <= at < incident.until)

    def played_seconds(self, at: int) -> int:
        """Seconds that the ball has rolled."""
        return sum(
            min(at, period.end) - period.start
            for period in self.periods
            if period.is_played and period.start < at
        )

    def end_of(self, status: int) -> int | None:
        """The Unix second at which the last period of a status ends; None where there is none."""
        ends = [period.end for period in self.periods if period.status == status]
        return ends[-1] if ends else None

    @property
    def final_at(self) -> int:
        """The Unix second from which the status no longer changes."""
        return self.periods[-1].start

    @property
    def has_overtime(self) -> bool:
        """Whether overtime is played."""
        return any(period.status == OVERTIME for period in self.periods)


def play_of(fixture: Fixture) -> Play:
    """The course of a match."""
    lots = dice(fixture.key, "play")
    has_lineup = lots.random() < 0.5
    course = _Course(fixture, lots, has_lineup, regular_periods(fixture, lots))
    if course.periods[-1].status == SECOND_HALF:
        course.play_to_the_end()
    else:
        course.play(course.periods)
    return course.finished()


class _Course:
    """A match in the making."""

    def __init__(self, fixture: Fixture, lots: Random, has_lineup: bool, periods: list[Period]) -> None:
        self.fixture = fixture
        self.lots = lots
        self.periods = periods
        self.has_lineup = has_lineup
        self.changes: list[Change] = []
        self.incidents: list[Incident] = []
        self.note = ""
        self.lineups: dict[int, Lineup] = {
            side: Lineup(Squad(team.number), lots)
            for side, team in zip(SIDES, (fixture.home, fixture.away), strict=True)
        }

    def play_to_the_end(self) -> None:
        """Play the halves, and in a cup what follows a draw; end the match."""
        self.play(self.periods)
        end = self.periods[-1].end
        competition = self.fixture.competition
        if competition.kind == CUP and not competition.two_legged and self._is_level(GOALS):
            if self.lots.random() < 0.7:
                overtime = overtime_periods(end, self.lots)
                self.periods += overtime
                self.play(overtime)
                end = overtime[-1].end
            if self._is_level(OVERTIME_GOALS):
                end = self._shoot_out(end)
        self.periods.append(Period(END, end, FOREVER))
        self._tell(end, 12, 0, {"time": 120 if self._went_on() else 90})

    def play(self, periods: list[Period]) -> None:
        """All that happens in these periods."""
        goals = OVERTIME_GOALS if any(period.status == OVERTIME for period in periods) else GOALS
        happenings = sorted(
            (at, what, side)
            for period in periods
            if period.is_played
            for at, what, side in self._happenings(period, goals)
        )
        for place, (at, what, side) in enumerate(happenings):
            later = (next_at for next_at, next_what, _ in happenings[place + 1 :] if next_what == goals)
            self._happen(at, what, side, next_goal_at=next(later, FOREVER))
        for period in periods:
            self._close(period)

    def finished(self) -> Play:
        """The match, everything in its order."""
        return Play(
            self.fixture,
            self.has_lineup,
            self.periods,
            sorted(self.changes, key=lambda change: change.at),
            sorted(self.incidents, key=lambda incident: incident.at),
            self.note,
        )

    # -- what happens when ---------------------------------------------------------------------------
    def _happenings(self, period: Period, goals: str) -> Iterator[tuple[int, str, int]]:
        rates = goal_rates(self.fixture.home, self.fixture.away)
        for side, rate in zip(SIDES, rates, strict=True):
            for what, amount in ((goals, rate), *_IN_90_MINUTES.items()):
                at = period.start + self.lots.expovariate(amount / 5400)
                while at < period.end - 1:
                    yield int(at), what, side
                    at += 1 + self.lots.expovariate(amount / 5400)
            if self.has_lineup and period.status == SECOND_HALF:
                for _ in range(self.lots.randrange(2, 5)):
                    yield self.lots.randrange(period.start, period.end - 1), "substitution", side

    def _happen(self, at: int, what: str, side: int, *, next_goal_at: int) -> None:
        if what in (GOALS, OVERTIME_GOALS):
            self._goal(at, what, side, next_goal_at)
        elif what == YELLOW_CARDS:
            self._caution(at, side)
        elif what == RED_CARDS:
            self._send_off(at, side, 4)
        elif what == PENALTIES:
            self.changes.append(Change(at, PENALTIES, side))
            self._tell(at, 16, side, self._named(side))
        elif what == "substitution":
            self._substitute(at, side)
        else:
            self.changes.append(Change(at, what, side))

    def _close(self, period: Period) -> None:
        added = (period.end - period.kickoff - 45 * 60) // 60
        if period.status in (FIRST_HALF, SECOND_HALF) and added >= 0 and self.fixture.key % 3 == 0:
            announced = {"time": period.minute(period.kickoff) + 44, "add_time": added + 1}
            self._tell(period.kickoff + 45 * 60 - 30, 19, 0, announced)
        if period.status == HALF_TIME and self._period_before(period).status == FIRST_HALF:
            self._tell(period.start, 11, 0, {"time": 45})
        if period.status == OVERTIME:
            self._tell(period.end, 26, 0, {"time": 120})

    # -- incidents -----------------------------------------------------------------------------------
    def _goal(self, at: int, what: str, side: int, next_goal_at: int) -> None:
        lot = self.lots.random()
        type_ = 8 if lot < _PENALTY_SHARE else 17 if lot < _PENALTY_SHARE + _OWN_GOAL_SHARE else 1
        review_ends = at + self.lots.randrange(40, 90)
        is_reviewed = self.lots.random() < _VAR_SHARE and type_ == 1
        is_wrong = is_reviewed and self.lots.random() < 0.5
        is_cancelled = is_wrong and review_ends < min(self._period(at).end - 1, next_goal_at)
        until = review_ends if is_cancelled else FOREVER
        self._count_goal(at, what, side, type_, 1)
        fields = self._score(what) | (self._named(side) if type_ != 17 else {})
        if type_ == 1 and self.has_lineup and self.lots.random() < 0.4:
            fields |= self.lineups[side].named(self.lots, "assist1")
        self._tell(at, type_, side, fields, until=until)
        if is_cancelled:
            self._count_goal(review_ends, what, side, type_, -1)
            self._tell(review_ends, 28, side, self._named(side) | {"var_reason": 2, "var_result": 2})
        elif is_reviewed:
            self._tell(at + 25, 28, side, self._named(side) | {"var_reason": 1, "var_result": 1})

    def _count_goal(self, at: int, what: str, side: int, type_: int, by: int) -> None:
        self.changes.append(Change(at, what, side, by))
        if type_ != 17:
            self.changes.append(Change(at, ON_TARGET, side, by))
        if type_ == 8:
            self.changes.append(Change(at, PENALTIES, side, by))

    def _caution(self, at: int, side: int) -> None:
        player, again = self.lineups[side].caution(self.lots)
        if again:
            self._send_off(at, side, 15, player)
        else:
            self.changes.append(Change(at, YELLOW_CARDS, side))
            self._tell(at, 3, side, self._named(side, player))

    def _send_off(self, at: int, side: int, type_: int, player: int | None = None) -> None:
        player = self.lineups[side].any_player(self.lots) if player is None else player
        self.lineups[side].leave(player)
        self.changes.append(Change(at, RED_CARDS, side))
        self._tell(at, type_, side, self._named(side, player))

    def _substitute(self, at: int, side: int) -> None:
        swapped = self.lineups[side].substitute(self.lots)
        if swapped is not None:
            self._tell(at, 9, side, swapped)

    def _shoot_out(self, end: int) -> int:
        """The shoot-out after play that ended at `end`; gives the second of its own end."""
        start = end + 150
        goals = {HOME: 0, AWAY: 0}
        kicks = 0
        while not _is_decided(goals[HOME], goals[AWAY], kicks):
            kicks += 1
            at, side = start + kicks * 45, AWAY if kicks % 2 else HOME
            scored = self.lots.random() < 0.76
            if scored:
                goals[side] += 1
                self.changes.append(Change(at, SHOOT_OUT_GOALS, side))
            score = {"home_score": goals[HOME], "away_score": goals[AWAY]}
            self._tell(at, 29 if scored else 30, side, self._named(side) | score)
        over = start + kicks * 45 + 20
        self.periods += [Period(HALF_TIME, end, start), Period(SHOOT_OUT, start, over, start)]
        self._tell(over, 27, 0, {"time": 120})
        self._note_shoot_out(goals)
        return over

    def _note_shoot_out(self, goals: dict[int, int]) -> None:
        tally = self._tally()
        winner = self.fixture.home if goals[HOME] > goals[AWAY] else self.fixture.away
        full_time = f"FT[{tally[GOALS, HOME]}-{tally[GOALS, AWAY]}]"
        self.note = f"{full_time},PEN[{goals[HOME]}-{goals[AWAY]}],{winner.name} win"

    def _tell(self, at: int, type_: int, side: int, fields: dict[str, Any], *, until: int = FOREVER) -> None:
        entry = {"type": type_, "position": side, **self._when(at), **fields}
        self.incidents.append(Incident(at, entry, until))

    def _when(self, at: int) -> dict[str, int]:
        period = self._period(at)
        minute = period.minute(at)
        full = {FIRST_HALF: 45, SECOND_HALF: 90, OVERTIME: 120}.get(period.status)
        if full is None:
            return {"time": 120 if self._went_on() else 90}
        return {"time": minute, "add_time": minute - full} if minute > full else {"time": minute}

    def _named(self, side: int, player: int | None = None) -> dict[str, Any]:
        return self.lineups[side].named(self.lots, "player", player) if self.has_lineup else {}

    def _score(self, what: str) -> dict[str, int]:
        tally = self._tally()
        return {
            f"{name}_score": tally[GOALS, side] + (tally[what, side] if what != GOALS else 0)
            for name, side in (("home", HOME), ("away", AWAY))
        }

    # -- what has been ------------------------------------------------------------------------------
    def _tally(self) -> Tally:
        tally: Tally = Counter()
        for change in self.changes:
            tally[change.what, change.side] += change.by
        return tally

    def _is_level(self, what: str) -> bool:
        tally = self._tally()
        return tally[what, HOME] == tally[what, AWAY]

    def _went_on(self) -> bool:
        return any(period.status == OVERTIME for period in self.periods)

    def _period(self, at: int) -> Period:
        return next((period for period in self.periods if period.start <= at < period.end), self.periods[-1])

    def _period_before(self, period: Period) -> Period:
        return self.periods[self.periods.index(period) - 1]


def _is_decided(home: int, away: int, kicks: int) -> bool:
    """Whether a shoot-out is over after so many kicks, of which the away side takes the odd ones."""
    home_left, away_left = max(5 - kicks // 2, 0), max(5 - (kicks + 1) // 2, 0)
    if home_left or away_left:
        return home > away + away_left or away > home + home_left
    return kicks % 2 == 0 and home != away
