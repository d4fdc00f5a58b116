"""What a change is, whoever tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from football_assets.follow.position import Position

#: What changes, in the words of `--kind`, with what it means.
KINDS: Mapping[str, str] = {
    "listing": "a match entered or left the live list",
    "state": "the state of a match: its status, the start of a period, the score at half-time",
    "score": "the score as the live list tells it, without who scored",
    "numbers": "cards and corners as the live list counts them",
    "goal": "a goal with who scored it",
    "card": "a yellow or red card with who got it",
    "incident": "anything else that happened: substitutions, corners, VAR, ...",
    "price": "a price that is, or was within this edition, the newest of its bookmaker and market",
    "past_price": "a price that was not: of a history that was read for the first time, or mended",
}
#: The kinds that are read of the ticks.
PRICES = frozenset({"price", "past_price"})

#: How it changes.
CHANGES: Mapping[str, str] = {
    "new": "was not there before",
    "changed": "took its course",
    "corrected": "the API now tells otherwise what it had told",
    "withdrawn": "the API has taken back what it had told",
    "entered": "is in the live list from now on",
    "left": "is not in the live list any more",
}


@dataclass(frozen=True)
class Event:
    """A change without its place and names. `values` are the columns of the row that it is told of, `before`
    what was told of them before, None where nothing was. `known_at` is when the API's answer was stored."""

    edition: int
    match_id: str
    kind: str
    change: str
    known_at: datetime
    values: Mapping[str, Any]
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Match:
    """A match by its names, as they are today. None for what is not known."""

    match_id: str
    country: str | None = None
    competition_id: str | None = None
    competition: str | None = None
    home_team_id: str | None = None
    home_team: str | None = None
    away_team_id: str | None = None
    away_team: str | None = None
    kickoff_at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """A change as it is told: at its place in its edition, with the match's names."""

    position: Position
    published_at: datetime
    match: Match
    event: Event

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.event.kind

    @property
    def change(self) -> str:
        """One of `CHANGES`."""
        return self.event.change
