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
    return read_window({company: list(entries)}, NOW, NOW)


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
    assert read_window({"2": [GOOD], "x": []}, NOW, NOW).is_torn
    assert read_window({"2": {}}, NOW, NOW).is_torn


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
