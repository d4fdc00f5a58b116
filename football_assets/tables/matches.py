"""Every match ever seen or scheduled."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns, stored, table, view
from football_assets.tables.words import KickoffAt, OfMatch, PlayNumbers, RoundNum, Sides, State, VenueId


@columns
class Lifetime(Row):
    """From when to when a match was known, and how it ended."""

    ended_at: Annotated[datetime | None, "when the match ended, as far as it was told or seen"]
    is_final: Annotated[bool, "whether the API told the result again after the end"]
    first_seen_at: Annotated[datetime, "when the match was first seen or scheduled"]
    last_seen_at: Annotated[
        datetime, "when the match was last seen in the live list, in fixtures or asked for"
    ]
    deleted_at: Annotated[datetime | None, "when the API said that the match was deleted"]
    data_source: Annotated[str, "api, last_known, mock or simulated"]


@columns
class Fixture(Row):
    """Who meets whom, where and when, by TheSports' ids; and whether it was decided otherwise."""

    competition_id: Annotated[str | None, "TheSports' id of the competition"]
    home_team_id: Annotated[str | None, "TheSports' id of the home team"]
    away_team_id: Annotated[str | None, "TheSports' id of the away team"]
    venue_id: VenueId
    season_id: Annotated[str | None, "TheSports' id of the season"]
    round_num: RoundNum
    kickoff_at: KickoffAt
    loss: Annotated[int | None, "1 where the match was ruled as lost by decision"]


@stored("match_records", key=("match_id",))
class MatchRecord(Lifetime, Fixture, PlayNumbers, State, OfMatch):
    """Every match ever seen or scheduled, with the ids that `matches` shows the names of."""


@columns
class Meeting(Row):
    """Where and when a match is played."""

    venue_id: VenueId
    venue: Annotated[str | None, "the venue's name, where it is told"]
    season_id: Annotated[str | None, "TheSports' id of the season"]
    round_num: RoundNum
    kickoff_at: KickoffAt


@view("matches", key=("match_id",))
class Match(Lifetime, PlayNumbers, State, Meeting, Sides, OfMatch):
    """A view: every match ever seen or scheduled, one row, as it stands or ended."""

    country: Annotated[
        str | None,
        "the competition's country, else its host country, else International; NULL where it is not known",
    ]

    loss: Annotated[int | None, "1 where the match was ruled as lost by decision"]
    result: Annotated[
        str | None, "home, draw or away by regular time; NULL before the end, and for what has none"
    ]


@stored("backfilled_matches", key=("match_id",))
class BackfilledMatch(OfMatch):
    """The matches that a backfill stored. Their rows with this `seen_at` are of the past: `follow` does not
    tell them."""

    seen_at: Annotated[datetime, "seen_at of the rows that the backfill brought"]


@table("venues", key=("venue_id",))
class Venue(Row):
    """The venues that the API has named."""

    venue_id: Annotated[str, "TheSports' id of the venue"]
    name: Annotated[str | None, "the venue's name"]
