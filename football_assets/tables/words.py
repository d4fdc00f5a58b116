"""Columns that several tables share, each with its words. Columns of one table stand in its own module."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns

MatchId = Annotated[str, "TheSports' id of the match"]
Note = Annotated[str | None, "the API's remark on the match, NULL where there is none"]
KickoffAt = Annotated[datetime | None, "scheduled kick-off"]
VenueId = Annotated[str | None, "TheSports' id of the venue, NULL where it is not told"]
RoundNum = Annotated[int | None, "round of the competition, 0 or NULL where it has none"]
HomePosition = Annotated[int | None, "place in the table, home side, NULL where it has none"]
AwayPosition = Annotated[int | None, "place in the table, away side, NULL where it has none"]
Logo = Annotated[str | None, "address of its logo"]
CategoryId = Annotated[str | None, "TheSports' id of the category (continent or international)"]
Gender = Annotated[int | None, "1 men, 2 women, NULL or 0 where it is not told"]
Weather = Annotated[str | None, "the weather in words"]
TemperatureC = Annotated[float | None, "degrees Celsius, converted where the API tells another unit"]
WindMps = Annotated[float | None, "wind in metres a second, converted where the API tells another unit"]
HumidityPct = Annotated[float | None, "relative humidity in per cent"]
PressureMmhg = Annotated[
    float | None, "air pressure in millimetres of mercury, converted where the API tells another unit"
]
UpdatedAt = Annotated[datetime | None, "when the API last changed the row"]
FetchedAt = Annotated[datetime, "when the API gave the row"]
DataSource = Annotated[str, "api, last_known, mock or simulated"]
SeenAt = Annotated[datetime, "when the pipeline first stored it: a backtest may use it from then on"]
ReplacedAt = Annotated[
    datetime | None, "when it was corrected, withdrawn or followed by another; NULL while it is valid"
]
CompanyId = Annotated[int, "bookmaker by TheSports' code"]
Company = Annotated[str | None, "the bookmaker's name, NULL for a code that is not documented"]
Market = Annotated[str, "money_line, spread, over_under or corners"]
Sequence = Annotated[int, "its place in the API's list, from 1"]
Side = Annotated[str | None, "home, away or NULL"]
Bookmaker = Annotated[str | None, "the chosen bookmaker's name"]
BookmakerId = Annotated[
    int | None,
    "the first bookmaker, by preference, with a live price for the match in any market; "
    "where none has one, the first with any tick",
]


@columns
class OfMatch(Row):
    """The match that a row belongs to."""

    match_id: MatchId


@columns
class State(Row):
    """The state of a match."""

    status_id: Annotated[int, "match status by TheSports' code; 2 to 7 are in play"]
    status: Annotated[str | None, "the status in words, NULL for a code that is not documented"]


@columns
class MinuteOfPlay(Row):
    """The minute of a match in play."""

    minute: Annotated[
        int | None, "minute of play at fetched_at, counted from 1; NULL when no period runs or beyond 150"
    ]


@columns
class PlayNumbers(Row):
    """The seven numbers of both sides: goals, cards, corners."""

    home_score: Annotated[int | None, "goals in regular time, home side"]
    home_half_time_score: Annotated[int | None, "goals at half-time, home side"]
    home_red_cards: Annotated[int | None, "red cards, home side"]
    home_yellow_cards: Annotated[int | None, "yellow cards, home side"]
    home_corners: Annotated[int | None, "corners, NULL where there is no data, home side"]
    home_overtime_score: Annotated[int | None, "goals after 120 minutes, home side"]
    home_shootout_score: Annotated[int | None, "goals in the penalty shoot-out, home side"]
    away_score: Annotated[int | None, "goals in regular time, away side"]
    away_half_time_score: Annotated[int | None, "goals at half-time, away side"]
    away_red_cards: Annotated[int | None, "red cards, away side"]
    away_yellow_cards: Annotated[int | None, "yellow cards, away side"]
    away_corners: Annotated[int | None, "corners, NULL where there is no data, away side"]
    away_overtime_score: Annotated[int | None, "goals after 120 minutes, away side"]
    away_shootout_score: Annotated[int | None, "goals in the penalty shoot-out, away side"]


#: The seven numbers of a side in the API's order, without the side.
SEVEN = tuple(name.removeprefix("home_") for name in PlayNumbers.__annotations__ if name.startswith("home_"))


@columns
class Sides(Row):
    """What a match's row tells of its competition and teams, by today's names."""

    competition_id: Annotated[str | None, "TheSports' id of the competition, as the match names it"]
    competition: Annotated[str | None, "the competition's name; of a merged one that of its successor"]
    country: Annotated[str | None, "the competition's country, else its host country, else International"]
    home_team_id: Annotated[str | None, "TheSports' id of the home team, as the match names it"]
    home_team: Annotated[str | None, "the home team's name; of a merged one that of its successor"]
    away_team_id: Annotated[str | None, "TheSports' id of the away team, as the match names it"]
    away_team: Annotated[str | None, "the away team's name; of a merged one that of its successor"]


@columns
class Known(Row):
    """From when on a row was known, and until when it stood."""

    seen_at: SeenAt
    replaced_at: ReplacedAt
