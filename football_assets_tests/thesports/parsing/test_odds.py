"""Odds ticks: from the two answers that hold them to Arrow columns, in the API's order, each once."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from football_assets.thesports.parsing.odds import (
    SCHEMA,
    Head,
    TickColumns,
    read_history,
    read_window,
    readable,
    window_columns,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.reader import Rejection
from football_assets_tests.thesports.parsing.test_any_json import any_json, telling

AT = 1_748_452_800


def tick(at: int = AT, home: Any = 1.5, **changes: Any) -> list[Any]:
    fields = {"at": at, "minute": "12", "home": home, "draw": 3.25, "away": 4.0}
    fields |= {"status": 2, "sealed": 0, "score": "1-0"}
    return list((fields | changes).values())


def history(*ticks: Any, company: str = "2", market: str = "eu") -> dict[str, Any]:
    return {company: {market: list(ticks)}}


def read(results: Any, known: Any = None) -> tuple[list[dict[str, Any]], list[Rejection]]:
    columns = TickColumns()
    rejected = read_history("m", results, known or {}, columns)
    return columns.to_arrow().to_pylist(), rejected


def prices(results: Any, known: Any = None) -> list[tuple[int, int, float]]:
    """Second (from `AT`), sequence and home price of each tick read."""
    return [
        (int(row["tick_at"].timestamp()) - AT, row["sequence"], row["home_or_over"])
        for row in read(results, known)[0]
    ]


def test_every_field_of_a_tick_is_read() -> None:
    rows, rejected = read(history(tick(minute="45+", sealed=1, status=3, score="12-3"), market="cr"))
    assert rejected == []
    assert rows == [
        {
            "match_id": "m",
            "company_id": 2,
            "company": "BET365",
            "market": "corners",
            "tick_at": datetime(2025, 5, 28, 17, 20, tzinfo=UTC),
            "sequence": 1,
            "minute": "45+",
            "home_or_over": 1.5,
            "draw_or_line": 3.25,
            "away_or_under": 4.0,
            "status_id": 3,
            "suspended": True,
            "home_score": 12,
            "away_score": 3,
        }
    ]


@pytest.mark.parametrize(
    ("api", "ours"), [("eu", "money_line"), ("asia", "spread"), ("bs", "over_under"), ("cr", "corners")]
)
def test_markets_have_our_names(api: str, ours: str) -> None:
    assert read(history(tick(), market=api))[0][0]["market"] == ours


def test_unknown_bookmaker_has_no_name() -> None:
    row = read(history(tick(), company="999"))[0][0]
    assert (row["company_id"], row["company"]) == (999, None)


@pytest.mark.parametrize(
    ("score", "halves"),
    [("0-0", (0, 0)), ("", (None, None)), ("1", (None, None)), ("1-", (None, None)), ("x-y", (None, None)),
     ("1-2-3", (None, None)), ("\N{SUPERSCRIPT TWO}-1", (None, None)), ("9" * 400 + "-1", (None, None)),
     ("99999999999-1", (None, None)), ("half \ud83d", (None, None))],
)  # fmt: skip
def test_score_is_two_numbers_or_unknown(score: str, halves: tuple[int | None, int | None]) -> None:
    row = read(history(tick(score=score)))[0][0]
    assert (row["home_score"], row["away_score"]) == halves


def test_no_minute_is_none() -> None:
    assert read(history(tick(minute="")))[0][0]["minute"] is None


def test_minute_in_any_language_is_kept() -> None:
    assert read(history(tick(minute="中场")))[0][0]["minute"] == "中场"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400])
def test_price_that_is_no_number_is_none(number: float) -> None:
    assert read(history(tick(home=number)))[0][0]["home_or_over"] is None


def test_huge_and_whole_prices_are_numbers() -> None:
    assert prices(history(tick(AT + 1, 2), tick(AT, 10**30))) == [(1, 1, 2.0), (0, 1, 1e30)]


# -- order -------------------------------------------------------------------------------------------
def test_ticks_of_one_second_keep_the_apis_order() -> None:
    ticks = [tick(AT + 1, 9.0), tick(AT, 3.0), tick(AT, 1.0), tick(AT, 2.0)]
    assert prices(history(*ticks)) == [(1, 1, 9.0), (0, 3, 3.0), (0, 2, 1.0), (0, 1, 2.0)]


def test_exact_duplicates_are_taken_once() -> None:
    ticks = [tick(AT, 3.0), tick(AT, 1.0), tick(AT, 3.0), tick(AT, 1.0)]
    assert prices(history(*ticks)) == [(0, 2, 3.0), (0, 1, 1.0)]


def test_unsorted_history_is_sorted() -> None:
    ticks = [tick(AT, 1.0), tick(AT + 2, 3.0), tick(AT + 1, 2.0), tick(AT + 2, 4.0)]
    assert prices(history(*ticks)) == [(2, 2, 3.0), (2, 1, 4.0), (1, 1, 2.0), (0, 1, 1.0)]


def test_each_list_has_its_own_sequences() -> None:
    results = {"2": {"eu": [tick(home=1.0)], "bs": [tick(home=2.0)]}, "3": {"eu": [tick(home=3.0)]}}
    assert prices(results) == [(0, 1, 1.0), (0, 1, 2.0), (0, 1, 3.0)]


# -- what cannot be read -----------------------------------------------------------------------------
UNREADABLE = [
    *(None, 7, "12345678", {}, [], tick()[:7]),
    *(tick(at) for at in (0, -1, 2**32, "now", 1.5, True, None)),  # type: ignore[arg-type]
    *(tick(home=value) for value in (None, "1.5", True, [1.5])),
    *(tick(status=value) for value in (None, "2", 2**31, 2.0)),
    *(tick(sealed=value) for value in (None, "0")),
    *(tick(score=value) for value in (None, 10)),
    *(tick(minute=value) for value in (None, 12, "half \ud83d", "a\0b", "x" * 33)),
]


@pytest.mark.parametrize("bad", UNREADABLE, ids=repr)
def test_unreadable_tick_leaves_the_others_and_is_counted(bad: Any) -> None:
    rows, rejected = read(history(tick(AT + 1), bad, bad, tick(AT)))
    assert [row["tick_at"].timestamp() for row in rows] == [AT + 1, AT]
    assert [noted.reason for noted in rejected] == ["2 unreadable ticks of bookmaker 2, eu"]


def test_field_that_ticks_grew_is_passed_over() -> None:
    assert prices(history([*tick(AT + 1), "new"], tick(AT, 2.0))) == [(1, 1, 1.5), (0, 1, 2.0)]
    assert prices(history([*tick(AT + 1), "new"], [*tick(AT, 2.0), {}])) == [(1, 1, 1.5), (0, 1, 2.0)]


@pytest.mark.parametrize(
    "results",
    [
        {"2": []},
        {"2": None, "x": {}},
        {"x": {"eu": [tick()]}},
        {"02": {"eu": [tick()]}},
        history("bad"),
        history(tick(home="1.5"), tick(home="1.6")),
        {"2": {"eu": "bad"}},
        {"2": {"eu": ["bad"]}, "3": []},
    ],
)
def test_history_without_anything_readable_is_broken(results: Any) -> None:
    with pytest.raises(BrokenAnswer):
        read(results)


def test_what_is_unknown_is_noted_and_leaves_the_rest() -> None:
    results = {"2": {"eu": [tick()], "new": [1], "bs": 7}, "x": {"eu": []}, "3": None, "-1": {}}
    rows, rejected = read(results)
    assert len(rows) == 1
    assert len(rejected) == 5


def test_history_with_new_markets_only_is_not_broken() -> None:
    rows, rejected = read({"2": {"new": [1]}})
    assert (rows, len(rejected)) == ([], 1)


def test_two_spellings_of_a_bookmaker_are_not_two_lists() -> None:
    rows, _ = read({"2": {"eu": [tick()]}, "02": {"eu": [tick()]}})
    assert len(rows) == 1


@pytest.mark.parametrize("results", [{}, {"2": {}}, history()])
def test_match_without_odds_has_none(results: Any) -> None:
    assert read(results) == ([], [])


def test_reasons_can_be_written_anywhere() -> None:
    _, rejected = read({"half \ud83d\n": [], "3": {"\ud83d\n" * 50: []}, "2": {"eu": [tick()]}})
    assert all(noted.reason.isprintable() and noted.reason.encode() for noted in rejected)


# -- what is known -----------------------------------------------------------------------------------
KNOWN = [tick(AT + 2, 4.0), tick(AT + 2, 3.0), tick(AT + 1, 2.0), tick(AT, 1.0)]
HEADS = {(2, "money_line"): Head(newest=AT + 2, at_newest=2, older=2)}


def test_known_history_is_not_read_again() -> None:
    assert prices(history(*KNOWN), HEADS) == []


def test_new_ticks_come_with_the_newest_known_second() -> None:
    grown = [tick(AT + 3, 6.0), tick(AT + 2, 5.0), *KNOWN]
    assert prices(history(*grown), HEADS) == [(3, 1, 6.0), (2, 3, 5.0), (2, 2, 4.0), (2, 1, 3.0)]


def test_late_tick_brings_the_whole_list() -> None:
    assert len(prices(history(*KNOWN[:3], tick(AT + 1, 9.0), KNOWN[3]), HEADS)) == 5


def test_tick_in_the_place_of_one_taken_back_is_read() -> None:
    changed = [tick(AT + 3, 6.0), tick(AT + 2, 3.0), *KNOWN[2:]]
    assert prices(history(*changed), HEADS) == [(3, 1, 6.0), (2, 1, 3.0)]


def test_other_lists_are_read_whole() -> None:
    assert len(prices(history(*KNOWN, market="bs"), HEADS)) == 4
    assert len(prices(history(*KNOWN, company="3"), HEADS)) == 4


# -- windows -----------------------------------------------------------------------------------------
def change(at: int = AT, values: str = "1.5,3.25,4,0", match_id: str = "m", score: str = "1-0") -> list[Any]:
    return [match_id, "eu", [at, "12", values, 2], score]


def test_window_has_the_ticks_that_the_history_has() -> None:
    window = read_window({"2": [change()]})
    assert window.ticks == {("m", 2, "money_line"): [tuple(tick())]}
    assert window_columns(window.ticks).to_arrow().to_pylist() == read(history(tick()))[0]


def test_window_keeps_its_order() -> None:
    window = read_window({"2": [change(AT, "1,1,1,0"), change(AT, "2,1,1,0"), change(AT + 1, "3,1,1,0")]})
    rows = window_columns(window.ticks).to_arrow().to_pylist()
    assert [(row["sequence"], row["home_or_over"]) for row in rows] == [(1, 3.0), (2, 2.0), (1, 1.0)]
    assert window.newest == AT + 1


def test_tick_of_two_windows_is_taken_once() -> None:
    twice = read_window({"2": [change(), change(AT + 1), change()]})
    assert window_columns(twice.ticks).to_arrow().num_rows == 2


def test_field_that_changes_grew_is_passed_over() -> None:
    grown = [*change(), "new"]
    grown[2] = [*grown[2], "new"]
    assert read_window({"2": [grown]}).ticks == read_window({"2": [change()]}).ticks


def test_empty_window_is_a_quiet_minute() -> None:
    for results in ({}, {"2": []}):
        window = read_window(results)
        assert (window.newest, window.keys()) == (None, set())


def test_keys_tell_ticks_apart_across_answers() -> None:
    keys = read_window({"2": [change(values="1.50,3.25,4.0,0")]}).keys()
    assert keys == read_window({"2": [change(values="1.5,3.250,4,1")]}).keys()
    assert keys.isdisjoint(read_window({"2": [change(values="1.51,3.25,4,0")]}).keys())


def test_price_that_is_no_number_tells_nothing_apart() -> None:
    assert read_window({"2": [change(values="nan,1,1,0"), change(values="1,inf,1,0")]}).keys() == set()


def replaced(place: int, value: Any, inner: int | None = None) -> list[Any]:
    entry = change()
    if inner is None:
        entry[place] = value
    else:
        entry[place][inner] = value
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        *(None, 7, "text", {}, [], change()[:3]),
        *(replaced(0, value) for value in (None, "", 7, "\ud83d", "a\nb", "x" * 300)),
        *(replaced(1, value) for value in (None, "new", [], 1)),
        *(replaced(2, value) for value in (None, [], [AT, "12", "1,2,3,0"], "text")),
        *(replaced(2, value, 0) for value in (None, "now", 0, 2**40, 1.5)),
        *(replaced(2, value, 1) for value in (None, 12, "\ud83d")),
        *(replaced(2, value, 2) for value in (None, 7, "", "1,2,3", "1,2,3,4,5", "a,2,3,0", "1,2,3,x")),
        *(replaced(2, value, 3) for value in (None, "2", 2**40)),
        *(replaced(3, value) for value in (None, 10, [])),
    ],
    ids=repr,
)
def test_deviation_breaks_the_whole_window(entry: Any) -> None:
    with pytest.raises(BrokenAnswer):
        read_window({"2": [change(), entry]})


@pytest.mark.parametrize("results", [{"x": []}, {"2": None}, {"2": {}}, {"-2": []}, {"02": []}])
def test_window_without_lists_by_bookmaker_is_broken(results: Any) -> None:
    with pytest.raises(BrokenAnswer):
        read_window(results)


# -- any JSON ----------------------------------------------------------------------------------------
SEARCH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
companies = st.sampled_from(["2", "3", "02", "x", "", "99999999999", "\ud83d"]) | st.text(max_size=2)
markets = st.sampled_from(["eu", "asia", "bs", "cr", "new"])
anything = telling | any_json


@st.composite
def altered(draw: st.DrawFn, whole: list[Any]) -> list[Any]:
    for place in draw(st.lists(st.integers(0, len(whole) - 1), max_size=2)):
        whole[place] = draw(anything)
    return whole


ticks = st.integers(0, 3).flatmap(lambda at: altered(tick(AT + at))) | anything
histories = st.dictionaries(
    companies,
    st.dictionaries(markets, st.lists(ticks, max_size=5) | anything, max_size=3) | anything,
    max_size=3,
)
changes = st.integers(0, 3).flatmap(lambda at: altered(change(AT + at)) | altered(change(AT)[2]).map(
    lambda inner: ["m", "eu", inner, "1-0"]
)) | anything  # fmt: skip
heads = st.builds(Head, st.integers(AT - 1, AT + 4), st.integers(0, 3), st.integers(0, 5))


@SEARCH
@given(histories, st.dictionaries(st.just((2, "money_line")), heads))
def test_any_history_gives_columns_or_is_rejected(results: Any, known: Any) -> None:
    columns = TickColumns()
    try:
        rejected = read_history("m", results, known, columns)
    except BrokenAnswer:
        return
    table = columns.to_arrow()
    assert table.schema == SCHEMA
    assert all("\n" not in noted.reason and noted.reason.encode() for noted in rejected)
    keys = [tuple(row.values())[:6] for row in table.to_pylist()]
    assert len(set(keys)) == len(keys)


@SEARCH
@given(st.dictionaries(companies, st.lists(changes, max_size=5) | anything, max_size=3))
def test_any_window_gives_columns_or_is_broken(results: Any) -> None:
    try:
        window = read_window(results)
    except BrokenAnswer:
        return
    assert window_columns(window.ticks).to_arrow().schema == SCHEMA
    assert all(math.isfinite(part) for key in set(window.keys()) for part in key[3:])


@SEARCH
@given(st.lists(ticks, max_size=6))
def test_no_tick_is_neither_read_nor_counted(listed: list[Any]) -> None:
    columns, bad = readable(listed)
    assert len(columns[0]) + bad == len(listed)
    assert list(columns[0]) == sorted(columns[0], reverse=True)
