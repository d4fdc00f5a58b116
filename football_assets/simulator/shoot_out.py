"""The penalty shoot-out that decides what is level after everything else."""

from __future__ import annotations

from football_assets.simulator.periods import HALF_TIME, SHOOT_OUT, Period
from football_assets.simulator.play import AWAY, GOALS, HOME, SHOOT_OUT_GOALS
from football_assets.simulator.record import Record

_SCORED, _MISSED, _OVER = 29, 30, 27
_SCORED_SHARE = 0.76
_PAUSE_SECONDS, _KICK_SECONDS = 150, 45


def shoot_out(record: Record, end: int) -> int:
    """Draw the shoot-out after play that ended at `end` (Unix); gives the second of its own end."""
    start = end + _PAUSE_SECONDS
    goals = {HOME: 0, AWAY: 0}
    kicks = 0
    while not _is_decided(goals[HOME], goals[AWAY], kicks):
        kicks += 1
        at, side = start + kicks * _KICK_SECONDS, AWAY if kicks % 2 else HOME
        scored = record.lots.random() < _SCORED_SHARE
        if scored:
            goals[side] += 1
            record.count(at, SHOOT_OUT_GOALS, side)
        score = {"home_score": goals[HOME], "away_score": goals[AWAY]}
        record.tell(at, _SCORED if scored else _MISSED, side, record.named(side) | score)
    over = start + kicks * _KICK_SECONDS + 20
    record.periods += [Period(HALF_TIME, end, start), Period(SHOOT_OUT, start, over, start)]
    record.tell(over, _OVER, 0, {"time": 120})
    record.note = _note(record, goals)
    return over


def _note(record: Record, goals: dict[int, int]) -> str:
    tally, fixture = record.tally, record.fixture
    winner = fixture.home if goals[HOME] > goals[AWAY] else fixture.away
    full_time = f"FT[{tally[GOALS, HOME]}-{tally[GOALS, AWAY]}]"
    return f"{full_time},PEN[{goals[HOME]}-{goals[AWAY]}],{winner.name} win"


def _is_decided(home: int, away: int, kicks: int) -> bool:
    """Whether a shoot-out is over after so many kicks, of which the away side takes the odd ones."""
    home_left, away_left = max(5 - kicks // 2, 0), max(5 - (kicks + 1) // 2, 0)
    if home_left or away_left:
        return home > away + away_left or away > home + home_left
    return kicks % 2 == 0 and home != away
