"""Reading the published file while it is replaced, missing, broken or in someone else's hands."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from football_assets.published import reading as published
from football_assets.published.reading import NotPublished, Reading, Unreadable, file_version, reading
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)


def publish(path: Path, home_team: str) -> None:
    database = PublishedDatabase(path.with_name("next.duckdb"))
    database.match(home_team=home_team, kickoff_at=NOW)
    database.publish(path)


def home_team(source: Reading) -> str:
    return str(source.rows("in_play")[0]["home_team"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "football.duckdb"


def test_times_are_aware_and_utc(path: Path) -> None:
    publish(path, "A")
    with reading(path) as source:
        kickoff = source.rows("in_play")[0]["kickoff_at"]
    assert kickoff == NOW
    assert kickoff.utcoffset().total_seconds() == 0


def test_a_reading_stays_with_its_edition_and_the_next_sees_the_new_one(path: Path) -> None:
    publish(path, "Old")
    with reading(path) as before:
        assert home_team(before) == "Old"
        publish(path, "New")
        with reading(path) as after:
            assert home_team(after) == "New"
            assert after.version == file_version(path) != before.version
        assert home_team(before) == "Old"


def test_two_readings_of_one_edition_do_not_hinder_each_other(path: Path) -> None:
    publish(path, "A")
    with reading(path) as first, reading(path) as second:
        assert home_team(first) == home_team(second) == "A"
        assert first.version == second.version


def test_nothing_is_kept_open_after_a_reading(path: Path) -> None:
    publish(path, "A")
    with reading(path):
        pass
    duckdb.connect(str(path)).close()


def test_a_file_in_another_client_s_hands_is_read(path: Path) -> None:
    publish(path, "A")
    client = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", client, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with reading(path) as source:
            assert home_team(source) == "A"
        other.communicate(b"\n", timeout=20)


def test_a_path_with_a_quote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "the fans' data" / "football.duckdb"
    path.parent.mkdir()
    publish(path, "A")
    with reading(path) as source:
        assert home_team(source) == "A"


def test_a_reading_cannot_write(path: Path) -> None:
    publish(path, "A")
    with pytest.raises(Unreadable, match="read-only"), reading(path) as source:
        source.connection.execute("DELETE FROM live_matches")


def test_a_missing_file_is_not_yet_published(path: Path) -> None:
    with pytest.raises(NotPublished, match="comes with the first cycle"), reading(path):
        pass
    assert file_version(path) is None
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_broken_file_is_unreadable_in_one_line(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught, reading(path) as source:
        source.rows("in_play")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_make_is_unreadable(path: Path) -> None:
    duckdb.connect(str(path)).close()
    with pytest.raises(Unreadable, match="in_play_matches"), reading(path) as source:
        source.rows("in_play")


def test_an_opening_that_fails_once_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"half a file")

    def replaced_meanwhile(_: float) -> None:
        publish(path, "A")

    monkeypatch.setattr(published.time, "sleep", replaced_meanwhile)
    with reading(path) as source:
        assert home_team(source) == "A"


def test_goals_leave_out_corners_and_what_was_cancelled(path: Path) -> None:
    database = PublishedDatabase(path)
    for minute, home, away, market in (
        (1, 0, 0, "spread"),
        (2, 5, 3, "corners"),
        (3, 1, 0, "spread"),
        (4, 1, 1, "spread"),
        (5, 1, 0, "money_line"),
        (6, 2, 0, "money_line"),
    ):
        database.tick(NOW.replace(minute=minute), market=market, home_score=home, away_score=away)
    with reading(database.close()) as source:
        goals = source.rows("scored", match_id="m1", home_score=2, away_score=0)
    assert [(g["home_score"], g["away_score"], g["scored_at"].minute) for g in goals] == [
        (1, 0, 3),
        (2, 0, 6),
    ]


def test_each_price_holds_until_the_next_of_its_market(path: Path) -> None:
    database = PublishedDatabase(path)
    first, second, until = (NOW.replace(minute=minute) for minute in (1, 2, 9))
    database.tick(first, sequence=1, home_or_over=1.9)
    database.tick(first, sequence=2, home_or_over=0.0)
    database.tick(second, suspended=None)
    database.tick(first, market="corners", draw_or_line=-0.5)
    with reading(database.close()) as source:
        ticks = source.rows("odds_movement", match_id="m1", company_id=2, until=until)
    assert [
        (t["market"], t["tick_at"], t["held_until"], t["home_or_over"], t["suspended"]) for t in ticks
    ] == [
        ("corners", first, until, 1.5, False),
        ("money_line", first, first, 1.9, False),
        ("money_line", first, second, None, False),
        ("money_line", second, until, 1.5, False),
    ]
    assert ticks[0]["draw_or_line"] == -0.5
