"""The rows that the parsers give: typed, flat, a field a column, in the order of the warehouse's tables.

Times are aware, in UTC. None is what the API left empty. How a row is read is in `parsing/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LiveMatch:
    """A match of the live list, as it stands at `fetched_at`."""

    match_id: str
    status_id: int
    status: str | None
    minute: int | None
    home_score: int | None
    home_half_time_score: int | None
    home_red_cards: int | None
    home_yellow_cards: int | None
    home_corners: int | None
    home_overtime_score: int | None
    home_shootout_score: int | None
    away_score: int | None
    away_half_time_score: int | None
    away_red_cards: int | None
    away_yellow_cards: int | None
    away_corners: int | None
    away_overtime_score: int | None
    away_shootout_score: int | None
    period_started_at: datetime | None
    note: str | None
    fetched_at: datetime
    data_source: str


@dataclass(frozen=True, slots=True)
class MatchStat:
    """A statistic of a live match, by side."""

    match_id: str
    stat_id: int
    stat: str | None
    home: int | None
    away: int | None


@dataclass(frozen=True, slots=True)
class MatchIncident:
    """Something that happened in a live match; `sequence` is its place in the API's list, from 1."""

    match_id: str
    sequence: int
    incident_id: int
    incident: str | None
    team: str | None
    minute: int | None
    added_minute: int | None
    second: int | None
    player_id: str | None
    player_name: str | None
    assist1_id: str | None
    assist1_name: str | None
    assist2_id: str | None
    assist2_name: str | None
    home_score: int | None
    away_score: int | None
    in_player_id: str | None
    in_player_name: str | None
    out_player_id: str | None
    out_player_name: str | None
    var_reason_id: int | None
    var_reason: str | None
    var_result_id: int | None
    var_result: str | None
    reason_type: int | None


@dataclass(frozen=True, slots=True)
class MatchComment:
    """A line of commentary; `sequence` is its place in the API's list, from 1, `minute` as given."""

    match_id: str
    sequence: int
    minute: str | None
    team: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class MatchDetail:
    """What is known of a match beyond its state of play. Celsius, m/s, per cent, mmHg."""

    match_id: str
    season_id: str | None
    competition_id: str
    home_team_id: str
    away_team_id: str
    status_id: int | None
    status: str | None
    kickoff_at: datetime | None
    venue_id: str | None
    referee_id: str | None
    neutral: bool | None
    note: str | None
    home_score: int | None
    home_half_time_score: int | None
    home_red_cards: int | None
    home_yellow_cards: int | None
    home_corners: int | None
    home_overtime_score: int | None
    home_shootout_score: int | None
    away_score: int | None
    away_half_time_score: int | None
    away_red_cards: int | None
    away_yellow_cards: int | None
    away_corners: int | None
    away_overtime_score: int | None
    away_shootout_score: int | None
    home_position: int | None
    away_position: int | None
    has_live_animation: bool | None
    has_lineup: bool | None
    has_gif: bool | None
    stage_id: str | None
    group_num: int | None
    round_num: int | None
    related_id: str | None
    home_aggregate_score: int | None
    away_aggregate_score: int | None
    weather_id: int | None
    weather: str | None
    temperature_c: float | None
    wind_mps: float | None
    humidity_pct: float | None
    pressure_mmhg: float | None
    to_be_determined: bool | None
    has_overtime: bool | None
    ended_at: datetime | None
    team_reverse: bool | None
    loss: int | None
    updated_at: datetime | None
    fetched_at: datetime
    data_source: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team."""

    team_id: str
    name: str | None
    short_name: str | None
    competition_id: str | None
    country_id: str | None
    logo: str | None
    national: bool | None
    country_logo: str | None
    foundation_year: int | None
    website: str | None
    coach_id: str | None
    venue_id: str | None
    market_value: int | None
    market_value_currency: str | None
    total_players: int | None
    foreign_players: int | None
    national_players: int | None
    merged_into: str | None
    virtual: bool | None
    gender: int | None
    updated_at: datetime | None
    fetched_at: datetime
    data_source: str


@dataclass(frozen=True, slots=True)
class Competition:
    """A competition. The four columns of titles and divisions hold JSON, as the API gives it."""

    competition_id: str
    category_id: str | None
    country_id: str | None
    name: str | None
    short_name: str | None
    logo: str | None
    type_id: int | None
    type: str | None
    season_id: str | None
    stage_id: str | None
    round_num: int | None
    round_count: int | None
    title_holder: str | None
    most_titles: str | None
    newcomers: str | None
    divisions: str | None
    host_country: str | None
    host_city: str | None
    primary_color: str | None
    secondary_color: str | None
    gender: int | None
    merged_into: str | None
    updated_at: datetime | None
    fetched_at: datetime
    data_source: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country."""

    country_id: str
    category_id: str | None
    name: str | None
    logo: str | None
    updated_at: datetime | None
    fetched_at: datetime
    data_source: str
