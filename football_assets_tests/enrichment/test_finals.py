"""Matches that have ended and left the live list: asked for once more, behind everything else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from football_assets.enrichment.finals import FINALS_A_CYCLE, Finals
from football_assets.enrichment.known import Enriched, Known, KnownFixture, Stamp
from football_assets.thesports.client import TheSports
from football_assets.thesports.endpoints import LIVE, TEAMS
from football_assets_tests.thesports.api import ScriptedApi, made, ok, raw
from football_assets_tests.thesports.parsing.samples import detail_row, live_row

MATCHES, HISTORY = "match/recent/list", "match/live/history"
NOW = datetime(2025, 5, 28, 18, 0, tzinfo=UTC)
STAMP = Stamp(NOW, "api")


def ended(*, has_ended: bool = True) -> KnownFixture:
    return KnownFixture(NOW - timedelta(minutes=120), has_ended)


async def fetched(client: TheSports, stamp: Stamp = STAMP, **fixtures: KnownFixture) -> Enriched:
    out = Enriched()
    out.other_details["earlier"] = "details of a fixture"  # type: ignore[assignment]
    out.rejected.append("of an earlier answer")  # type: ignore[arg-type]
    await Finals(client, Known(fixtures=fixtures), stamp, out).fetch()
    assert out.rejected.pop(0) == "of an earlier answer"
    assert out.other_details.pop("earlier")
    return out


def answer(api: ScriptedApi, **changes: Any) -> None:
    """Details and final rows of whatever match is asked for."""
    api.answers(MATCHES, made(lambda query: [detail_row(query["uuid"], status_id=8)]))
    api.answers(HISTORY, made(lambda query: live_row(query["uuid"], **changes)))


async def test_match_that_ended_is_final_with_both_answers(api: ScriptedApi, client: TheSports) -> None:
    answer(api)
    out = await fetched(client, Stamp(NOW, "simulated"), m1=ended())
    assert [(asked.endpoint, asked.query) for asked in sorted(api.asked, key=lambda one: one.endpoint)] == [
        (HISTORY, {"uuid": "m1"}),
        (MATCHES, {"uuid": "m1"}),
    ]
    assert out.finals == {"m1": True}
    details = out.other_details["m1"]
    assert (details.match_id, details.status_id) == ("m1", 8)
    assert (details.data_source, details.fetched_at) == ("simulated", NOW)
    (batch,) = out.final_rows
    (row,) = batch.matches
    assert (row.match_id, row.data_source, row.fetched_at) == ("m1", "simulated", NOW)
    assert out.warnings == out.rejected == []


async def test_match_that_has_not_ended_is_not_asked_for(api: ScriptedApi, client: TheSports) -> None:
    answer(api)
    assert (await fetched(client, m1=ended(has_ended=False))).finals == {}
    assert api.asked == []


@pytest.mark.parametrize(
    "row",
    [{}, live_row("other"), {**live_row("m1"), "id": None}, {"score": ["m1"]}],
    ids=["empty", "of another match", "without an id", "score alone"],
)
async def test_answer_without_the_matchs_row_leaves_it_to_a_later_cycle(
    api: ScriptedApi, client: TheSports, row: dict[str, Any]
) -> None:
    answer(api)
    api.answers(HISTORY, ok(row))
    out = await fetched(client, m1=ended())
    assert (out.finals, out.final_rows) == ({"m1": False}, [])
    assert set(out.other_details) == {"m1"}


async def test_row_that_cannot_be_read_is_not_final_and_is_noted(api: ScriptedApi, client: TheSports) -> None:
    answer(api, score=["m1", "over"])
    out = await fetched(client, m1=ended())
    assert out.finals == {"m1": False}
    assert [noted.reason for noted in out.rejected] == ["score is a list of 2, should be a list of 4 or more"]


async def test_bad_value_of_the_details_is_noted(api: ScriptedApi, client: TheSports) -> None:
    answer(api)
    api.answers(MATCHES, made(lambda query: [detail_row(query["uuid"], home_position="first")]))
    out = await fetched(client, m1=ended())
    assert [noted.id for noted in out.rejected] == ["m1"]
    assert out.finals == {"m1": True}


async def test_details_of_another_match_are_not_taken(api: ScriptedApi, client: TheSports) -> None:
    answer(api)
    api.answers(MATCHES, ok([detail_row("other"), detail_row("m1")]))
    assert set((await fetched(client, m1=ended())).other_details) == {"m1"}


@pytest.mark.parametrize("endpoint", [MATCHES, HISTORY])
async def test_answer_that_fails_is_told_and_the_others_go_on(
    api: ScriptedApi, client: TheSports, endpoint: str
) -> None:
    answer(api)
    api.answers(endpoint, raw(b"", status=500))
    out = await fetched(client, m1=ended())
    assert (out.finals, out.other_details, out.final_rows) == ({}, {}, [])
    (warning,) = out.warnings
    assert warning.startswith(f"final result of m1 not read: {endpoint}: HTTP 500")


async def test_final_results_wait_for_everything_else(api: ScriptedApi) -> None:
    answer(api)
    client = TheSports(api.base_url, "user", SecretStr("secret"), max_connections=1)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.live())  # has the connection
        tasks.create_task(Finals(client, Known(fixtures={"m1": ended()}), STAMP, Enriched()).fetch())
        await asyncio.sleep(0)
        tasks.create_task(client.team("t1", 3))
    await client.close()
    assert [asked.endpoint for asked in api.asked] == [LIVE, TEAMS, MATCHES, HISTORY]


async def test_so_many_are_asked_for_a_cycle(api: ScriptedApi, client: TheSports) -> None:
    answer(api)
    many = {f"m{number:02}": ended() for number in range(FINALS_A_CYCLE + 5)}
    out = await fetched(client, **many)
    assert sorted(out.finals) == [f"m{number:02}" for number in range(FINALS_A_CYCLE)]
    assert set(out.other_details) == set(out.finals)
    assert len(out.final_rows) == FINALS_A_CYCLE
