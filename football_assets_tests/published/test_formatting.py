"""How numbers, times and names are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from football_assets.published.formatting import (
    ago,
    american,
    american_from,
    clock,
    goals,
    line,
    market_note,
    market_state,
    number,
    plain,
    price,
    when,
)
from football_assets.queries import query


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Grêmio", "Grêmio"),
        ("  two\nlines\tand a tab ", "two lines and a tab"),
        ("\x1b[31mred\x07", "[31mred"),
        ("abc\u202egnp.exe\u2066", "abcgnp.exe"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("شباب الإسكندرية", "شباب الإسكندرية"),
        (7, "7"),
        (None, "–"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_steers(value: object, shown: str) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (12, "12"), (2**31, "2e+09"), (None, "–")])
def test_number(value: int | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.5, "1.50"),
        (99.99, "99.99"),
        (151.0, "151"),
        (-0.25, "-0.25"),
        (99_999.0, "99999"),
        (1e300, "1e+300"),
        (-1e300, "-1e+300"),
        (float("inf"), "inf"),
        (None, "–"),
    ],
)
def test_price(value: float | None, shown: str) -> None:
    assert price(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(150, "+150"), (-200, "-200"), (2**31, "+2e+09"), (-(2**31), "-2e+09"), (None, "–")],
)
def test_american_odds_carry_their_sign(value: int | None, shown: str) -> None:
    assert american(value) == shown


@pytest.mark.parametrize(
    ("value", "market", "odds"),
    [
        (3.0, "money_line", 200),
        (2.0, "money_line", 100),
        (1.5, "money_line", -200),
        (1.0, "money_line", None),
        (0.0, "money_line", None),
        (1.25, "spread", 125),
        (1.0, "over_under", 100),
        (0.8, "corners", -125),
        (0.0, "spread", None),
        (None, "spread", None),
    ],
)
def test_american_odds_from_decimal_and_hong_kong(value: float | None, market: str, odds: int | None) -> None:
    assert american_from(value, market) == odds


@pytest.mark.parametrize(
    ("value", "signed", "shown"),
    [
        (2.5, False, "2.5"),
        (3.0, False, "3"),
        (0.25, True, "+0.25"),
        (-1.0, True, "-1"),
        (0.0, True, "0"),
        (-0.0, True, "0"),
        (None, True, "–"),
    ],
)
def test_line(value: float | None, signed: bool, shown: str) -> None:
    assert line(value, signed=signed) == shown


@pytest.mark.parametrize(
    ("status_id", "minute", "shown"),
    [
        (2, 12, "12'"),
        (2, 45, "45'"),
        (2, 47, "45+2'"),
        (3, None, "HT"),
        (4, 47, "47'"),
        (4, 94, "90+4'"),
        (5, 104, "104'"),
        (5, 121, "120+1'"),
        (7, None, "Pens"),
        (9, None, "delayed"),
    ],
)
def test_where_a_match_stands(status_id: int, minute: int | None, shown: str) -> None:
    assert when({"status_id": status_id, "minute": minute, "status": "delayed"}) == shown


@pytest.mark.parametrize(
    ("minute", "added", "shown"),
    [(45, 2, "45+2'"), (90, 3, "90+3'"), (67, 0, "67'"), (67, None, "67'"), (None, 2, "")],
)
def test_clock(minute: int | None, added: int | None, shown: str) -> None:
    assert clock(minute, added) == shown


def scores(status_id: int, *, overtime: tuple[int, int] = (0, 0), kicks: tuple[int, int] = (0, 0)) -> Any:
    return {
        "status_id": status_id,
        "home_score": 1,
        "away_score": 1,
        "home_overtime_score": overtime[0],
        "away_overtime_score": overtime[1],
        "home_shootout_score": kicks[0],
        "away_shootout_score": kicks[1],
    }


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (scores(4), ("1", "1")),
        (scores(5), ("1", "1")),
        (scores(5, overtime=(2, 1)), ("2", "1")),
        (scores(7, kicks=(4, 3)), ("1 (4)", "1 (3)")),
        (scores(8, overtime=(2, 2), kicks=(5, 4)), ("2 (5)", "2 (4)")),
    ],
)
def test_goals_in_regular_time_overtime_and_shoot_out(row: Any, shown: tuple[str, str]) -> None:
    assert goals(row) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "0 s ago"),
        (59.6, "60 s ago"),
        (119, "119 s ago"),
        (120, "2 min ago"),
        (7200, "2 h ago"),
        (400_000, "4 days ago"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_fits(seconds: float, shown: str) -> None:
    assert ago(seconds) == shown


NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)


def spread(**columns: Any) -> dict[str, Any]:
    """A row's columns of the spread: live unless said otherwise."""
    live = {"spread_home": 0.9, "spread_away": 0.95, "spread_suspended": False, "spread_live": True}
    return {**live, "spread_at": NOW - timedelta(minutes=12), "odds_suspended": True, **columns}


@pytest.mark.parametrize(
    ("columns", "state", "note"),
    [
        ({}, "live", ""),
        ({"spread_home": None}, "live", ""),
        ({"spread_live": False}, "dead", "12 min old"),
        ({"spread_live": None}, "dead", "12 min old"),
        ({"spread_live": False, "spread_at": None}, "dead", "not live"),
        ({"spread_live": False, "spread_suspended": True}, "suspended", "suspended"),
        ({"spread_suspended": True}, "suspended", "suspended"),
        ({"spread_home": None, "spread_away": None, "spread_live": False}, "none", ""),
    ],
)
def test_a_market_is_live_suspended_dead_or_none(columns: dict[str, Any], state: str, note: str) -> None:
    assert market_state(spread(**columns), "spread") == state
    assert market_note(spread(**columns), "spread", NOW) == note


def test_a_price_without_a_time_of_publishing_has_no_age() -> None:
    assert market_note(spread(spread_live=False), "spread", None) == "not live"


def test_a_file_of_before_the_markets_columns_tells_suspended_or_not() -> None:
    old = {"spread_home": 0.9, "spread_away": 0.95, "odds_suspended": True}
    assert market_state(old, "spread") == "suspended"
    assert market_state({**old, "odds_suspended": False}, "spread") == "live"


@pytest.mark.parametrize("market", ["money_line", "spread"])
def test_american_odds_are_those_of_the_database(market: str) -> None:
    """Halves are rounded away from zero: 2.125 is 113, and 0.32 in Hong Kong odds -313."""
    macro = "american_from_decimal" if market == "money_line" else "american_from_hong_kong"
    values = [number / 1000 for number in range(1, 12_000)]
    with duckdb.connect() as connection:
        connection.execute(query("warehouse", "odds_formats"))
        told = connection.execute(f"SELECT {macro}(unnest($1::DOUBLE[]))", [values]).fetchall()
    assert [american_from(value, market) for value in values] == [row[0] for row in told]
    assert american_from(1e-320, "spread") is None
