"""A match while it is drawn: what has been counted and told so far, and how an incident is written down."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.periods import FIRST_HALF, FOREVER, OVERTIME, SECOND_HALF, Period
from football_assets.simulator.play import AWAY, GOALS, HOME, SIDES, Change, Incident, Tally
from football_assets.simulator.squad import Lineup, Squad

_FULL_MINUTE = {FIRST_HALF: 45, SECOND_HALF: 90, OVERTIME: 120}


class Record:
    """The changes and incidents of a match, in the order in which they are drawn."""

    def __init__(self, fixture: Fixture, lots: Random, has_lineup: bool, periods: list[Period]) -> None:
        self.fixture = fixture
        self.lots = lots
        self.has_lineup = has_lineup
        self.periods = periods
        self.changes: list[Change] = []
        self.incidents: list[Incident] = []
        self.tally: Tally = Counter()
        self.note = ""
        self.lineups: dict[int, Lineup] = {
            side: Lineup(Squad(team.number), lots)
            for side, team in zip(SIDES, (fixture.home, fixture.away), strict=True)
        }

    @property
    def went_on(self) -> bool:
        """Whether there is overtime."""
        return any(period.status == OVERTIME for period in self.periods)

    def count(self, at: int, what: str, side: int, by: int = 1) -> None:
        """Count something for a side, from a Unix second on."""
        self.changes.append(Change(at, what, side, by))
        self.tally[what, side] += by

    def tell(self, at: int, type_: int, side: int, fields: dict[str, Any], *, until: int = FOREVER) -> None:
        """Write down an incident with its minute, and with these fields beside it or in its place."""
        entry = {"type": type_, "position": side, **self._when(at), **fields}
        self.incidents.append(Incident(at, entry, until))

    def named(self, side: int, player: int | None = None) -> dict[str, Any]:
        """The fields of a player of a side, any if none is given; none where there is no lineup."""
        return self.lineups[side].named(self.lots, "player", player) if self.has_lineup else {}

    def score(self, what: str) -> dict[str, int]:
        """The fields of the score, where goals of kind `what` were the last."""
        return {
            f"{name}_score": self.tally[GOALS, side] + (self.tally[what, side] if what != GOALS else 0)
            for name, side in (("home", HOME), ("away", AWAY))
        }

    def period(self, at: int) -> Period:
        """The period at a Unix second, the last one for what is beyond."""
        for period in self.periods:
            if period.start <= at < period.end:
                return period
        return self.periods[-1]

    def _when(self, at: int) -> dict[str, int]:
        period = self.period(at)
        minute = period.minute(at)
        full = _FULL_MINUTE.get(period.status)
        if full is None:
            return {"time": 120 if self.went_on else 90}
        return {"time": minute, "add_time": minute - full} if minute > full else {"time": minute}
