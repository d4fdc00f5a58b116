"""One row of an answer, read field by field, and what is noted on the way. Knows no field's name.

A row without something that it needs is rejected. A value that is bad but not needed becomes None, and is
noted too, as a rejection with `row_kept`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.values import BIGINT_MAX, UnreadableValue, array, identifier, record

T = TypeVar("T")

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that could not be read: in a row for which table, of which id, and why, in one line.

    With `row_kept` it was only a value, and the row is there with None in its place.
    """

    entity: str
    id: str | None
    reason: str
    row_kept: bool = False


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """The rows of an answer, one an id, and what could not be read."""

    rows: list[T]
    rejected: list[Rejection]


class UnusableRow(ValueError):
    """A row that is to be rejected; the message is the reason."""


class Reader:
    """Reads the fields of one row. `where` goes before a field's name in what is noted."""

    __slots__ = ("_row", "_where", "entity", "id", "rejected")

    def __init__(
        self, entity: str, id_: str, row: dict[str, object], rejected: list[Rejection], where: str = ""
    ) -> None:
        self.entity = entity
        self.id = id_
        self.rejected = rejected
        self._row = row
        self._where = where

    def get(self, field: str, parse: Callable[[object], T | None]) -> T | None:
        """The field's value; None where it is empty or, which is noted, unreadable."""
        value = self._row.get(field)
        if value is None:
            return None
        return self.item(field, value, parse)

    def need(self, field: str, parse: Callable[[object], T | None]) -> T:
        """The field's value. Raises `UnusableRow` where there is none."""
        return needed(f"{self._where}{field}", self._row.get(field), parse)

    def item(self, name: str, value: object, parse: Callable[[object], T | None]) -> T | None:
        """A value out of a list, read as `get` reads a field."""
        try:
            return parse(value)
        except UnreadableValue as problem:
            self.note(_problem(f"{self._where}{name}", value, problem))
            return None

    def part(self, field: str) -> Reader:
        """A reader of the object in a field; of an empty one where there is none."""
        return Reader(
            self.entity, self.id, self.get(field, record) or {}, self.rejected, f"{self._where}{field}."
        )

    def entries(self, field: str, entity: str, make: Callable[[Reader, int], T]) -> list[T]:
        """A row of another table from each entry of the list in a field, with its place from 1."""
        rows = []
        for sequence, entry in enumerate(self.get(field, array) or (), 1):
            where = f"{field}[{sequence - 1}]"
            try:
                fields = needed(where, entry, record)
                rows.append(make(Reader(entity, self.id, fields, self.rejected, f"{where}."), sequence))
            except UnusableRow as problem:
                self.rejected.append(Rejection(entity, self.id, str(problem)))
        return rows

    def note(self, reason: str) -> None:
        """Write down a value that could not be read."""
        self.rejected.append(Rejection(self.entity, self.id, reason, row_kept=True))


def needed(name: str, value: object, parse: Callable[[object], T | None]) -> T:
    """A value that its row cannot be without. Raises `UnusableRow` where it is empty or unreadable."""
    try:
        read = parse(value)
    except UnreadableValue as problem:
        raise UnusableRow(_problem(name, value, problem)) from None
    if read is None:
        raise UnusableRow(f"{name} is missing")
    return read


def read_rows(entity: str, results: object, make: Callable[[Reader], T]) -> Parsed[T]:
    """A row from each object with an `id`. Of two with the same id the later stands, the earlier is rejected:
    the API lists what it changed in the order of the changes.

    Raises `BrokenAnswer` where the results are not a list.
    """
    if not isinstance(results, list):
        raise BrokenAnswer(f"{entity}: the results are {shown(results)}, should be a list")
    rows: dict[str, T] = {}
    rejected: list[Rejection] = []
    for place, result in enumerate(results):
        id_ = None
        try:
            fields = needed(f"results[{place}]", result, record)
            id_ = needed(f"results[{place}].id", fields.get("id"), identifier)
            row = make(Reader(entity, id_, fields, rejected))
        except UnusableRow as problem:
            rejected.append(Rejection(entity, id_, str(problem)))
            continue
        if id_ in rows:
            rejected.append(Rejection(entity, id_, "the id comes again: the later row stands"))
        rows[id_] = row
    return Parsed(list(rows.values()), rejected)


def shown(value: object) -> str:
    """A value as it appears in a reason: on one line, short, whatever it is."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _SHOWN else f"{value[:_SHOWN]!r} and more"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, int) and abs(value) > BIGINT_MAX:
        return "a huge number"
    return "null" if value is None else repr(value)[:_SHOWN]


def _problem(name: str, value: object, problem: UnreadableValue) -> str:
    return f"{name} is {shown(value)}, should be {problem}"
