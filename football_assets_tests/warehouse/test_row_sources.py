"""Where each row of the flattened table comes from, held against a plain model: the worst of its parts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from football_assets.queries import query
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch
from football_assets.tables.reference import Competition, Country, Team
from football_assets.tables.schema import Row
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import Values, assert_rows, random_row, table_of

#: The worst first.
SOURCES = ("mock", "simulated", "last_known", "api")
MATCHES = [f"m{number:03}" for number in range(120)]
TEAMS = ("t1", "t2", "t3", "unknown", "missing")
COMPETITIONS = ("c1", "c2", "c3", "c4", "unknown", "missing")
COUNTRIES = ("e1", "e2", "missing")


class World:
    """Random rows of the parts; of some there is none, and of some the API has said that it knows none."""

    def __init__(self, seed: int, *, countries: bool) -> None:
        self.chance = chance = random.Random(seed)
        self.unknown = {"unknown"} if seed else set()
        # Most are the API's own, so that a single other one tells.
        self.live = self._rows(LiveMatch, MATCHES)
        self.details = self._rows(
            MatchDetail, [id_ for id_ in MATCHES if chance.random() < 0.9], competition_id=COMPETITIONS
        )
        for row in self.details.values():
            row["home_team_id"], row["away_team_id"] = chance.choices((*TEAMS, None), k=2)
        self.competitions = self._rows(Competition, COMPETITIONS[:4], country_id=(*COUNTRIES, None))
        self.teams = self._rows(Team, TEAMS[:3])
        self.countries = self._rows(Country, COUNTRIES[:2] if countries else ())
        self.coverage = {id_: chance.choice((True, True, False, None)) for id_ in MATCHES[::2]}

    def _rows(
        self, row: type[Row], ids: list[str] | tuple[str, ...], **among: tuple[str | None, ...]
    ) -> dict[str, Values]:
        (key,) = row.table.key
        return {
            id_: random_row(
                self.chance,
                row,
                **{name: self.chance.choice(values) for name, values in among.items()},
                **{key: id_, "data_source": self.chance.choice((*SOURCES, *["api"] * 12))},
            )
            for id_ in ids
        }

    def store(self, warehouse: Warehouse) -> None:
        connection = warehouse.open()
        for row, rows in (
            (LiveMatch, self.live),
            (MatchDetail, self.details),
            (Competition, self.competitions),
            (Team, self.teams),
            (Country, self.countries),
        ):
            connection.execute(f"DELETE FROM {row.table.name}")
            insert(connection, row.table.name, table_of(row, list(rows.values())))
        for id_ in self.unknown:
            connection.execute("INSERT INTO pipeline.unknown_ids VALUES ('teams', ?, now())", [id_])
        for match_id, is_current in self.coverage.items():
            connection.execute(
                "INSERT INTO pipeline.coverage BY NAME SELECT ? AS match_id, ? AS is_current",
                [match_id, is_current],
            )

    def source(self, match_id: str) -> str:
        parts = [self.live[match_id]["data_source"], *self._of_details(match_id)]
        if self.coverage.get(match_id) is False:
            parts.append("last_known")
        return next(source for source in SOURCES if source in parts or source == "api")

    def _of_details(self, match_id: str) -> list[str]:
        details = self.details.get(match_id)
        if details is None:
            return ["last_known"]
        competition = self.competitions.get(details["competition_id"])
        parts = [
            details["data_source"],
            self._of(self.competitions, details["competition_id"]),
            self._of(self.teams, details["home_team_id"]),
            self._of(self.teams, details["away_team_id"]),
        ]
        country = competition and competition["country_id"]
        if country in self.countries:
            parts.append(self.countries[country]["data_source"])
        elif country and not self.countries:
            parts.append("last_known")
        return parts

    def _of(self, rows: dict[str, Values], id_: str | None) -> str:
        if id_ is None or id_ in self.unknown:
            return "api"
        return str(rows[id_]["data_source"]) if id_ in rows else "last_known"


@pytest.mark.parametrize("countries", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_source_of_a_row_is_the_worst_of_its_parts(tmp_path: Path, seed: int, countries: bool) -> None:
    world = World(seed, countries=countries)
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    world.store(warehouse)
    found = records(warehouse.open(), query("warehouse", "row_sources"))
    warehouse.close()
    expected = [{"match_id": id_, "data_source": world.source(id_)} for id_ in MATCHES]
    assert_rows(found, expected, "match_id")
    assert {row["data_source"] for row in found} >= set(SOURCES[:3])
