"""`football-assets matches` on real published files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from rich.text import Text

from football_assets.cli.matches import matches, show
from football_assets.published.reading import Row, reading
from football_assets_tests.scoreboard.databases import PublishedDatabase


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedDatabase:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    return PublishedDatabase(tmp_path / "football.duckdb")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(matches, arguments)


def shown(rows: list[Row], *, width: int, american: bool) -> str:
    """What a terminal of that width shows, without its colours."""
    console = Console(width=width, force_terminal=True, highlight=False)
    with console.capture() as captured:
        show(rows, [], american=american, console=console)
    return Text.from_ansi(captured.get()).plain


def test_matches_stand_under_their_country_and_competition(database: PublishedDatabase) -> None:
    database.match(match_id="m1", country="England", competition="Premier League", home_team="Arsenal")
    database.match(match_id="m2", country="Brazil", competition="Série A", home_team="Grêmio")
    database.cycle()
    database.close()
    result = run()
    assert result.exit_code == 0
    order = [
        result.output.index(text)
        for text in ("Brazil  Série A", "Grêmio", "England  Premier League", "Arsenal")
    ]
    assert order == sorted(order)


def test_a_line_shows_minute_score_cards_corners_and_odds(database: PublishedDatabase) -> None:
    database.match()
    database.cycle()
    database.close()
    fields = " ".join(
        next(line for line in run().output.splitlines() if "Home" in line and "67'" in line).split()
    )
    assert (
        fields == "67' Home 2-1 Away 2Y 1R 5-3 1.50 4.00 7.50 -0.5 0.95 +0.5 0.90 o2.5 0.85 u2.5 1.00 BET365"
    )


def test_american_odds_on_request(database: PublishedDatabase) -> None:
    database.match()
    database.cycle()
    database.close()
    assert "-200  +300  +650" in run("--american").output


def test_match_without_a_bookmaker_shows_dashes_instead_of_prices(database: PublishedDatabase) -> None:
    unpriced = dict.fromkeys(
        ("money_line_home", "money_line_draw", "money_line_away", "spread_home", "spread_away")
    )
    totals = dict.fromkeys(("over_under_over", "over_under_under"))
    database.match(
        **unpriced, **totals, spread_line=None, over_under_line=None, bookmaker_id=None, bookmaker=None
    )
    database.cycle()
    database.close()
    assert run().output.split()[-4:] == ["–", "–", "–", "–"]


def test_missing_database_is_one_line_and_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    result = run()
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"Error: {tmp_path}/football.duckdb is not there yet: it comes with the first cycle that succeeds"
    ]


def test_file_that_is_no_database_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    (tmp_path / "football.duckdb").write_bytes(b"not a database" * 1000)
    result = run()
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "cannot be read" in result.output


def test_bad_setting_is_one_line_and_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_INTERVAL_SECONDS", "soon")
    result = run()
    assert result.exit_code == 1
    assert result.output.startswith("Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed")


def test_no_match_in_play_is_said(database: PublishedDatabase) -> None:
    database.match(status_id=8, status="end", minute=None)
    database.cycle()
    database.close()
    result = run()
    assert result.exit_code == 0
    assert result.output.strip() == "No match is in play. The live list holds 1 that are not."


@pytest.mark.parametrize(("minutes", "state"), [(3, "late"), (7, "dead")])
def test_data_are_late_or_dead_by_the_file_s_age(
    database: PublishedDatabase, minutes: int, state: str
) -> None:
    database.match()
    database.cycle()
    database.close(written_at=datetime.now(UTC) - timedelta(minutes=minutes))
    assert f"The data are {state}: published {minutes} min ago, due every 60 s." in run().output


def test_simulated_data_are_said_to_be_simulated(database: PublishedDatabase) -> None:
    database.match(data_source="simulated")
    database.cycle(data_source="simulated")
    database.close()
    assert "Simulated matches" in run().output


def test_names_cannot_steer_the_terminal(database: PublishedDatabase) -> None:
    database.match(home_team="\x1b[31mRed\x07\nTeam [bold]", away_team="\u202eNam\u2066e")
    database.cycle()
    database.close()
    output = run().output
    assert "[31mRed Team [bold]" in output
    assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(output)


def test_output_for_a_pipe_has_no_colours(database: PublishedDatabase) -> None:
    database.match(odds_suspended=True)
    database.cycle()
    database.close()
    assert "\x1b" not in run().output
    assert "suspended" in run().output


@pytest.mark.parametrize("width", [80, 100, 139, 140, 200])
def test_no_line_is_wider_than_the_terminal(database: PublishedDatabase, width: int) -> None:
    database.match(home_team="A team whose name is a good deal longer than any table has room for " * 3)
    database.cycle()
    with reading(database.close()) as source:
        rows: list[Row] = source.rows("in_play")
    text = shown(rows, width=width, american=True)
    assert "2.5" in text
    assert all(len(line) <= width for line in text.splitlines())


def test_a_narrow_terminal_cuts_names_and_never_prices(database: PublishedDatabase) -> None:
    database.match(
        home_team="Gimnasia y Tiro de San Ignacio",
        spread_line=-1.25,
        over_under_line=2.25,
        odds_suspended=True,
    )
    database.cycle()
    with reading(database.close()) as source:
        rows: list[Row] = source.rows("in_play")
    text = shown(rows, width=80, american=False)
    assert "Gimnasia y Tiro" in text
    for whole in ("+1.25 0.95", "-1.25 0.90", "o2.25 0.85", "u2.25 1.00", "BET365  suspended"):
        assert whole in text
