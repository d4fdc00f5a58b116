"""`football-assets matches` on real published files."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from football_assets.cli import main
from football_assets.cli.match_table import show
from football_assets.cli.matches import follow
from football_assets.published.reading import Row, reading
from football_assets.settings import Settings
from football_assets_tests.cli.processes import COMMAND, environment
from football_assets_tests.scoreboard.databases import PublishedDatabase, dead, suspended

NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedDatabase:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    return PublishedDatabase(tmp_path / "football.duckdb")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["matches", *arguments])


def shown(rows: list[Row], *, width: int, american: bool = False, **console: Any) -> str:
    """What a terminal of that width shows, without its colours."""
    return Text.from_ansi(styled(rows, width=width, american=american, **console)).plain


def styled(rows: list[Row], *, width: int, american: bool = False, color_system: Any = "standard") -> str:
    """What a terminal of that width is sent."""
    console = Console(width=width, force_terminal=True, highlight=False, color_system=color_system)
    with console.capture() as captured:
        show(rows, NOW, american=american, console=console)
    return captured.get()


def published(database: PublishedDatabase) -> list[Row]:
    """The rows of the finished file."""
    database.cycle()
    with reading(database.close()) as source:
        return source.rows("in_play")


def test_matches_stand_under_their_country_and_competition(database: PublishedDatabase) -> None:
    database.match(match_id="m1", country="England", competition="Premier League", home_team="Arsenal")
    database.match(match_id="m2", country="Brazil", competition="Série A", home_team="Grêmio")
    text = shown(published(database), width=200)
    order = [text.index(part) for part in ("Brazil  Série A", "Grêmio", "England  Premier League", "Arsenal")]
    assert order == sorted(order)


def test_in_a_pipe_each_match_is_one_line_by_itself_after_one_header(database: PublishedDatabase) -> None:
    database.match(match_id="m1", country=None, competition="Friendlies", home_team="A", away_team="B")
    database.match(match_id="m2")
    database.cycle()
    database.close()
    header, *lines = (re.split("  +", line) for line in run().stdout.splitlines())
    assert header == [
        *("Country", "Competition", "Min", "Home", "Score", "Away", "Cards", "Corners"),
        *("1 X 2", "Spread", "Over/under", "Odds by"),
    ]
    assert [line[:4] for line in lines] == [
        ["England", "Premier League", "67'", "Home"],
        ["Unknown country", "Friendlies", "67'", "A"],
    ]
    assert lines[0][4:] == [
        *("2-1", "Away", "2Y 1R", "5-3"),
        *("1.50 4.00 7.50", "-0.5 0.95 +0.5 0.90", "o2.5 0.85 u2.5 1.00", "BET365"),
    ]


def test_american_odds_on_request(database: PublishedDatabase) -> None:
    database.match()
    database.cycle()
    database.close()
    assert "-200 +300 +650" in run("--american").stdout


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
    assert run().stdout.split()[-4:] == ["–", "–", "–", "–"]


def test_prices_that_cannot_be_taken_stand_in_brackets_with_the_reason_in_a_pipe(
    database: PublishedDatabase,
) -> None:
    now = datetime.now(UTC)
    database.match(**{**suspended("spread"), **dead(now - timedelta(minutes=51), "money_line")})
    database.cycle()
    database.close(written_at=now)
    result = run()
    line = re.split("  +", result.stdout.splitlines()[1])
    assert line[8:11] == [
        *("[1.50 4.00 7.50] 51 min old", "[-0.5 0.95 +0.5 0.90] suspended", "o2.5 0.85 u2.5 1.00")
    ]
    assert "Bracketed prices cannot be taken" in result.stderr


@pytest.mark.parametrize("width", [80, 200])
def test_prices_that_cannot_be_taken_are_struck_with_the_reason_on_a_terminal(
    database: PublishedDatabase, width: int
) -> None:
    database.match(**{**suspended("spread"), **dead(NOW - timedelta(hours=30), "money_line")})
    rows = published(database)
    sent = styled(rows, width=width)
    struck = re.findall(r"\x1b\[2;9m(.*?)\x1b\[0m", sent)
    assert re.sub(" +", " ", " ".join(struck)).split() in (
        ["1.50", "4.00", "7.50", "-0.5", "0.95", "+0.5", "0.90"],
        ["1.50", "-0.5", "0.95", "4.00", "+0.5", "0.90", "7.50"],
    )
    text = Text.from_ansi(sent).plain
    assert "30 h old" in text
    assert "suspended" in text
    assert "Struck prices cannot be taken" in " ".join(text.split())


def test_a_terminal_that_cannot_strike_shows_brackets(database: PublishedDatabase) -> None:
    database.match(**suspended("money_line"))
    text = shown(published(database), width=80, color_system=None)
    assert [price for price in ("[1.50]", "[4.00]", "[7.50]") if price not in text] == []
    assert "Bracketed prices" in text


@pytest.mark.parametrize("columns", [suspended("spread"), dead(NOW, "over_under")])
def test_one_price_that_cannot_be_taken_is_explained(
    database: PublishedDatabase, columns: dict[str, Any]
) -> None:
    database.match(**columns)
    assert "Struck prices cannot be taken" in shown(published(database), width=200)


def test_a_wide_terminal_cuts_names_too(database: PublishedDatabase) -> None:
    database.match(home_team="Unbroken" * 20)
    assert " " + ("Unbroken" * 4)[:31] + "… " in shown(published(database), width=400)


def test_no_legend_where_all_prices_are_live(database: PublishedDatabase) -> None:
    database.match()
    assert "cannot be taken" not in shown(published(database), width=80)


def test_json_has_every_column_with_its_type_and_times_in_utc(database: PublishedDatabase) -> None:
    kickoff = datetime(2030, 5, 4, 15, 0, tzinfo=timezone(timedelta(hours=2)))
    database.match(match_id="m1", kickoff_at=kickoff, home_team='A "quoted"\nname', money_line_home=1e300)
    database.match(match_id="m2", money_line_home=float("nan"))
    database.cycle()
    rows = {}
    with reading(database.close()) as source:
        columns, _ = source.table("in_play")
    for line in run("--json").stdout.splitlines():
        row = json.loads(line)
        assert list(row) == columns
        rows[row["match_id"]] = row
    first = rows["m1"]
    assert first["kickoff_at"] == "2030-05-04T13:00:00Z"
    assert first["home_team"] == 'A "quoted"\nname'
    assert (first["money_line_home"], first["minute"], first["odds_suspended"]) == (1e300, 67, False)
    assert first["venue_id"] is None
    assert rows["m2"]["money_line_home"] is None


def test_csv_has_one_header_and_every_column(database: PublishedDatabase) -> None:
    database.match(home_team='A "quoted", name', kickoff_at=NOW, venue_id=None)
    database.cycle()
    with reading(database.close()) as source:
        columns, _ = source.table("in_play")
    header, row = csv.reader(io.StringIO(run("--csv").stdout))
    assert header == columns
    told = dict(zip(header, row, strict=True))
    assert told["home_team"] == 'A "quoted", name'
    assert told["kickoff_at"] == "2030-05-04T15:00:00Z"
    assert (told["venue_id"], told["odds_live"], told["minute"]) == ("", "true", "67")


def test_csv_of_no_match_is_the_header_and_json_is_nothing(database: PublishedDatabase) -> None:
    database.cycle()
    database.close()
    assert run("--csv").stdout.startswith("match_id,")
    assert run("--csv").stdout.count("\n") == 1
    assert run("--json").stdout == ""
    assert "No match is in play." in run("--json").stderr


def test_json_and_csv_exclude_each_other() -> None:
    assert run("--json", "--csv").exit_code == 2


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ((), {"m1", "m2", "m3"}),
        (("--country", "ENG"), {"m1", "m2"}),
        (("--country", "unknown"), {"m3"}),
        (("--competition", "cup"), {"m2", "m3"}),
        (("--team", "strasse"), {"m3"}),
        (("--status", "HALF"), {"m1", "m2", "m3"}),
        (("--status", "half-time"), {"m2"}),
        (("--team", "arsenal"), {"m1", "m2"}),
        (("--team", "arsenal", "--competition", "cup"), {"m2"}),
        (("--team", "arsenal", "--country", "brazil"), set()),
    ],
)
def test_filters_choose_by_a_part_of_a_name(
    database: PublishedDatabase, filters: tuple[str, ...], found: set[str]
) -> None:
    database.match(match_id="m1", competition="League", home_team="Arsenal")
    database.match(match_id="m2", competition="FA Cup", away_team="Arsenal", status_id=3, status="half-time")
    database.match(match_id="m3", competition="Cup", country=None, home_team="Straße")
    database.cycle()
    database.close()
    result = run("--json", *filters)
    assert {json.loads(line)["match_id"] for line in result.stdout.splitlines()} == found
    assert ("None of the 3 matches in play fits the filters." in result.stderr) == (not found)


def sleeping(monkeypatch: pytest.MonkeyPatch, *then: Callable[[], object]) -> None:
    """Let the command's pauses be these steps, after which Ctrl-C is pressed."""
    steps = iter(then)

    def pause(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr("football_assets.cli.matches.time.sleep", pause)


def test_watch_shows_an_edition_once_and_the_header_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))

    def publish(match_id: str) -> None:
        draft = PublishedDatabase(tmp_path / "next.duckdb")
        draft.match(match_id=match_id)
        draft.cycle()
        draft.publish(tmp_path / "football.duckdb")

    def nothing() -> None:
        pass

    publish("m1")
    sleeping(monkeypatch, nothing, nothing, lambda: publish("m2"), nothing)
    result = run("--watch", "--csv")
    assert result.exit_code == 0
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == ["match_id", "m1", "m2"]


@pytest.mark.parametrize(("with_age", "draws"), [(True, 3), (False, 1)])
def test_watch_draws_again_when_the_data_become_late_and_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_age: bool, draws: int
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    settings.published_path.touch()
    written_at = datetime.fromtimestamp(settings.published_path.stat().st_mtime, UTC)
    ages = iter([10, 20, 200, 210, 400, 410])
    monkeypatch.setattr("football_assets.cli.matches.time.sleep", lambda _: None)
    drawn: list[int] = []

    def now() -> datetime:
        age = next(ages, None)
        if age is None:
            raise KeyboardInterrupt
        return written_at + timedelta(seconds=age)

    follow(settings, lambda: drawn.append(1), with_age=with_age, now=now)
    assert len(drawn) == draws


@contextmanager
def watching(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The command with `--watch`, and what it prints."""
    with subprocess.Popen(
        [*COMMAND, "matches", "--watch", *arguments],
        env={**environment(data), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def test_watch_shows_each_edition_with_one_header_until_it_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "football.duckdb"
    with watching(tmp_path) as (process, output):
        assert process.stderr is not None
        assert "is not there yet" in process.stderr.readline()
        for number, home in enumerate(("First", "Second")):
            draft = PublishedDatabase(tmp_path / "next.duckdb")
            draft.match(home_team=home)
            draft.cycle()
            draft.publish(path)
            if number == 0:
                assert output.readline().startswith("Country")
            assert home in output.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert output.read() == ""
        assert process.stderr.read() == ""


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
    assert result.stdout == ""
    assert result.stderr.strip() == "No match is in play. The live list holds 1 that are not."


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
    database.match(**suspended("spread"))
    database.cycle()
    database.close()
    assert "\x1b" not in run().output
    assert "suspended" in run().output


#: Numbers that no bookmaker means, in every column that is shown.
ABSURD: dict[str, Any] = {
    **{f"money_line_{outcome}": 1e300 for outcome in ("home", "draw", "away")},
    **{f"{market}_line": 1e300 for market in ("spread", "over_under")},
    **{f"spread_{side}": 1e300 for side in ("home", "away")},
    **{f"over_under_{side}": 1e300 for side in ("over", "under")},
    "home_score": 2**31 - 1,
}


@pytest.mark.parametrize("width", [80, 100, 139, 140, 200])
def test_absurd_names_and_numbers_cost_no_other_match_a_column(
    database: PublishedDatabase, width: int
) -> None:
    long = "A name that is a good deal longer than any table has room for " * 3
    database.match(match_id="m1", competition=long, home_team=long, bookmaker=long, **ABSURD)
    database.match(match_id="m2", kickoff_at=datetime.now(UTC))
    text = shown(published(database), width=width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    for whole in ("Home", "Away", "1.50", "4.00", "7.50", "-0.5 0.95", "o2.5 0.85", "u2.5 1.00", "BET365"):
        assert whole in text


def test_absurd_names_and_numbers_are_cut_in_a_pipe(database: PublishedDatabase) -> None:
    database.match(match_id="m1", home_team="ガンバ大阪" * 20, **ABSURD)
    database.match(match_id="m2", kickoff_at=datetime.now(UTC))
    database.cycle()
    database.close()
    _, absurd, ordinary = run().stdout.splitlines()
    assert "1e+300 1e+300 1e+300" in absurd
    assert "ガンバ大阪ガンバ大阪ガンバ大阪…" in absurd
    assert "1.50 4.00 7.50" in ordinary
    assert all(cell_len(cell) <= 32 for line in (absurd, ordinary) for cell in re.split("  +", line))


def test_a_narrow_terminal_cuts_names_and_never_prices(database: PublishedDatabase) -> None:
    database.match(
        home_team="Gimnasia y Tiro de San Ignacio",
        spread_line=-1.25,
        over_under_line=2.25,
        **suspended("over_under"),
    )
    text = shown(published(database), width=80)
    assert "Gimnasia y Tiro" in text
    for whole in ("+1.25 0.95", "-1.25 0.90", "o2.25 0.85", "u2.25 1.00", "BET365", "suspended"):
        assert whole in text
