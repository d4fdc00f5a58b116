"""Teams, competitions and countries."""

from typing import Annotated

from football_assets.tables.schema import BigInt, Json, Row, table
from football_assets.tables.words import CategoryId, DataSource, FetchedAt, Gender, Logo, UpdatedAt


@table("teams", key=("team_id",))
class Team(Row):
    """The teams of the matches seen."""

    team_id: Annotated[str, "TheSports' id of the team"]
    name: Annotated[str | None, "the team's name"]
    short_name: Annotated[str | None, "the team's short name"]
    competition_id: Annotated[str | None, "TheSports' id of the league that it plays in"]
    country_id: Annotated[str | None, "TheSports' id of its country, often unknown"]
    logo: Logo
    national: Annotated[bool | None, "whether a national team"]
    country_logo: Annotated[str | None, "address of its country's flag, for national teams"]
    foundation_year: Annotated[int | None, "the year of its foundation"]
    website: Annotated[str | None, "address of its website"]
    coach_id: Annotated[str | None, "TheSports' id of the coach"]
    venue_id: Annotated[str | None, "TheSports' id of its ground"]
    market_value: Annotated[BigInt | None, "in market_value_currency"]
    market_value_currency: Annotated[str | None, "the currency of market_value"]
    total_players: Annotated[int | None, "players in the squad, NULL where there is no data"]
    foreign_players: Annotated[int | None, "foreign players, NULL where there is no data"]
    national_players: Annotated[int | None, "players of national teams, NULL where there is no data"]
    merged_into: Annotated[str | None, "the API's uid: the team that this one became"]
    virtual: Annotated[bool | None, "whether a placeholder such as the winner of a match"]
    gender: Gender
    updated_at: UpdatedAt
    fetched_at: FetchedAt
    data_source: DataSource


@table("competitions", key=("competition_id",))
class Competition(Row):
    """The competitions of the matches seen."""

    competition_id: Annotated[str, "TheSports' id of the competition"]
    category_id: CategoryId
    country_id: Annotated[str | None, "TheSports' id of its country, NULL for international competitions"]
    name: Annotated[str | None, "the competition's name"]
    short_name: Annotated[str | None, "the competition's short name"]
    logo: Logo
    type_id: Annotated[int | None, "the type by TheSports' code"]
    type: Annotated[str | None, "unknown, league, cup or friendly"]
    season_id: Annotated[str | None, "TheSports' id of the present season"]
    stage_id: Annotated[str | None, "TheSports' id of the present stage"]
    round_num: Annotated[int | None, "the present round"]
    round_count: Annotated[int | None, "rounds of the season"]
    title_holder: Annotated[Json | None, "team id and number of titles"]
    most_titles: Annotated[Json | None, "team ids and number of titles"]
    newcomers: Annotated[Json | None, "team ids promoted to it, and relegated to it"]
    divisions: Annotated[Json | None, "competition ids above it, and below it"]
    host_country: Annotated[str | None, "the country that it is played in, for international competitions"]
    host_city: Annotated[str | None, "the city that it is played in, for international competitions"]
    primary_color: Annotated[str | None, "its first colour"]
    secondary_color: Annotated[str | None, "its second colour"]
    gender: Gender
    merged_into: Annotated[str | None, "the API's uid: the competition that this one became"]
    updated_at: UpdatedAt
    fetched_at: FetchedAt
    data_source: DataSource


@table("merged_teams", key=("team_id",))
class MergedTeam(Row):
    """The teams that were merged into others, to the end of the chain; a ring ends at its smallest id."""

    team_id: Annotated[str, "TheSports' id of the team"]
    successor_id: Annotated[str, "TheSports' id of the team that it became"]


@table("merged_competitions", key=("competition_id",))
class MergedCompetition(Row):
    """The competitions that were merged into another, followed as `merged_teams`."""

    competition_id: Annotated[str, "TheSports' id of the competition"]
    successor_id: Annotated[str, "TheSports' id of the competition that it became"]


@table("countries", key=("country_id",))
class Country(Row):
    """The countries of the API."""

    country_id: Annotated[str, "TheSports' id of the country"]
    category_id: CategoryId
    name: Annotated[str | None, "the country's name"]
    logo: Logo
    updated_at: UpdatedAt
    fetched_at: FetchedAt
    data_source: DataSource
