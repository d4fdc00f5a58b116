"""A match's whole course: what happens in it, and when. It is drawn in `course`.

What the API shows of it at a moment is in `live_rows` and `details`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.periods import FOREVER, OVERTIME, Period

HOME, AWAY = 1, 2
SIDES = (HOME, AWAY)

#: What is counted, by side.
GOALS, OVERTIME_GOALS, SHOOT_OUT_GOALS = "goals", "overtime goals", "shoot-out goals"
RED_CARDS, YELLOW_CARDS, CORNERS, PENALTIES = "red cards", "yellow cards", "corners", "penalties"
ON_TARGET, OFF_TARGET, BLOCKED = "shots on target", "shots off target", "shots blocked"


@dataclass(frozen=True, slots=True)
class Change:
    """A count of one side goes up (or down again, for a goal that is taken back) at a Unix second."""

    at: int
    what: str
    side: int
    by: int = 1


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of second `at` as the API writes it, told from second `since` to before `until` (Unix):
    a correction has the place of what it corrects."""

    at: int
    fields: dict[str, Any]
    until: int = FOREVER
    since: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision at the table at a Unix second: the match is lost, in some cases with another `score`."""

    at: int
    score: tuple[int, int] | None


Tally = Counter[tuple[str, int]]


@dataclass
class Play:
    """The whole course of a match. `changes` and `incidents` are in the order of time."""

    fixture: Fixture
    has_lineup: bool
    periods: list[Period]
    changes: list[Change]
    incidents: list[Incident]
    note: str = ""
    ruling: Ruling | None = None
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
        return (
            incident
            for incident in self.incidents
            if incident.at <= at and incident.since <= at < incident.until
        )

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
    def went_on(self) -> bool:
        """Whether overtime is played."""
        return any(period.status == OVERTIME for period in self.periods)
