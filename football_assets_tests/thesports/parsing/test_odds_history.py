from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.odds_history import MatchHistory, read_history
from football_assets.thesports.parsing.ticks import TickColumns

AT = 1748452827
PRESENT = datetime.fromtimestamp(AT, UTC)


def tick(ago: int, price: float = 1.5) -> list[Any]:
    return [AT - ago, "65", price, 4.0, 7.0, 4, 0, "1-0"]


def read(results: dict[str, Any], known: dict[Any, Any] | None = None) -> tuple[MatchHistory, list[int]]:
    columns = TickColumns()
    history = read_history("m1", results, PRESENT, known or {}, columns)
    return history, [AT - int(row["tick_at"].timestamp()) for row in columns.to_arrow().to_pylist()]


def digests(history: MatchHistory) -> dict[Any, Any]:
    return {key: told.digest for key, told in history.lists.items()}


def test_every_list_is_read_and_compared_in_whole_the_first_time() -> None:
    history, told = read({"2": {"eu": [tick(1), tick(2)]}, "3": {"cr": [tick(3)]}})
    assert history.is_whole
    assert {key: one.since for key, one in history.lists.items()} == {(2, "money_line"): 0, (3, "corners"): 0}
    assert told == [1, 2, 3]


def test_only_what_is_newer_is_compared_where_the_rest_is_as_it_was() -> None:
    first, _ = read({"2": {"eu": [tick(10), tick(20)]}})
    history, told = read({"2": {"eu": [tick(1), tick(10), tick(20)]}}, digests(first))
    assert history.lists[2, "money_line"].since == AT - 10
    assert told == [1]


@pytest.mark.parametrize(
    "ticks",
    [
        [tick(1), tick(10), tick(20, 9.9)],
        [tick(1), tick(10)],
        [tick(1), tick(10), tick(15), tick(20)],
        [tick(1), tick(10), tick(20), tick(30)],
    ],
    ids=["corrected", "withdrawn", "inserted", "older"],
)
def test_list_whose_past_differs_is_compared_in_whole(ticks: list[Any]) -> None:
    first, _ = read({"2": {"eu": [tick(10), tick(20)]}})
    history, told = read({"2": {"eu": ticks}}, digests(first))
    assert history.lists[2, "money_line"].since == 0
    assert len(told) == len(ticks)


def test_history_of_which_a_part_is_lost_is_not_whole() -> None:
    history, told = read({"2": {"eu": [tick(1), ["soon"]], "asia": [tick(2)]}})
    assert not history.is_whole
    assert history.set_aside == 1
    assert history.lists[2, "money_line"].digest is None
    assert history.lists[2, "spread"].digest is not None
    assert told == [1, 2]
    assert "without a readable time" in history.rejected[0].reason


@pytest.mark.parametrize("results", [{"two": {"eu": [tick(1)]}}, {"2": []}, {"2": {"eu": "x"}}, {"02": {}}])
def test_answer_of_which_nothing_can_be_read_is_broken(results: dict[str, Any]) -> None:
    with pytest.raises(BrokenAnswer):
        read(results)


def test_unknown_market_is_noted_and_leaves_the_history_whole() -> None:
    history, told = read({"2": {"ht": [tick(1)], "eu": [tick(2)]}})
    assert history.is_whole
    assert [noted.row_kept for noted in history.rejected] == [True]
    assert told == [2]


def test_empty_history_is_whole() -> None:
    history, told = read({})
    assert (history.is_whole, history.lists, told) == (True, {}, [])
