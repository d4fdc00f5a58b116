from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from football_assets.tables.details import MatchDetail
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.reader import Parsed, Rejection
from football_assets_tests.thesports.parsing.samples import FETCHED_AT, GIVEN, detail_row, made


def parse(*rows: object) -> Parsed[MatchDetail]:
    return parse_details(list(rows), **GIVEN, present=FETCHED_AT)


def test_every_field_is_read() -> None:
    parsed = parse(detail_row(tbd=1, team_reverse=0, loss=2, coverage={"mlive": 1, "lineup": 0, "gif": 1}))
    assert parsed == Parsed(
        [
            made(
                MatchDetail,
                "match1",
                "season",
                "competition",
                "home",
                "away",
                4,
                "second half",
                datetime(2025, 5, 28, 16, 15, tzinfo=UTC),
                None,
                "referee",
                True,
                None,
                2,
                1,
                0,
                3,
                6,
                0,
                0,
                1,
                0,
                1,
                2,
                None,
                0,
                0,
                home_position=12,
                away_position=None,
                has_live_animation=True,
                has_lineup=False,
                has_gif=True,
                stage_id="stage",
                group_num=0,
                round_num=29,
                related_id="other",
                home_aggregate_score=1,
                away_aggregate_score=0,
                weather_id=10,
                weather="cloudy with rain",
                temperature_c=-3.0,
                wind_mps=11.0,
                humidity_pct=62.0,
                pressure_mmhg=759.0,
                to_be_determined=True,
                has_overtime=True,
                ended_at=datetime(2025, 5, 28, 17, 21, 56, tzinfo=UTC),
                team_reverse=False,
                loss=2,
                updated_at=datetime(2025, 5, 28, 17, 20, 27, tzinfo=UTC),
                fetched_at=FETCHED_AT,
                data_source="api",
            )
        ],
        [],
    )


def test_no_column_is_empty_where_every_field_is_given() -> None:
    parsed = parse(
        detail_row(
            venue_id="ground",
            note="behind closed doors",
            away_position="7",
            away_scores=[1, 0, 1, 2, 5, 1, 3],
            tbd=0,
            team_reverse=1,
            loss=1,
            coverage={"mlive": 1, "lineup": 0, "gif": 1},
        )
    )
    (row,) = parsed.rows
    assert [name for name in row.table.column_names if getattr(row, name) is None] == []
    assert (row.venue_id, row.note, row.away_position) == ("ground", "behind closed doors", 7)
    assert (row.away_corners, row.away_overtime_score, row.away_shootout_score) == (5, 1, 3)


def test_times_are_in_utc_whatever_zone_they_were_given_in() -> None:
    at = FETCHED_AT.astimezone(timezone(timedelta(hours=-5)))
    (row,) = parse_details([detail_row()], fetched_at=at, data_source="api", present=at).rows
    assert (row.fetched_at, row.fetched_at.tzinfo) == (FETCHED_AT, UTC)


def test_what_is_wrong_in_a_list_names_its_place() -> None:
    parsed = parse(
        detail_row(
            agg_score=["one", "two"],
            home_scores=[2, "x", 0, 3, 6, 0, 0],
            away_scores=[1, 0, 1, 2, "y", 0, 0],
        )
    )
    assert sorted(noted.reason.partition(",")[0] for noted in parsed.rejected) == [
        "agg_score[0] is 'one'",
        "agg_score[1] is 'two'",
        "away_scores[4] is 'y'",
        "home_scores[1] is 'x'",
    ]


def test_what_is_missing_is_none() -> None:
    needed = {"id": "m", "competition_id": "c", "home_team_id": "h", "away_team_id": "a"}
    parsed = parse(needed)
    (row,) = parsed.rows
    known = {"match_id", "competition_id", "home_team_id", "away_team_id", "fetched_at", "data_source"}
    assert all(getattr(row, name) is None for name in MatchDetail.table.column_names if name not in known)
    assert parsed.rejected == []


@pytest.mark.parametrize("field", ["competition_id", "home_team_id", "away_team_id"])
@pytest.mark.parametrize("value", ["", None, 5, ["x"]])
def test_row_without_its_competition_or_a_team_is_rejected(field: str, value: object) -> None:
    parsed = parse(detail_row("bad", **{field: value}), detail_row("good"))
    assert [row.match_id for row in parsed.rows] == ["good"]
    (rejection,) = parsed.rejected
    assert (rejection.entity, rejection.id, rejection.row_kept) == ("match_details", "bad", False)
    assert rejection.reason.startswith(f"{field} is ")


def test_bad_parts_become_none_and_are_noted_with_the_row_kept() -> None:
    parsed = parse(
        detail_row(
            environment={"weather": 99, "temperature": "mild"},
            coverage="all",
            round=[],
            home_position="first",
            agg_score=[1],
            home_scores="2-1",
        )
    )
    (row,) = parsed.rows
    assert (row.weather_id, row.weather, row.temperature_c, row.wind_mps) == (99, None, None, None)
    assert (row.has_lineup, row.round_num, row.home_position, row.home_score) == (None, None, None, None)
    assert (row.home_aggregate_score, row.away_aggregate_score) == (1, None)
    assert sorted(parsed.rejected, key=lambda noted: noted.reason) == [
        Rejection("match_details", "match1", reason, row_kept=True)
        for reason in (
            "coverage is 'all', should be an object",
            "environment.temperature is 'mild', should be a number, "
            "with or without one of the units °c, c, °f, f",
            "home_position is 'first', should be a whole number from 0",
            "home_scores is '2-1', should be a list",
        )
    ]


def test_the_later_of_two_rows_stands() -> None:
    parsed = parse(detail_row(status_id=2), detail_row(status_id=3))
    assert [row.status for row in parsed.rows] == ["half-time"]
    assert [noted.row_kept for noted in parsed.rejected] == [False]


def test_results_that_are_no_list_are_a_broken_answer() -> None:
    with pytest.raises(BrokenAnswer):
        parse_details({"id": "match1"}, **GIVEN, present=FETCHED_AT)
