"""What is decided of one thing that is known, without an API."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

import pytest

from football_assets.enrichment.known import DISTRUST_HOURS, WindowFeed, distrust, is_distrusted
from football_assets.enrichment.reference import REFRESH_HOURS, SPREAD_HOURS, is_due

NOW = datetime(2025, 5, 28, 18, 0, tzinfo=UTC)


def test_windows_that_an_audit_found_wanting_are_distrusted_for_a_while() -> None:
    feed = WindowFeed()
    assert not is_distrusted(feed, NOW)
    doubted = distrust(feed, NOW)
    assert doubted.stretch == feed.stretch + 1
    until = NOW + timedelta(hours=DISTRUST_HOURS)
    assert doubted.distrusted_until == until
    assert is_distrusted(doubted, NOW) and is_distrusted(doubted, until - timedelta(microseconds=1))
    assert not is_distrusted(doubted, until)


@pytest.mark.parametrize("id_", ["gx7lm7p", "j1l4rjnh", "z8yomo4h5wqq0j6", ""])
def test_row_is_refreshed_after_a_day_and_its_share_of_two_hours(id_: str) -> None:
    share = zlib.crc32(id_.encode()) % 1000 / 1000
    after = timedelta(hours=REFRESH_HOURS) + timedelta(hours=SPREAD_HOURS) * share
    assert not is_due(id_, NOW - after + timedelta(milliseconds=1), NOW)
    assert is_due(id_, NOW - after - timedelta(milliseconds=1), NOW)


def test_rows_are_refreshed_over_all_of_the_two_hours() -> None:
    ids = [f"team{number}" for number in range(2000)]
    for hours, least, most in ((0, 0, 0), (SPREAD_HOURS / 2, 0.4, 0.6), (SPREAD_HOURS, 1, 1)):
        fetched_at = NOW - timedelta(hours=REFRESH_HOURS + hours)
        assert least <= sum(is_due(id_, fetched_at, NOW) for id_ in ids) / len(ids) <= most
