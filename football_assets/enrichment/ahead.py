"""What does not depend on the live list, sent along with it: the enrichment finds it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from football_assets.enrichment.diary import due_days
from football_assets.enrichment.known import Known, Stamp
from football_assets.enrichment.reference import are_countries_due

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports


async def begin_ahead(api: TheSports, known: Known, stamp: Stamp, fixture_days: int) -> None:
    """Send what is due of the days, countries and deleted ids. Of `known` only `read_at` and countries count.

    A first cycle has one round of requests less before it can ask for competitions.
    """
    for midnight in due_days(known, stamp, fixture_days):
        api.begin_diary(int(midnight.timestamp()))
    if are_countries_due(known, stamp):
        api.begin_countries()
    api.begin_deleted()


async def begin_pulse(api: TheSports, *, updates: bool) -> None:
    """Send what a pulse reads of the odds: it takes one round of requests instead of two."""
    api.begin_odds_live()
    if updates:
        api.begin_odds_update()
