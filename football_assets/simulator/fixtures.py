"""The fixture list: which match kicks off when, and between whom. How it goes is in `play`.

Matches are numbered through all time by their kick-offs, which come at an even pace: so many that about
the wanted number is always in the live list. A competition's teams meet in a double round robin.
"""

from __future__ import annotations

from dataclasses import dataclass

from football_assets.simulator.chance import scrambled
from football_assets.simulator.identifiers import Identifiers
from football_assets.simulator.world import TEAMS_IN_COMPETITION, Competition, Team, World

#: How long a match stays in the live list, on average.
LISTED_SECONDS = 136 * 60
#: Scheduled kick-offs are at full five minutes.
GRID_SECONDS = 300

_PAIRS = TEAMS_IN_COMPETITION // 2
_ROUNDS = TEAMS_IN_COMPETITION - 1


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match as it is scheduled. `key` is where its chances come from; `first_leg` is the number of the
    match with the sides changed, in competitions of two legs."""

    number: int
    id: str
    key: int
    scheduled_at: int
    competition: Competition
    home: Team
    away: Team
    season: int
    round: int
    first_leg: int | None


class Fixtures:
    """The fixture list of a world for a number of live matches; for 0 it is empty."""

    def __init__(self, world: World, matches: int) -> None:
        self._world = world
        self._matches = matches
        self._ids = Identifiers(world.key, "match")

    def number(self, match_id: str) -> int | None:
        """The number that an id would be made of; None for what is no match's id."""
        return self._ids.number(match_id)

    def scheduled_at(self, number: int) -> int:
        """Unix second of a match's scheduled kick-off."""
        return number * LISTED_SECONDS // (self._matches * GRID_SECONDS) * GRID_SECONDS

    def between(self, first: int, last: int) -> range:
        """Numbers of the matches scheduled from `first` to `last` (Unix seconds, both included)."""
        if self._matches == 0:
            return range(0)
        slots = (max(-(-first // GRID_SECONDS), 0), max(last // GRID_SECONDS + 1, 0))
        start, stop = (-(-slot * GRID_SECONDS * self._matches // LISTED_SECONDS) for slot in slots)
        return range(start, max(start, stop))

    def fixture(self, number: int) -> Fixture:
        """The match with this number."""
        per_matchday = self._world.competition_count * _PAIRS
        matchday, place = divmod(number, per_matchday)
        block, place = divmod(place, 2 * self._world.competition_count)
        competition = self._world.competition(place // 2)
        home, away = _pairing(matchday, block * 2 + place % 2)
        second_leg = competition.two_legged and matchday % (2 * _ROUNDS) >= _ROUNDS
        first_team = competition.number * TEAMS_IN_COMPETITION
        return Fixture(
            number=number,
            id=self._ids.of(number),
            key=scrambled(self._world.key ^ scrambled(number + 1)),
            scheduled_at=self.scheduled_at(number),
            competition=competition,
            home=self._world.team(first_team + home),
            away=self._world.team(first_team + away),
            season=matchday // (2 * _ROUNDS),
            round=matchday % (2 * _ROUNDS) + 1,
            first_leg=number - _ROUNDS * per_matchday if second_leg else None,
        )


def _pairing(matchday: int, pair: int) -> tuple[int, int]:
    """Home and away of one pair of a matchday: the circle method, the sides changed in the second half."""
    turn = matchday % _ROUNDS
    if pair == 0:
        one, other = _ROUNDS, turn
    else:
        one, other = (turn + pair) % _ROUNDS, (turn - pair) % _ROUNDS
    return (one, other) if (matchday // _ROUNDS + pair + turn) % 2 == 0 else (other, one)
