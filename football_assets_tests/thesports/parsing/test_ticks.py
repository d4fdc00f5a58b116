from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.thesports.parsing.ticks import TickColumns, latest_second, readable

AT = 1748452827
LATEST = AT + 120


def tick(at: Any = AT, **other: Any) -> list[Any]:
    fields = {"minute": "65", "a": 1.5, "b": 4.0, "c": 7.0, "status": 4, "sealed": 0, "score": "1-0", **other}
    return [at, *fields.values()]


def rows(*ticks: Any) -> list[dict[str, Any]]:
    columns = TickColumns()
    columns.add("m1", 2, "money_line", readable(list(ticks), LATEST).columns)
    return columns.to_arrow().to_pylist()


def test_every_field_of_a_tick_is_read() -> None:
    assert rows(tick(sealed=1)) == [
        {
            "match_id": "m1",
            "company_id": 2,
            "company": "BET365",
            "market": "money_line",
            "tick_at": datetime.fromtimestamp(AT, UTC),
            "sequence": 1,
            "minute": "65",
            "home_or_over": 1.5,
            "draw_or_line": 4.0,
            "away_or_under": 7.0,
            "status_id": 4,
            "suspended": True,
            "home_score": 1,
            "away_score": 0,
        }
    ]


@pytest.mark.parametrize(
    ("field", "bad", "column"),
    [
        ("minute", 65, "minute"),
        ("minute", "x" * 33, "minute"),
        ("a", "1.5", "home_or_over"),
        ("b", None, "draw_or_line"),
        ("c", [7], "away_or_under"),
        ("status", "4", "status_id"),
        ("status", 2**31, "status_id"),
        ("sealed", "no", "suspended"),
        ("score", 10, "home_score"),
    ],
)
def test_unreadable_value_is_none_and_the_tick_stays_the_newest(field: str, bad: Any, column: str) -> None:
    read = readable([tick(**{field: bad}), tick(AT - 60)], LATEST)
    assert (read.lost, read.future, read.mended, read.is_whole) == (0, 0, 1, True)
    newest = rows(tick(**{field: bad}), tick(AT - 60))[0]
    assert newest[column] is None
    assert newest["tick_at"] == datetime.fromtimestamp(AT, UTC)


@pytest.mark.parametrize("at", [None, "soon", 0, -5, 2**32, 1.5, True])
def test_tick_without_a_readable_time_is_lost(at: Any) -> None:
    read = readable([tick(at), tick()], LATEST)
    assert (read.lost, read.is_whole, len(read.columns[0])) == (1, False, 1)


def test_tick_of_the_future_is_set_aside() -> None:
    read = readable([tick(LATEST + 1), tick(LATEST), tick()], LATEST)
    assert (read.future, read.is_whole, list(read.columns[0])) == (1, False, [LATEST, AT])


def test_present_has_two_minutes_of_grace() -> None:
    assert latest_second(datetime.fromtimestamp(AT, UTC)) == LATEST


def test_ticks_of_one_second_are_numbered_the_oldest_first() -> None:
    told = [
        (row["sequence"], row["home_or_over"]) for row in rows(tick(a=3.0), tick(a=2.0), tick(AT - 1, a=1.0))
    ]
    assert told == [(2, 3.0), (1, 2.0), (1, 1.0)]


def test_tick_that_is_told_twice_stands_once() -> None:
    assert [row["home_or_over"] for row in rows(tick(a=2.0), tick(a=1.0), tick(a=2.0))] == [2.0, 1.0]


def test_ticks_out_of_order_are_sorted() -> None:
    assert [row["home_or_over"] for row in rows(tick(AT - 9, a=1.0), tick(AT, a=2.0))] == [2.0, 1.0]


@pytest.mark.parametrize("absurd", [float("nan"), float("inf"), 1e300, 10**400, -100_001.0])
def test_value_of_no_prices_size_is_null(absurd: float) -> None:
    assert rows(tick(a=absurd))[0]["home_or_over"] is None


def test_what_is_no_tick_is_lost() -> None:
    assert readable(["x", None, 5, [], {}], LATEST).lost == 5
