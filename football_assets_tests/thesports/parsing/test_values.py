from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from football_assets.thesports.parsing import values
from football_assets.thesports.parsing.values import UnreadableValue

EMPTY = [None, "", "  ", [], {}]
PARSERS = [
    values.integer,
    values.count,
    values.positive,
    values.year,
    values.moment,
    values.flag,
    values.measure(values.TEMPERATURE),
    values.identifier,
    values.text,
    values.long_text,
    values.array,
    values.record,
    values.json_text,
]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("empty", EMPTY)
def test_what_is_empty_is_none(parse: Any, empty: object) -> None:
    assert parse(empty) is None


@pytest.mark.parametrize(
    ("parse", "given", "read"),
    [
        (values.integer, 5, 5),
        (values.integer, 0, 0),
        (values.integer, -7, -7),
        (values.integer, 3.0, 3),
        (values.integer, "12", 12),
        (values.integer, " -1 ", -1),
        (values.integer, "4.0", 4),
        (values.integer, 2**31 - 1, 2**31 - 1),
        (values.count, 0, 0),
        (values.count, -1, None),
        (values.count, "-1", None),
        (values.positive, 0, None),
        (values.positive, 5_000_000_000, 5_000_000_000),
        (values.year, 1922, 1922),
        (values.year, 0, None),
        (values.moment, 0, None),
        (values.moment, "0", None),
        (values.moment, 1748452827, datetime(2025, 5, 28, 17, 20, 27, tzinfo=UTC)),
        (values.moment, "1748452827", datetime(2025, 5, 28, 17, 20, 27, tzinfo=UTC)),
        (values.flag, 0, False),
        (values.flag, 1, True),
        (values.flag, "1", True),
        (values.flag, True, True),
        (values.measure(values.PRESSURE), "759mmHg", 759.0),
        (values.measure(values.TEMPERATURE), "16°C", 16.0),
        (values.measure(values.TEMPERATURE), "-3°C", -3.0),
        (values.measure(values.TEMPERATURE), "\N{MINUS SIGN}3°C", -3.0),
        (values.measure(values.WIND), "4.0m/s", 4.0),
        (values.measure(values.WIND), "11.m/s", 11.0),
        (values.measure(values.HUMIDITY), "62%", 62.0),
        (values.measure(values.TEMPERATURE), 21, 21.0),
        (values.identifier, "y0or5jh8l922qwz", "y0or5jh8l922qwz"),
        (values.identifier, "x'; DROP TABLE teams; --", "x'; DROP TABLE teams; --"),
        (values.text, 'O\'Brien "Junior"', 'O\'Brien "Junior"'),
        (values.text, "الأهلي", "الأهلي"),
        (values.text, "right\N{RIGHT-TO-LEFT OVERRIDE}left", "right\N{RIGHT-TO-LEFT OVERRIDE}left"),
        (values.text, "a\0b", "ab"),
        (values.text, "\0", None),
        (values.text, "two\nlines", "two\nlines"),
        (values.text, "half \ud83d", "half \N{REPLACEMENT CHARACTER}"),
        (values.text, "\ud83d\ude00", "\N{GRINNING FACE}"),
        (values.text, 45, "45"),
        (values.text, "x" * 20_000, "x" * 9_999 + "…"),
        (values.long_text, "x" * 1_000_000, "x" * 1_000_000),
        (values.long_text, "x" * 1_000_001, "x" * 999_999 + "…"),
        (values.array, [0], [0]),
        (values.record, {"a": 0}, {"a": 0}),
        (values.json_text, [["ö"], 3], '[["ö"],3]'),
    ],
)
def test_a_good_value_is_read(parse: Any, given: object, read: object) -> None:
    assert parse(given) == read


@pytest.mark.parametrize(
    ("parse", "given"),
    [
        *(
            (values.integer, bad)
            for bad in (True, 1.5, float("nan"), float("inf"), "many", "1e3", [1], {"a": 1})
        ),
        *((values.integer, bad) for bad in (2**31, -(2**31) - 1, 10**100, 1e300, "9" * 19, "9" * 5000)),
        *((values.count, bad) for bad in (-2, 2**31, False)),
        *((values.positive, bad) for bad in (-1, 2**63)),
        *((values.year, bad) for bad in (-1, 10_000)),
        *((values.moment, bad) for bad in (-1, 1748452827000, float("nan"), True, "yesterday")),
        *((values.flag, bad) for bad in (2, -1, "yes")),
        *(
            (values.measure(values.WIND), bad)
            for bad in ("mild", "4 parsecs", True, float("inf"), 10**400, "9" * 400, [16])
        ),
        *((values.identifier, bad) for bad in (7, "a\0b", "\ud83d", "x" * 256, "a\nb", ["a"])),
        *((values.text, bad) for bad in (True, float("nan"), 10**100, ["a"], {"a": 1})),
        *((values.array, bad) for bad in ("a", 1, {"a": 1})),
        *((values.record, bad) for bad in ("a", 1, [1])),
        *((values.json_text, bad) for bad in ("a", 1, ["\ud83d"], [10**30], ["x" * 100_000])),
    ],
)
def test_a_bad_value_is_unreadable(parse: Any, given: object) -> None:
    with pytest.raises(UnreadableValue):
        parse(given)


@pytest.mark.parametrize(
    ("parse", "expected"),
    [
        (values.integer, "a whole number of 32 bits"),
        (values.count, "a whole number from 0"),
        (values.positive, "a whole number from 0"),
        (values.year, "a year"),
        (values.moment, "Unix seconds within the years 1970 to 2200"),
        (values.flag, "0 or 1"),
        (values.identifier, "an id, printable text of up to 255 characters"),
        (values.array, "a list"),
        (values.record, "an object"),
        (values.json_text, "a list or an object of up to 100000 bytes"),
    ],
)
def test_what_would_be_right_is_said(parse: Any, expected: str) -> None:
    with pytest.raises(UnreadableValue) as raised:
        parse(-12.5)
    assert str(raised.value) == expected


def test_json_is_read_up_to_its_bound() -> None:
    text = "x" * (values.MAX_JSON_BYTES - 4)
    assert values.json_text([text]) == f'["{text}"]'
    with pytest.raises(UnreadableValue):
        values.json_text([f"{text}x"])


@pytest.mark.parametrize("given", [21, 21.0, "21", " 21 ", "21.0 °C", "21 º C", "21\n°c"])
def test_measure_is_a_number_with_or_without_its_unit(given: object) -> None:
    assert values.measure(values.TEMPERATURE)(given) == 21.0


@pytest.mark.parametrize("given", [values.BIGINT_MAX, -values.BIGINT_MAX, 0, 0.5])
def test_number_without_a_unit_is_in_ours(given: float) -> None:
    assert values.measure(values.HUMIDITY)(given) == float(given)


@pytest.mark.parametrize(
    "given", [True, False, values.BIGINT_MAX + 1, float("nan"), float("-inf"), "21 XX", "°C", "wet", [21]]
)
def test_measure_that_is_none_is_said_to_be_so(given: object) -> None:
    with pytest.raises(UnreadableValue) as raised:
        values.measure(values.HUMIDITY | {"g/kg": (1, 0)})(given)  # type: ignore[operator]
    assert str(raised.value) == "a number, with or without one of the units %, g/kg"


def test_json_too_deep_is_unreadable() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UnreadableValue):
        values.json_text(deep)


def test_moments_end_with_the_year_2200() -> None:
    assert values.moment(values.LAST_MOMENT) == datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(UnreadableValue):
        values.moment(values.LAST_MOMENT + 1)


@pytest.mark.parametrize(
    ("units", "given", "expected"),
    [
        (values.TEMPERATURE, "61°F", 16.1111),
        (values.TEMPERATURE, "-40 F", -40.0),
        (values.WIND, "14km/h", 3.8889),
        (values.WIND, "10 mph", 4.4704),
        (values.WIND, "10kt", 5.1444),
        (values.PRESSURE, "1013hPa", 759.8125),
        (values.PRESSURE, "29.92 inHg", 759.968),
        (values.HUMIDITY, "62,5%", 62.5),
    ],
)
def test_other_units_are_converted(units: values.Units, given: str, expected: float) -> None:
    assert values.measure(units)(given) == pytest.approx(expected, abs=1e-3)


def test_what_has_happened_is_not_dated_in_the_future() -> None:
    past = values.not_after(datetime(2025, 5, 28, 17, 30, tzinfo=UTC))
    assert past(1748453400 + 120) == datetime(2025, 5, 28, 17, 32, tzinfo=UTC)
    with pytest.raises(UnreadableValue, match=r"^a time that is not in the future$"):
        past(1748453400 + 121)
