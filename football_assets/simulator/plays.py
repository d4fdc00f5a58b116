"""The courses of a world's matches, each drawn when it is first asked for and kept for a while."""

from __future__ import annotations

from functools import lru_cache

from football_assets.simulator.chance import scrambled
from football_assets.simulator.course import play_of
from football_assets.simulator.fixtures import Fixture, Fixtures
from football_assets.simulator.periods import LONGEST_SECONDS, Fate, fate_of
from football_assets.simulator.play import Play, Ruling
from football_assets.simulator.scattered import Scattered
from football_assets.simulator.scores import goals_in_all

#: So long after the scheduled kick-off a match has ended and left the live list.
SETTLED_AFTER = LONGEST_SECONDS + 15 * 60
_PAST_PLAYS = 100


class Plays:
    """The courses of matches by number, for a world in which about `count` matches are live."""

    def __init__(self, fixtures: Fixtures, rulings: Scattered, count: int) -> None:
        self._fixtures = fixtures
        self._rulings = rulings
        # Matches that are on, or nearly, are kept apart from those of past days: these are asked for by the
        # thousand, and must not push the others out.
        self.present = lru_cache(maxsize=1000 + 4 * count)(self._draw)
        self._past = lru_cache(maxsize=_PAST_PLAYS)(self._draw)

    def is_past(self, number: int, now: int) -> bool:
        """Whether a match is no longer on, for certain, at `now` (Unix)."""
        return now - self._fixtures.scheduled_at(number) > SETTLED_AFTER

    def at(self, number: int, now: int) -> Play:
        """The course of a match that is asked for at `now` (Unix)."""
        return self._past(number) if self.is_past(number, now) else self.present(number)

    def first_leg(self, fixture: Fixture) -> Play | None:
        """The course of a match's first leg; None where it has none."""
        return None if fixture.first_leg is None else self._past(fixture.first_leg)

    def _draw(self, number: int) -> Play:
        fixture = self._fixtures.fixture(number)
        first_leg = self.first_leg(fixture)
        before = (0, 0) if first_leg is None else goals_in_all(first_leg)[::-1]
        return play_of(fixture, before, self._ruling(fixture))

    def _ruling(self, fixture: Fixture) -> Ruling | None:
        """The ruling on a match, if there is ever one: every other changes the score as well."""
        moment = self._rulings.moment(fixture.number)
        if moment is None or fate_of(fixture) in (Fate.CANCELLED, Fate.UNREPORTED):
            return None
        lot = scrambled(fixture.key + 8)
        score = (3, 0) if lot % 4 == 0 else (0, 3) if lot % 4 == 1 else None
        return Ruling(moment, score)
