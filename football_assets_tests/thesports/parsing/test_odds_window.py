from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.thesports.parsing.odds_window import (
    OddsUpdate,
    Window,
    read_updates,
    read_window,
    window_columns,
)

AT = 1748452827
NOW = datetime.fromtimestamp(AT, UTC)
GOOD = ["m1", "eu", [AT - 1, "65", "1.5,4,7,0", 4], "1-0"]


def read(*entries: Any, company: str = "2") -> Window:
    return read_window({company: list(entries)}, NOW)


@pytest.mark.parametrize(
    "change", [[AT - 1, "65", "1.5,4,7,1", 4], [AT - 1, "65", 1.5, 4.0, 7.0, 4, 1]], ids=["text", "list"]
)
def test_both_documented_forms_of_a_change_are_read(change: list[Any]) -> None:
    window = read(["m1", "eu", change, "1-0"])
    assert window.ticks == {("m1", 2, "money_line"): [(AT - 1, "65", 1.5, 4.0, 7.0, 4, 1, "1-0")]}
    assert (window.holes, window.is_torn, window.rejected) == (set(), False, [])


def test_unknown_market_leaves_no_hole() -> None:
    window = read(GOOD, ["m1", "ht", [AT - 1, "65", "1,1,1,0", 4], "1-0"])
    assert (window.holes, window.is_torn, window.set_aside) == (set(), False, 0)
    assert [noted.row_kept for noted in window.rejected] == [True]
    assert len(window.ticks) == 1


@pytest.mark.parametrize("change", [None, [], ["soon", "65", "1,1,1,0", 4], [AT + 121, "65", "1,1,1,0", 4]])
def test_change_that_cannot_be_read_is_a_hole_in_its_match_only(change: Any) -> None:
    window = read(GOOD, ["m2", "eu", change, "1-0"])
    assert (window.holes, window.is_torn, window.set_aside) == ({"m2"}, False, 1)
    assert set(window.ticks) == {("m1", 2, "money_line")}


@pytest.mark.parametrize("entry", [None, "x", [], ["m1"], [7, "eu", [], ""], ["", "eu", [], ""]])
def test_entry_that_names_no_match_tears_the_window(entry: Any) -> None:
    window = read(GOOD, entry)
    assert (window.is_torn, window.set_aside) == (True, 1)
    assert set(window.ticks) == {("m1", 2, "money_line")}


def test_bookmaker_without_a_list_tears_the_window() -> None:
    assert read_window({"2": [GOOD], "x": []}, NOW).is_torn
    assert read_window({"2": {}}, NOW).is_torn


def test_unreadable_price_is_none_and_the_tick_is_there() -> None:
    ((tick,),) = read(["m1", "eu", [AT - 1, "65", "1.5,x,7,maybe", 4], "1-0"]).ticks.values()
    assert tick == (AT - 1, "65", 1.5, None, 7.0, 4, None, "1-0")


def test_of_one_second_the_tick_that_was_told_last_is_the_newest() -> None:
    told = {("m1", 2, "money_line"): [(AT, "1", price, 4.0, 7.0, 4, 0, "0-0") for price in (1.1, 1.2)]}
    rows = window_columns(told).to_arrow().to_pylist()
    assert {row["home_or_over"]: row["sequence"] for row in rows} == {1.1: 1, 1.2: 2}


def test_updates_name_match_bookmaker_and_time() -> None:
    rows = [{"id": "m1", "company_id": 2, "update_time": AT}, {"id": "m2"}, {"id": 7}, None, "x"]
    assert read_updates(rows) == [
        OddsUpdate(match_id="m1", company_id=2, updated_at=AT),
        OddsUpdate(match_id="m2", company_id=0, updated_at=0),
    ]


def test_what_cannot_be_read_is_said_and_all_after_it_is_read() -> None:
    window = read_window(
        {
            "x": [],
            "3": {},
            "2": [
                "x",
                [7, "eu", [], ""],
                ["m1", "ht", [AT - 1, "65", "1,1,1,0", 4], "1-0"],
                ["m2", "eu", ["soon", "65", "1,1,1,0", 4], "1-0"],
                ["m3", "asia", [AT - 1, "65", "1,x,1,0", 4], "1-0"],
                ["m4", "eu", [AT + 121, "65", "1,1,1,0", 4], "1-0"],
                GOOD,
            ],
        },
        NOW,
    )
    assert [(noted.entity, noted.id, noted.reason, noted.row_kept) for noted in window.rejected] == [
        ("odds_ticks", None, "odds/live: bookmaker 'x' has no list of changes", False),
        ("odds_ticks", None, "odds/live: bookmaker '3' has no list of changes", False),
        ("odds_ticks", None, "odds/live: 'x' is no change of a match", False),
        ("odds_ticks", None, "odds/live: 7 is no id of a match", False),
        ("odds_ticks", "m1", "odds/live: unknown market 'ht'", True),
        ("odds_ticks", "m2", "odds/live: ticks 1 without a readable time", False),
        ("odds_ticks", "m3", "odds/live: ticks 1 with an unreadable value, which is NULL", True),
        ("odds_ticks", "m4", "odds/live: ticks 1 of the future, set aside", False),
    ]
    assert (window.holes, window.is_torn, window.set_aside) == ({"m2", "m4"}, True, 6)
    assert set(window.ticks) == {("m1", 2, "money_line"), ("m3", 2, "spread")}


@pytest.mark.parametrize(
    ("entry", "tick"),
    [
        (["m1", "eu", [AT, "65", "1.5,4,7,0"]], (AT, "65", 1.5, 4.0, 7.0, None, 0, None)),
        (["m1", "eu", [AT, "65", ""]], (AT, "65", None, None, None, None, None, None)),
        (["m1", "eu", [AT, "65", "1.5"], "1-0"], (AT, "65", 1.5, None, None, None, None, "1-0")),
        (["m1", "eu", [AT, "65", "1,2,3,4,5", 4], "1-0"], (AT, "65", 1.0, 2.0, 3.0, 4, None, "1-0")),
        (["m1", "eu", [AT, "65", 1.5], "1-0"], (AT, "65", 1.5, None, None, None, None, "1-0")),
        (["m1", "eu", [AT, "65", 1, 2, 3, 4, 1, "9-9"], "1-0"], (AT, "65", 1, 2, 3, 4, 1, "1-0")),
    ],
)
def test_fields_that_are_left_out_are_none(entry: list[Any], tick: tuple[Any, ...]) -> None:
    assert read(entry).ticks == {("m1", 2, "money_line"): [tick]}


@pytest.mark.parametrize("match_id", ["x" * 256, "a\nb", 7, None, ""])
def test_what_is_no_id_tears_the_window(match_id: object) -> None:
    window = read([match_id, *GOOD[1:]])
    assert (window.is_torn, window.holes, window.ticks) == (True, set(), {})


def test_columns_of_a_window_are_the_newest_first_of_each_list() -> None:
    def told(at: int, price: float) -> tuple[Any, ...]:
        return (at, "9", price, 4.0, 7.0, 4, 0, "0-0")

    ticks = {
        ("m1", 2, "spread"): [told(AT - 5, 1.1), told(AT, 1.2), told(AT - 3, 1.3), told(AT - 3, 1.0)],
        ("m2", 22, "corners"): [told(AT - 1, 2.1)],
    }
    rows = window_columns(ticks).to_arrow().to_pylist()
    assert [
        (*(row[name] for name in ("match_id", "company_id", "market", "home_or_over")), row["sequence"])
        for row in rows
    ] == [
        ("m1", 2, "spread", 1.2, 1),
        ("m1", 2, "spread", 1.0, 2),
        ("m1", 2, "spread", 1.3, 1),
        ("m1", 2, "spread", 1.1, 1),
        ("m2", 22, "corners", 2.1, 1),
    ]


def test_newest_of_a_window_is_over_all_lists() -> None:
    window = read(GOOD, ["m2", "eu", [AT - 9, "65", "1.5,4,7,0", 4], "1-0"])
    assert window.newest == AT - 1
    assert read().newest is None
    assert window.keys() == {
        ("m1", 2, "money_line", AT - 1, 1.5, 4.0, 7.0),
        ("m2", 2, "money_line", AT - 9, 1.5, 4.0, 7.0),
    }


def test_tick_with_a_value_that_is_no_number_is_no_key() -> None:
    assert read(["m1", "eu", [AT, "65", "1.5,x,7,0", 4], "1-0"]).keys() == set()
    for values in ("inf,4,7,0", "1.5,nan,7,0", "1.5,4,-inf,0", "x,4,7,0", "1.5,4,,0"):
        assert read(["m1", "eu", [AT, "65", values, 4], "1-0"]).keys() == set()
    assert len(read(["m1", "eu", [AT, "65", "1.5,4,7,0"], None]).keys()) == 1
