"""Details, teams, competitions and countries over several cycles: asked once, renewed when due."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from football_assets.thesports.errors import NotReachable
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import ScriptedApi, made, ok, raw
from football_assets_tests.thesports.parsing.samples import (
    competition_row,
    country_row,
    detail_row,
    team_row,
)

MATCHES, TEAMS = "match/recent/list", "team/additional/list"
COMPETITIONS, COUNTRIES = "competition/additional/list", "country/list"


class World:
    """The API's rows by table and id; list endpoints answer out of it."""

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api
        self.matches: dict[str, dict[str, Any]] = {}
        self.teams: dict[str, dict[str, Any]] = {}
        self.competitions: dict[str, dict[str, Any]] = {}
        self.countries = [country_row()]
        self.restore()

    def restore(self) -> None:
        self.api.answers(MATCHES, made(lambda query: _listed(self.matches, query)))
        self.api.answers(TEAMS, made(lambda query: _listed(self.teams, query)))
        self.api.answers(COMPETITIONS, made(lambda query: _listed(self.competitions, query)))
        self.api.answers(COUNTRIES, made(lambda _: self.countries))

    def add(self, match_id: str, *, updated_at: int, **changes: Any) -> None:
        row = detail_row(match_id, updated_at=updated_at, status_id=2)
        row |= {"home_team_id": f"{match_id}-home", "away_team_id": f"{match_id}-away"} | changes
        self.matches[match_id] = row
        for id_ in (row["home_team_id"], row["away_team_id"]):
            self.teams[id_] = team_row(id_, updated_at=1)
        self.competitions[row["competition_id"]] = competition_row(row["competition_id"], updated_at=1)


def _listed(rows: dict[str, dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    if "uuid" in query:
        return [rows[query["uuid"]]] if query["uuid"] in rows else []
    changed = [row for row in rows.values() if row["updated_at"] >= int(query["time"])]
    return sorted(changed, key=lambda row: row["updated_at"])[:1000]


@pytest.fixture
def world(api: ScriptedApi, cycles: Cycles) -> World:
    world = World(api)
    now = int(cycles.clock.now)
    for match_id in ("m1", "m2", "m3"):
        world.add(match_id, updated_at=now - 600)
    return world


LIVE = {"m1": 2, "m2": 2, "m3": 2}


async def test_cold_cycle_asks_each_thing_once(cycles: Cycles, world: World) -> None:
    cycle = await cycles.run(LIVE)
    assert cycle.asked == {
        MATCHES: 3,
        TEAMS: 6,
        COMPETITIONS: 1,
        COUNTRIES: 1,
        "odds/live": 1,
        "odds/update": 1,
        "odds/history": 3,
        "deleted": 1,
    }
    assert not cycle.enriched.failed
    for table, rows in {"match_details": 3, "teams": 6, "competitions": 1, "countries": 1}.items():
        assert cycles.query(f"SELECT count(*) FROM {table}") == [(rows,)]


async def test_team_is_asked_for_before_the_last_details_have_come(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    team_asked = asyncio.Event()
    release = asyncio.Event()

    async def matches(request: web.Request) -> web.StreamResponse:
        if request.query.get("uuid") == "m3":
            await asyncio.wait_for(release.wait(), 5)
        return await made(lambda query: _listed(world.matches, query))(request)

    async def teams(request: web.Request) -> web.StreamResponse:
        team_asked.set()
        release.set()
        return await made(lambda query: _listed(world.teams, query))(request)

    api.answers(MATCHES, matches)
    api.answers(TEAMS, teams)
    cycle = await cycles.run(LIVE)
    assert team_asked.is_set()
    assert not cycle.enriched.failed


async def test_warm_cycle_asks_only_for_changes(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    for _ in range(3):
        cycle = await cycles.run(LIVE)
        del cycle.asked["odds/history"]
        assert cycle.asked == {MATCHES: 1, "odds/live": 1, "odds/update": 1, "deleted": 1}
        assert cycle.enriched.cache_hits == 3 + 6 + 1 + 1


async def test_new_match_is_all_that_is_asked_for(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    await cycles.run(LIVE)
    world.add("m4", updated_at=int(cycles.clock.now))
    cycle = await cycles.run(LIVE | {"m4": 1})
    asked = {(endpoint, query["uuid"]) for endpoint, query in cycle.queries if "uuid" in query}
    assert asked - {("odds/history", match_id) for match_id in LIVE} == {
        *((MATCHES, "m4"), ("odds/history", "m4"), (TEAMS, "m4-home"), (TEAMS, "m4-away"))
    }


async def test_subset_of_the_tables_asks_for_no_others(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE, tables=("match_details",))
    cycle = await cycles.run(LIVE, tables=("teams", "countries"))
    assert cycle.asked == {TEAMS: 6, COUNTRIES: 1}


# -- details by change -------------------------------------------------------------------------------
async def test_changed_details_are_stored(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    world.matches["m2"] |= {"updated_at": int(cycles.clock.now) + 30, "note": "moved"}
    cycle = await cycles.run(LIVE)
    assert list(cycle.enriched.of("match_details")) == ["m2"]
    assert cycles.query("SELECT note FROM match_details WHERE match_id = 'm2'") == [("moved",)]


async def test_changed_details_with_any_id_are_passed_over(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    changed = world.matches["m2"] | {"updated_at": int(cycles.clock.now) + 30, "note": "moved"}
    api.answers(MATCHES, ok([{"id": []}, {"id": {}}, {}, 7, ["m1"], changed]))
    cycle = await cycles.run(LIVE)
    assert list(cycle.enriched.of("match_details")) == ["m2"]
    assert cycles.query("SELECT note FROM match_details WHERE match_id = 'm2'") == [("moved",)]


async def test_details_that_cannot_be_read_are_told_by_their_match(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    api.answers(MATCHES, ok([{"id": "other"}]))
    cycle = await cycles.run(LIVE)
    told = [str(error) for error in cycle.enriched.failed["match_details"].values()]
    assert told and all("gave no readable details of m" in one for one in told)


async def test_change_told_late_is_still_read(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    world.matches["m1"] |= {"updated_at": int(cycles.clock.now) + 30, "note": "first"}
    await cycles.run(LIVE)
    cursor = cycles.known().cursors["match_details"].value
    world.matches["m2"] |= {"updated_at": cursor - 60, "note": "late"}
    cycle = await cycles.run(LIVE)
    assert list(cycle.enriched.of("match_details")) == ["m2"]


async def test_unchanged_details_are_stored_once(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    world.matches["m1"]["updated_at"] = int(cycles.clock.now) + 30
    await cycles.run(LIVE)
    assert (await cycles.run(LIVE)).enriched.of("match_details") == {}


async def test_cursor_stays_where_changes_could_not_be_read(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    before = cycles.known().cursors["match_details"]
    world.matches["m1"] |= {"updated_at": int(cycles.clock.now) + 30, "note": "seen later"}
    api.answers(MATCHES, raw(b"", 500))
    cycle = await cycles.run(LIVE)
    assert {str(error) for error in cycle.enriched.failed["match_details"].values()} == {
        "match/recent/list: HTTP 500"
    }
    assert set(cycle.enriched.failed["match_details"]) == set(LIVE)
    assert cycles.known().cursors["match_details"] == before
    assert cycles.query("SELECT DISTINCT data_source FROM match_details") == [("last_known",)]
    world.restore()
    cycle = await cycles.run(LIVE, after=600)
    assert cycles.query("SELECT note FROM match_details WHERE match_id = 'm1'") == [("seen later",)]
    assert cycles.query("SELECT DISTINCT data_source FROM match_details") == [("api",)]


async def test_pages_of_changes_are_read_to_their_end(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    now = int(cycles.clock.now)
    for number in range(1500):
        world.matches[f"other{number}"] = detail_row(f"other{number}", updated_at=now + number // 100)
    world.matches["m1"] |= {"updated_at": now + 40}
    cycle = await cycles.run(LIVE)
    assert list(cycle.enriched.of("match_details")) == ["m1"]
    assert cycles.known().cursors["match_details"].value == now + 40


async def test_matches_that_a_crowded_second_may_hide_are_asked_for_one_by_one(
    cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    world.matches["other"] = detail_row("other", updated_at=int(cycles.clock.now))
    await cycles.run(LIVE)
    now = int(cycles.clock.now)
    for number in range(1001):  # more than an answer holds, and m1 after them
        world.matches[f"other{number}"] = detail_row(f"other{number}", updated_at=now)
    world.matches["m1"] = world.matches.pop("m1") | {"updated_at": now, "note": "hidden"}
    world.matches["m2"] |= {"updated_at": now + 30, "note": "shown"}
    cycle = await cycles.run(LIVE)
    asked = [query["uuid"] for endpoint, query in cycle.queries if endpoint == MATCHES and "uuid" in query]
    assert sorted(asked) == ["m1", "m3"]
    assert cycles.query("SELECT match_id, note FROM match_details WHERE note <> '' ORDER BY ALL") == [
        ("m1", "hidden"),
        ("m2", "shown"),
    ]


async def test_changes_of_matches_out_of_the_live_list_are_kept_apart(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    now = int(cycles.clock.now)
    world.add("over", updated_at=now + 10)
    world.matches["m1"] |= {"updated_at": now + 20}
    cycle = await cycles.run(LIVE)
    assert list(cycle.enriched.of("match_details")) == ["m1"]
    assert list(cycle.enriched.other_details) == ["over"]
    assert not cycle.enriched.rejected
    world.matches["over"] |= {"updated_at": now + 70}
    api.answers("match/diary", ok([detail_row("fixture", status_id=1)]))
    cycle = await cycles.run(LIVE, fixture_days=1)
    assert set(cycle.enriched.other_details) == {"over", "fixture"}


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("first", [True, False])
async def test_row_in_the_future_hides_no_changes(
    api: ScriptedApi, cycles: Cycles, world: World, dated: bool, first: bool
) -> None:
    """Whether the first cursor is made of such a row or it comes later."""

    async def matches(request: web.Request) -> web.StreamResponse:
        date = format_datetime(cycles.now, usegmt=True) if dated else "unknown"
        return await ok(_listed(world.matches, request.query), {"Date": date})(request)

    api.answers(MATCHES, matches)
    future = int(cycles.clock.now) + 86400
    if not first:
        await cycles.run(LIVE)
    world.matches["m3"]["updated_at"] = future
    await cycles.run(LIVE)
    world.matches["m1"] |= {"updated_at": int(cycles.clock.now) + 30, "note": "changed"}
    cycle = await cycles.run(LIVE)
    assert set(cycle.enriched.of("match_details")) == {"m1", "m3"}, "the time of m3 is not believed"
    assert cycles.query("SELECT note FROM match_details WHERE match_id = 'm1'") == [("changed",)]


async def test_contradicted_details_are_asked_for_but_not_every_cycle(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    contradicting = LIVE | {"m1": 3}
    asked = [(await cycles.run(contradicting)).asked[MATCHES] for _ in range(9)]
    assert asked == [1, 1, 1, 1, 2, 1, 1, 1, 1]
    world.matches["m1"] |= {"updated_at": int(cycles.clock.now) + 250}
    assert (await cycles.run(contradicting, after=300)).asked[MATCHES] == 1, "its change has just been told"


@pytest.mark.parametrize("kickoff", [-1, "soon", None, 0])
async def test_match_without_a_kickoff_is_asked_for_until_it_has_one(
    cycles: Cycles, world: World, kickoff: object
) -> None:
    sound = world.matches["m1"]["match_time"]
    world.matches["m1"]["match_time"] = kickoff
    assert (await cycles.run(LIVE)).asked[MATCHES] == 3
    asked = [query for endpoint, query in (await cycles.run(LIVE)).queries if endpoint == MATCHES]
    assert [query["uuid"] for query in asked if "uuid" in query] == ["m1"]
    world.matches["m1"]["match_time"] = sound
    assert [(await cycles.run(LIVE)).asked[MATCHES] for _ in range(2)] == [2, 1]
    assert cycles.query("SELECT epoch(kickoff_at) FROM match_details WHERE match_id = 'm1'") == [(sound,)]


async def test_old_details_are_asked_for_a_few_a_cycle(cycles: Cycles, world: World) -> None:
    live = {f"n{number}": 2 for number in range(8)}
    for match_id in live:
        world.add(match_id, updated_at=int(cycles.clock.now) - 600, competition_id="one")
    await cycles.run(live)
    asked = [(await cycles.run(live, after=after)).asked[MATCHES] for after in (3590, 20, 60, 60)]
    assert asked == [1, 1 + 5, 1 + 3, 1]


async def test_details_without_a_cursor_are_asked_for_when_old_and_begin_one(
    cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    cycles.query("DELETE FROM pipeline.cursors WHERE name = 'match_details'")
    cycle = await cycles.run(LIVE)
    assert cycle.asked[MATCHES] == 0
    assert not cycle.enriched.failed
    assert (await cycles.run(LIVE, after=3600)).asked[MATCHES] == 3
    assert "match_details" in cycles.known().cursors


async def test_other_match_in_the_answer_is_no_details(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    api.answers(MATCHES, ok([detail_row("other")]))
    cycle = await cycles.run({"m1": 2})
    assert "m1" in cycle.enriched.failed["match_details"]
    assert cycle.enriched.of("match_details") == {}


async def test_failed_detail_keeps_other_matches(api: ScriptedApi, cycles: Cycles, world: World) -> None:
    del world.matches["m1"]["competition_id"]
    cycle = await cycles.run(LIVE)
    assert set(cycle.enriched.failed["match_details"]) == {"m1"}
    assert set(cycle.enriched.of("match_details")) == {"m2", "m3"}
    assert cycle.enriched.rejected[0].id == "m1"


async def test_details_of_matches_that_left_are_dropped(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    await cycles.run({"m2": 2})
    assert cycles.query("SELECT match_id FROM match_details") == [("m2",)]


# -- reference data ----------------------------------------------------------------------------------
async def test_references_are_kept_a_day_and_renewed_in_spread(cycles: Cycles, world: World) -> None:
    live = {f"n{number}": 2 for number in range(30)}
    for match_id in live:
        world.add(match_id, updated_at=int(cycles.clock.now) - 600, competition_id="one")
    await cycles.run(live)
    quiet = await cycles.run(live, after=23 * 3600)
    assert not [query for endpoint, query in quiet.queries if endpoint == TEAMS and "uuid" in query]
    spread = await cycles.run(live, after=2 * 3600)
    all_due = await cycles.run(live, after=3600)
    renewed = [
        len([query for endpoint, query in cycle.queries if endpoint == TEAMS and "uuid" in query])
        for cycle in (spread, all_due, await cycles.run(live), await cycles.run(live))
    ]
    assert max(renewed) <= 20
    assert sum(renewed) == 60


async def test_changed_team_is_read_within_ten_minutes(cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    await cycles.run(LIVE)
    world.teams["m1-home"] |= {"name": "renamed", "updated_at": int(cycles.clock.now) + 30}
    await cycles.run(LIVE, after=660)
    assert cycles.query("SELECT name FROM teams WHERE team_id = 'm1-home'") == [("renamed",)]


async def test_teams_that_a_crowded_second_may_hide_are_asked_for_a_few_a_cycle(
    cycles: Cycles, world: World
) -> None:
    live = {f"n{number}": 2 for number in range(12)}
    for match_id in live:
        world.add(match_id, updated_at=int(cycles.clock.now) - 600, competition_id="one")
    await cycles.run(live)
    await cycles.run(live)
    now = int(cycles.clock.now)
    for number in range(1001):
        world.teams[f"other{number}"] = team_row(f"other{number}", updated_at=now)
    cycle = await cycles.run(live, after=660)
    asked = [query["uuid"] for endpoint, query in cycle.queries if endpoint == TEAMS and "uuid" in query]
    assert len(asked) == len(set(asked)) == 20
    assert set(asked) <= {f"{match_id}-{side}" for match_id in live for side in ("home", "away")}


async def test_changes_with_any_id_are_passed_over(api: ScriptedApi, cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE)
    await cycles.run(LIVE)
    api.answers(TEAMS, ok([{"id": []}, {"id": {}}, 7, {"id": "m1-home", "name": "renamed"}]))
    await cycles.run(LIVE, after=660)
    assert cycles.query("SELECT name FROM teams WHERE team_id = 'm1-home'") == [("renamed",)]


async def test_unknown_id_is_not_asked_for_again_within_an_hour(cycles: Cycles, world: World) -> None:
    del world.teams["m1-home"]
    await cycles.run(LIVE)
    asked, hits = [], []
    for after in (60, 1800, 1800):
        cycle = await cycles.run(LIVE, after=after)
        asked.append((TEAMS, {"uuid": "m1-home"}) in cycle.queries)
        hits.append(cycle.enriched.cache_hits)
    assert asked == [False, False, True]
    assert hits == [11, 11, 10], (
        "matches, teams, the competition, the country, and what is known not to be there"
    )


async def test_known_team_that_the_api_forgot_is_not_asked_for_every_cycle(
    cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    del world.teams["m1-home"]
    asked = []
    for after in (27 * 3600, 60, 60):
        cycle = await cycles.run(LIVE, after=after)
        asked.append((TEAMS, {"uuid": "m1-home"}) in cycle.queries)
    assert asked == [True, False, False]
    assert cycles.query("SELECT count(*) FROM teams WHERE team_id = 'm1-home'") == [(1,)]


async def test_merged_team_is_followed(cycles: Cycles, world: World) -> None:
    world.teams["m1-home"]["uid"] = "successor"
    world.teams["successor"] = team_row("successor", uid="m1-home")  # in a circle, even
    cycle = await cycles.run(LIVE)
    assert "successor" in cycle.enriched.of("teams")
    assert (await cycles.run(LIVE)).asked[TEAMS] == 0
    cycles.query("DELETE FROM teams WHERE team_id = 'successor'")
    assert (TEAMS, {"uuid": "successor"}) in (await cycles.run(LIVE)).queries


async def test_failed_team_is_last_known_and_asked_for_again(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    await cycles.run(LIVE)
    await cycles.run(LIVE)
    api.answers(TEAMS, raw(b"", 500))
    cycle = await cycles.run(LIVE, after=27 * 3600)
    assert isinstance(cycle.enriched.failed["teams"]["m1-home"], NotReachable)
    assert [line for line in cycle.enriched.warnings if "teams" in line] == [
        "changes of teams not read: team/additional/list: HTTP 500"
    ]
    assert cycles.query("SELECT data_source, count(*) FROM teams GROUP BY 1") == [("last_known", 6)]
    world.restore()
    assert (await cycles.run(LIVE)).asked[TEAMS] >= 6
    assert cycles.query("SELECT data_source, count(*) FROM teams GROUP BY 1") == [("api", 6)]


async def test_simulated_rows_stay_simulated(api: ScriptedApi, cycles: Cycles, world: World) -> None:
    await cycles.run(LIVE, data_source="simulated")
    api.answers(TEAMS, raw(b"", 500))
    await cycles.run(LIVE, after=27 * 3600, data_source="simulated")
    assert cycles.query("SELECT DISTINCT data_source FROM teams") == [("simulated",)]


async def test_countries_are_asked_for_once_a_day(cycles: Cycles, world: World) -> None:
    world.countries = [country_row("a"), country_row("b")]
    assert (await cycles.run(LIVE)).asked[COUNTRIES] == 1
    world.countries = [country_row("b")]
    assert (await cycles.run(LIVE, after=23 * 3600)).asked[COUNTRIES] == 0
    assert (await cycles.run(LIVE, after=4 * 3600)).asked[COUNTRIES] == 1
    assert (await cycles.run(LIVE)).asked[COUNTRIES] == 0, "a country that is gone is no reason to ask"


@pytest.mark.parametrize("lost", [{**country_row("b"), "id": "b\n"}, ["b"], {"name": "Spain"}])
async def test_list_of_countries_with_rows_that_were_lost_is_asked_for_again(
    cycles: Cycles, world: World, lost: Any
) -> None:
    world.countries = [country_row("a"), lost]
    assert [(await cycles.run(LIVE)).asked[COUNTRIES] for _ in range(2)] == [1, 1]
    world.countries = [country_row("a"), country_row("b"), country_row("a")]
    assert [(await cycles.run(LIVE)).asked[COUNTRIES] for _ in range(2)] == [1, 0]
    assert cycles.query("SELECT country_id FROM countries ORDER BY ALL") == [("a",), ("b",)]


async def test_failed_countries_of_a_new_warehouse_are_told_in_one(
    api: ScriptedApi, cycles: Cycles, world: World
) -> None:
    api.answers(COUNTRIES, ok([{"name": "Spain"}]))
    cycle = await cycles.run(LIVE)
    assert {id_: str(error) for id_, error in cycle.enriched.failed["countries"].items()} == {
        "all": "country/list gave no readable country"
    }


async def test_other_team_in_the_answer_is_no_row(api: ScriptedApi, cycles: Cycles, world: World) -> None:
    api.answers(TEAMS, ok([team_row("other")]))
    cycle = await cycles.run({"m1": 2})
    assert str(cycle.enriched.failed["teams"]["m1-home"]) == "teams: no readable row of m1-home"
    assert cycle.enriched.of("teams") == {}


async def test_one_connection_goes_to_what_stands_for_many_first(cycles: Cycles, world: World) -> None:
    cycles.client["max_connections"] = 1
    await cycles.run(LIVE, fixture_days=1)
    cycle = await cycles.run(LIVE | {"m4": 2}, after=27 * 3600, fixture_days=1)
    order = [endpoint for endpoint, _ in cycle.queries]
    assert set(order[:5]) == {"deleted", MATCHES, "odds/live", "odds/update", "match/diary"}
    assert order[-11:] == [*["odds/history"] * 4, *[TEAMS] * 6, COMPETITIONS]
    assert set(order[5:-11]) == {"match/diary", MATCHES, COUNTRIES}


async def test_failed_countries_are_asked_for_again(api: ScriptedApi, cycles: Cycles, world: World) -> None:
    world.countries = [country_row("a"), country_row("b")]
    await cycles.run(LIVE)
    api.answers(COUNTRIES, ok([]))
    cycle = await cycles.run(LIVE, after=27 * 3600)
    assert {id_: str(error) for id_, error in cycle.enriched.failed["countries"].items()} == dict.fromkeys(
        ("a", "b"), "country/list gave no readable country"
    )
    world.countries = [country_row("b")]
    world.restore()
    assert [(await cycles.run(LIVE)).asked[COUNTRIES] for _ in range(2)] == [1, 0]
