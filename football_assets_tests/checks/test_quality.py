"""The checks of the published rows, on databases with the rows that they are to find."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from football_assets.checks.quality import (
    QUALITY_CHECKS,
    in_play_details,
    known_statuses,
    odds_follow_play,
    rows_from_api,
    steady_row_counts,
    unique_match_ids,
)
from football_assets.published.thresholds import State
from football_assets.tables import PUBLISHED
from football_assets_tests.checks.reports import report
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOW = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishedDatabase]:
    database = PublishedDatabase(tmp_path_factory.mktemp("published") / "football.duckdb")
    yield database
    database.close()


@pytest.fixture
def database(shared_database: PublishedDatabase) -> PublishedDatabase:
    for table in PUBLISHED:
        shared_database.connection.execute(f"DELETE FROM {table.name}")
    return shared_database


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def in_play(
    database: PublishedDatabase,
    match_id: str = "m1",
    *,
    status_id: int = 4,
    half_began: float = 20,
    priced: float | None = 0.5,
    priced_in_play: bool = True,
    **values: Any,
) -> None:
    """A match whose half began, and whose newest price is from, so many minutes ago."""
    odds_at = None if priced is None else ago(priced)
    bookmaker = {} if priced is not None else {"bookmaker_id": None, "bookmaker": None}
    database.match(
        match_id=match_id, status_id=status_id, fetched_at=NOW, odds_at=odds_at, **bookmaker, **values
    )
    database.connection.execute(
        "UPDATE live_matches SET period_started_at = ? WHERE match_id = ?", [ago(half_began), match_id]
    )
    if odds_at:
        minute = "20" if priced_in_play else None
        database.insert(
            "odds_ticks", match_id=match_id, company_id=2, market="spread", tick_at=odds_at, minute=minute
        )


def test_empty_database_passes_every_check(database) -> None:
    outcomes = [one.judge(database.connection, None) for one in QUALITY_CHECKS]
    assert [outcome.description for outcome in outcomes if not outcome.passed] == []
    assert {outcome.description for outcome in outcomes} == {
        "Each row of live_matches has a match_id of its own.",
        "Each row of flattened_matches has a match_id of its own.",
        "Each live match has a known status.",
        "All 0 matches in play have details.",
        "No match in play shows a price that its bookmaker has left behind, of 0 with odds.",
        "Each market that is called live is.",
        "All 0 matches are from this cycle's API.",
        "There is no cycle just before this one to compare with.",
    }
    assert not any("examples" in outcome.metadata for outcome in outcomes)


@pytest.mark.parametrize("table", ["live_matches", "flattened_matches"])
def test_repeated_and_missing_match_ids_are_critical(database, table: str) -> None:
    for match_id in ("m1", "m2", "m2", None):
        database.insert(table, match_id=match_id)
    outcome = unique_match_ids(database.connection, table=table)
    assert outcome.critical
    assert outcome.metadata == {"repeated": 1, "missing": 1, "examples": ["m2"]}
    assert outcome.description == f"{table} has 1 match_ids more than once and 1 rows without one."


def test_different_match_ids_pass(database) -> None:
    database.match(match_id="m1")
    database.match(match_id="m2")
    assert unique_match_ids(database.connection, table="live_matches").state is State.NORMAL


def test_status_that_is_not_in_the_code_table_is_a_warning(database) -> None:
    for match_id, status_id in (("m1", 4), ("m2", 99), ("m3", 99), ("m4", None)):
        database.insert("live_matches", match_id=match_id, status_id=status_id)
    outcome = known_statuses(database.connection)
    assert outcome.state is State.WARNING
    assert outcome.metadata == {"matches": 3, "examples": ["99", "None"]}
    assert outcome.description == ("3 live matches have a status that is not in the code table: 99; None.")


@pytest.mark.parametrize(("number", "shown"), [(5, "40; 41; 42; 43; 44"), (6, "40; 41; 42; 43; 44; ...")])
def test_more_than_five_are_named_by_the_first_five(database, number: int, shown: str) -> None:
    for status_id in range(40, 40 + number):
        database.insert("live_matches", match_id=f"m{status_id}", status_id=status_id)
    outcome = known_statuses(database.connection)
    assert outcome.description.endswith(f": {shown}.")
    assert outcome.metadata["examples"] == ["40", "41", "42", "43", "44"]


def test_match_in_play_without_details_is_a_warning_and_named(database) -> None:
    for number in range(10):
        database.match(match_id=f"m{number}")
        if number:
            database.insert("match_details", match_id=f"m{number}")
    outcome = in_play_details(database.connection)
    assert outcome.state is State.WARNING
    assert outcome.metadata == {"in_play": 10, "without_details": 1, "examples": ["m0"]}
    assert outcome.description == "1 of 10 matches in play have no details: m0."


def test_match_that_is_not_in_play_needs_no_details(database) -> None:
    database.match(match_id="m1", status_id=1)
    assert in_play_details(database.connection).state is State.NORMAL


@pytest.mark.parametrize(
    ("matches", "without", "state"),
    [(9, 5, State.WARNING), (10, 5, State.CRITICAL), (10, 4, State.WARNING)],
)
def test_half_of_many_without_details_is_critical(database, matches: int, without: int, state: State) -> None:
    for number in range(matches):
        database.match(match_id=f"m{number}")
        if number >= without:
            database.insert("match_details", match_id=f"m{number}")
    assert in_play_details(database.connection).state is state


@pytest.mark.parametrize(
    ("match", "suspicious"),
    [
        pytest.param({"priced": 0.5}, False, id="a price of the moment"),
        pytest.param({"half_began": 8, "priced": 12}, True, id="a price from before the second half"),
        pytest.param({"half_began": 4, "priced": 12}, False, id="the half has just begun"),
        pytest.param({"half_began": 5, "priced": 12}, True, id="the half began just so long ago"),
        pytest.param({"half_began": 40, "priced": 16}, True, id="a price that has long stood still"),
        pytest.param({"half_began": 40, "priced": 14}, False, id="a quiet market"),
        pytest.param({"half_began": 40, "priced": 15}, False, id="just so long without a price"),
        pytest.param(
            {"half_began": 8, "priced": 8}, False, id="a price of the moment in which the half began"
        ),
        pytest.param({"half_began": 8, "priced": 12, "odds_suspended": True}, False, id="a suspended market"),
        pytest.param(
            {"half_began": 8, "priced": 12, "odds_suspended": None}, True, id="no word of suspension"
        ),
        pytest.param(
            {"status_id": 2, "half_began": 30, "priced": 90, "priced_in_play": False},
            False,
            id="a bookmaker without prices in play",
        ),
        pytest.param({"status_id": 3, "half_began": 50, "priced": 20}, False, id="half-time"),
        pytest.param({"status_id": 5, "half_began": 10, "priced": 20}, False, id="overtime"),
        pytest.param({"priced": None}, False, id="no odds at all"),
    ],
)
def test_old_price_shown_as_open_is_suspicious(database, match, suspicious: bool) -> None:
    in_play(database, **match)
    outcome = odds_follow_play(database.connection)
    assert outcome.state is (State.WARNING if suspicious else State.NORMAL)
    assert outcome.metadata["stale"] == int(suspicious)


def test_match_without_odds_is_none_whose_prices_are_judged(database) -> None:
    in_play(database, priced=None)
    outcome = odds_follow_play(database.connection)
    assert (outcome.metadata["matches"], outcome.metadata["not_offered_in_play"]) == (0, 0)


def test_prices_in_play_of_another_bookmaker_or_match_do_not_count(database) -> None:
    in_play(database, half_began=30, priced=90, priced_in_play=False)
    database.insert("odds_ticks", match_id="m1", company_id=3, tick_at=ago(1), minute="29")
    database.insert("odds_ticks", match_id="m2", company_id=2, tick_at=ago(1), minute="29")
    outcome = odds_follow_play(database.connection)
    assert outcome.state is State.NORMAL
    assert outcome.metadata["not_offered_in_play"] == 1


def test_old_prices_are_counted_and_shown_by_example(database) -> None:
    for number in range(7):
        in_play(database, f"m{number}", half_began=40, priced=20 + number)
    outcome = odds_follow_play(database.connection)
    assert outcome.metadata["stale"] == 7
    assert len(outcome.metadata["examples"]) == 5
    assert outcome.metadata["examples"][0] == "m6: Home - Away, BET365 1560 s old"
    assert outcome.description.startswith(
        "7 matches in play show old prices as if they were open: m6: Home - Away, BET365 1560 s old; m5: "
    )
    assert outcome.description.endswith("; ....")


@pytest.mark.parametrize(
    ("cycle_source", "sources", "state", "percent"),
    [
        pytest.param("api", ["api"] * 40, State.NORMAL, 0.0, id="all from the API"),
        pytest.param("api", ["api"] * 39 + ["last_known"], State.SLOW, 2.5, id="a few last known"),
        pytest.param("api", ["api"] * 19 + ["last_known"], State.WARNING, 5.0, id="just so many last known"),
        pytest.param("api", ["api"] * 3 + ["mock"], State.WARNING, 25.0, id="placeholders"),
        pytest.param("api", ["api"] * 3 + ["simulated"], State.WARNING, 25.0, id="simulated among real"),
        pytest.param("simulated", ["simulated"] * 4, State.NORMAL, 0.0, id="all simulated"),
        pytest.param("simulated", ["simulated", "mock"], State.WARNING, 50.0, id="placeholders simulated"),
        pytest.param("api", [], State.NORMAL, 0.0, id="no matches"),
    ],
)
def test_share_of_rows_that_are_not_from_the_api(database, cycle_source, sources, state, percent) -> None:
    database.cycle(data_source=cycle_source)
    for number, source in enumerate(sources):
        database.match(match_id=f"m{number}", data_source=source)
    outcome = rows_from_api(database.connection)
    assert outcome.state is state
    assert outcome.metadata["percent"] == percent


def test_rows_of_other_sources_are_counted_by_source(database) -> None:
    database.cycle(data_source="api")
    for number, source in enumerate(["api", "mock", "last_known", "last_known"]):
        database.match(match_id=f"m{number}", data_source=source)
    outcome = rows_from_api(database.connection)
    assert outcome.metadata == {
        "rows": 4, "percent": 75.0, "rows_api": 1, "rows_mock": 1, "rows_last_known": 2
    }  # fmt: skip
    start, _, counted = outcome.description.rpartition(": ")
    assert start == "Of 4 matches 75 % are not from this cycle's API"
    assert sorted(counted.removesuffix(".").split(", ")) == ["1 mock", "2 last_known"]


def test_rows_are_held_against_the_source_of_the_newest_cycle_that_succeeded(database) -> None:
    for minutes, status, source in (
        (3, "success", "simulated"),
        (2, "success", "api"),
        (1, "failure", "simulated"),
    ):
        at = {"started_at": ago(minutes), "finished_at": ago(minutes - 0.1)}
        database.cycle(cycle_id=str(minutes), status=status, data_source=source, **at)
    database.match(data_source="simulated")
    assert rows_from_api(database.connection).metadata["percent"] == 100.0


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [(10, 5, State.NORMAL), (10, 4, State.WARNING), (9, 4, State.NORMAL), (10, 0, State.CRITICAL)],
)
def test_live_list_that_falls_below_half(database, before: int, now: int, state: State) -> None:
    for number in range(now):
        database.match(match_id=f"m{number}")
    outcome = steady_row_counts(database.connection, report("former", rows={"live_matches": before}))
    assert outcome.state is state
    assert outcome.metadata["rows_live_matches"] == now
    assert outcome.metadata["former_rows_live_matches"] == before
    assert outcome.metadata["former_rows_teams"] == 0, "of which the former cycle told nothing"
    assert outcome.metadata["former_cycle_id"] == "former"
    fallen = f"live_matches from {before} to {now}"
    if state is State.NORMAL:
        assert outcome.description == "No table lost more than half of its rows since the former cycle."
        assert "examples" not in outcome.metadata
    else:
        assert outcome.description == f"Rows fell by more than half within a cycle: {fallen}."
        assert outcome.metadata["examples"] == [fallen]


def test_first_cycle_has_nothing_to_compare_with(database) -> None:
    database.match(match_id="m1")
    outcome = steady_row_counts(database.connection, None)
    assert outcome.state is State.NORMAL
    assert outcome.description == "There is no cycle just before this one to compare with."
    assert outcome.metadata["rows_live_matches"] == 1 and outcome.metadata["rows_teams"] == 2
    assert not any(name.startswith("former") for name in outcome.metadata)
