"""Rows with values for every column, and rows held against others: what the models of the views share."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from football_assets.arrow import arrow_schema, pa
from football_assets.tables.schema import Row

Values = dict[str, Any]

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)

#: The statuses of a match as they are documented, so that `codes` are held against these.
IN_PLAY, EXTRA_TIME = {2, 3, 4, 5, 6, 7}, {5, 6, 7}
BEFORE_PLAY, ENDED = {1, 9, 13}, {0, 8, 11, 12}

_RANDOM: Mapping[str, Callable[[random.Random], Any]] = {
    "VARCHAR": lambda chance: f"text {chance.randint(0, 99)}",
    "INTEGER": lambda chance: chance.randint(0, 4),
    "BIGINT": lambda chance: chance.randint(0, 4),
    "DOUBLE": lambda chance: chance.randint(0, 400) / 8,
    "BOOLEAN": lambda chance: chance.random() < 0.5,
    "TIMESTAMPTZ": lambda chance: BEGAN + timedelta(seconds=chance.randint(0, 9_000)),
    "JSON": lambda _: "[]",
    "INTEGER[]": lambda chance: [chance.randint(0, 4), chance.randint(5, 9)],
}


def random_row(chance: random.Random, row: type[Row], **given: Any) -> Values:
    """A row with a random value, or now and then none, in each column that is not `given`."""
    values = {
        column.name: _RANDOM[column.type](chance) if chance.random() < 0.8 else None
        for column in row.table.columns
    }
    return values | given


def table_of(row: type[Row], rows: list[Values]) -> pa.Table:
    """Rows as an Arrow table. Columns that none of them has are NULL."""
    return pa.Table.from_pylist(rows, schema=arrow_schema(row.table))


def assert_rows(found: list[Values], expected: list[Values], *key: str) -> None:
    """Equal row by row and column by column; numbers to twelve digits."""

    def place(row: Values) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in key)

    found, expected = sorted(found, key=place), sorted(expected, key=place)
    assert [place(row) for row in found] == [place(row) for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for name, value in other.items():
            assert _is_same(one[name], value), (place(one), name, one[name], value)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return bool(one == other)
