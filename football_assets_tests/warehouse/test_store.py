"""What an enrichment has learned, stored: sources, names, placeholders and ids that the API does not know."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from football_assets.enrichment.known import Enriched, Stamp
from football_assets.tables.details import MatchDetail
from football_assets.tables.reference import Competition, Country, Team
from football_assets.tables.schema import Row
from football_assets.thesports.parsing.reference import Name
from football_assets.warehouse.rows import insert
from football_assets.warehouse.store import UNKNOWN_HOURS, store_enriched
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, random_row, table_of

API = Stamp(BEGAN, "api")


class Stored:
    """A warehouse, and an enrichment that is stored in it."""

    def __init__(self, path: Path) -> None:
        self.warehouse = Warehouse(path)
        self.connection = self.warehouse.open()

    def add(self, row: type[Row], *rows: dict[str, object]) -> None:
        chance = random.Random(1)
        insert(
            self.connection,
            row.table.name,
            table_of(row, [random_row(chance, row, **given) for given in rows]),
        )

    def learn(self, enriched: Enriched, *tables: str, stamp: Stamp = API) -> None:
        store_enriched(self.connection, enriched, stamp, tables, stamp.at)

    def column(self, query: str) -> list[object]:
        return [value for (value,) in self.connection.execute(query).fetchall()]


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    stored = Stored(tmp_path / "warehouse.duckdb")
    yield stored
    stored.warehouse.close()


def teams(*sources: str) -> list[dict[str, object]]:
    """Teams `t0`, `t1` ... with these sources."""
    return [{"team_id": f"t{number}", "data_source": source} for number, source in enumerate(sources)]


def test_confirmed_rows_are_the_cycles_own_and_placeholders_stay_placeholders(stored: Stored) -> None:
    stored.add(Team, *teams("last_known", "mock", "simulated", "api", "last_known"))
    stored.add(MatchDetail, {"match_id": "m1", "home_team_id": "t0", "away_team_id": "t1"})
    stored.learn(Enriched(confirmed={"teams"}, failed={"teams": {"t4": None}}), "teams")  # type: ignore[dict-item]
    sources = stored.column("SELECT data_source FROM teams ORDER BY team_id")
    assert sources == ["api", "mock", "simulated", "api", "last_known"]


def test_without_a_confirmation_only_what_failed_is_marked(stored: Stored) -> None:
    stored.add(Team, *teams("last_known", "api", "api"))
    stored.learn(Enriched(failed={"teams": {"t2": None}}), "teams")  # type: ignore[dict-item]
    assert stored.column("SELECT data_source FROM teams ORDER BY team_id") == [
        "last_known",
        "api",
        "last_known",
    ]


def test_name_alone_replaces_no_row_that_is_there(stored: Stored) -> None:
    stored.add(Team, {"team_id": "t0", "name": "Whole", "data_source": "api"})
    names = {id_: Name(id_, f"Name of {id_}", None) for id_ in ("t0", "t1")}
    stored.learn(Enriched(partial={"teams": names}), "teams")
    assert stored.column("SELECT name FROM teams ORDER BY team_id") == ["Whole", "Name of t1"]
    assert stored.column("SELECT id FROM pipeline.partial_rows") == ["t1"]


def test_placeholders_that_nothing_names_go(stored: Stored) -> None:
    stored.add(
        MatchDetail,
        {"match_id": "m1", "home_team_id": "t0", "away_team_id": "t1", "competition_id": "c0"},
    )
    stored.add(Team, *teams("mock", "mock", "mock", "api"))
    stored.add(
        Competition,
        {"competition_id": "c0", "country_id": "e0", "data_source": "mock"},
        {"competition_id": "c1", "country_id": None, "data_source": "api"},
        {"competition_id": "c2", "country_id": None, "data_source": "mock"},
    )
    stored.add(Country, *({"country_id": f"e{number}", "data_source": "mock"} for number in range(2)))
    stored.learn(Enriched())
    assert stored.column("SELECT team_id FROM teams ORDER BY ALL") == ["t0", "t1", "t3"]
    assert stored.column("SELECT competition_id FROM competitions ORDER BY ALL") == ["c0", "c1"]
    assert stored.column("SELECT country_id FROM countries ORDER BY ALL") == ["e0"]


def test_ids_that_the_api_does_not_know_are_asked_for_again_after_their_time(stored: Stored) -> None:
    for second in (-1, 0, 1):
        at = BEGAN - timedelta(hours=UNKNOWN_HOURS) + timedelta(seconds=second)
        stored.connection.execute(
            "INSERT INTO pipeline.unknown_ids VALUES ('teams', ?, ?)", [f"{second}", at]
        )
    stored.learn(Enriched(unknown={("teams", "new")}))
    assert stored.column("SELECT id FROM pipeline.unknown_ids ORDER BY asked_at") == ["0", "1", "new"]
