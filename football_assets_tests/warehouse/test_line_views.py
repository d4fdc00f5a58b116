"""Opening and closing lines, and what bets on them came to, row by row against a plain model of what their
columns are documented to be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import duckdb
import pytest

from football_assets.tables.matches import MatchRecord
from football_assets.tables.odds import (
    AgedOddsTick,
    ClosingPrice,
    OddsRevision,
    OddsTick,
    OpeningPrice,
    SettledPrice,
)
from football_assets.warehouse.history.views import history_views
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.structure import make_view
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import (
    BEFORE_PLAY,
    BEGAN,
    ENDED,
    Values,
    assert_rows,
    random_row,
    table_of,
)

MARKETS = ("money_line", "spread", "over_under", "corners")
LINES = (None, -0.75, -0.5, 0.0, 0.25, 1.0, 2.25, 2.5)


def random_record(chance: random.Random, number: int) -> Values:
    numbers = [f"{side}_{kind}" for side in ("home", "away") for kind in ("score", "corners")]
    return random_row(
        chance,
        MatchRecord,
        match_id=f"m{number:02}",
        status_id=chance.choice((2, 8, 8, 8, 8, 11, 12)),
        kickoff_at=chance.choice((None, BEGAN + timedelta(days=number % 3))),
        first_seen_at=BEGAN + timedelta(days=4),
        deleted_at=BEGAN if chance.random() < 0.25 else None,
        loss=chance.choice((None, 0, 0, 0, 1)),
        **{name: None if chance.random() < 0.05 else chance.randint(0, 3) for name in numbers},
    )


def random_ticks(chance: random.Random, match_id: str) -> Iterator[Values]:
    """Ticks of each list, some of one second, some of them replaced by others of the same place."""
    for company_id in (2, 9):
        for market in MARKETS:
            places = [(second, sequence) for second in (10, 20, 30) for sequence in (1, 2)]
            for second, sequence in chance.sample(places, chance.randint(0, 5)):
                for replaced in (True, False) if chance.random() < 0.3 else (False,):
                    yield random_row(
                        chance,
                        AgedOddsTick,
                        match_id=match_id,
                        company_id=company_id,
                        market=market,
                        tick_at=BEGAN + timedelta(seconds=second),
                        sequence=sequence,
                        home_or_over=chance.choice((None, 0.0, 0.9, 1.0, 1.5, 2.0)),
                        draw_or_line=chance.choice((0.0, 1.0, 3.5) if market == "money_line" else LINES),
                        away_or_under=chance.choice((None, 0.0, 0.9, 1.0, 1.5, 2.0)),
                        status_id=chance.choice((1, 1, 9, 13, 2, None)),
                        seen_at=BEGAN,
                        replaced_at=BEGAN if replaced else None,
                    )


# -- the model -----------------------------------------------------------------------------------------------


def day_of(record: Values) -> date:
    return (record["kickoff_at"] or record["first_seen_at"]).date()  # type: ignore[no-any-return]


def lines(world: World, wanted: Callable[[Values], bool], *, last: bool) -> list[Values]:
    """The first or last standing tick of each list that is wanted."""
    found: dict[tuple[str, int, str], Values] = {}
    standing = [tick for tick in world.ticks if tick["replaced_at"] is None and wanted(tick)]
    for tick in sorted(standing, key=lambda tick: (tick["tick_at"], tick["sequence"]), reverse=not last):
        found[tick["match_id"], tick["company_id"], tick["market"]] = tick
    return [
        {name: value for name, value in tick.items() if name != "replaced_at"}
        | {"kickoff_day": day_of(world.records[tick["match_id"]])}
        for tick in found.values()
    ]


def closing(world: World) -> list[Values]:
    return lines(world, lambda tick: tick["status_id"] in BEFORE_PLAY, last=True)


def settled(world: World) -> list[Values]:
    """The closing lines of matches that are over, with the outcomes of bets of 1 on each side."""
    rows = [(line, world.records[line["match_id"]]) for line in closing(world)]
    return [
        line | outcomes(line, record)
        for line, record in rows
        if record["status_id"] in ENDED or record["deleted_at"] is not None
    ]


def outcomes(line: Values, record: Values) -> Values:
    market = line["market"]
    if record["status_id"] != 8 or record["deleted_at"] is not None or record["loss"] == 1:
        home, draw, away = "void", "void", "void"
    else:
        home, draw, away = sides(market, line["draw_or_line"], record)
    is_money_line = market == "money_line"
    return {
        "home_or_over_outcome": home,
        "draw_outcome": draw if is_money_line else None,
        "away_or_under_outcome": away,
        "home_or_over_profit": profit(home, market, line["home_or_over"]),
        "draw_profit": profit(draw, market, line["draw_or_line"]) if is_money_line else None,
        "away_or_under_profit": profit(away, market, line["away_or_under"]),
    }


def sides(market: str, line: float | None, record: Values) -> tuple[str | None, str | None, str | None]:
    """The outcomes of home or over, of the draw, and of away or under."""
    kind = "corners" if market == "corners" else "score"
    home, away = record[f"home_{kind}"], record[f"away_{kind}"]
    if home is None or away is None:
        return None, None, None
    if market == "money_line":
        return tuple("win" if won else "loss" for won in (home > away, home == away, home < away))  # type: ignore[return-value]
    if line is None:
        return None, None, None
    ahead = (home - away if market == "spread" else home + away) - line
    return by_quarters(ahead), None, by_quarters(-ahead)


def by_quarters(ahead: float) -> str:
    """The outcome of a bet that is so many goals ahead: a quarter is half won, or half lost."""
    if ahead == 0:
        return "push"
    side = "win" if ahead > 0 else "loss"
    return f"half_{side}" if abs(ahead) == 0.25 else side


def profit(outcome: str | None, market: str, price: float | None) -> float | None:
    """The profit of a stake of 1, None where there is no price that could be paid."""
    if outcome is None or price is None or price <= (1 if market == "money_line" else 0):
        return None
    won = price - 1 if market == "money_line" else price
    return {"win": won, "half_win": won / 2, "half_loss": -0.5, "loss": -1.0}.get(outcome, 0.0)


# -- held against the views ----------------------------------------------------------------------------------


class World:
    """Records and ticks, in every table that holds ticks."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.records = {row["match_id"]: row for row in (random_record(chance, n) for n in range(30))}
        self.ticks = [tick for match_id in self.records for tick in random_ticks(chance, match_id)]

    def store(self, connection: duckdb.DuckDBPyConnection) -> None:
        insert(connection, MatchRecord.table.name, table_of(MatchRecord, list(self.records.values())))
        for number, tick in enumerate(self.ticks):
            hot = OddsTick if tick["replaced_at"] is None else OddsRevision
            row = AgedOddsTick if number % 2 else hot
            values = {name: tick[name] for name in row.table.column_names}
            insert(connection, row.table.name, table_of(row, [values]))


@pytest.fixture(scope="module", params=range(4))
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, World]]:
    """A warehouse that holds a random world; and this."""
    world, folder = World(request.param), tmp_path_factory.mktemp("lines")
    warehouse = Warehouse(folder / "warehouse.duckdb")
    with warehouse.transaction() as connection:
        world.store(connection)
        for statement in history_views(folder / "history", date(2000, 1, 1)):
            connection.execute(statement)
        for view in (OpeningPrice, ClosingPrice, SettledPrice):
            make_view(connection, view.table)
        yield connection, world
    warehouse.close()


Told = tuple[duckdb.DuckDBPyConnection, World]
KEY = ("match_id", "company_id", "market")


def test_opening_prices(told: Told) -> None:
    connection, world = told
    expected = lines(world, lambda _: True, last=False)
    assert_rows(records(connection, "FROM opening_prices"), expected, *KEY)


def test_closing_prices(told: Told) -> None:
    connection, world = told
    assert_rows(records(connection, "FROM closing_prices"), closing(world), *KEY)


def test_settled_prices(told: Told) -> None:
    connection, world = told
    expected = settled(world)
    assert {row["home_or_over_outcome"] for row in expected} >= {"win", "loss", "push", "void"}
    assert_rows(records(connection, "FROM settled_prices"), expected, *KEY)
