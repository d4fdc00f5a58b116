"""What each market is worth at a second of a match: fair shares and lines. Bookmakers are in `odds`.

A quote holds for a minute of one state of play; it is worked out when first asked for, then kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from football_assets.simulator.bookmakers import CORNERS, HANDICAP, MONEY_LINE, TOTAL
from football_assets.simulator.chance import share
from football_assets.simulator.goals import count_outcomes, difference_outcomes, goal_rates
from football_assets.simulator.periods import (
    FIRST_HALF,
    HALF_TIME,
    NOT_STARTED,
    SECOND_HALF,
    Period,
)
from football_assets.simulator.play import AWAY, GOALS, HOME, RED_CARDS, Play

#: Fair shares of home (or over) and away (or under), and between them the draw's share or the line.
Fair = tuple[float, float, float]

_DRIFT_SECONDS = 4 * 3600
#: No market opens earlier than this before the scheduled kick-off.
_PRICED_BEFORE = 100 * 3600
_CORNERS_IN_90_MINUTES = 9.6
#: A market is not offered where one side is more likely than this: the money line, the others.
_CERTAIN = 0.985
_LOPSIDED = 0.8
_QUOTED = frozenset({NOT_STARTED, FIRST_HALF, HALF_TIME, SECOND_HALF})


@dataclass(frozen=True, slots=True)
class Quote:
    """A minute as the ticks describe it, and the fair shares of the markets that are offered in it."""

    minute: str
    status: int
    score: str
    fair: dict[str, Fair]


@dataclass(frozen=True, slots=True)
class _State:
    """What stands from one second to the next change."""

    period: Period
    home: int
    away: int
    home_reds: int
    away_reds: int


class Tape:
    """The quotes of a match by time, for the markets that count goals or for those that count corners."""

    def __init__(self, play: Play, counted: str) -> None:
        self._play = play
        self._fair = self._fair_goals if counted == GOALS else self._fair_corners
        self._rates = goal_rates(play.fixture.home, play.fixture.away)
        self._spans = list(_spans(_states(play, counted), play.fixture.scheduled_at - _PRICED_BEFORE))
        self._starts = [start for start, _ in self._spans]
        self._quotes: dict[int, Quote | None] = {}
        #: Unix seconds at which the markets are suspended: what is counted has changed.
        self.shocks = sorted({change.at for change in play.changes if change.what == counted})

    def quote(self, at: int) -> Quote | None:
        """The quote at a Unix second; None while nothing is priced."""
        place = bisect_right(self._starts, at)
        try:
            return self._quotes[place]
        except KeyError:
            start, state = self._spans[place - 1]
            status = state.period.status
            minute = start // _DRIFT_SECONDS if status == NOT_STARTED else state.period.minute(start)
            quote = self._quotes[place] = self._quote(state, minute)
            return quote

    def _quote(self, state: _State, minute: int) -> Quote | None:
        status = state.period.status
        if status not in _QUOTED:
            return None
        return Quote(
            _minute_text(status, minute), status, f"{state.home}-{state.away}", self._fair(state, minute)
        )

    def _fair_goals(self, state: _State, minute: int) -> dict[str, Fair]:
        home, away = self._rates
        if state.period.status == NOT_STARTED:
            drift = share(self._play.fixture.key + minute) * 0.1
            home, away = home * (0.95 + drift), away * (1.05 - drift)
            left = 1.0
        else:
            left = _left(state.period.status, minute)
        weakened = 0.7 ** (state.home_reds - state.away_reds)
        home, away = home * left * weakened, away * left / weakened
        rest, total = difference_outcomes(home, away), count_outcomes(home + away)
        lead = state.home - state.away
        fair: dict[str, Fair] = {}
        home_wins, away_wins = 1 - rest.below(1 - lead), rest.below(-lead)
        draws = max(1 - home_wins - away_wins, 0.0)
        if max(home_wins, draws, away_wins) < _CERTAIN:
            fair[MONEY_LINE] = (home_wins, draws, away_wins)
        _offer(fair, HANDICAP, *rest.even_line(step=1), scored=0)
        _offer(fair, TOTAL, *total.even_line(step=1), scored=state.home + state.away)
        return fair

    def _fair_corners(self, state: _State, minute: int) -> dict[str, Fair]:
        status = state.period.status
        left = 1.0 if status == NOT_STARTED else _left(status, minute)
        fair: dict[str, Fair] = {}
        line, above = count_outcomes(_CORNERS_IN_90_MINUTES * left).even_line(step=4, offset=2)
        _offer(fair, CORNERS, line, above, scored=state.home + state.away)
        return fair


def _offer(fair: dict[str, Fair], market: str, quarters: int, above: float, *, scored: int) -> None:
    if 1 - _LOPSIDED < above < _LOPSIDED:
        fair[market] = (above, scored + quarters / 4, 1 - above)


def _spans(states: list[tuple[int, _State]], earliest: int) -> Iterator[tuple[int, _State]]:
    """The states cut into stretches of one quote, each with its first Unix second."""
    for (start, state), (end, _) in pairwise([*states, (0, states[-1][1])]):
        yield start, state
        if state.period.status == NOT_STARTED:
            yield from (
                (at, state) for at in range(earliest - earliest % _DRIFT_SECONDS, end, _DRIFT_SECONDS)
            )
        elif state.period.is_played:
            first = start + 60 - (start - state.period.kickoff) % 60
            yield from ((at, state) for at in range(first, end, 60))


def _states(play: Play, counted: str) -> list[tuple[int, _State]]:
    """The states of a match, each with the Unix second from which it stands."""
    coming = deque(change for change in play.changes if change.what in (counted, RED_CARDS))
    tally: Counter[tuple[str, int]] = Counter()
    states = []
    for at in sorted({period.start for period in play.periods} | {change.at for change in coming}):
        while coming and coming[0].at <= at:
            change = coming.popleft()
            tally[change.what, change.side] += change.by
        scores = (tally[counted, HOME], tally[counted, AWAY])
        reds = (tally[RED_CARDS, HOME], tally[RED_CARDS, AWAY])
        states.append((at, _State(play.period(at), *scores, *reds)))
    return states


def _left(status: int, minute: int) -> float:
    """The share of regular time that is still to be played."""
    if status == FIRST_HALF:
        return 1 - min(minute, 45) / 94
    if status == HALF_TIME:
        return 49 / 94
    return max(95 - minute, 1) / 94


def _minute_text(status: int, minute: int) -> str:
    """The minute as ticks write it."""
    if status == NOT_STARTED:
        return ""
    if status == HALF_TIME:
        return "midfield"
    return "45+" if status == FIRST_HALF and minute > 45 else str(minute)


def regular_end(play: Play) -> int:
    """The Unix second from which no market is priced: these markets are on regular time."""
    end = play.end_of(SECOND_HALF)
    return play.final_at if end is None else end
