"""Rows of the published database for programs: as JSON or as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import orjson

from football_assets.published.reading import Row


class Records(Protocol):
    """A way to write rows, one record each."""

    def of(self, columns: Sequence[str], rows: Sequence[Row], at: datetime | None) -> Iterator[str]:
        """The records of an edition that was published at that time, without their line ends."""
        ...


class JsonRecords:
    """A JSON object a row. Times are ISO 8601 in UTC, NaN and infinities null, decimals numbers."""

    def of(self, columns: Sequence[str], rows: Sequence[Row], at: datetime | None) -> Iterator[str]:
        """The rows as objects."""
        for row in rows:
            yield orjson.dumps(row, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS, default=_json).decode()


class CsvRecords:
    """A line a row after one header. Times are ISO 8601 in UTC, NULL is empty."""

    def __init__(self) -> None:
        self._begun = False

    def of(self, columns: Sequence[str], rows: Sequence[Row], at: datetime | None) -> Iterator[str]:
        """The rows as lines, the header before the first edition's."""
        if not self._begun:
            self._begun = True
            yield _line(columns)
        for row in rows:
            yield _line([_value(row[column]) for column in columns])


def _json(value: Any) -> float | str:
    """What JSON has no word for: decimals as numbers, all else (intervals, UUIDs, bytes) as text."""
    return float(value) if isinstance(value, Decimal) else str(value)


def _line(values: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(values)
    return written.getvalue()


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list | dict):
        return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS, default=_json).decode()
    return str(value)
