"""`team/additional/list`, `competition/additional/list` and `country/list`: what rarely changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from football_assets import codes
from football_assets.tables.reference import Competition, Country, Team
from football_assets.thesports.parsing.play import word
from football_assets.thesports.parsing.reader import Parsed, Reader, read_rows
from football_assets.thesports.parsing.values import (
    count,
    flag,
    identifier,
    integer,
    json_text,
    moment,
    positive,
    text,
    year,
)


@dataclass(frozen=True)
class Name:
    """What `results_extra` tells of a team, competition or venue."""

    id: str
    name: str | None
    logo: str | None


def parse_names(entity: str, results: object) -> Parsed[Name]:
    """The rows of one kind in `results_extra`. Raises `BrokenAnswer` where they are not a list."""
    return read_rows(entity, results, lambda row: Name(row.id, row.get("name", text), row.get("logo", text)))


def referenced(names: object, detail: Mapping[str, Any]) -> list[Any]:
    """Of the raw names of one kind in `results_extra`, those that a match's raw details refer to by an id."""
    ids = {value for key, value in detail.items() if key.endswith("_id") and isinstance(value, str)}
    listed = names if isinstance(names, list) else []
    return [name for name in listed if isinstance(name, dict) and str(name.get("id")) in ids]


def parse_teams(results: object, *, fetched_at: datetime, data_source: str) -> Parsed[Team]:
    """The rows of `team/additional/list`'s results as they were at `fetched_at` (aware).

    Only a row without an id is rejected. Raises `BrokenAnswer` where the results are not a list.
    """
    now = fetched_at.astimezone(UTC)
    return read_rows("teams", results, lambda row: _team(row, now, data_source))


def parse_competitions(results: object, *, fetched_at: datetime, data_source: str) -> Parsed[Competition]:
    """The rows of `competition/additional/list`'s results as they were at `fetched_at` (aware).

    Only a row without an id is rejected. Raises `BrokenAnswer` where the results are not a list.
    """
    now = fetched_at.astimezone(UTC)
    return read_rows("competitions", results, lambda row: _competition(row, now, data_source))


def parse_countries(results: object, *, fetched_at: datetime, data_source: str) -> Parsed[Country]:
    """The rows of `country/list`'s results as they were at `fetched_at` (aware).

    Only a row without an id is rejected. Raises `BrokenAnswer` where the results are not a list.
    """
    now = fetched_at.astimezone(UTC)
    return read_rows("countries", results, lambda row: _country(row, now, data_source))


def _team(row: Reader, now: datetime, data_source: str) -> Team:
    return Team(
        team_id=row.id,
        name=row.get("name", text),
        short_name=row.get("short_name", text),
        competition_id=row.get("competition_id", identifier),
        country_id=row.get("country_id", identifier),
        logo=row.get("logo", text),
        national=row.get("national", flag),
        country_logo=row.get("country_logo", text),
        foundation_year=row.get("foundation_time", year),
        website=row.get("website", text),
        coach_id=row.get("coach_id", identifier),
        venue_id=row.get("venue_id", identifier),
        market_value=row.get("market_value", positive),
        market_value_currency=row.get("market_value_currency", text),
        total_players=row.get("total_players", count),
        foreign_players=row.get("foreign_players", count),
        national_players=row.get("national_players", count),
        merged_into=row.get("uid", identifier),
        virtual=row.get("virtual", flag),
        gender=row.get("gender", integer),
        updated_at=row.get("updated_at", moment),
        fetched_at=now,
        data_source=data_source,
    )


def _competition(row: Reader, now: datetime, data_source: str) -> Competition:
    type_id = row.get("type", integer)
    host = row.part("host")
    return Competition(
        competition_id=row.id,
        category_id=row.get("category_id", identifier),
        country_id=row.get("country_id", identifier),
        name=row.get("name", text),
        short_name=row.get("short_name", text),
        logo=row.get("logo", text),
        type_id=type_id,
        type=word(type_id, codes.COMPETITION_TYPE),
        season_id=row.get("cur_season_id", identifier),
        stage_id=row.get("cur_stage_id", identifier),
        round_num=row.get("cur_round", integer),
        round_count=row.get("round_count", integer),
        title_holder=row.get("title_holder", json_text),
        most_titles=row.get("most_titles", json_text),
        newcomers=row.get("newcomers", json_text),
        divisions=row.get("divisions", json_text),
        host_country=host.get("country", text),
        host_city=host.get("city", text),
        primary_color=row.get("primary_color", text),
        secondary_color=row.get("secondary_color", text),
        gender=row.get("gender", integer),
        merged_into=row.get("uid", identifier),
        updated_at=row.get("updated_at", moment),
        fetched_at=now,
        data_source=data_source,
    )


def _country(row: Reader, now: datetime, data_source: str) -> Country:
    return Country(
        country_id=row.id,
        category_id=row.get("category_id", identifier),
        name=row.get("name", text),
        logo=row.get("logo", text),
        updated_at=row.get("updated_at", moment),
        fetched_at=now,
        data_source=data_source,
    )
