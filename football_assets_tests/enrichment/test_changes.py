"""Reading changes page by page, of a list that is known: all is read, and the cursor says how far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.enrichment import changes
from football_assets.enrichment.changes import MAX_PAGES, OVERLAP_SECONDS, Changes, read_changes, updated_at
from football_assets.enrichment.known import Cursor, Stamp
from football_assets.thesports.answer import Answer

NOW = datetime(2025, 5, 28, 18, 0, tzinfo=UTC)
NOON = int(datetime(2025, 5, 28, 12, 0, tzinfo=UTC).timestamp())
STAMP = Stamp(NOW, "api")


class Listing:
    """The API's list: the rows at or after a time, oldest first, so many an answer."""

    def __init__(
        self, *seconds: int, page: int = 3, told: bool = False, clock: datetime | None = None
    ) -> None:
        self.rows = [
            {"id": f"r{number}", "updated_at": NOON + at} for number, at in enumerate(sorted(seconds))
        ]
        self.page, self.told, self.clock = page, told, clock
        self.asked: list[int] = []

    async def ask(self, since: int) -> Answer:
        self.asked.append(since - NOON)
        rows = [row for row in self.rows if row["updated_at"] >= since][: self.page]
        query = {"max_time": rows[-1]["updated_at"]} if rows and self.told else {}
        return answer(rows, query, self.clock)

    def ids(self, found: Changes) -> set[str]:
        return {row["id"] for row in found.rows}


def answer(results: list[Any], query: dict[str, Any], clock: datetime | None) -> Answer:
    return Answer(results=results, query=query, extra={}, received_at=NOW, server_time=clock)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "PAGE_SIZE", 3)


@pytest.mark.parametrize("told", [False, True])
async def test_pages_are_read_to_the_end_from_a_little_before_the_cursor(told: bool) -> None:
    listing = Listing(-121, -120, -5, 0, 10, 20, 20, 30, told=told)
    found = await read_changes(listing.ask, Cursor(NOON, NOW), STAMP)
    assert listing.ids(found) == {f"r{number}" for number in range(1, 8)}
    assert listing.asked == [-OVERLAP_SECONDS, 0, 20, 30]
    assert found.cursor == Cursor(NOON + 30, NOW, 0)
    assert found.is_whole


async def test_cursor_follows_the_newest_time_that_an_answer_tells_of_itself() -> None:
    async def ask(_: int) -> Answer:
        return answer([{"id": "r0", "updated_at": NOON + 10}], {"max_time": NOON + 40}, None)

    found = await read_changes(ask, Cursor(NOON, NOW), STAMP)
    assert found.cursor == Cursor(NOON + 40, NOW, 0)


async def test_nothing_new_leaves_the_cursor_where_it_was() -> None:
    found = await read_changes(Listing().ask, Cursor(NOON, NOW), STAMP)
    assert found == Changes([], Cursor(NOON, NOW, 0), is_whole=True)


async def test_second_with_more_changes_than_an_answer_holds_is_left_behind() -> None:
    listing = Listing(0, 10, 10, 10, 10, 11, 12)
    found = await read_changes(listing.ask, Cursor(NOON, NOW), STAMP)
    assert listing.asked == [-120, 10, 11]
    assert listing.ids(found) == {"r0", "r1", "r2", "r3", "r5", "r6"}
    assert found.cursor == Cursor(NOON + 12, NOW, NOON + 11)
    assert not found.is_whole
    again = Listing(0, 10, 10, 10, 10, 11, 12)
    found = await read_changes(again.ask, found.cursor, STAMP)
    assert again.asked == [11]
    assert found.cursor == Cursor(NOON + 12, NOW, NOON + 11)
    assert found.is_whole


async def test_more_than_so_many_answers_are_left_to_the_next_time() -> None:
    listing = Listing(*range(0, 100, 10), *range(100, 200, 2))
    found = await read_changes(listing.ask, Cursor(NOON, NOW), STAMP)
    assert len(listing.asked) == MAX_PAGES
    assert not found.is_whole
    newest = max(row["updated_at"] for row in found.rows)
    assert found.cursor == Cursor(newest, NOW, 0)
    assert listing.ids(found) == {row["id"] for row in listing.rows if row["updated_at"] <= newest}


async def test_floor_is_kept_where_the_answers_do_not_end() -> None:
    listing = Listing(*range(0, 200, 2))
    found = await read_changes(listing.ask, Cursor(NOON, NOW, NOON - 60), STAMP)
    assert listing.asked[0] == -60
    assert found.cursor == Cursor(NOON + 2 * (len(listing.ids(found)) - 1), NOW, NOON - 60)
    assert found.is_whole is False


@pytest.mark.parametrize("clock", [None, datetime(2025, 5, 28, 17, 0, tzinfo=UTC)])
async def test_row_of_the_future_moves_the_cursor_to_the_present(clock: datetime | None) -> None:
    listing = Listing(10, 86_400, clock=clock)
    found = await read_changes(listing.ask, Cursor(NOON, NOW), STAMP)
    assert listing.ids(found) == {"r0", "r1"}
    assert found.cursor.value == int((clock or NOW).timestamp())
    later = Listing(10, 86_400)
    found = await read_changes(later.ask, Cursor(NOON + 90_000, NOW), STAMP)
    assert later.asked == [6 * 3600 - OVERLAP_SECONDS]


@pytest.mark.parametrize("row", [None, 7, {}, {"updated_at": "5"}, {"updated_at": True}, {"updated_at": 5.0}])
async def test_row_that_does_not_say_when_it_changed_moves_nothing(row: object) -> None:
    assert updated_at(row) == 0

    async def ask(_: int) -> Answer:
        return answer([row], {"max_time": "soon"}, None)

    found = await read_changes(ask, Cursor(NOON, NOW), STAMP)
    assert found == Changes([row], Cursor(NOON, NOW, 0), is_whole=True)
