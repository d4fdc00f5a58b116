"""How far a cycle, or a pulse between two cycles, looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from football_assets.enrichment.entities import ENRICHED_TABLES


@dataclass(frozen=True)
class Scope:
    """Which tables are renewed, how many days of fixtures are read (0 for none), and for how many hours
    before kick-off a fixture's prices are kept.

    A pulse cannot do without the window of odds, and reads only histories that are urgent. `updates` tells
    whether `odds/update` is read.
    """

    tables: Collection[str] = ENRICHED_TABLES
    fixture_days: int = 0
    prematch_hours: float = 0.0
    is_pulse: bool = False
    updates: bool = True


#: A cycle without fixtures.
EVERYTHING = Scope()
