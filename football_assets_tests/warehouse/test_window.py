"""Which ticks of a window are news: each column tells two ticks apart, also where all others are equal."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import product

import pytest

from football_assets.queries import query
from football_assets.tables.odds import OddsRevision, OddsTick
from football_assets.warehouse.rows import insert, records, registered
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, Values, table_of

#: The columns that tell ticks apart, with two values each.
TELLING = {
    "match_id": ("a", "b"),
    "company_id": (2, 9),
    "market": ("spread", "corners"),
    "tick_at": (BEGAN, BEGAN + timedelta(seconds=1)),
    "home_or_over": (None, 0.9),
    "draw_or_line": (None, 0.5),
    "away_or_under": (None, 0.9),
    "status_id": (None, 2),
    "suspended": (None, False),
    "home_score": (None, 0),
    "away_score": (None, 0),
    "minute": (None, "7"),
}
REST = {"company": "Some", "sequence": 1, "seen_at": BEGAN}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with closing(Warehouse(tmp_path_factory.mktemp("window") / "warehouse.duckdb")) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(opened: Warehouse) -> Warehouse:
    """A warehouse without ticks."""
    with opened.transaction() as connection:
        for row in (OddsTick, OddsRevision):
            connection.execute(f"DELETE FROM {row.table.name}")
    return opened


def ticks() -> Iterator[Values]:
    """All ticks that two values in each column give."""
    for values in product(*TELLING.values()):
        yield dict(zip(TELLING, values, strict=True)) | REST


def place(tick: Values) -> tuple[str, ...]:
    return tuple(str(tick[name]) for name in TELLING)


@pytest.mark.parametrize("seed", range(3))
def test_tick_is_news_unless_one_that_is_the_same_in_all_columns_was_known(
    warehouse: Warehouse, seed: int
) -> None:
    chance = random.Random(seed)
    stored, replaced, unknown = [], [], []
    for tick in ticks():
        chance.choice((stored, replaced, unknown, unknown)).append(tick)
    with warehouse.transaction() as connection:
        insert(connection, OddsTick.table.name, table_of(OddsTick, stored))
        revisions = [tick | {"replaced_at": BEGAN} for tick in replaced]
        insert(connection, OddsRevision.table.name, table_of(OddsRevision, revisions))
        incoming = table_of(OddsTick, [*stored, *replaced, *unknown]).drop_columns(["seen_at"])
        with registered(connection, incoming_ticks=incoming):
            connection.execute(query("warehouse", "odds_fresh"))
        found = records(connection, "FROM fresh_ticks")
    assert sorted(map(place, found)) == sorted(map(place, unknown))


@pytest.mark.parametrize("column", TELLING)
@pytest.mark.parametrize("number", range(2))
def test_tick_that_differs_in_one_column_is_news(warehouse: Warehouse, column: str, number: int) -> None:
    known = {name: values[number] for name, values in TELLING.items()} | REST
    other = known | {column: TELLING[column][1 - number]}
    with warehouse.transaction() as connection:
        insert(connection, OddsTick.table.name, table_of(OddsTick, [known]))
        incoming = table_of(OddsTick, [known, other]).drop_columns(["seen_at"])
        with registered(connection, incoming_ticks=incoming):
            connection.execute(query("warehouse", "odds_fresh"))
        assert [place(tick) for tick in records(connection, "FROM fresh_ticks")] == [place(other)]
