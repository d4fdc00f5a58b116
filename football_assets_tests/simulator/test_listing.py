"""The list endpoints' three ways to ask, and reference data."""

from __future__ import annotations

import pytest

from football_assets.simulator.answers import Simulator
from football_assets.simulator.renewals import PERIOD_SECONDS
from football_assets.thesports.endpoints import COMPETITIONS, MATCHES, TEAMS
from football_assets.thesports.errors import ApiFailure
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.reference import parse_competitions, parse_countries, parse_teams
from football_assets_tests.simulator.asking import START, Clock, asking

PARSERS = {MATCHES: parse_details, TEAMS: parse_teams, COMPETITIONS: parse_competitions}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS, MATCHES])
async def test_pages_hold_every_row_once_and_then_none(clock, endpoint) -> None:
    async with asking(Simulator(1, 3, clock)) as api:
        ids: list[str] = []
        page = 1
        while (answer := await api.page(endpoint, page)).query["total"]:
            assert answer.query == {"total": len(answer.results), "type": "page", "page": page}
            given = clock.given_with_present if endpoint == MATCHES else clock.given
            assert PARSERS[endpoint](answer.results, **given).rejected == []
            ids += [row["id"] for row in answer.results]
            page += 1
        assert answer.results == []
        assert len(set(ids)) == len(ids)
        entered_twice = {TEAMS: 16, COMPETITIONS: 8}.get(endpoint, 0)
        assert len(ids) - entered_twice == pytest.approx(
            {TEAMS: 627, COMPETITIONS: 34, MATCHES: 945}[endpoint], rel=0.05
        )


async def test_a_page_has_a_thousand_rows(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        totals = [(await api.page(TEAMS, page)).query["total"] for page in (1, 2, 3)]
    assert totals[0] == 1000
    assert totals[1] > 254  # some are entered twice
    assert totals[2] == 0


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS, MATCHES])
async def test_a_row_by_its_id_is_the_row_of_the_page(clock, endpoint) -> None:
    simulator = Simulator(clock=clock)
    row = simulator.answer(endpoint, {"page": "1"})["results"][17]
    assert simulator.answer(endpoint, {"uuid": row["id"]}) == {
        "code": 0,
        "query": {"total": 1, "type": "uuid", "uuid": row["id"]},
        "results": [row],
    }


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS, MATCHES])
@pytest.mark.parametrize("unknown", ["", "nobody", "000000000000000", "a" * 15, "é" * 15, "_" * 15])
def test_an_unknown_id_has_no_row(clock, endpoint, unknown) -> None:
    answer = Simulator(clock=clock).answer(endpoint, {"uuid": unknown})
    assert answer == {"code": 0, "query": {"total": 0, "type": "uuid", "uuid": unknown}, "results": []}


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS])
@pytest.mark.parametrize("age", [0, 3600, 86_400, PERIOD_SECONDS // 2, 10 * PERIOD_SECONDS])
def test_rows_changed_since_a_time_are_those_that_a_scan_finds(clock, endpoint, age) -> None:
    simulator = Simulator(1, 20, clock)
    every = [*simulator.answer(endpoint, {})["results"]]
    answer = simulator.answer(endpoint, {"time": str(START - age)})
    found = answer["results"]
    changed = [row for row in every if row["updated_at"] >= START - age]
    assert sorted(row["id"] for row in found) == sorted(row["id"] for row in changed)
    assert [row["updated_at"] for row in found] == sorted(row["updated_at"] for row in found)
    assert all(row["updated_at"] <= START for row in every)


def test_matches_changed_since_a_time_are_those_that_a_scan_finds(clock) -> None:
    simulator = Simulator(1, 3, clock)
    every = simulator.answer(MATCHES, {})["results"]
    for age in (0, 60, 3600, 8 * 3600, 20 * 86_400):
        answer = simulator.answer(MATCHES, {"time": str(START - age)})
        changed = [row for row in every if row["updated_at"] >= START - age]
        assert sorted(row["id"] for row in answer["results"]) == sorted(row["id"] for row in changed)
        times = [row["updated_at"] for row in answer["results"]]
        assert times == sorted(times)
        assert (answer["query"].get("min_time"), answer["query"].get("max_time")) == (
            (times[0], times[-1]) if times else (None, None)
        )


async def test_a_cursor_walks_through_all_changes_a_thousand_at_a_time(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        cursor, ids = START - 60 * 3600, set()
        sizes = []
        while not sizes or sizes[-1] == 1000:
            answer = await api.matches_since(cursor)
            ids |= {row["id"] for row in answer.results}
            sizes.append(len(answer.results))
            cursor = answer.query["max_time"]
    assert len(sizes) == 2
    assert len(ids) > 60 * 3600 / (136 * 60) * 50 * 0.98


async def test_teams_are_renewed_as_time_passes(clock) -> None:
    simulator = Simulator(clock=clock)
    clock.now = START + 2 * 86_400
    async with asking(simulator) as api:
        renewed = (await api.teams_since(START)).results
        team = (await api.team(renewed[0]["id"])).results[0]
    assert START <= team["updated_at"] <= clock.now
    assert 40 < len(renewed) < 120


async def test_references_between_rows_lead_somewhere(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        countries = parse_countries((await api.countries()).results, **clock.given)
        known = {country.country_id for country in countries.rows}
        assert countries.rejected == []
        assert len(known) > 190
        for live in (await api.live()).results:
            (match,) = (await api.match(live["id"])).results
            teams = [(await api.team(match[f"{side}_team_id"])).results for side in ("home", "away")]
            competition = (await api.competition(match["competition_id"])).results
            assert parse_teams(teams[0] + teams[1], **clock.given).rejected == []
            assert parse_competitions(competition, **clock.given).rejected == []
            assert len(teams[0]) == len(teams[1]) == len(competition) == 1
            assert {row["country_id"] for row in teams[0] + teams[1] + competition} <= known | {""}


def test_internationals_have_no_country_and_some_have_a_host(clock) -> None:
    competitions = Simulator(clock=clock).answer(COMPETITIONS, {})["results"]
    without = [row for row in competitions if row["country_id"] == ""]
    assert without
    assert any(row["host"] for row in without)
    assert any(not row["host"] for row in without)
    assert {row["type"] for row in competitions} == {1, 2, 3}
    teams = Simulator(clock=clock).answer(TEAMS, {})["results"]
    assert sum(row["country_id"] == "" for row in teams) > len(teams) / 2
    assert {row["national"] for row in teams} == {0, 1}


@pytest.mark.parametrize("query", [{"time": "soon"}, {"page": "-1"}, {"time": ""}, {"page": "١"}])
def test_a_query_that_is_no_number_is_an_error_in_the_envelope(clock, query) -> None:
    assert Simulator(clock=clock).answer(TEAMS, query)["code"] == 9999


async def test_the_client_understands_that_error(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        with pytest.raises(ApiFailure):
            await api.page(TEAMS, -1)
