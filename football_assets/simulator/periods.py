"""A match's periods: what its status is when, delays and interruptions included.

What happens in them is in `play`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto

from football_assets.simulator.chance import share
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.world import CUP

NOT_STARTED, FIRST_HALF, HALF_TIME, SECOND_HALF, OVERTIME, SHOOT_OUT, END = 1, 2, 3, 4, 5, 7, 8
DELAY, INTERRUPT, CUT, CANCEL, TO_BE_DETERMINED = 9, 10, 11, 12, 13
#: Statuses after which nothing follows.
ENDED = frozenset({END, CUT, CANCEL})

HALF_SECONDS = 45 * 60
#: Minutes played before each period that has a running minute.
MINUTES_BEFORE = {FIRST_HALF: 0, SECOND_HALF: 45, OVERTIME: 90}


class Fate(Enum):
    """What may come between a match and its end."""

    PLAYED = auto()
    DELAYED = auto()
    INTERRUPTED = auto()
    CUT = auto()
    CANCELLED = auto()
    UNREPORTED = auto()


#: The share of matches that each fate but the first comes to.
_SHARES = {
    Fate.DELAYED: 0.02,
    Fate.INTERRUPTED: 0.015,
    Fate.CUT: 0.005,
    Fate.CANCELLED: 0.005,
    Fate.UNREPORTED: 0.025,
}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of one status, from `start` to before `end` (Unix). `kickoff` is the second from which its
    minute counts: its start, moved by what interrupted it, and 0 where nobody plays."""

    status: int
    start: int
    end: int
    kickoff: int = 0

    @property
    def is_played(self) -> bool:
        """Whether the ball rolls: the halves and overtime."""
        return self.status in MINUTES_BEFORE

    def minute(self, at: int) -> int:
        """The minute of play, from 1 over the match; 0 where no minute runs."""
        before = MINUTES_BEFORE.get(self.status)
        return 0 if before is None else (at - self.kickoff) // 60 + before + 1


#: The end of a match's last period.
FOREVER = 2**40


def fate_of(fixture: Fixture) -> Fate:
    """The fate of a match, without working out anything else of it."""
    rest = share(fixture.key)
    for fate, part in _SHARES.items():
        rest -= part
        if rest < 0:
            return fate
    return Fate.PLAYED


def may_last_long(fixture: Fixture) -> bool:
    """Whether a match may go on for more than `USUAL_SECONDS`."""
    return fixture.competition.kind == CUP or fate_of(fixture) in (Fate.DELAYED, Fate.INTERRUPTED)


#: From the scheduled kick-off to the end at the latest: of most matches, and of all.
USUAL_SECONDS = (4 + 45 + 5 + 17 + 45 + 8 + 1) * 60
LONGEST_SECONDS = USUAL_SECONDS + (40 + 2 + 34 + 3 + 20) * 60


def regular_periods(fixture: Fixture, lots: random.Random) -> list[Period]:
    """The periods up to the end of regular time, or to where the match stops before it; the one that
    follows them is left to the caller unless it lasts for ever."""
    scheduled = fixture.scheduled_at
    fate = fate_of(fixture)
    if fate is Fate.CANCELLED or fate is Fate.UNREPORTED:
        known_at = scheduled + lots.randrange(-120, 420)
        status = CANCEL if fate is Fate.CANCELLED else TO_BE_DETERMINED
        return [Period(NOT_STARTED, 0, known_at), Period(status, known_at, FOREVER)]
    if fate is Fate.DELAYED:
        kickoff = scheduled + lots.randrange(10 * 60, 40 * 60)
        before = [Period(NOT_STARTED, 0, scheduled), Period(DELAY, scheduled, kickoff)]
    else:
        kickoff = scheduled + lots.randrange(-15, 240)
        before = [Period(NOT_STARTED, 0, kickoff)]
    break_in = lots.choice((FIRST_HALF, SECOND_HALF)) if fate in (Fate.INTERRUPTED, Fate.CUT) else 0
    first = _half(FIRST_HALF, kickoff, lots.randrange(20, 300), break_in == FIRST_HALF, lots)
    interval = Period(HALF_TIME, first[-1].end, first[-1].end + lots.randrange(15 * 60 - 20, 17 * 60))
    second = _half(SECOND_HALF, interval.end, lots.randrange(60, 480), break_in == SECOND_HALF, lots)
    periods = [*before, *first, interval, *second]
    return _cut(periods) if fate is Fate.CUT else periods


def overtime_periods(start: int, lots: random.Random) -> list[Period]:
    """Overtime after regular time that ended at `start`, its short break before it included."""
    kickoff = start + lots.randrange(60, 120)
    return [
        Period(HALF_TIME, start, kickoff),
        Period(OVERTIME, kickoff, kickoff + 30 * 60 + lots.randrange(60, 240), kickoff),
    ]


def _half(status: int, start: int, added: int, broken: bool, lots: random.Random) -> list[Period]:
    end = start + HALF_SECONDS + added
    if not broken:
        return [Period(status, start, end, start)]
    stopped = start + lots.randrange(10 * 60, 40 * 60)
    pause = lots.randrange(5 * 60, 20 * 60)
    return [
        Period(status, start, stopped, start),
        Period(INTERRUPT, stopped, stopped + pause),
        Period(status, stopped + pause, end + pause, start + pause),
    ]


def _cut(periods: list[Period]) -> list[Period]:
    """The periods of a match that is not resumed after its interruption."""
    interruption = next(place for place, period in enumerate(periods) if period.status == INTERRUPT)
    return [*periods[: interruption + 1], Period(CUT, periods[interruption].end, FOREVER)]
