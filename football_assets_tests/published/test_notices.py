"""What is said of the published data: age, trust, order, search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.published.notices import Publication, by_competition, found, notices, publication
from football_assets.published.reading import Row, reading
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)


def kinds(read: Publication, matches: list[Row] | None) -> list[str]:
    return [notice.kind for notice in notices(read, matches, NOW, 60)]


@pytest.mark.parametrize(("age", "stale"), [(0, False), (120, False), (121, True)])
def test_data_are_stale_after_two_intervals(age: int, stale: bool) -> None:
    read = Publication(NOW - timedelta(seconds=age), 1, simulated=False)
    assert read.stale(NOW, 60) is stale
    assert kinds(read, None) == (["stale"] if stale else [])


def test_a_file_that_tells_no_time_is_not_called_stale() -> None:
    read = Publication(None, 0, simulated=False)
    assert not read.stale(NOW, 60)
    assert read.said(NOW) == "nothing published yet"


def test_each_notice_comes_where_it_is_due() -> None:
    fresh = Publication(NOW, 3, simulated=True)
    assert kinds(fresh, [{"data_source": "mock"}]) == ["simulated", "partial"]
    assert kinds(fresh, []) == ["simulated", "empty"]
    assert kinds(fresh, None) == ["simulated"]


def test_the_newest_successful_cycle_tells_when_it_was_published(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match()
    database.cycle(NOW - timedelta(minutes=2))
    database.cycle(NOW, status="failure")
    with reading(database.close()) as source:
        assert publication(source) == Publication(NOW - timedelta(minutes=2), 1, simulated=False)


def test_an_empty_file_has_no_time_and_no_matches(tmp_path: Path) -> None:
    with reading(PublishedDatabase(tmp_path / "football.duckdb").close()) as source:
        assert publication(source) == Publication(None, 0, simulated=False)


def test_one_simulated_row_makes_the_publication_simulated(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match(data_source="simulated")
    with reading(database.close()) as source:
        assert publication(source).simulated


def test_matches_are_grouped_as_they_come() -> None:
    rows = [
        {"country": "England", "competition": "Cup", "match_id": 1},
        {"country": "England", "competition": "Cup", "match_id": 2},
        {"country": None, "competition": None, "match_id": 3},
    ]
    assert [(country, name, len(group)) for country, name, group in by_competition(rows)] == [
        ("England", "Cup", 2),
        ("International", "Unknown competition", 1),
    ]


@pytest.mark.parametrize(
    ("wanted", "match_ids"),
    [
        ("", ["m1", "m2"]),
        ("ARSENAL", ["m1"]),
        ("england gunners", []),
        ("england cup", ["m1", "m2"]),
        ("strasse", ["m2"]),
        ("  ", ["m1", "m2"]),
        ("%' OR 1=1", []),
    ],
)
def test_each_word_of_the_search_must_occur(wanted: str, match_ids: list[str]) -> None:
    shared = {"country": "England", "competition": "Cup", "away_team": None}
    rows = [
        {"match_id": "m1", "home_team": "Arsenal", **shared},
        {"match_id": "m2", "home_team": "Straße", **shared},
    ]
    assert [row["match_id"] for row in found(rows, wanted)] == match_ids
