"""The goal model: how many goals are to be expected, and what any line on them is worth.

Goals, and corners too, come by chance at an even pace. Prices are in `odds`.
"""

from __future__ import annotations

import math
from itertools import accumulate

from football_assets.simulator.world import Team

_HOME_GOALS, _AWAY_GOALS = 1.5, 1.15


def goal_rates(home: Team, away: Team) -> tuple[float, float]:
    """Goals that the home and the away side may expect in 90 minutes."""
    return _HOME_GOALS * home.attack * away.defence, _AWAY_GOALS * away.attack * home.defence


class Outcomes:
    """The probabilities of whole numbers from `low` up: of goals, corners, or of a difference in goals."""

    def __init__(self, low: int, probabilities: list[float]) -> None:
        self.low = low
        total = sum(probabilities)
        self._below = [0.0, *accumulate(probability / total for probability in probabilities)]

    def below(self, number: int) -> float:
        """The probability of less than this."""
        return self._below[min(max(number - self.low, 0), len(self._below) - 1)]

    def share_above(self, quarters: int) -> float:
        """Of the stakes on above and below a line, in quarters, that are not given back: the share that
        falls to above. A line on a quarter is half a bet on each of its neighbours."""
        if quarters % 2 == 0:
            above, below = self._split(quarters // 2)
        else:
            (one, two), (three, four) = self._split(quarters // 2), self._split(quarters // 2 + 1)
            above, below = one + three, two + four
        return above / (above + below) if above + below > 0 else 0.5

    def even_line(self, step: int, offset: int = 0) -> tuple[int, float]:
        """The line, in quarters, at which above and below are the nearest to even, and the share of above.
        Lines are `offset` and whole steps from it."""
        line = (round((self._median() * 4 - offset) / step)) * step + offset
        share = self.share_above(line)
        move = step if share > 0.5 else -step
        while True:
            other = self.share_above(line + move)
            if abs(other - 0.5) >= abs(share - 0.5):
                return line, share
            line, share = line + move, other

    def _median(self) -> int:
        return self.low + next(place for place, below in enumerate(self._below[1:]) if below >= 0.5)

    def _split(self, halves: int) -> tuple[float, float]:
        """The probabilities of above and below a line in halves; what falls on it is given back."""
        if halves % 2:
            below = self.below((halves + 1) // 2)
            return 1 - below, below
        return 1 - self.below(halves // 2 + 1), self.below(halves // 2)


def count_outcomes(mean: float) -> Outcomes:
    """How many of what comes by chance `mean` times."""
    return Outcomes(0, _poisson(mean))


def difference_outcomes(home: float, away: float) -> Outcomes:
    """By how much the home side's goals exceed the away side's, where these are to be expected."""
    ours, theirs = _poisson(home), _poisson(away)
    low = 1 - len(theirs)
    differences = [0.0] * (len(ours) + len(theirs) - 1)
    for conceded, probability in enumerate(theirs):
        for scored, other in enumerate(ours):
            differences[scored - conceded - low] += probability * other
    return Outcomes(low, differences)


def _poisson(mean: float) -> list[float]:
    most = int(mean + 4 * math.sqrt(mean)) + 3
    probability = math.exp(-mean)
    probabilities = [probability]
    for number in range(1, most + 1):
        probability *= mean / number
        probabilities.append(probability)
    return probabilities
