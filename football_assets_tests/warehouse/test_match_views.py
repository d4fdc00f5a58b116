"""The views of matches, row by row against a plain model of what their columns are documented to be: names
through mergers, countries, sources, results and goals of random matches."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from football_assets.codes import GOAL_CANCELLED, GOALS, VAR
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.enrichment.known import Coverage
from football_assets.tables import LIVE_TABLES
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch, MatchIncident
from football_assets.tables.matches import MatchRecord, Venue
from football_assets.tables.reference import Competition, Country, Team
from football_assets.tables.schema import Row
from football_assets.warehouse.mergers import follow_mergers
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.store import flatten, mark_stored
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, IN_PLAY, Values, assert_rows, random_row, table_of

SOURCES = (*["api"] * 20, "last_known", "simulated")
STATUSES = (0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 11, 12)

#: Which is merged into which: a chain, a ring, and one into what is not known.
MERGED = {"x1": "x2", "x2": "x3", "x4": "x5", "x5": "x4", "x6": "elsewhere"}
#: Whose row the names and all else come from.
SUCCESSORS = {"x1": "x3", "x2": "x3", "x4": "x4", "x5": "x4"}
IDS = [f"x{number}" for number in range(1, 9)]
#: Ids that no table has; the API does not know the second, in every other world.
MISSING, UNKNOWN = "missing", "unknown"


@dataclass
class World:
    """What is stored, by table."""

    chance: random.Random
    live: list[Values]
    details: dict[str, Values]
    records: list[Values]
    teams: dict[str, Values]
    competitions: dict[str, Values]
    countries: dict[str, Values]
    venues: dict[str, Values]
    incidents: list[Values]
    coverage: dict[str, Values]
    unknown: set[str]


def random_world(seed: int) -> World:
    """Matches of which some lack details, teams, competitions; every third world has no country."""
    chance = random.Random(seed)
    countries = {f"c{number}" for number in range(3)} if seed % 3 else set()

    def ids(*more: str | None) -> str | None:
        return chance.choice((*IDS, *IDS, *more))

    def rows(row: type[Row], key: str, names: list[str], **given: Any) -> dict[str, Values]:
        return {
            id_: random_row(
                chance,
                row,
                **{key: id_, "data_source": chance.choice(SOURCES), "merged_into": MERGED.get(id_)},
                **{name: make() for name, make in given.items()},
            )
            for id_ in names
        }

    def of_teams() -> Values:
        more = ("t-mock", MISSING, UNKNOWN, None)
        return {
            "competition_id": ids(*more),
            "home_team_id": ids(*more),
            "away_team_id": ids(*more),
            "venue_id": chance.choice(("v0", "v1", "v9", None)),
        }

    live_ids = [f"m{number:02}" for number in range(30)]
    live = [
        random_row(
            chance,
            LiveMatch,
            match_id=id_,
            status_id=chance.choice(STATUSES),
            data_source=chance.choice(SOURCES),
            **{
                f"{side}_{kind}": chance.choice((None, 0, 1, 2))
                for side in ("home", "away")
                for kind in ("score", "overtime_score")
            },
        )
        for id_ in live_ids
    ]
    of_country = {
        "country_id": lambda: chance.choice((None, "c0", "c1", "c2", "c9")),
        "host_country": lambda: chance.choice((None, None, "a host")),
        "updated_at": lambda: chance.choice((None, BEGAN)),
    }
    return World(
        chance,
        live,
        {
            id_: random_row(
                chance, MatchDetail, match_id=id_, data_source=chance.choice((*SOURCES, "mock")), **of_teams()
            )
            for id_ in live_ids
            if chance.random() < 0.9
        },
        [
            random_row(
                chance,
                MatchRecord,
                match_id=f"r{number:02}",
                status_id=chance.choice((8, 8, 8, *STATUSES)),
                deleted_at=BEGAN if chance.random() < 0.2 else None,
                **of_teams(),
            )
            for number in range(60)
        ],
        rows(Team, "team_id", [*IDS, "t-mock"]),
        rows(Competition, "competition_id", IDS, **of_country),
        rows(Country, "country_id", sorted(countries)),
        {id_: {"venue_id": id_, "name": name} for id_, name in (("v0", "Ground"), ("v1", None))},
        [row for match in live for row in random_incidents(chance, match["match_id"])]
        + list(random_incidents(chance, "left the list")),
        {
            id_: random_row(
                chance,
                Coverage,
                match_id=id_,
                in_play=False,
                closed=False,
                is_current=chance.random() < 0.95,
                recheck=False,
                is_fixture=False,
            )
            for id_ in live_ids
            if chance.random() < 0.8
        },
        {UNKNOWN} if seed % 2 else set(),
    )


def random_incidents(chance: random.Random, match_id: str) -> Iterator[Values]:
    for sequence in range(chance.randint(0, 12)):
        yield random_row(
            chance,
            MatchIncident,
            match_id=match_id,
            sequence=sequence,
            incident_id=chance.choice((*GOALS, *GOALS, VAR, VAR, 3)),
            var_result_id=chance.choice((None, GOAL_CANCELLED, GOAL_CANCELLED, 1)),
            team=chance.choice(("home", "home", "away", "away", None)),
        )


def stored(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    parts: list[tuple[type[Row], list[Values]]] = [
        (LiveMatch, world.live),
        (MatchDetail, list(world.details.values())),
        (MatchRecord, world.records),
        (Team, list(world.teams.values())),
        (Competition, list(world.competitions.values())),
        (Country, list(world.countries.values())),
        (Venue, list(world.venues.values())),
        (MatchIncident, world.incidents),
        (Coverage, list(world.coverage.values())),
    ]
    for row, rows in parts:
        insert(connection, row.table.name, table_of(row, rows))
    for id_ in world.unknown:
        connection.execute("INSERT INTO pipeline.unknown_ids VALUES ('teams', ?, ?)", [id_, BEGAN])
    follow_mergers(connection)
    mark_stored(connection, (*LIVE_TABLES, *ENRICHED_TABLES), BEGAN)
    assert flatten(connection, [2], BEGAN + timedelta(seconds=1)) == len(world.live)


# -- the model -----------------------------------------------------------------------------------------------


def name_of(rows: dict[str, Values], id_: str | None) -> str | None:
    """The name of a team or competition: its successor's, where that has one."""
    if id_ not in rows:
        return None
    last = rows[SUCCESSORS.get(id_, id_)]["name"]
    return last if last is not None else rows[id_]["name"]


def competition_of(world: World, id_: str | None) -> Values | None:
    """The competition whose country counts: the successor of one that was merged."""
    return world.competitions[SUCCESSORS.get(id_, id_)] if id_ in world.competitions else None


def country_of(world: World, id_: str | None) -> tuple[str | None, Values | None]:
    """The country that is shown, None where neither it nor a host is told; and the competition."""
    competition = competition_of(world, id_)
    if competition is None:
        return None, None
    country = world.countries.get(competition["country_id"])
    named = country["name"] if country else None
    return (competition["host_country"] if named is None else named), competition


def named(world: World, row: Values) -> Values:
    """The names of both sides and of the competition."""
    return {
        "competition": name_of(world.competitions, row.get("competition_id")),
        "home_team": name_of(world.teams, row.get("home_team_id")),
        "away_team": name_of(world.teams, row.get("away_team_id")),
    }


def flattened(world: World, live: Values) -> Values:
    """A row of `flattened_matches`, without prices."""
    details = world.details.get(live["match_id"], {})
    country, _ = country_of(world, details.get("competition_id"))
    of_details = [
        *("competition_id", "home_team_id", "away_team_id", "kickoff_at", "home_position", "away_position"),
        *("round_num", "venue_id", "weather", "temperature_c", "wind_mps", "humidity_pct", "pressure_mmhg"),
    ]
    told = {name: details.get(name) for name in of_details}
    celsius, metres = told["temperature_c"], told["wind_mps"]
    kept = {name: value for name, value in live.items() if name not in ("period_started_at", "note")}
    return {
        **kept,
        **told,
        **named(world, details),
        "country": "International" if country is None else country,
        "temperature_f": None if celsius is None else celsius * 1.8 + 32,
        "wind_mph": None if metres is None else metres * 3600 / 1609.344,
        "data_source": source_of(world, live, details),
    }


def source_of(world: World, live: Values, details: Values) -> str:
    """The worst of what the row is made of."""

    def of(rows: dict[str, Values], id_: str | None) -> str | None:
        if id_ in rows:
            return rows[id_]["data_source"]  # type: ignore[no-any-return]
        return None if id_ is None or id_ in world.unknown else "last_known"

    competition_id = details.get("competition_id")
    competition = competition_of(world, competition_id) or {}
    country = world.countries.get(competition.get("country_id", ""), {}).get("data_source")
    if country is None and competition.get("country_id") is not None and not world.countries:
        country = "last_known"
    parts = {
        live["data_source"],
        details.get("data_source", "last_known"),
        of(world.competitions, competition_id),
        country,
        of(world.teams, details.get("home_team_id")),
        of(world.teams, details.get("away_team_id")),
        None if world.coverage.get(live["match_id"], {}).get("is_current", True) else "last_known",
    }
    return next(source for source in ("mock", "simulated", "last_known", "api") if source in parts)


def match(world: World, record: Values) -> Values:
    """A row of `matches`."""
    country, competition = country_of(world, record["competition_id"])
    if country is None and competition and competition["updated_at"] is not None:
        country = "International"
    venue = world.venues.get(record["venue_id"], {})
    return {
        **record,
        **named(world, record),
        "country": country,
        "venue": venue.get("name"),
        "result": result(record),
    }


def result(record: Values) -> str | None:
    home, away = record["home_score"], record["away_score"]
    if record["status_id"] != 8 or record["deleted_at"] is not None or None in (home, away):
        return None
    return "home" if home > away else "away" if home < away else "draw"


def goals(world: World) -> list[Values]:
    """The rows of `goals`: a cancelled goal is taken back only where the list holds more than the score."""
    live = {row["match_id"]: row for row in world.live}
    by_match: dict[str, list[Values]] = defaultdict(list)
    for row in world.incidents:
        by_match[row["match_id"]].append(row)
    found: list[Values] = []
    for match_id, rows in by_match.items():
        listed = [row for row in rows if row["incident_id"] in GOALS]
        doubted = doubted_goals(rows, listed)
        gone = {
            sequence
            for team in ("home", "away", None)
            for sequence in taken_back(team, listed, doubted, live.get(match_id))
        }
        found += [goal(row) for row in listed if row["sequence"] not in gone]
    return found


def doubted_goals(rows: list[Values], listed: list[Values]) -> list[Values]:
    """The last goal before each decision that cancels one, of the side that the decision names."""
    doubted = {}
    for decision in rows:
        if decision["incident_id"] == VAR and decision["var_result_id"] == GOAL_CANCELLED:
            before = [
                row
                for row in listed
                if row["sequence"] < decision["sequence"] and decision["team"] in (None, row["team"])
            ]
            if before:
                doubted[before[-1]["sequence"]] = before[-1]
    return list(doubted.values())


def taken_back(
    team: str | None, listed: list[Values], doubted: list[Values], live: Values | None
) -> list[int]:
    if live is None:
        return []
    score = 0
    if team is not None:
        score = max(live[f"{team}_score"] or 0, live[f"{team}_overtime_score"] or 0)
    surplus = sum(row["team"] == team for row in listed) - score
    of_team = sorted(row["sequence"] for row in doubted if row["team"] == team)
    return of_team[-surplus:] if surplus > 0 else []


def goal(row: Values) -> Values:
    kept = ["match_id", "sequence", "incident", "team", "minute", "added_minute", "home_score", "away_score"]
    return {name: row[name] for name in kept} | {"scorer_id": row["player_id"], "scorer": row["player_name"]}


# -- held against the views ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=range(9))
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, World]]:
    """A warehouse that holds a random world; and this."""
    world = random_world(request.param)
    warehouse = Warehouse(tmp_path_factory.mktemp("matches") / "warehouse.duckdb")
    with warehouse.transaction() as connection:
        stored(connection, world)
        yield connection, world
    warehouse.close()


Told = tuple[duckdb.DuckDBPyConnection, World]


def test_flattened_matches(told: Told) -> None:
    connection, world = told
    expected = [flattened(world, live) for live in world.live]
    columns = ", ".join(expected[0])
    assert_rows(records(connection, f"SELECT {columns} FROM flattened_matches"), expected, "match_id")


def test_matches_in_play_are_those_of_the_flattened_table_in_the_order_of_a_list(told: Told) -> None:
    connection, world = told
    found = records(connection, "FROM in_play_matches")
    expected = [row for row in records(connection, "FROM flattened_matches") if row["status_id"] in IN_PLAY]
    assert len(expected) == sum(row["status_id"] in IN_PLAY for row in world.live) > 0
    assert_rows(found, expected, "match_id")
    order = ("country", "competition", "kickoff_at", "match_id")
    places = [[(row[name] is None, row[name]) for name in order] for row in found]
    assert places == sorted(places)


def test_matches(told: Told) -> None:
    connection, world = told
    expected = [match(world, record) for record in world.records]
    assert {row["result"] for row in expected} >= {None, "home", "away"}
    assert_rows(records(connection, "FROM matches"), expected, "match_id")


def test_goals(told: Told) -> None:
    connection, world = told
    expected = goals(world)
    listed = sum(row["incident_id"] in GOALS for row in world.incidents)
    assert 0 < len(expected) < listed
    found = records(connection, "FROM goals")
    assert_rows(found, expected, "match_id", "sequence")
    places = [(row["match_id"], row["sequence"]) for row in found]
    assert places == sorted(places)
