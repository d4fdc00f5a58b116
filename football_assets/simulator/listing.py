"""The list endpoints' protocol: rows by `uuid`, by `time` and by `page`, in the API's envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

PAGE_ROWS = 1000

Query = Mapping[str, str]
Row = dict[str, Any]


class BadQuery(ValueError):
    """A query that the API would not understand; the message says what is wrong."""


def envelope(results: object, query: Row | None = None) -> dict[str, Any]:
    """A good answer around its results; list endpoints tell what they understood of the `query`."""
    return (
        {"code": 0, "results": results} if query is None else {"code": 0, "query": query, "results": results}
    )


def listing(
    query: Query,
    *,
    number_of: Callable[[str], int | None],
    since: Callable[[int], list[int]],
    numbers: Callable[[], Sequence[int]],
    row: Callable[[int], Row],
) -> dict[str, Any]:
    """The answer of a list endpoint over rows that are made from numbers.

    `number_of` reads an id; `since` gives the first numbers changed at a Unix second or later, the oldest
    change first; `numbers` gives all of them. Without a way to ask, it is the first page.
    """
    if "uuid" in query:
        number = number_of(query["uuid"])
        rows = [] if number is None else [row(number)]
        return envelope(rows, {"total": len(rows), "type": "uuid", "uuid": query["uuid"]})
    if "time" in query:
        moment = whole(query, "time")
        rows = [row(number) for number in since(moment)]
        return envelope(rows, {"total": len(rows), "type": "time", "time": moment} | _span(rows))
    page = max(whole(query, "page"), 1) if "page" in query else 1
    rows = [row(number) for number in numbers()[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]]
    return envelope(rows, {"total": len(rows), "type": "page", "page": page})


def _span(rows: list[Row]) -> Row:
    if not rows:
        return {}
    return {"min_time": rows[0]["updated_at"], "max_time": rows[-1]["updated_at"]}


def whole(query: Query, name: str) -> int:
    """A number that is asked with; raises `BadQuery` where it is none, or is missing."""
    text = query.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise BadQuery(f"{name} is not a whole number")
    return int(text)
