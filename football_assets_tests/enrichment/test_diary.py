"""The days of `match/diary`: which are due, and what an answer leaves behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from football_assets.enrichment.diary import LATER_EVERY_SECONDS, TODAY_EVERY_SECONDS, Diary, due_days
from football_assets.enrichment.known import Enriched, Known, KnownReference, Stamp
from football_assets.thesports.client import TheSports
from football_assets.thesports.endpoints import DIARY
from football_assets_tests.thesports.api import Reply, ScriptedApi, envelope, raw
from football_assets_tests.thesports.parsing.samples import detail_row

NOW = datetime(2025, 5, 28, 18, 37, 5, 7, tzinfo=UTC)
TODAY = datetime(2025, 5, 28, tzinfo=UTC)
STAMP = Stamp(NOW, "simulated")


def name(day: datetime) -> str:
    return f"match_details {day:%Y-%m-%d}"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def by_day(**answers: Any) -> Reply:
    """Another answer for each day, by its midnight; the others are empty."""

    async def reply(request: web.Request) -> web.StreamResponse:
        midnight = datetime.fromtimestamp(int(request.query["tsp"]), UTC)
        rows, extra = answers.get(f"d{midnight:%d}", ([], {}))
        return web.json_response({"code": 0, "results": rows, "results_extra": extra})

    return reply


async def fetched(
    client: TheSports, days: int = 1, known: Known | None = None
) -> tuple[Enriched, Diary, Any]:
    out = Enriched()
    out.rejected.append("of an earlier answer")  # type: ignore[arg-type]
    out.venues["earlier"] = "An earlier ground"
    diary = Diary(client, known or Known(), STAMP, out, days)
    details = await diary.fetch()
    assert out.rejected.pop(0) == "of an earlier answer"
    assert out.venues.pop("earlier")
    return out, diary, details


async def test_yesterday_today_and_the_days_ahead_are_read(api: ScriptedApi, client: TheSports) -> None:
    api.answers(DIARY, by_day(d27=([detail_row("m1")], {}), d28=([detail_row("m2"), detail_row("m3")], {})))
    out, diary, details = await fetched(client, days=3)
    days = [TODAY + timedelta(days=day) for day in (-1, 0, 1, 2)]
    assert sorted(asked.query["tsp"] for asked in api.asked) == [str(int(day.timestamp())) for day in days]
    assert set(details) == {"m1", "m2", "m3"}
    assert {(row.data_source, row.fetched_at) for row in details.values()} == {("simulated", NOW)}
    assert out.read_at == {name(day): NOW for day in days}
    assert out.warnings == out.rejected == []
    assert diary.present is not None


async def test_names_are_of_those_that_are_not_known(api: ScriptedApi, client: TheSports) -> None:
    def named(*ids: str) -> list[dict[str, str]]:
        return [{"id": id_, "name": f"Name of {id_}"} for id_ in ids]

    extra = {
        "team": named("t1", "t2"),
        "competition": named("c1", "c2"),
        "venue": [*named("v1"), {"id": "v2"}],
    }
    api.answers(DIARY, envelope({"code": 0, "results": [], "results_extra": extra}))
    seen = KnownReference(NOW, "api")
    known = Known(references={"teams": {"t1": seen, "c2": seen}, "competitions": {"c1": seen, "t2": seen}})
    out, _, _ = await fetched(client, known=known)
    found = {table: {id_: row.name for id_, row in rows.items()} for table, rows in out.partial.items()}
    assert found == {"teams": {"t2": "Name of t2"}, "competitions": {"c2": "Name of c2"}}
    assert out.venues == {"v1": "Name of v1"}


async def test_where_nothing_is_known_all_are_named(api: ScriptedApi, client: TheSports) -> None:
    extra = {"team": [{"id": "t1", "name": "One"}]}
    api.answers(DIARY, envelope({"code": 0, "results": [], "results_extra": extra}))
    out, _, _ = await fetched(client)
    assert set(out.partial["teams"]) == {"t1"}


async def test_rows_that_cannot_be_read_are_noted_by_their_kind(api: ScriptedApi, client: TheSports) -> None:
    extra = {kind: [{"name": "nobody"}] for kind in ("team", "competition", "venue")}
    api.answers(DIARY, by_day(d28=([{"no": "id"}, detail_row("m1")], extra)))
    out, _, details = await fetched(client)
    assert sorted(noted.entity for noted in out.rejected) == [
        "competitions", "match_details", "teams", "venues"
    ]  # fmt: skip
    assert set(details) == {"m1"}


async def test_names_that_are_no_list_cost_neither_the_day_nor_the_other_names(
    api: ScriptedApi, client: TheSports
) -> None:
    extra = {"team": {"t1": "One"}, "competition": [{"id": "c1", "name": "Cup"}], "venue": "none"}
    api.answers(DIARY, by_day(d28=([detail_row("m1")], extra)))
    out, _, details = await fetched(client)
    assert set(details) == {"m1"}
    assert set(out.partial["competitions"]) == {"c1"}
    assert len(out.read_at) == 2
    assert [warning.partition(":")[0] for warning in out.warnings] == ["names of a day not read"] * 2


async def test_day_that_fails_is_told_and_asked_for_again(api: ScriptedApi, client: TheSports) -> None:
    good = json.dumps({"code": 0, "results": [detail_row("m1")]}).encode()

    async def reply(request: web.Request) -> web.StreamResponse:
        if int(request.query["tsp"]) == TODAY.timestamp():
            return web.Response(status=500)
        return web.Response(body=good)

    api.answers(DIARY, reply)
    out, _, details = await fetched(client)
    (warning,) = out.warnings
    assert warning.startswith("match/diary of 2025-05-28 not read: match/diary: HTTP 500")
    assert set(details) == {"m1"}
    assert set(out.read_at) == {name(TODAY - timedelta(days=1))}
    api.answers(DIARY, raw(b"", status=500))
    _, diary, details = await fetched(client)
    assert (details, diary.present) == ({}, None)


@pytest.mark.parametrize(
    ("day", "seconds", "due"),
    [
        (0, TODAY_EVERY_SECONDS, True),
        (0, TODAY_EVERY_SECONDS - 1, False),
        (-1, LATER_EVERY_SECONDS, True),
        (-1, LATER_EVERY_SECONDS - 1, False),
        (1, LATER_EVERY_SECONDS, True),
        (1, LATER_EVERY_SECONDS - 1, False),
    ],
)
def test_today_is_due_more_often_than_other_days(day: int, seconds: float, due: bool) -> None:
    days = {number: TODAY + timedelta(days=number) for number in (-1, 0, 1)}
    read_at = {name(each): NOW for each in days.values()}
    known = Known(read_at={**read_at, name(days[day]): ago(seconds)})
    assert due_days(known, STAMP, 2) == ([days[day]] if due else [])


def test_no_day_is_due_where_none_is_wanted() -> None:
    assert due_days(Known(), STAMP, 0) == []
    assert due_days(Known(), STAMP, 1) == [TODAY - timedelta(days=1), TODAY]


def test_days_are_those_of_utc() -> None:
    east = Stamp(NOW.astimezone(ZoneInfo("Asia/Tokyo")), "api")
    assert east.at.day == 29
    assert due_days(Known(), east, 1) == [TODAY - timedelta(days=1), TODAY]
