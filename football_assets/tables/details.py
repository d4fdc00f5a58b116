"""What is known of a match beyond its state of play."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns, stored, table
from football_assets.tables.words import (
    AwayPosition,
    DataSource,
    FetchedAt,
    HomePosition,
    HumidityPct,
    KickoffAt,
    Known,
    OfMatch,
    PlayNumbers,
    PressureMmhg,
    RoundNum,
    TemperatureC,
    UpdatedAt,
    VenueId,
    Weather,
    WindMps,
)


@columns
class Fixture(Row):
    """Who plays whom, and in what."""

    season_id: Annotated[str | None, "TheSports' id of the season"]
    competition_id: Annotated[str, "TheSports' id of the competition"]
    home_team_id: Annotated[str, "TheSports' id of the home team"]
    away_team_id: Annotated[str, "TheSports' id of the away team"]


@columns
class DetailState(Row):
    """The state of a match as its details tell it: the live list's may be newer."""

    status_id: Annotated[int | None, "match status by TheSports' code; 2 to 7 are in play"]
    status: Annotated[str | None, "the status in words, NULL for a code that is not documented"]


@columns
class Venue(Row):
    """When and where."""

    kickoff_at: KickoffAt
    venue_id: VenueId
    referee_id: Annotated[str | None, "TheSports' id of the referee, NULL where it is not told"]
    neutral: Annotated[bool | None, "whether played on neutral ground"]
    note: Annotated[str | None, "the API's remark on the match, NULL where there is none"]


@columns
class DetailRest(Row):
    """All that the details tell beside the fixture, the state and the numbers."""

    home_position: HomePosition
    away_position: AwayPosition
    has_live_animation: Annotated[bool | None, "coverage.mlive: whether there is a live animation"]
    has_lineup: Annotated[bool | None, "coverage.lineup: whether there is a line-up"]
    has_gif: Annotated[bool | None, "coverage.gif: whether there are moving pictures"]
    stage_id: Annotated[str | None, "TheSports' id of the stage"]
    group_num: Annotated[int | None, "number of the group within the stage, 0 where there is none"]
    round_num: RoundNum
    related_id: Annotated[str | None, "the other leg of the tie"]
    home_aggregate_score: Annotated[int | None, "score over both legs, extra time included, home side"]
    away_aggregate_score: Annotated[int | None, "score over both legs, extra time included, away side"]
    weather_id: Annotated[int | None, "weather by TheSports' code"]
    weather: Weather
    temperature_c: TemperatureC
    wind_mps: WindMps
    humidity_pct: HumidityPct
    pressure_mmhg: PressureMmhg
    to_be_determined: Annotated[bool | None, "the API's tbd: kick-off not settled"]
    has_overtime: Annotated[bool | None, "whether the match can go to overtime"]
    ended_at: Annotated[datetime | None, "when the match ended"]
    team_reverse: Annotated[bool | None, "whether home and away are swapped"]
    loss: Annotated[
        int | None, "1 where the match was ruled as lost by decision: bets on it do not settle by the score"
    ]
    updated_at: UpdatedAt


@columns
class Detail(DetailRest, PlayNumbers, Venue, DetailState, Fixture, OfMatch):
    """A match's details without their source."""


@table("match_details", key=("match_id",))
class MatchDetail(Detail):
    """What is known of each live match beyond its state of play."""

    fetched_at: FetchedAt
    data_source: DataSource


@stored("match_detail_changes", key=("match_id", "seen_at"))
class MatchDetailChange(Known, Detail):
    """The details each time they changed, of every match seen or scheduled within the last days."""
