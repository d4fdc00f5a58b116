from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.thesports.parsing.reader import Rejection
from football_assets.thesports.parsing.ticks import (
    SCHEMA,
    ReadTicks,
    TickColumns,
    bookmaker_id,
    latest_second,
    readable,
    rejection,
)

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


@pytest.mark.parametrize("at", [1, 2**32 - 1])
def test_first_and_last_second_that_are_believed(at: int) -> None:
    for sound in (readable([tick(at)], 2**33), readable([tick(at), ["no tick"]], 2**33)):
        assert list(sound.columns[0]) == [at]


def test_tick_of_the_second_2_to_the_32_is_lost() -> None:
    assert readable([tick(2**32)], 2**33).lost == 1


@pytest.mark.parametrize("status", [-(2**31), 0, 2**31 - 1])
def test_status_of_32_bits_is_kept(status: int) -> None:
    for others in ((), (["no tick"],)):
        read = readable([tick(status=status), *others], LATEST)
        assert (read.columns[5], read.mended) == ((status,), 0)


@pytest.mark.parametrize("status", [-(2**31) - 1, 2**31])
def test_status_beyond_32_bits_is_none(status: int) -> None:
    read = readable([tick(status=status), tick(AT - 1)], LATEST)
    assert (read.columns[5], read.mended) == ((None, 4), 1)


@pytest.mark.parametrize(("minute", "kept"), [("x" * 32, True), ("x" * 33, False), ("4\n5", False)])
def test_minute_is_printable_text_of_32_characters(minute: str, kept: bool) -> None:
    for others in ((), (["no tick"],)):
        read = readable([tick(minute=minute), *others], LATEST)
        assert read.columns[1] == ((minute,) if kept else (None,))


@pytest.mark.parametrize(
    ("score", "home", "away"),
    [
        ("1-0", 1, 0),
        ("999999999-0", 999_999_999, 0),
        ("1234567890-0", None, None),
        ("0-1234567890", None, None),
        ("1-0-2", None, None),
        ("1", None, None),
        ("-", None, None),
        ("-1", None, None),
        ("1-", None, None),
        ("\u0661-0", None, None),
        ("a-b", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_score_is_two_numbers(score: str | None, home: int | None, away: int | None) -> None:
    (row,) = rows(tick(score=score))
    assert (row["home_score"], row["away_score"]) == (home, away)


@pytest.mark.parametrize(
    ("text", "id_"),
    [("2", 2), ("999999999", 999_999_999), ("1234567890", None), ("02", None), ("", None), ("\u0662", None)],
)
def test_bookmakers_id_has_one_spelling(text: str, id_: int | None) -> None:
    assert bookmaker_id(text) == id_


def test_three_ticks_of_one_second_are_numbered() -> None:
    told = [(row["sequence"], row["home_or_over"]) for row in rows(tick(a=3.0), tick(a=2.0), tick(a=1.0))]
    assert told == [(3, 3.0), (2, 2.0), (1, 1.0)]


def test_what_could_not_be_taken_is_said() -> None:
    ticks = [tick(LATEST + 1), tick(), tick(AT - 1, a="x"), tick(AT - 2, b="x"), *["x"] * 3]
    read = readable(ticks, LATEST)
    assert (read.lost, read.future, read.mended) == (3, 1, 2)
    assert read.problems() == (
        "3 without a readable time, 1 of the future, set aside, 2 with an unreadable value, which is NULL"
    )
    assert readable([tick()], LATEST).problems() == ""


def test_no_ticks_are_no_columns_of_them() -> None:
    assert readable([], LATEST) == ReadTicks(((),) * 8)
    assert readable(["x"], LATEST) == ReadTicks(((),) * 8, lost=1)


@pytest.mark.parametrize("more", [1, "x", None])
def test_ninth_field_is_not_read(more: object) -> None:
    assert readable([[*tick(), more]], LATEST) == readable([tick()], LATEST)


def test_ticks_of_several_lists_in_several_chunks_keep_their_list() -> None:
    columns = TickColumns()
    many = readable([tick(AT - n, a=float(n)) for n in range(10_001)], LATEST).columns
    columns.add("m1", 2, "money_line", many)
    columns.add("m2", 99, "spread", readable([tick(a=1), tick(AT - 1, a=None, sealed=None)], LATEST).columns)
    table = columns.to_arrow()
    assert table.schema == SCHEMA
    assert table.num_rows == 10_003
    assert (
        table.slice(10_001).select(["match_id", "company_id", "company", "market"]).to_pylist()
        == [{"match_id": "m2", "company_id": 99, "company": None, "market": "spread"}] * 2
    )
    assert table.slice(10_001)["home_or_over"].to_pylist() == [1.0, None]
    assert table.slice(10_001)["suspended"].to_pylist() == [False, None]
    assert table.slice(0, 10_001)["home_or_over"].to_pylist() == [float(n) for n in range(10_001)]


def test_no_ticks_are_an_empty_table() -> None:
    assert TickColumns().to_arrow() == SCHEMA.empty_table()


def test_what_is_rejected_is_of_the_ticks_of_its_match() -> None:
    assert rejection("m1", "why") == Rejection("odds_ticks", "m1", "why", row_kept=False)
    assert rejection(None, "why", row_kept=True) == Rejection("odds_ticks", None, "why", row_kept=True)
