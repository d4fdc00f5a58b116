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
    rows = columns.to_arrow().to_pylist()
    assert {row["match_id"] for row in rows} <= {"m1"}
    assert {(row["company_id"], row["market"]) for row in rows} <= set(history.lists)
    return history, [AT - int(row["tick_at"].timestamp()) for row in rows]


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


def test_what_cannot_be_read_is_said_and_all_after_it_is_read() -> None:
    history, told = read(
        {
            "two": {"eu": [tick(1)]},
            "3": [],
            "4": {"eu": "x", "ht": [], "asia": [["soon"], tick(3), [AT + 121], [*tick(4)[:5], "x"]]},
            "5": {"bs": [[AT - 9, "65", "x"]], "cr": [["soon"]]},
            "2": {"eu": [tick(2)]},
        }
    )
    assert [(noted.entity, noted.id, noted.reason, noted.row_kept) for noted in history.rejected] == [
        ("odds_ticks", "m1", "bookmaker 'two' has no markets by number", False),
        ("odds_ticks", "m1", "bookmaker '3' has no markets by number", False),
        ("odds_ticks", "m1", "bookmaker 4, eu: no list of ticks", False),
        ("odds_ticks", "m1", "market 'ht' is none of eu, asia, bs, cr", True),
        (
            *("odds_ticks", "m1"),
            "bookmaker 4, spread: ticks 1 without a readable time, 1 of the future, set aside, "
            "1 with an unreadable value, which is NULL",
            False,
        ),
        (
            *("odds_ticks", "m1"),
            "bookmaker 5, over_under: ticks 1 with an unreadable value, which is NULL",
            True,
        ),
        ("odds_ticks", "m1", "bookmaker 5, corners: ticks 1 without a readable time", False),
    ]
    assert (history.match_id, history.present) == ("m1", PRESENT)
    assert (history.is_whole, history.is_mended, history.set_aside) == (False, True, 3)
    assert set(history.lists) == {(4, "spread"), (5, "over_under"), (2, "money_line")}
    assert told == [3, 4, 9, 2]


def test_whole_history_after_a_broken_part_stays_broken() -> None:
    history, _ = read({"2": {"eu": [["soon"]], "ht": []}, "3": {"eu": [tick(1)]}})
    assert not history.is_whole


def test_history_is_mended_only_where_a_tick_is() -> None:
    mended = [AT - 1, "65", "x", 4.0, 7.0, 4, 0, "1-0"]
    assert not read({"2": {"eu": [tick(1)]}})[0].is_mended
    assert read({"2": {"eu": [mended], "asia": [tick(1)]}})[0].is_mended


def test_empty_list_is_told_as_empty() -> None:
    history, told = read({"2": {"eu": []}})
    assert (history.lists[2, "money_line"].since, history.lists[2, "money_line"].digest, told) == (
        0,
        None,
        [],
    )


def test_nothing_is_compared_where_nothing_is_newer() -> None:
    first, _ = read({"2": {"eu": [tick(10), tick(20)]}})
    history, told = read({"2": {"eu": [tick(10), tick(20)]}}, digests(first))
    assert (history.lists[2, "money_line"].since, told) == (AT - 10, [])


def test_tick_of_the_second_up_to_which_a_list_was_read_makes_it_differ() -> None:
    first, _ = read({"2": {"eu": [tick(10), tick(20)]}})
    history, told = read({"2": {"eu": [tick(9), tick(10, 9.9), tick(10), tick(20)]}}, digests(first))
    assert (history.lists[2, "money_line"].since, told) == (0, [9, 10, 10, 20])


def test_digest_fits_a_column_of_64_bits_and_tells_every_field() -> None:
    whole = [AT - 1, "65", 1.5, 4.0, 7.0, 4, 0, "1-0"]
    others = [AT - 2, "66", 1.6, 4.1, 7.1, 5, 1, "1-1"]
    found = set()
    for place in range(9):
        changed = [*whole[:place], *others[place : place + 1], *whole[place + 1 :]]
        history, _ = read({"2": {"eu": [changed]}})
        digest = history.lists[2, "money_line"].digest
        assert digest is not None
        assert -(2**63) <= digest.digest < 2**63
        found.add(digest.digest)
    assert len(found) == 9
    assert min(found) < 0 < max(found)


def test_answer_of_which_nothing_can_be_read_names_the_match_and_the_first_reason() -> None:
    with pytest.raises(BrokenAnswer, match=r"^odds/history of m1: bookmaker 'two' has no markets by number$"):
        read({"two": {}, "3": []})


def test_tick_of_the_very_next_second_is_new() -> None:
    first, _ = read({"2": {"eu": [tick(10), tick(20)]}})
    history, told = read({"2": {"eu": [tick(9), tick(10), tick(20)]}}, digests(first))
    assert (history.lists[2, "money_line"].since, told) == (AT - 10, [9])


@pytest.mark.parametrize("huge", [10**400, 2**64, -(2**63) - 1])
def test_number_of_more_than_64_bits_is_no_price_and_no_end(huge: int) -> None:
    history, told = read({"2": {"eu": [tick(1, huge)]}})
    other, _ = read({"2": {"eu": [tick(1, huge + 1)]}})
    assert told == [1]
    assert history.lists[2, "money_line"].digest != other.lists[2, "money_line"].digest is not None
