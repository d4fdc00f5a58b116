"""When the published file is fresh, late or dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.published.freshness import Freshness, freshness, published_age, published_words


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, Freshness.FRESH),
        (149.9, Freshness.FRESH),
        (150, Freshness.LATE),
        (300, Freshness.LATE),
        (300.1, Freshness.DEAD),
        (None, Freshness.DEAD),
        (-5, Freshness.FRESH),
        (-5.1, Freshness.LATE),
        (-300, Freshness.LATE),
        (-300.1, Freshness.DEAD),
    ],
)
def test_bounds_hold_behind_the_clock_and_ahead_of_it(age: float | None, expected: Freshness) -> None:
    assert freshness(age, (90, 150, 300)) is expected


def test_a_short_bound_does_not_make_a_corrected_clock_late() -> None:
    assert freshness(-4, (10, 20, 30)) is Freshness.FRESH


@pytest.mark.parametrize("seconds", [12, -40])
def test_age_counts_from_the_file_s_time_to_either_side(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "football.duckdb"
    path.touch()
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert published_age(path, written_at + timedelta(seconds=seconds)) == seconds
    path.unlink()
    assert published_age(path, written_at) is None


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (12, "published 12 s ago"),
        (-5, "published 0 s ago"),
        (-5.1, "published 5 s in the future by this machine's clock"),
        (None, "nothing published"),
    ],
)
def test_age_in_words(age: float | None, words: str) -> None:
    assert published_words(age) == words
