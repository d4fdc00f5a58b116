"""When the published file is fresh, late or dead."""

from __future__ import annotations

import pytest

from football_assets.published.freshness import Freshness, freshness


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, Freshness.FRESH),
        (149.9, Freshness.FRESH),
        (150, Freshness.LATE),
        (300, Freshness.LATE),
        (300.1, Freshness.DEAD),
        (None, Freshness.DEAD),
    ],
)
def test_bounds_are_the_warning_and_the_critical_one(age: float | None, expected: Freshness) -> None:
    assert freshness(age, (90, 150, 300)) is expected
