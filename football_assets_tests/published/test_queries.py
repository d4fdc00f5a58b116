"""What the queries of the page and the commands choose, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from football_assets.published.reading import Row, reading
from football_assets_tests.scoreboard.databases import PublishedDatabase

#: A Tuesday's noon. Days are in UTC.
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TO_COME, IN_PLAY, ENDED = 1, 4, 8


@pytest.fixture
def database(tmp_path: Path) -> Iterator[PublishedDatabase]:
    yield PublishedDatabase(tmp_path / "football.duckdb")


def rows(database: PublishedDatabase, name: str, **parameters: Any) -> list[Row]:
    """What the query tells of the database, which is closed by it."""
    with reading(database.close()) as source:
        return source.rows(name, **parameters)


def ids(found: list[Row]) -> list[str]:
    return [row["match_id"] for row in found]


def record(
    database: PublishedDatabase, match_id: str, kickoff: datetime | None, status: int, **more: Any
) -> None:
    database.record(match_id=match_id, kickoff_at=kickoff, status_id=status, **more)


def coming(database: PublishedDatabase) -> None:
    """Matches around noon of which three are to come: one a second before the day ends, two the day after."""
    record(database, "past", NOON - timedelta(hours=2), TO_COME)
    record(database, "now", NOON, TO_COME)
    record(database, "late", NOON.replace(hour=23, minute=59, second=59), TO_COME)
    record(database, "tomorrow", NOON + DAY, TO_COME)
    record(database, "deleted", NOON + DAY, TO_COME, deleted_at=NOON)
    record(database, "played", NOON + DAY, ENDED)
    database.match(match_id="live", kickoff_at=NOON + DAY)
    database.connection.execute("UPDATE match_records SET status_id = 1 WHERE match_id = 'live'")


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param(None, ["now", "late", "tomorrow"], id="from now on"),
        pytest.param(NOON.date(), ["past", "now", "late"], id="a day, also what should have begun"),
        pytest.param((NOON + DAY).date(), ["tomorrow"], id="the next day"),
        pytest.param((NOON + 2 * DAY).date(), [], id="a day with none"),
    ],
)
def test_matches_to_come(database: PublishedDatabase, day: Any, found: list[str]) -> None:
    coming(database)
    assert ids(rows(database, "coming", day=day, since=NOON)) == found


def test_days_with_matches_to_come(database: PublishedDatabase) -> None:
    coming(database)
    found = rows(database, "coming_days", since=NOON)
    assert [(row["day"], row["matches"]) for row in found] == [
        (NOON.date(), 2),
        ((NOON + DAY).date(), 2),  # one of which has begun meanwhile
    ]


def finished(database: PublishedDatabase) -> None:
    record(database, "noon", NOON, ENDED)
    record(database, "abandoned", NOON + timedelta(hours=1), 12)
    record(database, "midnight", NOON.replace(hour=0), ENDED)
    record(database, "yesterday", NOON.replace(hour=0) - timedelta(seconds=1), ENDED)
    record(database, "unknown kick-off", None, ENDED, first_seen_at=NOON + timedelta(hours=2))
    record(database, "to come", NOON, TO_COME)
    record(database, "in play", NOON, IN_PLAY)


def test_matches_of_a_day_that_are_over(database: PublishedDatabase) -> None:
    finished(database)
    found = ids(rows(database, "finished", day=NOON.date()))
    assert found == ["midnight", "noon", "abandoned", "unknown kick-off"]


def test_days_with_matches_that_are_over(database: PublishedDatabase) -> None:
    finished(database)
    record(database, "last week", NOON - 7 * DAY, ENDED)
    found = rows(database, "finished_days")
    assert [(row["day"], row["matches"]) for row in found] == [
        (NOON.date(), 4),
        ((NOON - DAY).date(), 1),
        ((NOON - 7 * DAY).date(), 1),
    ]


def test_record_is_of_the_match_that_is_asked_for(database: PublishedDatabase) -> None:
    record(database, "one", NOON, ENDED)
    record(database, "two", NOON, IN_PLAY)
    assert ids(rows(database, "match_record", match_id="two")) == ["two"]


def test_what_happened_and_was_said_is_of_one_match_the_newest_first(database: PublishedDatabase) -> None:
    for minute in (5, 9):
        for match_id in ("m1", "m2"):
            database.incident(match_id, minute=minute)
            database.said(f"{minute}'", "", match_id)
    path = database.close()
    with reading(path) as source:
        assert [row["minute"] for row in source.rows("incidents", match_id="m2")] == [9, 5]
        assert [row["minute"] for row in source.rows("commentary", match_id="m2")] == ["9'", "5'"]


def test_cycles_and_editions_come_newest_first_and_so_many(database: PublishedDatabase) -> None:
    for number in range(1, 5):
        at = NOON + timedelta(minutes=number)
        database.cycle(at, cycle_id=f"c{number}")
        database.insert("editions", edition=number, published_at=at, cycle_id=f"c{number}")
    path = database.close()
    with reading(path) as source:
        assert [row["cycle_id"] for row in source.rows("cycles", newest=3)] == ["c4", "c3", "c2"]
        assert [row["edition"] for row in source.rows("editions", newest=3)] == [4, 3, 2]


def test_freshness_counts_the_editions_after_a_moment_and_its_pulses_apart(
    database: PublishedDatabase,
) -> None:
    for match_id, fetched in (("m1", NOON), ("m2", NOON + timedelta(seconds=9))):
        database.match(match_id=match_id, fetched_at=fetched)
        database.tick(fetched - timedelta(seconds=3), match_id)
    # Seconds after the moment, the cycle's id, how long it took, its requests: one before it, one at it.
    editions = [
        (-9, None, 64.0, 640),
        (0, None, 32.0, 320),
        (1, "c1", 16.0, 160),
        (9, None, 1.0, 2),
        (19, None, 3.0, 5),
        (21, "c2", 8.0, 80),
        (27, None, 2.0, 4),
    ]
    for number, (seconds, cycle_id, took, requests) in enumerate(editions, 1):
        at = NOON + timedelta(seconds=seconds)
        database.insert(
            "editions", edition=number, published_at=at, cycle_id=cycle_id, seconds=took, requests=requests
        )
    (found,) = rows(database, "freshness", since=NOON)
    assert found == {
        "newest_tick_at": NOON + timedelta(seconds=6),
        "live_list_at": NOON + timedelta(seconds=9),
        "edition": 7,
        "editions": 5,
        "pulses": 3,
        "pulse_seconds": 2.0,
        "pulse_requests": 11,
        "gap_seconds": 7.0,  # of 8, 10, 2, 6
    }


def test_prices_are_of_one_match_and_the_last_of_each_list(database: PublishedDatabase) -> None:
    database.match(match_id="m1", fetched_at=NOON)
    database.match(match_id="m2", fetched_at=NOON)
    for match_id in ("m1", "m2"):
        for seconds, sequence, home in ((-30, 1, 1.2), (-20, 1, 1.3), (-20, 2, 1.4)):
            at = NOON + timedelta(seconds=seconds)
            database.tick(at, match_id, sequence=sequence, home_or_over=home)
        database.tick(
            NOON - timedelta(seconds=40), match_id, company_id=22, company="Pinnacle", home_or_over=1.6
        )
        database.tick(NOON - timedelta(seconds=50), match_id, market="spread", home_or_over=0.9)
    path = database.close()
    expected = [
        ("BET365", "money_line", 1.4, 20),
        ("BET365", "spread", 0.9, 50),
        ("Pinnacle", "money_line", 1.6, 40),
    ]
    with reading(path) as source:
        for name, more in (("last_prices", {"status_id": IN_PLAY}), ("match_prices", {})):
            found = source.rows(name, match_id="m2", until=NOON, **more)
            shown = [
                (row["company"], row["market"], row["home_or_over"], row["age_seconds"]) for row in found
            ]
            assert shown == expected, name


def test_movement_of_one_bookmaker_has_no_price_that_is_not_above_0(database: PublishedDatabase) -> None:
    def at(seconds: int) -> datetime:
        return NOON + timedelta(seconds=seconds)

    none = {"home_or_over": 0.0, "draw_or_line": 0.0, "away_or_under": 0.0}
    database.tick(at(0))
    database.tick(at(10), **none)
    database.tick(at(5), market="spread", **none)
    database.tick(at(3), company_id=22)
    database.tick(at(3), "m2")
    found = rows(database, "odds_movement", match_id="m1", company_id=2, until=at(60))
    prices = ("home_or_over", "draw_or_line", "away_or_under")
    assert [(row["market"], row["held_until"], *(row[name] for name in prices)) for row in found] == [
        ("money_line", at(10), 1.5, 4.0, 7.5),
        ("money_line", at(60), None, None, None),
        ("spread", at(60), None, 0.0, None),
    ]
