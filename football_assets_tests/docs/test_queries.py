"""The gallery of queries: each runs on a published database and finds something; what they find in it was
worked out by hand where the answer is a computation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.queries import query
from football_assets.settings import PROJECT_ROOT
from football_assets_tests.docs.matchday import published

GALLERY = (PROJECT_ROOT / "docs" / "queries.md").read_text("utf-8")
HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def gallery() -> dict[str, tuple[str, str]]:
    """The text and the SQL by the heading of each query."""
    _, *parts = HEADING.split(GALLERY)
    found = {}
    for heading, part in zip(parts[::2], parts[1::2], strict=True):
        (sql,) = BLOCK.findall(part)
        found[heading] = (part.partition("```")[0], sql)
    return found


QUERIES = gallery()

#: What was worked out by hand, by heading; odds and scores are those of `matchday`.
WORKED_OUT: dict[str, list[tuple[Any, ...]]] = {
    # 1/2.4 + 1/3.9 + 1/4.2 = 0.4167 + 0.2564 + 0.2381 = 0.9112
    "Arbitrage": [("Porto", "Braga", "money_line", None, 8.88, "Crown", "Pinnacle", "Crown")],
    # Crown 1/2.4 + 1/3.2 + 1/4.2 = 0.9673; BET365 1/2.25 + 1/3.5 + 1/3.4 = 1.0243;
    # Pinnacle (1/1.83 + 1/3.5 + 1/4.9 = 1.0362 and 1/2.3 + 1/3.9 + 1/3.5 = 0.9769) 1.0066.
    "Overround by bookmaker": [
        ("Crown", "money_line", 1, -0.0327),
        ("Pinnacle", "money_line", 2, 0.0066),
        ("BET365", "money_line", 1, 0.0243),
    ],
    # Fair: 0.4167/0.9673 = 0.4308, 0.4348/0.9769 = 0.4451, 0.4444/1.0243 = 0.4339; mean 0.4366.
    "Prices above the consensus": [
        ("Porto", "Braga", "Crown", 2.4, 0.4366, 0.0478),
        ("Porto", "Braga", "Pinnacle", 2.3, 0.4366, 0.0041),
        ("Porto", "Braga", "BET365", 2.25, 0.4366, -0.0177),
    ],
    "How prices answered a goal": [("m1", 1.85, 1.4, 1, 0, "19"), ("m1", 1.55, 2.6, 1, 1, "72")],
    "The first minutes": [("m1", "money_line", 4, 1.95, 3.5, 4.0, False)],
    "Decided after extra time": [("p2", 1, 1, 2, 1, "draw")],
    # Pinnacle's p1: 1/1.95 + 1/3.6 + 1/4.3 = 1.0232; 2.2/(1.0232 * 1.95) = 1.1027, 3.4/(1.0232 * 3.6) =
    # 0.9231; p2: 1/1.62 + 1/4.1 + 1/5.8 = 1.0336; 1.5/(1.0336 * 1.62) = 0.8958.
    "Closing line value of your bets": [
        ("p1", "draw", 3.4, -0.0769),
        ("p1", "home", 2.2, 0.1027),
        ("p2", "home", 1.5, -0.1042),
    ],
    # BET365's money line: m1 won at 2.0 (+1), p1 at 1.9 (+0.9), p2 a draw (-1), p3 void. Over: m1 2.75 at
    # 0.95 and p1 2.75 at 0.9, 3 goals, are half won (+0.475, +0.45); p2 2.25, 2 goals, is half lost (-0.5).
    # Home: m1 gives 0.5 and wins (+0.9), p1 gives 0.75 and half wins (+0.475), p2 gives 1 and loses.
    "What blind bets came to": [
        ("BET365", "money_line", 3, 0.9, 0.3),
        ("BET365", "over_under", 3, 0.425, 0.142),
        ("BET365", "spread", 3, 0.375, 0.125),
        ("Crown", "money_line", 1, 1.02, 1.02),
        ("Pinnacle", "money_line", 2, -0.05, -0.025),
    ],
    "Outcomes by line": [(0.5, "win", 1), (0.75, "half_win", 1), (1.0, "loss", 1)],
    # From 1-0 on it was 1-1, and home gave a quarter of a goal: half of the bet is lost.
    "Settle a bet made in play": [
        ("m1", "19", 0.25, 1, 0, "half_loss", "win"),
        ("m1", "46", 0.25, 1, 0, "half_loss", "win"),
    ],
    # BET365: m1 1/2.0 of 1.0357 = 0.483, won; p1 1/1.9 of 1.0501 = 0.501, won; p2 1/1.6 of
    # 1.0568 = 0.591, drawn.
    "Calibration": [(0.4, 1, 0.483, 1.0), (0.5, 2, 0.546, 0.5)],
    # 1.5 became 1.55 only with the next edition.
    "The table at a moment": [
        ("m1", "Arsenal", "Chelsea", "second half", 1, 0, 1.5, True),
        ("m2", "Santos", "Gremio", "first half", 0, 0, 1.83, True),
        ("m3", "Porto", "Braga", "first half", 0, 0, 2.2, True),
    ],
    "A copy of your own, kept up to date": [("m1", 16), ("m2", 2), ("m3", 7)],
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with the `data` of the matchday."""
    directory = tmp_path_factory.mktemp("gallery")
    with published(directory):
        yield directory


@contextmanager
def connected(sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection that the gallery says: read-only, or empty for what attaches the file itself."""
    attaches = sql.startswith("ATTACH")
    opened = duckdb.connect() if attaches else duckdb.connect("data/football.duckdb", read_only=True)
    with opened as connection:
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement."""
    connection.execute("SET timezone = 'UTC'")
    for statement in connection.extract_statements(sql):
        connection.execute(statement)
    return connection.fetchall()


@pytest.mark.parametrize("heading", QUERIES)
def test_every_query_finds_something(directory: Path, heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)
    _, sql = QUERIES[heading]
    with connected(sql) as connection:
        found = answer(connection, sql)
    assert found
    if heading in WORKED_OUT:
        assert [_plain(row) for row in found] == WORKED_OUT[heading]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row with decimals as floats."""
    return tuple(float(value) if type(value).__name__ == "Decimal" else value for value in row)


def test_the_gallery_has_as_many_queries_as_it_says_and_tells_of_each() -> None:
    assert GALLERY.startswith(f"# Query gallery\n\n{len(QUERIES)} queries")
    assert set(WORKED_OUT) <= set(QUERIES)
    for heading, (text, _) in QUERIES.items():
        assert len(re.findall(r"[.:](?=\s)", text)) >= 2, heading


def test_look_ahead_is_what_no_edition_had_shown(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)
    sql = QUERIES["How much look-ahead there would be"][1]
    with connected(sql) as connection:
        ((by_tick_at, not_known_yet),) = answer(connection, sql)
    # All ticks of the replay are dated before the first edition; it had seen the first cycle's 18.
    assert by_tick_at - not_known_yet == 18


def test_backtest_takes_the_price_that_was_known_and_not_the_corrected_one(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory)
    sql = QUERIES["Backtest a rule without look-ahead"][1]
    with connected(sql) as connection:
        ((match_id, decided_at, odds, outcome, profit),) = answer(connection, sql)
        second = connection.execute("SELECT published_at FROM editions WHERE edition = 2").fetchall()
    assert (match_id, odds, outcome, profit) == ("m1", 1.5, "win", 0.5)
    assert [(decided_at,)] == second


def test_copy_stays_equal_over_a_correction(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy as the second edition left it, brought up to date by the gallery's statements."""
    monkeypatch.chdir(directory)
    sql = QUERIES["A copy of your own, kept up to date"][1]
    with connected(sql) as connection:
        answer(connection, sql)
        connection.execute("USE football")
        connection.execute(
            "CREATE OR REPLACE TABLE memory.my_ticks AS SELECT * EXCLUDE (kickoff_day) FROM odds_known_at("
            "(SELECT published_at FROM editions WHERE edition = 2)) WHERE kickoff_day > current_date - 3"
        )
        connection.execute("USE memory")
        attach, rest = sql.split(";", 1)
        assert attach.startswith("ATTACH")
        answer(connection, rest)
        columns = "match_id, company_id, market, tick_at, sequence, home_or_over, seen_at"
        for one, other in (
            ("my_ticks", "football.odds_ticks"),
            ("football.odds_ticks", "my_ticks"),
        ):
            missing = f"SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other}"
            assert connection.execute(missing).fetchall() == []


def test_history_of_a_moved_copy_needs_only_the_variable(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "data"
    copy.mkdir()
    (copy / "football.duckdb").write_bytes((directory / "data" / "football.duckdb").read_bytes())
    moved = (directory / "data" / "history").rename(copy / "history")
    try:
        monkeypatch.chdir(tmp_path)
        sql = QUERIES["History from another folder"][1]
        with connected(sql) as connection:
            with pytest.raises(duckdb.IOException, match="No files found"):
                connection.execute("SELECT count(*) FROM odds_history")
            found = answer(connection, sql)
    finally:
        moved.rename(directory / "data" / "history")
    now = datetime.now(UTC)
    days = [(now - timedelta(days=days)).date() for days in (4, 3)]
    assert found[:2] == [(days[0], 2, 15), (days[1], 1, 2)]


def test_suspension_ends_with_the_next_open_tick_and_not_with_the_next_tick() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE odds_ticks AS SELECT 'm' AS match_id, 2 AS company_id, 'BET365' AS company, "
            "'money_line' AS market, '9' AS minute, 1 AS sequence, second > 10 AND second < 60 AS suspended, "
            "TIMESTAMPTZ '2026-03-10 15:00:00+00' + to_seconds(second) AS tick_at "
            "FROM unnest([10, 20, 45, 60, 70]) AS r(second)"
        )
        (found,) = answer(connection, QUERIES["How long markets were suspended"][1])
    assert found[-1] == 40


def test_files_that_are_superseded_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data" / "history" / "aged_odds_ticks" / "kickoff_day=2026-03-10"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, ticks in (("rows-8", 2), ("rows-9", 3), ("all-10", 5), ("rows-11", 1)):
            connection.execute(
                "COPY (SELECT 'm' AS match_id, NULL::TIMESTAMPTZ AS replaced_at "
                f"FROM range({ticks})) TO '{folder / name}.parquet'"
            )
        ((_, match_id, ticks),) = answer(connection, QUERIES["One day by its files alone"][1])
    assert (match_id, ticks) == ("m", 5 + 1)


@pytest.mark.parametrize("score", [(1, 0), (2, 0)])
def test_backtest_bets_at_no_price_of_another_score_than_the_edition_shows(score: tuple[int, int]) -> None:
    """The edition shows 2-0 already, the price is of `score`."""
    with duckdb.connect() as connection:
        connection.execute(query("warehouse", "settlement"))
        connection.execute(query("warehouse", "odds_formats"))
        at = "TIMESTAMPTZ '2026-03-10 16:00:00+00'"
        connection.execute(
            f"CREATE TABLE edition_history AS SELECT 1 AS edition, {at} AS published_at;"
            f"CREATE TABLE live_match_history AS SELECT 'm' AS match_id, 4 AS status_id, 2 AS home_score, "
            f"0 AS away_score, {at} AS seen_at, NULL::TIMESTAMPTZ AS replaced_at;"
            f"CREATE TABLE odds_history AS SELECT 'm' AS match_id, 'BET365' AS company, "
            f"'money_line' AS market, {at} AS tick_at, 1 AS sequence, {at} AS seen_at, "
            f"NULL::TIMESTAMPTZ AS replaced_at, 4 AS status_id, "
            f"FALSE AS suspended, {score[0]} AS home_score, {score[1]} AS away_score, 1.2 AS home_or_over, "
            "6.0 AS draw_or_line, 15.0 AS away_or_under;"
            "CREATE TABLE matches AS SELECT 'm' AS match_id, 2 AS home_score, 0 AS away_score, "
            "'home' AS result"
        )
        found = answer(connection, QUERIES["Backtest a rule without look-ahead"][1])
    assert len(found) == (score == (2, 0))
