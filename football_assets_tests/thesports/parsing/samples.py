"""Rows in the shapes that the API gives, for the tests of the parsers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from football_assets.tables.schema import Row

R = TypeVar("R", bound=Row)

FETCHED_AT = datetime(2025, 5, 28, 17, 30, 17, tzinfo=UTC)
GIVEN = {"fetched_at": FETCHED_AT, "data_source": "api"}


def live_row(id_: str = "match1", **changes: Any) -> dict[str, Any]:
    row = {
        "id": id_,
        "score": [id_, 4, [2, 1, 0, 3, 6, 0, 0], [1, 0, 1, 2, -1, 0, 0], 1748452491, "after a delay"],
        "stats": [{"type": 25, "home": 46, "away": 54}, {"type": 2, "home": 6, "away": 0}],
        "incidents": [
            {
                "type": 1,
                "position": 1,
                "time": 18,
                "home_score": 1,
                "away_score": 0,
                "player_id": "p1",
                "player_name": "Gustav hedin",
                "assist1_id": "p2",
                "assist1_name": "Renat·Gagity",
            },
            {"type": 19, "position": 0, "time": 45, "add_time": 5},
            {
                "type": 9,
                "position": 2,
                "time": 60,
                "in_player_id": "p3",
                "in_player_name": "Davit",
                "out_player_id": "p4",
                "out_player_name": "andro",
            },
            {"type": 28, "position": 2, "time": 61, "var_reason": 6, "var_result": 7},
        ],
        "tlive": [{"time": "45+2'", "data": "A corner.", "position": 2}],
    }
    return row | changes


def detail_row(id_: str = "match1", **changes: Any) -> dict[str, Any]:
    row = {
        "id": id_,
        "season_id": "season",
        "competition_id": "competition",
        "home_team_id": "home",
        "away_team_id": "away",
        "status_id": 4,
        "match_time": 1748448900,
        "venue_id": "",
        "referee_id": "referee",
        "neutral": 1,
        "note": "",
        "home_scores": [2, 1, 0, 3, 6, 0, 0],
        "away_scores": [1, 0, 1, 2, -1, 0, 0],
        "home_position": "12",
        "away_position": "",
        "coverage": {"mlive": 1, "lineup": 0},
        "round": {"stage_id": "stage", "round_num": 29, "group_num": 0},
        "environment": {
            "weather": 10,
            "pressure": "759mmHg",
            "temperature": "-3°C",
            "wind": "11.m/s",
            "humidity": "62%",
        },
        "agg_score": [1, 0],
        "related_id": "other",
        "has_ot": 1,
        "ended": 1748452916,
        "updated_at": 1748452827,
    }
    return row | changes


def team_row(id_: str = "team1", **changes: Any) -> dict[str, Any]:
    row = {
        "id": id_,
        "competition_id": "competition",
        "country_id": "",
        "name": "Lokomotiv 'A'; DROP TABLE teams; --",
        "short_name": "",
        "logo": "https://img.example/1.png",
        "national": 0,
        "country_logo": "",
        "foundation_time": 1922,
        "website": "",
        "coach_id": "",
        "venue_id": "",
        "market_value": 36350000,
        "market_value_currency": "€",
        "total_players": 29,
        "foreign_players": 3,
        "national_players": -1,
        "virtual": 0,
        "gender": 1,
        "updated_at": 1748312374,
    }
    return row | changes


def competition_row(id_: str = "competition1", **changes: Any) -> dict[str, Any]:
    row = {
        "id": id_,
        "category_id": "category",
        "country_id": "",
        "name": "Egyptian Premier League",
        "short_name": "EGY Premier League",
        "logo": "",
        "type": 1,
        "cur_season_id": "season",
        "cur_stage_id": "stage",
        "cur_round": 8,
        "round_count": 34,
        "title_holder": ["team1", 44],
        "most_titles": [["team1"], 44],
        "newcomers": [["team2"], []],
        "divisions": [],
        "host": {"country": "Egypt"},
        "primary_color": "#383F47",
        "secondary_color": "",
        "updated_at": 1747990944,
    }
    return row | changes


def country_row(id_: str = "country1", **changes: Any) -> dict[str, Any]:
    row = {"id": id_, "category_id": "category", "name": "England", "logo": "", "updated_at": 1620815091}
    return row | changes


def made(row: type[R], *values: object, **named: object) -> R:
    """A row by its columns' order: the classes take keywords only."""
    return row(**dict(zip(row.table.column_names, values, strict=False)), **named)
