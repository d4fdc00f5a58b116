"""Reading a list endpoint's changes since a cursor. What is done with the rows is decided elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from football_assets.enrichment.known import Cursor, Stamp
from football_assets.thesports.answer import Answer

#: Rows this much older than the cursor are asked for again: the API may show changes a little late.
OVERLAP_SECONDS = 120
PAGE_SIZE = 1000
MAX_PAGES = 10


@dataclass(frozen=True)
class Changes:
    """The rows that changed, oldest first, and the cursor after them.

    `is_whole` is false where more rows changed in one second than an answer holds, or than so many answers
    hold: any row may have changed then.
    """

    rows: list[Any]
    cursor: Cursor
    is_whole: bool


async def read_changes(ask: Callable[[int], Awaitable[Answer]], cursor: Cursor, stamp: Stamp) -> Changes:
    """The rows changed since the cursor. `ask` requests the rows at or after a Unix time.

    A cursor never moves past the present, by the API's own clock where it tells the time, so that one row
    with a time in the future does not hide all changes until then.
    """
    rows: list[Any] = []
    newest = min(cursor.value, int(stamp.at.timestamp()))
    since, floor = max(newest - OVERLAP_SECONDS, cursor.floor), cursor.floor
    for _ in range(MAX_PAGES):
        answer = await ask(since)
        rows += answer.results
        seen = min(_newest(answer), int(stamp.present(answer).timestamp()))
        newest = max(newest, seen)
        if len(answer.results) < PAGE_SIZE:
            return Changes(rows, Cursor(newest, stamp.at, floor), is_whole=floor == cursor.floor)
        if seen <= since:
            floor = since = since + 1
        else:
            since = seen
    return Changes(rows, Cursor(newest, stamp.at, floor), is_whole=False)


def updated_at(row: Any) -> int:
    """The Unix time of a raw row's last change, 0 where it does not say."""
    value = row.get("updated_at") if isinstance(row, dict) else None
    return value if type(value) is int else 0


def _newest(answer: Answer) -> int:
    told = answer.query.get("max_time")
    return told if type(told) is int else max(map(updated_at, answer.results), default=0)
