"""One cycle's enrichment: everything that is due is asked for at once, the most urgent first, without a
barrier: a team is asked for the moment a match's details name it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from football_assets.enrichment.details import Details
from football_assets.enrichment.diary import Diary
from football_assets.enrichment.entities import (
    COMPETITIONS,
    COUNTRIES,
    MATCH_DETAILS,
    ODDS_TICKS,
    TEAMS,
)
from football_assets.enrichment.finals import Finals
from football_assets.enrichment.known import Enriched, Known, KnownDetail, LearnedOdds, Stamp
from football_assets.enrichment.odds import Odds
from football_assets.enrichment.reference import References, fetch_countries
from football_assets.enrichment.scope import EVERYTHING, Scope
from football_assets.enrichment.withdrawals import fetch_deleted
from football_assets.tables.details import MatchDetail
from football_assets.thesports.endpoints import ODDS_LIVE

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports


async def enrich(
    api: TheSports,
    live: Mapping[str, int],
    known: Known,
    stamp: Stamp,
    *,
    scope: Scope = EVERYTHING,
) -> Enriched:
    """Ask the API for all that is due of the live matches (match id to status) and of fixtures.

    What could not be had stands in `Enriched.failed` and `warnings`. Only a pulse raises a `TheSportsError`,
    where it did not get the window of odds: the next one comes in seconds. What `known` raises is raised.
    """
    out = Enriched(odds=LearnedOdds.from_known(known.odds))
    try:
        await _ask(api, live, known, stamp, scope, out)
    except ExceptionGroup as group:
        raise _first(group) from None
    if scope.is_pulse and (error := out.failed.get(ODDS_TICKS.table, {}).get(ODDS_LIVE)):
        raise error
    return out


def _first(error: Exception) -> Exception:
    """What the first of a group's tasks failed of."""
    return _first(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


async def _ask(
    api: TheSports, live: Mapping[str, int], known: Known, stamp: Stamp, scope: Scope, out: Enriched
) -> None:
    tables = scope.tables
    async with asyncio.TaskGroup() as tasks:
        references = {
            entity.table: References(entity, api, known, stamp, out, tasks)
            for entity in (TEAMS, COMPETITIONS)
            if entity.table in tables
        }

        def named(detail: MatchDetail | KnownDetail) -> None:
            if teams := references.get(TEAMS.table):
                teams.want(detail.home_team_id)
                teams.want(detail.away_team_id)
            if competitions := references.get(COMPETITIONS.table):
                competitions.want(detail.competition_id)

        diary = Diary(api, known, stamp, out, scope.fixture_days)
        details = Details(api, live, known, stamp, out, named, diary)
        if MATCH_DETAILS.table in tables:
            tasks.create_task(_details_then(details, references.values()))
            tasks.create_task(Finals(api, known, stamp, out).fetch())
            tasks.create_task(fetch_deleted(api, out))
        else:
            for match_id in live.keys() & known.details.keys():
                named(known.details[match_id])
        if COUNTRIES.table in tables:
            tasks.create_task(fetch_countries(api, known, stamp, out))
        if ODDS_TICKS.table in tables:
            tasks.create_task(Odds(api, live, known, stamp, out, scope).fetch())
        for each in references.values():
            tasks.create_task(each.read_changes())


async def _details_then(details: Details, references: Iterable[References]) -> None:
    """Fetch the details, then what they have named and is not there."""
    await details.fetch()
    for each in references:
        each.refresh()
