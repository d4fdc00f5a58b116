"""Single values of the API to Python's types. Which field is read with which of these is said elsewhere.

Each function gives None for what is empty (missing, null, "", blank, [], {}) and raises `UnreadableValue` for
what it cannot read. Numbers may come as numbers or as text; a bool or a broken number never passes for one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import orjson

INTEGER_MAX = 2**31 - 1
BIGINT_MAX = 2**63 - 1

#: Moments that are believed: the years 1970 to 2200. It also catches milliseconds given for seconds.
LAST_MOMENT = int(datetime(2201, 1, 1, tzinfo=UTC).timestamp()) - 1

#: What has happened is not dated later than the API's present by more than this.
FUTURE_GRACE_SECONDS = 120

#: Bounds of text in characters; what is longer is cut and ends with an ellipsis. Ids are never cut.
MAX_ID = 255
MAX_TEXT = 10_000
MAX_LONG_TEXT = 1_000_000
MAX_JSON_BYTES = 100_000

_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,19})(?:\.0*)?\s*")
_MEASURE = re.compile(r"\s*([+-]?[0-9]{1,12}(?:[.,][0-9]{0,12})?)\s*([^0-9]{0,12})", re.DOTALL)


class UnreadableValue(ValueError):
    """A value that is neither empty nor of use; the message says what would be right."""


def integer(value: object) -> int | None:
    """A whole number of 32 bits."""
    return _whole(value, -INTEGER_MAX - 1, INTEGER_MAX, "a whole number of 32 bits")


def count(value: object) -> int | None:
    """A whole number from 0, of 32 bits; -1 is the API's "no data"."""
    number = _whole(value, -1, INTEGER_MAX, "a whole number from 0")
    return None if number == -1 else number


def positive(value: object) -> int | None:
    """A whole number of 64 bits; 0 is the API's "unknown"."""
    return _whole(value, 0, BIGINT_MAX, "a whole number from 0") or None


def year(value: object) -> int | None:
    """A year; 0 is the API's "unknown"."""
    return _whole(value, 0, 9999, "a year") or None


def moment(value: object) -> datetime | None:
    """Unix seconds as a time in UTC, within the years 1970 to 2200; 0 is the API's "none"."""
    seconds = _whole(value, 0, LAST_MOMENT, "Unix seconds within the years 1970 to 2200")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def flag(value: object) -> bool | None:
    """A yes or no, which the API gives as 1 or 0."""
    if isinstance(value, bool):
        return value
    number = _whole(value, 0, 1, "0 or 1")
    return None if number is None else bool(number)


def not_after(present: datetime) -> Callable[[object], datetime | None]:
    """A reader of times at which something has happened: Unix seconds as `moment` reads them, not later than
    `present` (aware) and two minutes of grace."""
    latest = present + timedelta(seconds=FUTURE_GRACE_SECONDS)

    def past(value: object) -> datetime | None:
        found = moment(value)
        if found is not None and found > latest:
            raise UnreadableValue("a time that is not in the future")
        return found

    return past


#: What a unit's number is in ours: multiplied by the first, plus the second.
Units = Mapping[str, tuple[float, float]]

#: To degrees Celsius, metres a second, millimetres of mercury, per cent. "" is what the API documents.
TEMPERATURE: Units = {"": (1, 0), "°c": (1, 0), "c": (1, 0), "°f": (5 / 9, -160 / 9), "f": (5 / 9, -160 / 9)}
WIND: Units = {
    "": (1, 0),
    "m/s": (1, 0),
    "km/h": (1 / 3.6, 0),
    "kmh": (1 / 3.6, 0),
    "kph": (1 / 3.6, 0),
    "mph": (0.44704, 0),
    "kn": (1852 / 3600, 0),
    "kt": (1852 / 3600, 0),
    "kts": (1852 / 3600, 0),
}
#: One millimetre of mercury is 133.322387415 pascals.
PRESSURE: Units = {
    "": (1, 0),
    "mmhg": (1, 0),
    "hpa": (100 / 133.322387415, 0),
    "mbar": (100 / 133.322387415, 0),
    "kpa": (1000 / 133.322387415, 0),
    "inhg": (25.4, 0),
}
HUMIDITY: Units = {"": (1, 0), "%": (1, 0)}


def measure(units: Units) -> Callable[[object], float | None]:
    """A reader of numbers with their unit, such as "16°C", "61°F", "759mmHg", "62,5%" or "11.m/s"."""
    named = ", ".join(filter(None, units))

    def measured(value: object) -> float | None:
        if _is_empty(value):
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= BIGINT_MAX:
            number, unit = float(value), ""
        else:
            number, unit = _number_and_unit(value)
        factor, offset = units.get(unit, (math.nan, 0.0))
        converted = number * factor + offset
        if not math.isfinite(converted):
            raise UnreadableValue(f"a number, with or without one of the units {named}")
        return converted

    return measured


def _number_and_unit(value: object) -> tuple[float, str]:
    found = _MEASURE.fullmatch(value.replace("\N{MINUS SIGN}", "-")) if isinstance(value, str) else None
    if found is None:
        return math.nan, ""
    number, unit = found.groups()
    return float(number.replace(",", ".")), re.sub(r"\s", "", unit).casefold().replace("º", "°")


def identifier(value: object) -> str | None:
    """An id: printable text of up to 255 characters, as it is, since cleaning could make two ids one."""
    if type(value) is str and value.isprintable() and len(value) <= MAX_ID:
        return None if _is_empty(value) else value
    if _is_empty(value):
        return None
    raise UnreadableValue(f"an id, printable text of up to {MAX_ID} characters")


def text(value: object) -> str | None:
    """Text of up to 10,000 characters, or a number as text. NULs and half surrogate pairs are taken out."""
    return _text(value, MAX_TEXT)


def long_text(value: object) -> str | None:
    """The same, of up to 1,000,000 characters."""
    return _text(value, MAX_LONG_TEXT)


def array(value: object) -> list[object] | None:
    """A list."""
    if isinstance(value, list):
        return value or None
    if _is_empty(value):
        return None
    raise UnreadableValue("a list")


def record(value: object) -> dict[str, object] | None:
    """An object with fields."""
    if isinstance(value, dict):
        return value or None
    if _is_empty(value):
        return None
    raise UnreadableValue("an object")


def json_text(value: object) -> str | None:
    """A list or an object as JSON of up to 100,000 bytes."""
    if _is_empty(value):
        return None
    if isinstance(value, list | dict):
        try:
            encoded = orjson.dumps(value)
        except (TypeError, RecursionError):  # half a surrogate pair, more than 64 bits, too deep
            encoded = b""
        if 0 < len(encoded) <= MAX_JSON_BYTES:
            return encoded.decode()
    raise UnreadableValue(f"a list or an object of up to {MAX_JSON_BYTES} bytes")


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == [] or value == {}


def _whole(value: object, low: int, high: int, expected: str) -> int | None:
    number = value if type(value) is int else _whole_of_other_type(value)
    if number is not None and low <= number <= high:
        return number
    if number is None and _is_empty(value):
        return None
    raise UnreadableValue(expected)


def _whole_of_other_type(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (found := _WHOLE.fullmatch(value)):
        return int(found.group(1))
    return None


def _text(value: object, limit: int) -> str | None:
    if isinstance(value, str):
        if not value.isprintable():
            value = _storable(value)
        if not value or value.isspace():
            return None
        return value if len(value) <= limit else value[: limit - 1] + "…"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= BIGINT_MAX:
        return str(value)
    if _is_empty(value):
        return None
    raise UnreadableValue("text")


def _storable(value: str) -> str:
    whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "")
