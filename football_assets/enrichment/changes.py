"""Reading a list endpoint's changes since a cursor. What is done with the rows is decided elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from football_assets.enrichment.known import Cursor
from football_assets.thesports.client import Answer

#: Rows this much older than the cursor are asked for again: the API may show changes a little late.
OVERLAP_SECONDS = 120
PAGE_SIZE = 1000
MAX_PAGES = 10


async def read_changes(
    ask: Callable[[int], Awaitable[Answer]], cursor: Cursor, now: datetime
) -> tuple[list[Any], Cursor]:
    """The rows changed since the cursor, oldest first, and the cursor after them.

    `ask` requests the rows at or after a Unix time. A cursor never moves past the present, by the API's
    own clock where it tells the time, so that one row with a time in the future does not hide all changes
    until then.
    """
    rows: list[Any] = []
    newest = min(cursor.value, int(now.timestamp()))
    since = newest - OVERLAP_SECONDS
    for _ in range(MAX_PAGES):
        answer = await ask(since)
        rows += answer.results
        seen = min(_newest(answer), present(answer, now))
        newest = max(newest, seen)
        if len(answer.results) < PAGE_SIZE:
            break
        since = max(seen, since + 1)
    return rows, Cursor(newest, now)


def present(answer: Answer, now: datetime) -> int:
    """The Unix time of an answer: the API's, else ours."""
    return int((answer.server_time or now).timestamp())


def updated_at(row: Any) -> int:
    """The Unix time of a raw row's last change, 0 where it does not say."""
    value = row.get("updated_at") if isinstance(row, dict) else None
    return value if type(value) is int else 0


def _newest(answer: Answer) -> int:
    told = answer.query.get("max_time")
    return told if type(told) is int else max(map(updated_at, answer.results), default=0)
