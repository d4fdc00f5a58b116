"""The macros between formats of odds: values worked out by hand, limits of each format, round trips."""

from __future__ import annotations

from math import inf, nan, nextafter

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from football_assets.queries import query

CONNECTION = duckdb.connect(config={"threads": 1})
CONNECTION.execute(query("warehouse", "odds_formats"))

#: DuckDB plans a query in up to 35 ms on a busy machine, and an example has several.
UNHURRIED = settings(deadline=None)

EXACT = 1e-12

TO_DECIMAL = (
    "decimal_from_hong_kong",
    "decimal_from_american",
    "decimal_from_malay",
    "decimal_from_indonesian",
    "decimal_from_probability",
)
FROM_DECIMAL = (
    "hong_kong_from_decimal",
    "american_from_decimal",
    "malay_from_decimal",
    "indonesian_from_decimal",
    "probability_from_decimal",
)
MACROS = ("valid_decimal", "american_from_hong_kong", *TO_DECIMAL, *FROM_DECIMAL)


#: A client may choose that a division by zero is an error.
STRICT = duckdb.connect(config={"threads": 1})
STRICT.execute("SET ieee_floating_point_ops = false")
STRICT.execute(query("warehouse", "odds_formats"))


def run(macro: str, value: float | None, connection: duckdb.DuckDBPyConnection = CONNECTION) -> float | None:
    found = connection.execute(f"SELECT {macro}($value)", {"value": value}).fetchall()[0][0]
    assert found is None or isinstance(found, (int, float))
    return found


#: decimal, Hong Kong, American, Malay, Indonesian, probability
SAME_PRICE = [
    (1.25, 0.25, -400, 0.25, -4.0, 0.8),
    (1.5, 0.5, -200, 0.5, -2.0, 2 / 3),
    (1.8, 0.8, -125, 0.8, -1.25, 5 / 9),
    (2.0, 1.0, 100, 1.0, 1.0, 0.5),
    (2.25, 1.25, 125, -0.8, 1.25, 4 / 9),
    (2.5, 1.5, 150, -2 / 3, 1.5, 0.4),
    (3.0, 2.0, 200, -0.5, 2.0, 1 / 3),
    (5.0, 4.0, 400, -0.25, 4.0, 0.2),
    (101.0, 100.0, 10000, -0.01, 100.0, 1 / 101),
]


@pytest.mark.parametrize(
    ("decimal", "hong_kong", "american", "malay", "indonesian", "probability"), SAME_PRICE
)
def test_one_price_in_six_formats(
    decimal: float, hong_kong: float, american: int, malay: float, indonesian: float, probability: float
) -> None:
    others = (hong_kong, american, malay, indonesian, probability)
    for to, of, other in zip(TO_DECIMAL, FROM_DECIMAL, others, strict=True):
        assert run(to, other) == pytest.approx(decimal, rel=EXACT, abs=0), to
        assert run(of, decimal) == pytest.approx(other, rel=EXACT, abs=0), of
    assert run("american_from_hong_kong", hong_kong) == american
    assert run("valid_decimal", decimal) == decimal


@pytest.mark.parametrize("macro", ["decimal_from_malay", "decimal_from_indonesian"])
def test_even_money_has_two_signs(macro: str) -> None:
    assert run(macro, 1) == run(macro, -1) == 2


def test_even_money_of_american_odds_has_two_signs() -> None:
    assert run("decimal_from_american", 100) == run("decimal_from_american", -100) == 2


@pytest.mark.parametrize("macro", MACROS)
@pytest.mark.parametrize("value", [None, nan, inf, -inf, 0, -0.0])
def test_what_is_no_price_in_any_format_is_null(macro: str, value: float | None) -> None:
    assert run(macro, value) is None


@pytest.mark.parametrize("macro", MACROS)
@pytest.mark.parametrize("value", [None, nan, inf, -inf, 0.0, -0.0, 1.0, 1, -1.0])
def test_no_price_is_an_error_where_a_division_by_zero_is_one(macro: str, value: float | None) -> None:
    assert run(macro, value, STRICT) == run(macro, value)


@pytest.mark.parametrize("macro", ["valid_decimal", *FROM_DECIMAL])
def test_decimal_odds_are_above_1(macro: str) -> None:
    for value in (1, 1.0, 0.99, nextafter(1, 0), -1.5, -1e300):
        assert run(macro, value) is None
    assert run(macro, 1.0001) is not None


@pytest.mark.parametrize("macro", ["decimal_from_hong_kong", "american_from_hong_kong"])
def test_hong_kong_odds_are_above_0(macro: str) -> None:
    for value in (-1e-9, -0.5, -1, -1.5):
        assert run(macro, value) is None
    assert run(macro, 0.0001) is not None


def test_american_odds_are_not_within_100_of_0() -> None:
    for value in (1, -1, 99, -99, nextafter(100, 0), nextafter(-100, 0)):
        assert run("decimal_from_american", value) is None


def test_malay_odds_are_within_1_of_0() -> None:
    for value in (nextafter(1, 2), nextafter(-1, -2), 1.5, -1.5, 1e300, -1e300):
        assert run("decimal_from_malay", value) is None


def test_indonesian_odds_are_not_within_1_of_0() -> None:
    for value in (nextafter(1, 0), nextafter(-1, 0), 0.5, -0.5):
        assert run("decimal_from_indonesian", value) is None


def test_probability_is_between_0_and_1() -> None:
    for value in (1, 1.0, nextafter(1, 2), 2, -0.5, -1):
        assert run("decimal_from_probability", value) is None


@pytest.mark.parametrize(
    ("macro", "value"),
    [
        ("decimal_from_hong_kong", 1e-20),
        ("decimal_from_malay", 1e-20),
        ("decimal_from_american", -1e20),
        ("decimal_from_indonesian", -1e20),
        ("decimal_from_probability", 5e-324),
        ("decimal_from_malay", -5e-324),
        ("american_from_decimal", 1e12),
        ("american_from_decimal", 1 + 1e-12),
        ("american_from_hong_kong", 1e12),
        ("american_from_hong_kong", 1e-12),
    ],
)
def test_result_that_its_type_cannot_hold_is_null(macro: str, value: float) -> None:
    assert run(macro, value) is None


def test_large_price_is_a_price() -> None:
    assert run("valid_decimal", 1e300) == 1e300


@pytest.mark.parametrize(
    ("hong_kong", "american"),
    [
        (0.32, -313),
        (1.125, 113),
        (0.95, -105),
        (0.8, -125),
        (0.984, -102),
        (1.005, 100),
        (1.044, 104),
        (1.046, 105),
    ],
)
def test_american_odds_are_rounded_to_whole_numbers(hong_kong: float, american: int) -> None:
    assert run("american_from_hong_kong", hong_kong) == american


@pytest.mark.parametrize(
    ("decimal", "american"), [(1.8889, -112), (1.0041, -24390), (2.014, 101), (2.016, 102), (2.125, 113)]
)
def test_american_odds_of_decimal_ones_are_rounded(decimal: float, american: int) -> None:
    assert run("american_from_decimal", decimal) == american


@pytest.mark.parametrize("macro", MACROS)
def test_type_of_the_result(macro: str) -> None:
    found = CONNECTION.execute(f"SELECT typeof({macro}(CAST(0.95 AS DECIMAL(3, 2))))").fetchall()
    assert found == [("INTEGER" if macro.startswith("american") else "DOUBLE",)]


@pytest.mark.parametrize("macro", MACROS)
def test_column_may_have_the_name_of_a_parameter(macro: str) -> None:
    """Macros put their arguments in the place of names: a column of the same name has to stay one."""
    for name in ("d", "h", "a", "m", "i", "p"):
        for value in (1.5, 0.5, 150):
            found = CONNECTION.execute(
                f"SELECT {macro}({name}) FROM (SELECT CAST($value AS DOUBLE) AS {name})", {"value": value}
            ).fetchall()
            assert found == [(run(macro, value),)]


decimals = st.floats(min_value=1 + 1e-4, max_value=1e5, exclude_min=True)


@UNHURRIED
@given(decimals)
@example(2.0)
@example(nextafter(2, 1))
@example(nextafter(2, 3))
def test_decimal_odds_survive_every_exact_format(decimal: float) -> None:
    for to, of in zip(TO_DECIMAL, FROM_DECIMAL, strict=True):
        if of != "american_from_decimal":
            assert run(to, run(of, decimal)) == pytest.approx(decimal, rel=EXACT, abs=0), of


@UNHURRIED
@given(decimals)
def test_formats_lie_within_their_ranges(decimal: float) -> None:
    hong_kong, american, malay, indonesian, probability = (run(macro, decimal) for macro in FROM_DECIMAL)
    assert hong_kong is not None and hong_kong > 0
    assert american is not None and abs(american) >= 100
    assert malay is not None and 0 < abs(malay) <= 1 and malay != -1
    assert indonesian is not None and abs(indonesian) >= 1
    assert probability is not None and 0 < probability < 1


@UNHURRIED
@given(st.floats(min_value=1e-4, max_value=1e5))
def test_hong_kong_odds_survive(hong_kong: float) -> None:
    there = run("decimal_from_hong_kong", hong_kong)
    assert run("hong_kong_from_decimal", there) == pytest.approx(hong_kong, rel=EXACT, abs=EXACT)


@UNHURRIED
@given(st.floats(min_value=1e-4, max_value=1), st.booleans())
def test_malay_odds_survive(size: float, negative: bool) -> None:
    malay = -size if negative and size < 0.999 else size
    there = run("decimal_from_malay", malay)
    assert run("malay_from_decimal", there) == pytest.approx(malay, rel=0, abs=EXACT)


@UNHURRIED
@given(st.floats(min_value=1, max_value=1e4), st.booleans())
def test_indonesian_odds_survive(size: float, negative: bool) -> None:
    indonesian = -size if negative and size > 1.001 else size
    there = run("decimal_from_indonesian", indonesian)
    assert run("indonesian_from_decimal", there) == pytest.approx(indonesian, rel=EXACT * 100, abs=0)


@UNHURRIED
@given(st.floats(min_value=1e-5, max_value=0.9999))
def test_probability_survives(probability: float) -> None:
    there = run("decimal_from_probability", probability)
    assert run("probability_from_decimal", there) == pytest.approx(probability, rel=0, abs=EXACT)


@UNHURRIED
@given(st.integers(min_value=100, max_value=100_000), st.booleans())
def test_whole_american_odds_survive(size: int, negative: bool) -> None:
    american = -size if negative and size > 100 else size
    assert run("american_from_decimal", run("decimal_from_american", american)) == american


@UNHURRIED
@given(decimals)
def test_american_odds_are_the_rounded_indonesian_ones(decimal: float) -> None:
    american, indonesian = run("american_from_decimal", decimal), run("indonesian_from_decimal", decimal)
    assert american is not None and indonesian is not None
    assert american == pytest.approx(indonesian * 100, abs=0.5 + 1e-6)
