"""One row a live match with everything joined, and its view of the matches in play."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns, stored, view
from football_assets.tables.words import (
    AwayPosition,
    Bookmaker,
    BookmakerId,
    HomePosition,
    HumidityPct,
    KickoffAt,
    Known,
    MinuteOfPlay,
    OfMatch,
    PlayNumbers,
    PressureMmhg,
    RoundNum,
    Sides,
    State,
    TemperatureC,
    VenueId,
    Weather,
    WindMps,
)

_American = "the same as American odds, rounded"
_At = "when this market's tick was made"
_Minute = "match minute of this market's tick, as given"
_Suspended = "whether this market is suspended"
_Live = "whether this market's price can be taken (see current_prices.is_live)"
_Spread = (
    "the handicap, positive: the home side gives the goals; in play it counts from the score at the tick"
)

Decimal = Annotated[float | None, "decimal odds"]
HongKong = Annotated[float | None, "Hong Kong odds"]
American = Annotated[int | None, _American]
Line = Annotated[float | None, "the line"]
At = Annotated[datetime | None, _At]
Minute = Annotated[str | None, _Minute]
Suspended = Annotated[bool | None, _Suspended]
Live = Annotated[bool | None, _Live]


@columns
class Prices(Row):
    """The chosen bookmaker's newest tick in each market. A price that is not above 0 is NULL."""

    bookmaker_id: BookmakerId
    bookmaker: Bookmaker
    money_line_home: Decimal
    money_line_home_american: American
    money_line_draw: Decimal
    money_line_draw_american: American
    money_line_away: Decimal
    money_line_away_american: American
    money_line_at: At
    money_line_minute: Minute
    money_line_suspended: Suspended
    money_line_live: Live
    spread_home: HongKong
    spread_home_american: American
    spread_line: Annotated[float | None, _Spread]
    spread_away: HongKong
    spread_away_american: American
    spread_at: At
    spread_minute: Minute
    spread_suspended: Suspended
    spread_live: Live
    over_under_over: HongKong
    over_under_over_american: American
    over_under_line: Annotated[float | None, "the line: total goals"]
    over_under_under: HongKong
    over_under_under_american: American
    over_under_at: At
    over_under_minute: Minute
    over_under_suspended: Suspended
    over_under_live: Live
    corners_over: HongKong
    corners_over_american: American
    corners_line: Annotated[float | None, "the line: total corners"]
    corners_under: HongKong
    corners_under_american: American
    corners_at: At
    corners_minute: Minute
    corners_suspended: Suspended
    corners_live: Live
    odds_at: Annotated[datetime | None, "time of the newest of the row's ticks"]
    odds_minute: Annotated[str | None, "match minute of that tick, as given"]
    odds_suspended: Annotated[bool | None, "whether any market that the row shows is suspended"]
    odds_live: Annotated[bool | None, "whether all markets that the row shows are live"]


@columns
class Surroundings(Row):
    """When, where and in what weather."""

    kickoff_at: KickoffAt
    home_position: HomePosition
    away_position: AwayPosition
    round_num: RoundNum
    venue_id: VenueId
    weather: Weather
    temperature_c: TemperatureC
    temperature_f: Annotated[float | None, "degrees Fahrenheit"]
    wind_mps: WindMps
    wind_mph: Annotated[float | None, "wind in miles an hour"]
    humidity_pct: HumidityPct
    pressure_mmhg: PressureMmhg


@columns
class Flat(Prices, Surroundings, PlayNumbers, MinuteOfPlay, State, Sides, OfMatch):
    """A live match with everything joined."""

    data_source: Annotated[str, "the worst of the row's parts: api, last_known, simulated, mock"]
    fetched_at: Annotated[datetime, "when the API gave the state of play"]


@stored("flattened_matches", key=("match_id",))
class FlattenedMatch(Flat):
    """One row a live match: names, state of play, weather and the chosen bookmaker's present odds."""


#: SQL's condition that some market of a row has a live price.
SOME_MARKET_LIVE = " OR ".join(
    name for name in FlattenedMatch.table.column_names if name.endswith("_live") and name != "odds_live"
)


@view("in_play_matches", key=("match_id",))
class InPlayMatch(Flat):
    """A view: `flattened_matches` with status 2 to 7, ordered by country, competition and kick-off."""


@stored("row_source_changes", key=("match_id", "seen_at"))
class SourceChange(Known, OfMatch):
    """Where each row of the flattened table came from, each time that changed."""

    data_source: Annotated[str, "the worst of the row's parts: api, last_known, simulated, mock"]
