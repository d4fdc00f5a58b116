"""One cycle's enrichment: everything that is due is asked for at once, the most urgent first, without a
barrier: a team is asked for the moment a match's details name it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from football_assets.enrichment.details import Details
from football_assets.enrichment.known import Enriched, Known, KnownDetail, Moment
from football_assets.enrichment.odds import Odds
from football_assets.enrichment.reference import References, fetch_countries
from football_assets.thesports.client import TheSports
from football_assets.thesports.parsing.odds import Window
from football_assets.thesports.parsing.reference import parse_competitions, parse_teams
from football_assets.thesports.rows import MatchDetail

TABLES = ("match_details", "odds_ticks", "teams", "competitions", "countries")


async def enrich(
    api: TheSports,
    live: Mapping[str, int],
    known: Known,
    moment: Moment,
    *,
    polled: Sequence[Window] = (),
    tables: Collection[str] = TABLES,
) -> Enriched:
    """Ask the API for all that is due of the live matches (match id to status) in these tables.

    Never raises a `TheSportsError`: what could not be had stands in `Enriched.failed`.
    """
    out = Enriched(odds=dict(known.odds), feed=known.feed)
    async with asyncio.TaskGroup() as tasks:
        teams, competitions = _references(api, known, moment, out, tasks)

        def named(detail: MatchDetail | KnownDetail) -> None:
            if "teams" in tables:
                teams.want(detail.home_team_id)
                teams.want(detail.away_team_id)
            if "competitions" in tables:
                competitions.want(detail.competition_id)

        if "match_details" in tables:
            tasks.create_task(Details(api, live, known, moment, out, named).fetch())
        else:
            for match_id in live.keys() & known.details.keys():
                named(known.details[match_id])
        if "countries" in tables:
            tasks.create_task(fetch_countries(api, known.countries, moment, out))
        if "teams" in tables:
            tasks.create_task(teams.refresh())
        if "competitions" in tables:
            tasks.create_task(competitions.refresh())
        if "odds_ticks" in tables:
            tasks.create_task(Odds(api, live, known, polled, moment, out).fetch())
    return out


def _references(
    api: TheSports, known: Known, moment: Moment, out: Enriched, tasks: asyncio.TaskGroup
) -> tuple[References, References]:
    teams = References(
        table="teams",
        ask=api.team,
        ask_since=api.teams_since,
        parse=parse_teams,
        known=known.teams,
        unknown=known.unknown,
        cursor=known.cursors.get("teams"),
        moment=moment,
        out=out,
        rows=out.teams,
        tasks=tasks,
    )
    competitions = References(
        table="competitions",
        ask=api.competition,
        ask_since=api.competitions_since,
        parse=parse_competitions,
        known=known.competitions,
        unknown=known.unknown,
        cursor=known.cursors.get("competitions"),
        moment=moment,
        out=out,
        rows=out.competitions,
        tasks=tasks,
    )
    return teams, competitions
