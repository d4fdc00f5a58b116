"""`match/recent/list` and `match/diary`: what is known of a match beyond its state of play."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from football_assets import codes
from football_assets.tables.details import MatchDetail
from football_assets.thesports.parsing.play import numbers, word
from football_assets.thesports.parsing.reader import Parsed, Reader, read_rows
from football_assets.thesports.parsing.values import (
    HUMIDITY,
    PRESSURE,
    TEMPERATURE,
    WIND,
    array,
    count,
    flag,
    identifier,
    integer,
    measure,
    moment,
    not_after,
    text,
)

_TEMPERATURE, _WIND = measure(TEMPERATURE), measure(WIND)
_HUMIDITY, _PRESSURE = measure(HUMIDITY), measure(PRESSURE)


def parse_details(
    results: object, *, fetched_at: datetime, data_source: str, present: datetime
) -> Parsed[MatchDetail]:
    """The rows of the results of `match/recent/list` or `match/diary` as they were at `fetched_at` (aware).

    What has happened is not dated later than the API's `present` (aware). A row is rejected without the ids
    of the match, its competition and both teams. Raises `BrokenAnswer` where the results are not a list.
    """
    now, past = fetched_at.astimezone(UTC), not_after(present)
    return read_rows("match_details", results, lambda row: _detail(row, now, data_source, past))


def _detail(
    row: Reader, now: datetime, data_source: str, past: Callable[[object], datetime | None]
) -> MatchDetail:
    status_id = row.get("status_id", integer)
    coverage, round_, environment = row.part("coverage"), row.part("round"), row.part("environment")
    home_aggregate_score, away_aggregate_score = _aggregate(row)
    weather_id = environment.get("weather", integer)
    return MatchDetail(
        match_id=row.id,
        season_id=row.get("season_id", identifier),
        competition_id=row.need("competition_id", identifier),
        home_team_id=row.need("home_team_id", identifier),
        away_team_id=row.need("away_team_id", identifier),
        status_id=status_id,
        status=word(status_id, codes.MATCH_STATUS),
        kickoff_at=row.get("match_time", moment),
        venue_id=row.get("venue_id", identifier),
        referee_id=row.get("referee_id", identifier),
        neutral=row.get("neutral", flag),
        note=row.get("note", text),
        **numbers(row, "home", "home_scores", row.get("home_scores", array)),
        **numbers(row, "away", "away_scores", row.get("away_scores", array)),
        home_position=row.get("home_position", count),
        away_position=row.get("away_position", count),
        has_live_animation=coverage.get("mlive", flag),
        has_lineup=coverage.get("lineup", flag),
        has_gif=coverage.get("gif", flag),
        stage_id=round_.get("stage_id", identifier),
        group_num=round_.get("group_num", integer),
        round_num=round_.get("round_num", integer),
        related_id=row.get("related_id", identifier),
        home_aggregate_score=home_aggregate_score,
        away_aggregate_score=away_aggregate_score,
        weather_id=weather_id,
        weather=word(weather_id, codes.WEATHER),
        temperature_c=environment.get("temperature", _TEMPERATURE),
        wind_mps=environment.get("wind", _WIND),
        humidity_pct=environment.get("humidity", _HUMIDITY),
        pressure_mmhg=environment.get("pressure", _PRESSURE),
        to_be_determined=row.get("tbd", flag),
        has_overtime=row.get("has_ot", flag),
        ended_at=row.get("ended", past),
        team_reverse=row.get("team_reverse", flag),
        loss=row.get("loss", integer),
        updated_at=row.get("updated_at", past),
        fetched_at=now,
        data_source=data_source,
    )


def _aggregate(row: Reader) -> tuple[int | None, int | None]:
    scores = [*(row.get("agg_score", array) or ()), None, None]
    return row.item("agg_score[0]", scores[0], count), row.item("agg_score[1]", scores[1], count)
