"""What is said of the published data: age, trust, order, search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.published.notices import Publication, notices, publication
from football_assets.published.reading import Row, reading
from football_assets.settings import Settings
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)


def kinds(read: Publication, matches: list[Row] | None) -> list[str]:
    return [notice.kind for notice in notices(read, matches, NOW, Settings(_env_file=None))]


@pytest.mark.parametrize(
    ("age", "said"),
    [(0, []), (149, []), (150, ["late"]), (301, ["dead"]), (-4, []), (-30, ["late"]), (-301, ["dead"])],
)
def test_data_are_late_and_dead_by_the_thresholds_of_the_age(age: int, said: list[str]) -> None:
    assert kinds(Publication(NOW - timedelta(seconds=age), 1, simulated=False), None) == said


def test_each_notice_comes_where_it_is_due() -> None:
    fresh = Publication(NOW, 3, simulated=True)
    assert kinds(fresh, [{"data_source": "mock"}]) == ["simulated", "partial"]
    assert kinds(fresh, []) == ["simulated", "empty"]
    assert kinds(fresh, None) == ["simulated"]


def test_the_file_s_time_tells_when_it_was_published(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match()
    database.cycle(NOW - timedelta(minutes=2))
    with reading(database.close(written_at=NOW)) as source:
        assert publication(source) == Publication(NOW, 1, simulated=False)


def test_an_empty_file_holds_no_matches(tmp_path: Path) -> None:
    with reading(PublishedDatabase(tmp_path / "football.duckdb").close(written_at=NOW)) as source:
        assert publication(source) == Publication(NOW, 0, simulated=False)


def test_one_simulated_row_makes_the_publication_simulated(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match(data_source="simulated")
    with reading(database.close()) as source:
        assert publication(source).simulated
