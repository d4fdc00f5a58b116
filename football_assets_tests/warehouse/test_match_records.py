"""The record of each match, row by row against a plain model, through random histories of what is told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from football_assets.queries import query
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch
from football_assets.tables.matches import Fixture, MatchRecord, PlayNumbers
from football_assets.warehouse.rows import records, registered
from football_assets.warehouse.store_matches import _record
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import (
    BEGAN,
    ENDED,
    Values,
    assert_rows,
    random_row,
    table_of,
)

MATCHES = [f"m{number:02}" for number in range(24)]
NUMBERS, FIXTURE = list(PlayNumbers.__annotations__), list(Fixture.__annotations__)
#: Told by the details alone.
OF_DETAILS = [*FIXTURE, "season_id", "round_num", "kickoff_at", "loss", "ended_at"]
SOURCES = ("api", "last_known", "simulated")


def told_rows(chance: random.Random, row: type[LiveMatch] | type[MatchDetail], share: float) -> list[Values]:
    """Rows of some of the matches; status and source vary, and half of what ended is told of its end."""
    return [
        random_row(
            chance,
            row,
            match_id=match_id,
            status_id=None if chance.random() < 0.2 else chance.randint(0, 13),
            data_source=chance.choice(SOURCES),
        )
        for match_id in MATCHES
        if chance.random() < share
    ]


class Model:
    """The records as they should be."""

    def __init__(self) -> None:
        self.rows: dict[str, Values] = {}

    def learn(self, states: list[Values], details: list[Values], moment: datetime) -> None:
        live = {row["match_id"]: row for row in states}
        other = {row["match_id"]: row for row in details}
        for match_id in live.keys() | other.keys():
            self._learn(match_id, live.get(match_id), other.get(match_id), moment)

    def _learn(self, match_id: str, live: Values | None, details: Values | None, moment: datetime) -> None:
        first = match_id not in self.rows
        row = self.rows.setdefault(
            match_id,
            dict.fromkeys(MatchRecord.table.column_names)
            | {"match_id": match_id, "first_seen_at": moment, "is_final": False},
        )
        had_ended = row["status_id"] in ENDED
        state = live if live is not None else details
        assert state is not None
        if state["status_id"] is not None:
            row["status_id"], row["status"] = state["status_id"], state["status"]
        elif first:
            row["status"] = state["status"]
        row |= {name: state[name] for name in NUMBERS if state[name] is not None}
        if details is not None:
            known = {name: details[name] for name in OF_DETAILS if name != "ended_at"}
            row |= {name: value for name, value in known.items() if value is not None}
        has_ended = row["status_id"] in ENDED
        if not has_ended:
            row["ended_at"] = None
        elif details is not None and details["ended_at"] is not None:
            row["ended_at"] = details["ended_at"]
        elif row["ended_at"] is None and not first and not had_ended:
            row["ended_at"] = moment
        row["is_final"] = has_ended and (live is None if first else row["is_final"])
        row["last_seen_at"], row["data_source"] = moment, state["data_source"]
        if live is not None:
            row["deleted_at"] = None

    def delete(self, match_ids: list[str], moment: datetime) -> None:
        for match_id in match_ids:
            self.rows[match_id]["deleted_at"] = moment

    def finish(self, match_ids: list[str]) -> None:
        for match_id in match_ids:
            self.rows[match_id]["is_final"] = True


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize("seed", range(3))
def test_newest_details_of_a_match_are_told(warehouse: Warehouse, seed: int) -> None:
    chance, connection = random.Random(seed), warehouse.open()
    rows = [row for _ in range(3) for row in told_rows(chance, MatchDetail, 0.7)]
    for number, row in enumerate(rows):
        row["updated_at"] = (
            None if chance.random() < 0.3 else BEGAN + timedelta(seconds=number % 7, hours=number)
        )
        row["venue_id"] = f"v{number}"
    with registered(connection, all_details=table_of(MatchDetail, rows)):
        connection.execute(query("warehouse", "told_details"))
    told = {row["match_id"]: row for row in records(connection, "FROM told_details")}
    for match_id in {row["match_id"] for row in rows}:
        dated = [row for row in rows if row["match_id"] == match_id and row["updated_at"]]
        newest = max((row["updated_at"] for row in dated), default=None)
        assert told.pop(match_id)["updated_at"] == newest
    assert not told


@pytest.mark.parametrize("seed", range(6))
def test_records_are_those_of_a_model(warehouse: Warehouse, seed: int) -> None:
    chance, model, connection = random.Random(seed), Model(), warehouse.open()
    table = MatchRecord.table.name
    for step in range(10):
        moment = BEGAN + timedelta(minutes=step)
        states, details = told_rows(chance, LiveMatch, 0.3), told_rows(chance, MatchDetail, 0.4)
        with registered(
            connection, states=table_of(LiveMatch, states), told_details=table_of(MatchDetail, details)
        ):
            _record(connection, "states", moment)
        model.learn(states, details, moment)
        assert_rows(list(records(connection, f"FROM {table}")), list(model.rows.values()), "match_id")
        gone = [match_id for match_id in model.rows if chance.random() < 0.1]
        connection.execute(
            f"UPDATE {table} SET deleted_at = ? WHERE match_id IN (SELECT unnest(?::VARCHAR[]))",
            [moment, gone],
        )
        model.delete(gone, moment)
        final = [
            id_ for id_, row in model.rows.items() if row["status_id"] in ENDED and chance.random() < 0.5
        ]
        connection.execute(
            f"UPDATE {table} SET is_final = TRUE WHERE match_id IN (SELECT unnest(?::VARCHAR[]))", [final]
        )
        model.finish(final)
