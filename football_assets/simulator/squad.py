"""The players of a team in a match: who stands on the pitch, who was booked, who waits on the bench."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from football_assets.simulator.chance import scrambled
from football_assets.simulator.names import player

_SHIRTS = 18
_STARTERS = 11


@dataclass(frozen=True, slots=True)
class Squad:
    """The players of a team, by shirt from 0."""

    team: int

    def name(self, shirt: int) -> str:
        """The name of a player."""
        return player(self._key(shirt))

    def id(self, shirt: int) -> str:
        """The id of a player, in the API's look; nothing can be asked by it."""
        return f"{scrambled(self._key(shirt)):016x}"[:15]

    def _key(self, shirt: int) -> int:
        return self.team * 100 + shirt


class Lineup:
    """A squad in a match."""

    def __init__(self, squad: Squad, lots: Random) -> None:
        self._squad = squad
        self._on_pitch = list(range(_STARTERS))
        self._bench = list(range(_STARTERS, _SHIRTS))
        self._booked: set[int] = set()
        lots.shuffle(self._bench)

    def any_player(self, lots: Random) -> int:
        """A player on the pitch who is not in goal."""
        return lots.choice(self._on_pitch[1:])

    def caution(self, lots: Random) -> tuple[int, bool]:
        """Book a player; gives him, and whether it is for the second time. Who is booked takes care."""
        shirt = self.any_player(lots)
        if shirt in self._booked:
            shirt = self.any_player(lots)
        again = shirt in self._booked
        self._booked.add(shirt)
        return shirt, again

    def leave(self, shirt: int) -> None:
        """Take a player off who is not replaced."""
        self._on_pitch.remove(shirt)

    def substitute(self, lots: Random) -> dict[str, Any] | None:
        """Replace a player; gives the incident's fields, None where the bench is empty."""
        if not self._bench:
            return None
        going, coming = self.any_player(lots), self._bench.pop()
        self._on_pitch[self._on_pitch.index(going)] = coming
        return self.named(lots, "in_player", coming) | self.named(lots, "out_player", going)

    def named(self, lots: Random, role: str, shirt: int | None = None) -> dict[str, Any]:
        """The fields `{role}_id` and `{role}_name` of a player, of any on the pitch if none is given."""
        shirt = self.any_player(lots) if shirt is None else shirt
        return {f"{role}_id": self._squad.id(shirt), f"{role}_name": self._squad.name(shirt)}
