"""What comes by chance in a match: when it happens, and how cards, penalties and substitutions are told.

The order of a match's periods is in `course`, goals are in `scoring`.
"""

from __future__ import annotations

from collections.abc import Iterator

from football_assets.simulator.goals import goal_rates
from football_assets.simulator.periods import SECOND_HALF, Period
from football_assets.simulator.play import (
    BLOCKED,
    CORNERS,
    OFF_TARGET,
    ON_TARGET,
    PENALTIES,
    RED_CARDS,
    SIDES,
    YELLOW_CARDS,
)
from football_assets.simulator.record import Record

#: How much of it each side has in 90 minutes.
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
_YELLOW_CARD, _RED_CARD, _SECOND_YELLOW_CARD, _CHANGE, _PENALTY_MISSED = 3, 4, 15, 9, 16


def happenings(record: Record, period: Period, goals: str) -> Iterator[tuple[int, str, int]]:
    """Second (Unix), kind and side of all that happens in a period; goals count as kind `goals`."""
    lots = record.lots
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


def happen(record: Record, at: int, what: str, side: int) -> None:
    """Count and tell what happens at a Unix second, unless it is a goal."""
    if what == YELLOW_CARDS:
        _caution(record, at, side)
    elif what == RED_CARDS:
        _send_off(record, at, side, _RED_CARD)
    elif what == PENALTIES:
        record.count(at, PENALTIES, side)
        record.tell(at, _PENALTY_MISSED, side, record.named(side))
    elif what == _SUBSTITUTION:
        swapped = record.lineups[side].substitute(record.lots)
        if swapped is not None:
            record.tell(at, _CHANGE, side, swapped)
    else:
        record.count(at, what, side)


def _caution(record: Record, at: int, side: int) -> None:
    player, again = record.lineups[side].caution(record.lots)
    if again:
        _send_off(record, at, side, _SECOND_YELLOW_CARD, player)
    else:
        record.count(at, YELLOW_CARDS, side)
        record.tell(at, _YELLOW_CARD, side, record.named(side, player))


def _send_off(record: Record, at: int, side: int, type_: int, player: int | None = None) -> None:
    lineup = record.lineups[side]
    player = lineup.any_player(record.lots) if player is None else player
    lineup.leave(player)
    record.count(at, RED_CARDS, side)
    record.tell(at, type_, side, record.named(side, player))
