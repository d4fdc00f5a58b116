"""The macros of the past, row by row against a plain model: what stood at an edition is laid down as the
present, and `flattened_matches` is made of it. Spells, states, details, prices and sources come and go at
random moments, also at those of the editions themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.tables import LIVE_TABLES
from football_assets.tables.cycles import Edition
from football_assets.tables.details import MatchDetail, MatchDetailChange
from football_assets.tables.flattened import FlattenedMatch, SourceChange
from football_assets.tables.live import LiveMatch, LiveMatchChange, LiveSpell
from football_assets.tables.matches import MatchRecord
from football_assets.tables.odds import AgedOddsTick, NewestTick, OddsRevision, OddsTick
from football_assets.tables.reference import Competition, Team
from football_assets.tables.schema import Row
from football_assets.warehouse.as_of import as_of_macros
from football_assets.warehouse.history.views import history_views
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.store import flatten, mark_stored
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, Values, assert_rows, random_row, table_of

#: Moments at which something was stored; the editions are at some of them, and a second after others.
MOMENTS = [BEGAN + timedelta(minutes=minute) for minute in range(12)]
EDITIONS = [*MOMENTS[1::4], *(moment + timedelta(seconds=1) for moment in MOMENTS[2::4])]
BOOKMAKERS = (2, 9, 17)
MATCHES = [f"m{number:02}" for number in range(16)]
TEAMS, COMPETITIONS = ("t1", "t2", "t3"), ("c1", "c2")

Rows = list[Values]


def versions(chance: random.Random, *, gaps: float) -> Iterator[Values]:
    """From when to when the versions of a row stand, one after the other, with `gaps` between some."""
    moments = sorted(chance.sample(MOMENTS, chance.randint(1, 5)))
    for since, until in pairwise([*moments, None]):
        assert since is not None
        if chance.random() >= gaps:
            last = None if chance.random() < 0.7 else since + timedelta(minutes=20)
            yield {"seen_at": since, "replaced_at": until or last}


def at(rows: Rows, moment: datetime) -> Rows:
    """The rows that stood at a moment."""
    return [
        row
        for row in rows
        if row["seen_at"] <= moment and (row["replaced_at"] is None or moment < row["replaced_at"])
    ]


def without(row: Values, *names: str) -> Values:
    return {name: value for name, value in row.items() if name not in names}


class Past:
    """What was known of random matches, and from when to when."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.spells = self._rows(LiveSpell, gaps=0.3)
        self.states = self._rows(LiveMatchChange, gaps=0.1, status_id=(1, 2, 4, 5, 7, 8))
        self.details = self._rows(
            MatchDetailChange,
            gaps=0.1,
            home_team_id=TEAMS,
            away_team_id=TEAMS,
            competition_id=COMPETITIONS,
        )
        self.sources = self._rows(SourceChange, gaps=0, data_source=("api", "last_known", "simulated"))
        self.ticks = [
            self._tick(match_id, company_id, market, second, version)
            for match_id in MATCHES
            for company_id in BOOKMAKERS
            for market in ("money_line", "spread")
            for second in chance.sample(range(6), chance.randint(0, 3))
            for version in versions(chance, gaps=0.2)
        ]
        self.editions = [
            random_row(
                chance,
                Edition,
                edition=number,
                published_at=published_at,
                fetched_at=published_at - timedelta(seconds=chance.randint(5, 9)),
                bookmakers=chance.sample(BOOKMAKERS, chance.randint(1, 3)),
            )
            for number, published_at in enumerate(sorted(EDITIONS), start=1)
        ]
        self.records = [
            random_row(
                chance,
                MatchRecord,
                match_id=match_id,
                kickoff_at=chance.choice((BEGAN, BEGAN + timedelta(hours=11), None)),
                first_seen_at=BEGAN,
            )
            for match_id in MATCHES
        ]
        self.teams = [random_row(chance, Team, team_id=id_, merged_into=None) for id_ in TEAMS]
        self.competitions = [
            random_row(chance, Competition, competition_id=id_, merged_into=None) for id_ in COMPETITIONS
        ]

    def _rows(self, row: type[Row], *, gaps: float, **choices: tuple[object, ...]) -> Rows:
        return [
            random_row(
                self.chance,
                row,
                match_id=match_id,
                **version,
                **{name: self.chance.choice(values) for name, values in choices.items()},
            )
            for match_id in MATCHES
            for version in versions(self.chance, gaps=gaps)
        ]

    def _tick(self, match_id: str, company_id: int, market: str, second: int, version: Values) -> Values:
        return random_row(
            self.chance,
            AgedOddsTick,
            match_id=match_id,
            company_id=company_id,
            company=f"Company {company_id}",
            market=market,
            tick_at=BEGAN - timedelta(seconds=second // 2),
            sequence=second % 2,
            **version,
        )

    def ticks_at(self, moment: datetime) -> Rows:
        """All ticks as they were told at a moment."""
        return [without(row, "replaced_at") for row in at(self.ticks, moment)]

    def edition_at(self, moment: datetime) -> Values | None:
        return max(
            (row for row in self.editions if row["published_at"] <= moment),
            key=lambda row: row["published_at"],
            default=None,
        )

    def store(self, connection: duckdb.DuckDBPyConnection) -> None:
        """All of it in the tables of the histories: ticks that were replaced lie in any of three."""
        stand = [row for row in self.ticks if row["replaced_at"] is None]
        replaced = [row for row in self.ticks if row["replaced_at"] is not None]
        for row, rows in (
            (LiveSpell, self.spells),
            (LiveMatchChange, self.states),
            (MatchDetailChange, self.details),
            (SourceChange, self.sources),
            (OddsTick, [without(row, "replaced_at") for row in stand[::2]]),
            (OddsRevision, replaced[::2]),
            (AgedOddsTick, [*stand[1::2], *replaced[1::2]]),
            (Edition, self.editions),
            (MatchRecord, self.records),
            (Team, self.teams),
            (Competition, self.competitions),
        ):
            insert(connection, row.table.name, table_of(row, rows))

    def lay_down(self, connection: duckdb.DuckDBPyConnection, edition: Values) -> None:
        """What stood at an edition in the tables of the present."""
        moment = edition["published_at"]
        present = {row["match_id"] for row in at(self.spells, moment)}

        def of(rows: Rows) -> Rows:
            return [row for row in at(rows, moment) if row["match_id"] in present]

        newest: dict[tuple[str, int, str], Values] = {}
        for tick in sorted(of(self.ticks), key=lambda row: (row["tick_at"], row["sequence"])):
            newest[tick["match_id"], tick["company_id"], tick["market"]] = tick
        fetched_at = edition["fetched_at"]
        live = [
            row
            | {"fetched_at": fetched_at, "minute": minute(connection, row, fetched_at), "data_source": "api"}
            for row in of(self.states)
        ]
        for row, rows in (
            (LiveMatch, live),
            (MatchDetail, of(self.details)),
            (NewestTick, list(newest.values())),
        ):
            connection.execute(f"DELETE FROM {row.table.name}")
            insert(connection, row.table.name, table_of(row, rows))
        mark_stored(connection, (*LIVE_TABLES, *ENRICHED_TABLES), datetime.now(UTC))
        flatten(connection, edition["bookmakers"], datetime.now(UTC))

    def source_of(self, match_id: str, moment: datetime) -> str | None:
        return next(
            (row["data_source"] for row in at(self.sources, moment) if row["match_id"] == match_id), None
        )


def minute(connection: duckdb.DuckDBPyConnection, state: Values, fetched_at: datetime) -> str | None:
    found: str | None = connection.execute(
        "SELECT minute_of_play(?::INTEGER, ?::TIMESTAMPTZ, ?::TIMESTAMPTZ)",
        [state["status_id"], state["period_started_at"], fetched_at],
    ).fetchall()[0][0]
    return found


@pytest.fixture(scope="module", params=range(3))
def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Past, duckdb.DuckDBPyConnection]]:
    """A past, and a warehouse that has it and the macros of the past."""
    past, root = Past(request.param), tmp_path_factory.mktemp("past")
    with closing(Warehouse(root / "warehouse.duckdb")) as warehouse:
        connection = warehouse.open()
        connection.execute("SET timezone = 'UTC'")
        past.store(connection)
        for statement in (*history_views(Path(root / "history"), date.min), *as_of_macros()):
            connection.execute(statement)
        yield past, connection


#: Each edition, a second later, and before all of them.
ASKED = sorted(
    {*EDITIONS, *(moment + timedelta(seconds=1) for moment in EDITIONS), min(EDITIONS) - timedelta(seconds=1)}
)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_day_of_a_kick_off_is_that_of_utc(stored: tuple[Past, duckdb.DuckDBPyConnection], zone: str) -> None:
    past, connection = stored
    days = {
        record["match_id"]: (record["kickoff_at"] or record["first_seen_at"]).date()
        for record in past.records
    }
    with connection.cursor() as reader:
        reader.execute(f"SET timezone = '{zone}'")
        for history in ("odds_history", "live_match_history", "match_detail_history"):
            found = reader.execute(f"SELECT DISTINCT match_id, kickoff_day FROM {history}").fetchall()
            assert found
            assert {(match_id, days[match_id]) for match_id, _ in found} == set(found)


def test_edition_at(stored: tuple[Past, duckdb.DuckDBPyConnection]) -> None:
    past, connection = stored
    for moment in ASKED:
        found = records(connection, f"FROM edition_at(TIMESTAMPTZ '{moment}')")
        expected = past.edition_at(moment)
        assert found == ([expected] if expected else []), moment


def test_odds_known_at(stored: tuple[Past, duckdb.DuckDBPyConnection]) -> None:
    past, connection = stored
    for moment in ASKED:
        edition = past.edition_at(moment)
        expected = past.ticks_at(edition["published_at"]) if edition else []
        found = records(
            connection, f"SELECT * EXCLUDE (kickoff_day) FROM odds_known_at(TIMESTAMPTZ '{moment}')"
        )
        assert_rows(found, expected, "match_id", "company_id", "market", "tick_at", "sequence", "seen_at")


def test_matches_known_at(stored: tuple[Past, duckdb.DuckDBPyConnection]) -> None:
    past, connection = stored
    asked = {
        moment: records(connection, f"FROM matches_known_at(TIMESTAMPTZ '{moment}')") for moment in ASKED
    }
    shown: set[int] = set()
    for moment, found in asked.items():
        edition = past.edition_at(moment)
        if not edition:
            assert found == []
            continue
        past.lay_down(connection, edition)
        expected = [
            row | {"data_source": past.source_of(row["match_id"], edition["published_at"])}
            for row in records(connection, f"FROM {FlattenedMatch.table.name}")
        ]
        assert_rows(found, expected, "match_id")
        shown.add(len(found))
    assert len(shown) > 2
