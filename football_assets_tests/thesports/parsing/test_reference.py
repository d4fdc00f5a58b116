from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from football_assets.tables.reference import Competition, Country, Team
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.reader import Parsed, Rejection, shown
from football_assets.thesports.parsing.reference import (
    Name,
    parse_competitions,
    parse_countries,
    parse_names,
    parse_teams,
)
from football_assets_tests.thesports.parsing.samples import (
    FETCHED_AT,
    GIVEN,
    competition_row,
    country_row,
    made,
    team_row,
)

PARSERS = [parse_teams, parse_competitions, parse_countries]


def test_every_field_of_a_team_is_read() -> None:
    assert parse_teams([team_row(uid="merged")], **GIVEN) == Parsed(
        [
            made(
                Team,
                "team1",
                "Lokomotiv 'A'; DROP TABLE teams; --",
                None,
                "competition",
                None,
                "https://img.example/1.png",
                False,
                None,
                1922,
                None,
                None,
                None,
                36350000,
                "€",
                29,
                3,
                None,
                "merged",
                False,
                1,
                datetime(2025, 5, 27, 2, 19, 34, tzinfo=UTC),
                FETCHED_AT,
                "api",
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("parse", "row", "columns"),
    [
        (
            parse_teams,
            team_row(
                country_id="country",
                short_name="LOK",
                country_logo="flag.png",
                website="https://lok.example",
                coach_id="coach",
                venue_id="ground",
                national_players=4,
                uid="merged",
            ),
            {
                "country_id": "country",
                "short_name": "LOK",
                "country_logo": "flag.png",
                "website": "https://lok.example",
                "coach_id": "coach",
                "venue_id": "ground",
                "national_players": 4,
            },
        ),
        (
            parse_competitions,
            competition_row(
                country_id="country",
                logo="logo.png",
                divisions=[["up"], ["down"]],
                secondary_color="#FFFFFF",
                host={"country": "Egypt", "city": "Cairo"},
                gender=2,
                uid="merged",
            ),
            {
                "country_id": "country",
                "logo": "logo.png",
                "divisions": '[["up"],["down"]]',
                "secondary_color": "#FFFFFF",
            },
        ),
        (parse_countries, country_row(logo="flag.png"), {"logo": "flag.png"}),
    ],
)
def test_no_column_is_empty_where_every_field_is_given(
    parse: Any, row: dict[str, Any], columns: dict[str, Any]
) -> None:
    (read,) = parse([row], **GIVEN).rows
    assert [name for name in read.table.column_names if getattr(read, name) is None] == []
    assert {name: getattr(read, name) for name in columns} == columns


@pytest.mark.parametrize("parse", PARSERS)
def test_times_are_in_utc_whatever_zone_they_were_given_in(parse: Any) -> None:
    at = FETCHED_AT.astimezone(timezone(timedelta(hours=9)))
    (row,) = parse([{"id": "x"}], fetched_at=at, data_source="api").rows
    assert (row.fetched_at, row.fetched_at.tzinfo) == (FETCHED_AT, UTC)


@pytest.mark.parametrize(
    ("parse", "entity"),
    [(parse_teams, "teams"), (parse_competitions, "competitions"), (parse_countries, "countries")],
)
def test_what_is_rejected_names_its_table(parse: Any, entity: str) -> None:
    parsed = parse([{"id": ""}, {"id": "x", "name": ["a"]}], **GIVEN)
    assert parsed.rejected == [
        Rejection(entity, None, "results[0].id is missing"),
        Rejection(entity, "x", "name is a list of 1, should be text", row_kept=True),
    ]


def test_a_teams_zeros_for_unknown_are_none() -> None:
    (team,) = parse_teams([team_row(foundation_time=0, market_value=0, updated_at=0, uid="")], **GIVEN).rows
    assert (team.foundation_year, team.market_value, team.updated_at, team.merged_into) == (None,) * 4


def test_every_field_of_a_competition_is_read() -> None:
    row = competition_row(gender=2, uid="merged", host={"country": "Egypt", "city": "Cairo"})
    assert parse_competitions([row], **GIVEN) == Parsed(
        [
            made(
                Competition,
                "competition1",
                "category",
                None,
                "Egyptian Premier League",
                "EGY Premier League",
                None,
                1,
                "league",
                "season",
                "stage",
                8,
                34,
                '["team1",44]',
                '[["team1"],44]',
                '[["team2"],[]]',
                None,
                "Egypt",
                "Cairo",
                "#383F47",
                None,
                2,
                "merged",
                datetime(2025, 5, 23, 9, 2, 24, tzinfo=UTC),
                FETCHED_AT,
                "api",
            )
        ],
        [],
    )


def test_every_field_of_a_country_is_read() -> None:
    assert parse_countries([country_row()], **GIVEN) == Parsed(
        [
            made(
                Country,
                "country1",
                "category",
                "England",
                None,
                datetime(2021, 5, 12, 10, 24, 51, tzinfo=UTC),
                FETCHED_AT,
                "api",
            )
        ],
        [],
    )


@pytest.mark.parametrize("parse", PARSERS)
def test_an_id_alone_is_a_row(parse: Any) -> None:
    parsed = parse([{"id": "only"}], **GIVEN)
    assert (len(parsed.rows), parsed.rejected) == (1, [])


@pytest.mark.parametrize("parse", PARSERS)
def test_row_without_an_id_is_rejected_and_the_others_go_on(parse: Any) -> None:
    parsed = parse([{"id": ""}, {"name": "x"}, 7, {"id": "good"}], **GIVEN)
    assert len(parsed.rows) == 1
    assert [noted.reason for noted in parsed.rejected] == [
        "results[0].id is missing",
        "results[1].id is missing",
        "results[2] is 7, should be an object",
    ]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("results", [None, {}, "teams"])
def test_results_that_are_no_list_are_a_broken_answer(parse: Any, results: object) -> None:
    with pytest.raises(BrokenAnswer):
        parse(results, **GIVEN)


def test_unknown_competition_type_keeps_its_number() -> None:
    (row,) = parse_competitions([competition_row(type=9)], **GIVEN).rows
    assert (row.type_id, row.type) == (9, None)


def test_a_long_bad_value_is_cut_short_in_the_reason() -> None:
    (noted,) = parse_teams([team_row(coach_id="x" * 100_000)], **GIVEN).rejected
    assert noted == Rejection(
        "teams",
        "team1",
        f"coach_id is {'x' * 40!r} and more, should be an id, printable text of up to 255 characters",
        row_kept=True,
    )


def test_names_are_read() -> None:
    parsed = parse_names("teams", [{"id": "a", "name": "Ajax", "logo": "a.png", "x": 1}, {"id": "b"}, 7])
    assert parsed.rows == [Name("a", "Ajax", "a.png"), Name("b", None, None)]
    assert parsed.rejected == [Rejection("teams", None, "results[2] is 7, should be an object")]


@pytest.mark.parametrize(
    ("value", "shown_as"),
    [
        (None, "null"),
        (True, "True"),
        (2**63 - 1, "9223372036854775807"),
        (2**63, "a huge number"),
        ("x" * 40, repr("x" * 40)),
        ("x" * 41, repr("x" * 40) + " and more"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object"),
        (1.5, "1.5"),
    ],
)
def test_value_is_shown_short(value: object, shown_as: str) -> None:
    assert shown(value) == shown_as


def test_results_that_are_no_list_are_shown() -> None:
    with pytest.raises(BrokenAnswer, match=r"^teams: the results are 'x', should be a list$"):
        parse_teams("x", **GIVEN)
