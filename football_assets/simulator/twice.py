"""Teams and competitions that the vendor has entered twice: a match names the second entry, until the vendor
notices some hours later, deletes it, and corrects the match."""

from __future__ import annotations

from collections.abc import Iterable

from football_assets.simulator.fixtures import Fixture, Fixtures
from football_assets.simulator.scattered import HOUR, Scattered
from football_assets.simulator.world import World

#: Seconds before the match's scheduled kick-off at which its second entries are made.
ENTERED_SECONDS = 400 * 86_400
TEAM, COMPETITION = "team", "competition"


class Twice:
    """The second entries: one for one match in a block, its home team or its competition. Their numbers are
    beyond those of all teams and competitions, by the number of the match."""

    def __init__(self, world: World, fixtures: Fixtures) -> None:
        self._fixtures = fixtures
        self._ids = {TEAM: world.team_ids, COMPETITION: world.competition_ids}
        self._first = {TEAM: world.team_mergers.total, COMPETITION: world.competition_mergers.total}
        self.deletions = Scattered(
            world.key + 3,
            fixtures,
            block=40,
            after=lambda lot: 6 * HOUR + lot % (20 * HOUR),
            earliest=6 * HOUR,
            latest=26 * HOUR,
        )

    def id(self, kind: str, match: int, now: int) -> str | None:
        """The id of the second entry that a match names at `now` (Unix); None where it names none."""
        moment = self.deletions.moment(match) if kind == _kind(match) else None
        return None if moment is None or moment <= now else self._ids[kind].of(self._first[kind] + match)

    def match(self, kind: str, number: int) -> Fixture | None:
        """The match that a team's or competition's number is a second entry for; None for any other."""
        match = number - self._first[kind]
        is_one = match >= 0 and _kind(match) == kind and self.deletions.moment(match) is not None
        return self._fixtures.fixture(match) if is_one else None

    def known(self, kind: str, number: int | None, now: int) -> int | None:
        """The number if the API knows a row by it at `now` (Unix)."""
        if number is None or number < self._first[kind]:
            return number
        fixture = self.match(kind, number)
        return None if fixture is None or self.id(kind, fixture.number, now) is None else number

    def standing(self, kind: str, matches: Iterable[int], now: int) -> list[int]:
        """The numbers of the second entries that these matches name at `now` (Unix)."""
        return [self._first[kind] + match for match in matches if self.id(kind, match, now)]

    def deleted(self, kind: str, first: int, last: int) -> list[str]:
        """The ids that were deleted from `first` to `last` (Unix), the earliest first."""
        moments = self.deletions.within(first, last)
        matches = sorted((match for match in moments if _kind(match) == kind), key=moments.__getitem__)
        return [self._ids[kind].of(self._first[kind] + match) for match in matches]


def _kind(match: int) -> str:
    return COMPETITION if match % 3 == 0 else TEAM
