"""What a check is about and what came of it, without Dagster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from football_assets.published.thresholds import State


@dataclass(frozen=True)
class Check:
    """A check of an asset. `advice` is what to do when it does not pass, `sql` the query that it looks by."""

    asset: str
    name: str
    description: str
    advice: str
    sql: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a check: one sentence for people, and the figures behind it."""

    state: State
    description: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether there is nothing to do."""
        return self.state in (State.NORMAL, State.SLOW)

    @property
    def critical(self) -> bool:
        """Whether somebody should be called."""
        return self.state is State.CRITICAL


def not_checked(reason: str) -> Outcome:
    """The outcome of a check that found nothing to look at: never the same as a pass."""
    return Outcome(State.WARNING, f"Not checked: {reason}.", {"checked": False})
