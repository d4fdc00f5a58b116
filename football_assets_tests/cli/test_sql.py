"""`football-assets sql` on real published files, in a pipe and on a terminal."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from football_assets.cli import main
from football_assets_tests.cli.processes import on_terminal
from football_assets_tests.docs.matchday import published
from football_assets_tests.scoreboard.databases import PublishedDatabase


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedDatabase:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match(
        match_id="m1", home_team='A "quoted", name', kickoff_at=datetime(2030, 5, 4, 15, tzinfo=UTC)
    )
    database.match(match_id="m2", home_team="ガンバ大阪", venue_id=None)
    database.cycle()
    database.close()
    return database


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["sql", *arguments], input=text)


QUERY = "SELECT match_id, home_team, kickoff_at, venue_id FROM flattened_matches ORDER BY match_id LIMIT 1"


@pytest.mark.usefixtures("database")
def test_a_pipe_gets_csv_with_one_header() -> None:
    assert run(QUERY).stdout == run("--csv", QUERY).stdout
    header, row = csv.reader(io.StringIO(run(QUERY).stdout))
    assert header == ["match_id", "home_team", "kickoff_at", "venue_id"]
    assert row == ["m1", 'A "quoted", name', "2030-05-04T15:00:00Z", ""]


@pytest.mark.usefixtures("database")
def test_json_is_an_object_a_row_with_numbers_as_numbers() -> None:
    (line,) = run(
        "--json", "SELECT 1 AS a, 2 AS a, 1.50 AS d, NULL AS n, [1] AS l, MAP {1: 2} AS m"
    ).stdout.split("\n")[:-1]
    assert json.loads(line) == {"a": 1, "a_1": 2, "d": 1.5, "n": None, "l": [1], "m": {"1": 2}}


@pytest.mark.usefixtures("database")
def test_query_comes_from_standard_input_and_the_last_statement_is_shown() -> None:
    assert run(text="SET VARIABLE x = 3; SELECT 0;\nSELECT getvariable('x') AS x;\n").stdout == "x\n3\n"


@pytest.mark.usefixtures("database")
def test_more_rows_than_are_fetched_at_once_are_all_there() -> None:
    assert run("FROM range(25000)").stdout.splitlines()[1:] == [str(number) for number in range(25_000)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT nothing FROM teams", 'Binder Error: Referenced column "nothing" not found in FROM clause!'),
        ("SELEC 1", 'Parser Error: syntax error at or near "SELEC"'),
        ("", "There is no statement in the query."),
        ("DELETE FROM teams", "read-only"),
        ("FROM missing", "Catalog Error: Table with name missing does not exist!"),
        ("SELECT 'a'::INTEGER", "Could not convert string 'a' to INT32"),
    ],
)
@pytest.mark.usefixtures("database")
def test_mistake_in_a_query_is_one_line_and_status_1(query: str, message: str) -> None:
    for options in ((), ("--json",)):
        result = run(*options, query)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


def test_missing_database_is_one_line_and_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    result = run("SELECT 1")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "is not there yet" in result.stderr


def test_json_and_csv_exclude_each_other() -> None:
    assert run("--json", "--csv", "SELECT 1").exit_code == 2


@pytest.mark.usefixtures("database")
def test_a_terminal_gets_a_table_that_fits_and_that_no_name_can_steer(tmp_path: Path) -> None:
    shown = on_terminal(
        tmp_path, "sql", "SELECT *, chr(27) || '[31m' AS evil FROM flattened_matches ORDER BY match_id"
    )
    lines = shown.splitlines()
    assert lines[0].startswith("┌")
    assert {cell_len(line) for line in lines if line.startswith(("│", "├"))} == {cell_len(lines[0])}
    assert cell_len(lines[0]) <= 80
    assert "\x1b" not in shown
    names = on_terminal(tmp_path, "sql", "SELECT home_team, chr(27) || '[31m' AS evil FROM flattened_matches")
    assert "ガンバ大阪" in names
    assert "\x1b" not in names


def test_views_of_the_past_find_their_files_in_a_moved_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with published(tmp_path):
        pass
    moved = (tmp_path / "data").rename(tmp_path / "moved")
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(moved))
    monkeypatch.setenv("THESPORTS_USER", "")
    monkeypatch.setenv("THESPORTS_SECRET", "")
    result = run("SELECT count(*) AS ticks FROM odds_history WHERE match_id = 'p1'")
    assert result.stdout == "ticks\n8\n"
