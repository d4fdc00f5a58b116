"""What a cycle knows before it asks: each stored row of it, held against the rows that were put there."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from football_assets.enrichment.entities import COMPETITIONS, COUNTRIES, REFERENCES, TEAMS
from football_assets.enrichment.known import Coverage, Known, StoredList
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch
from football_assets.tables.odds import OddsTick
from football_assets.tables.schema import Row
from football_assets.thesports.parsing.odds_window import OddsUpdate
from football_assets.thesports.parsing.ticks import TickColumns
from football_assets.warehouse.knowledge import read_known, read_live, read_schedule
from football_assets.warehouse.rows import insert
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, Values, random_row, table_of

ROWS = 12


class Past:
    """A warehouse with random rows, and these rows."""

    def __init__(self, path: Path) -> None:
        self.chance = random.Random(11)
        self.warehouse = Warehouse(path)
        self.connection = self.warehouse.open()

    def rows(self, row: type[Row], *given: Values) -> list[Values]:
        rows = [random_row(self.chance, row, **each) for each in given]
        insert(self.connection, row.table.name, table_of(row, rows))
        return rows

    def own(self, table: str, **columns: Any) -> None:
        names = ", ".join(f"${name} AS {name}" for name in columns)
        self.connection.execute(f"INSERT INTO pipeline.{table} BY NAME SELECT {names}", columns)

    def moment(self) -> datetime:
        return BEGAN + timedelta(seconds=self.chance.randint(0, 9_000))

    @property
    def known(self) -> Known:
        return read_known(self.connection)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path / "warehouse.duckdb")
    yield past
    past.warehouse.close()


def sources(past: Past) -> dict[str, Any]:
    return {
        "data_source": past.chance.choice(["api", "simulated", "last_known", "mock"]),
        "fetched_at": BEGAN,
    }


def test_details_are_known_but_for_placeholders(past: Past) -> None:
    rows = past.rows(MatchDetail, *({"match_id": f"m{n}", **sources(past)} for n in range(ROWS)))
    expected = {
        row["match_id"]: {
            **{name: row[name] for name in ("status_id", "competition_id", "home_team_id", "away_team_id")},
            **{name: row[name] for name in ("fetched_at", "updated_at", "data_source")},
            "has_kickoff": row["kickoff_at"] is not None,
        }
        for row in rows
        if row["data_source"] != "mock"
    }
    assert 0 < len(expected) < ROWS
    assert {id_: asdict(detail) for id_, detail in past.known.details.items()} == expected


def test_references_are_known_with_what_they_were_merged_into(past: Past) -> None:
    expected = {}
    for entity in REFERENCES:
        keys = [{entity.key: f"{entity.kind}{n}", **sources(past)} for n in range(ROWS)]
        rows = past.rows(entity.row, *keys)
        expected[entity.table] = {
            row[entity.key]: (row["fetched_at"], row["data_source"], row.get("merged_into")) for row in rows
        }
    found = {
        table: {id_: (row.fetched_at, row.data_source, row.merged_into) for id_, row in rows.items()}
        for table, rows in past.known.references.items()
    }
    assert found == expected
    assert {row[2] for row in found[TEAMS.table].values()} > {None}
    assert {row[2] for row in found[COUNTRIES.table].values()} == {None}


def test_what_was_asked_for_and_told_in_part_is_known(past: Past) -> None:
    partial: dict[str, set[str]] = {TEAMS.table: set(), COMPETITIONS.table: set()}
    unknown, cursors, reads = {}, {}, {}
    for number in range(ROWS):
        table, id_ = past.chance.choice(list(partial)), f"id{number}"
        past.own("partial_rows", table_name=table, id=id_)
        partial[table].add(id_)
        unknown[table, id_] = past.moment()
        past.own("unknown_ids", entity=table, id=id_, asked_at=unknown[table, id_])
        floor = past.chance.choice([None, number])
        cursors[id_] = (past.chance.randint(1, 99), past.moment(), floor or 0)
        past.own("cursors", name=id_, value=cursors[id_][0], asked_at=cursors[id_][1], floor=floor)
        reads[id_] = past.moment()
        past.own("reads", name=id_, read_at=reads[id_])
    known = past.known
    assert known.partial == partial
    assert known.unknown == unknown
    assert {name: (one.value, one.asked_at, one.floor) for name, one in known.cursors.items()} == cursors
    assert known.read_at == reads


def test_what_was_read_of_the_odds_is_known(past: Past) -> None:
    assert (past.known.odds.feed.stretch, past.known.odds.feed.ticks) == (0, frozenset())
    coverage = past.rows(
        Coverage, *({"match_id": f"m{n}", "last_seen_at": past.moment()} for n in range(ROWS))
    )
    places = [
        {"match_id": f"m{n % 3}", "company_id": n // 6, "market": ("spread", "totals")[n // 3 % 2]}
        for n in range(ROWS)
    ]
    numbers = ({"until": n, "ticks": n + 1, "digest": n + 2} for n in range(ROWS))
    lists = past.rows(StoredList, *(place | told for place, told in zip(places, numbers, strict=True)))
    updates = past.rows(
        OddsUpdate, *({"match_id": f"m{n}", "company_id": n, "updated_at": n} for n in range(ROWS))
    )
    keys = [("m1", 2, "spread", 100, 1.5, 2.5, 3.5), ("m2", 3, "totals", 200, 1.0, 0.0, 4.25)]
    distrusted_until = past.moment()
    past.own(
        "window_feed",
        stretch=4,
        newest=200,
        distrusted_until=distrusted_until,
        ticks=json.dumps(keys),
    )
    odds = past.known.odds
    assert {id_: asdict(row) for id_, row in odds.coverage.items()} == {
        row["match_id"]: row for row in coverage
    }
    assert (odds.feed.stretch, odds.feed.newest, odds.feed.distrusted_until) == (4, 200, distrusted_until)
    assert odds.feed.ticks == set(keys)
    found = {
        (match_id, company_id, market): (digest.until, digest.ticks, digest.digest)
        for match_id, of_match in odds.lists.items()
        for (company_id, market), digest in of_match.items()
    }
    assert found == {
        (row["match_id"], row["company_id"], row["market"]): (row["until"], row["ticks"], row["digest"])
        for row in lists
    }
    assert len(odds.lists) == 3
    assert sorted((row.match_id, row.company_id, row.updated_at) for row in odds.updates) == sorted(
        (row["match_id"], row["company_id"], row["updated_at"]) for row in updates
    )


def test_matches_with_ticks_of_a_second_whose_order_no_window_told_are_known(past: Past) -> None:
    second = {"company_id": 2, "market": "spread", "tick_at": BEGAN, "sequence": 1, "seen_at": BEGAN}
    past.rows(OddsTick, *({**second, "match_id": f"m{number}"} for number in (1, 2)))
    ticks = TickColumns()
    for match_id, at in (("m1", 0), ("m2", 1), ("m3", 0)):
        tick = (int(BEGAN.timestamp()) + at, "45", 1.5, 0.25, 2.5, 2, 0, "0-0")
        ticks.add(match_id, 2, "spread", tuple([value] for value in tick))
    assert past.known.odds.untold(ticks) == {"m1"}


def test_live_list_is_known_by_status(past: Past) -> None:
    rows = past.rows(LiveMatch, *({"match_id": f"m{n}", "status_id": n, **sources(past)} for n in range(3)))
    assert read_live(past.connection) == {row["match_id"]: row["status_id"] for row in rows}


def test_schedule_is_what_needs_no_live_list_and_makes_no_warehouse(past: Past, tmp_path: Path) -> None:
    other = Warehouse(tmp_path / "other.duckdb")
    assert read_schedule(other) == Known()
    assert not other.path.exists()
    past.own("reads", name="countries", read_at=BEGAN)
    past.rows(COUNTRIES.row, {"country_id": "e1", **sources(past)})
    past.rows(TEAMS.row, {"team_id": "t1", **sources(past)})
    schedule = read_schedule(past.warehouse)
    assert schedule == Known(
        read_at={"countries": BEGAN},
        references={COUNTRIES.table: past.known.references[COUNTRIES.table]},
    )
    assert schedule.references[COUNTRIES.table].keys() == {"e1"}
