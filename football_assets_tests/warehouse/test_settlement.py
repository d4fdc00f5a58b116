"""The macros that settle bets: tables worked out by hand, and what has to hold for any line and score."""

from __future__ import annotations

from math import inf, nan, nextafter
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from football_assets.queries import query

CONNECTION = duckdb.connect(config={"threads": 1})
CONNECTION.execute(query("warehouse", "settlement"))

#: DuckDB plans a query in up to 35 ms on a busy machine, and an example has several.
UNHURRIED = settings(deadline=None)

#: From worst to best.
OUTCOMES = ("loss", "half_loss", "push", "half_win", "win")
SHORT = {"L": "loss", "l": "half_loss", "P": "push", "w": "half_win", "W": "win"}


def run(macro: str, *arguments: object, **named: object) -> Any:
    """The macro's value. Arguments are bound, as columns would be."""
    marks = [f"${place}" for place in range(1, len(arguments) + 1)]
    marks += [f"{name} := ${place}" for place, name in enumerate(named, len(arguments) + 1)]
    values = [*arguments, *named.values()]
    return CONNECTION.execute(f"SELECT {macro}({', '.join(marks)})", values).fetchall()[0][0]


def opposite(outcome: str) -> str:
    return OUTCOMES[-1 - OUTCOMES.index(outcome)]


#: Bets on home by line (positive: home gives), for home's lead at the end of -3, -2, -1, 0, 1, 2, 3.
HOME_BY_LEAD = {
    -2.5: "LWWWWWW",
    -2.25: "LwWWWWW",
    -2.0: "LPWWWWW",
    -1.75: "LlWWWWW",
    -1.5: "LLWWWWW",
    -1.25: "LLwWWWW",
    -1.0: "LLPWWWW",
    -0.75: "LLlWWWW",
    -0.5: "LLLWWWW",
    -0.25: "LLLwWWW",
    0.0: "LLLPWWW",
    0.25: "LLLlWWW",
    0.5: "LLLLWWW",
    0.75: "LLLLwWW",
    1.0: "LLLLPWW",
    1.25: "LLLLlWW",
    1.5: "LLLLLWW",
    1.75: "LLLLLwW",
    2.0: "LLLLLPW",
    2.25: "LLLLLlW",
    2.5: "LLLLLLW",
    2.75: "LLLLLLw",
    3.0: "LLLLLLP",
    3.25: "LLLLLLl",
    3.5: "LLLLLLL",
}

#: Bets on over by line, for 0 to 6 goals in the match.
OVER_BY_GOALS = {
    0.5: "LWWWWWW",
    0.75: "LwWWWWW",
    1.0: "LPWWWWW",
    1.25: "LlWWWWW",
    1.5: "LLWWWWW",
    1.75: "LLwWWWW",
    2.0: "LLPWWWW",
    2.25: "LLlWWWW",
    2.5: "LLLWWWW",
    2.75: "LLLwWWW",
    3.0: "LLLPWWW",
    3.25: "LLLlWWW",
    3.5: "LLLLWWW",
    4.75: "LLLLLwW",
    5.25: "LLLLLlW",
    6.0: "LLLLLLP",
    6.25: "LLLLLLl",
    6.5: "LLLLLLL",
}


@pytest.mark.parametrize("line", HOME_BY_LEAD)
def test_spread_by_line_and_lead(line: float) -> None:
    for lead, short in enumerate(HOME_BY_LEAD[line], -3):
        for away in (3, 4):
            found = [run("settle_spread", line, away + lead, away, side) for side in ("home", "away")]
            assert found == [SHORT[short], opposite(SHORT[short])], (line, lead)


@pytest.mark.parametrize("line", OVER_BY_GOALS)
def test_total_by_line_and_goals(line: float) -> None:
    for goals, short in enumerate(OVER_BY_GOALS[line]):
        found = [run("settle_over_under", line, goals, side) for side in ("over", "under")]
        assert found == [SHORT[short], opposite(SHORT[short])], (line, goals)


@pytest.mark.parametrize(
    ("home", "away", "wins"), [(1, 0, "home"), (4, 1, "home"), (0, 0, "draw"), (2, 2, "draw"), (0, 1, "away")]
)
def test_money_line_pays_one_of_three(home: int, away: int, wins: str) -> None:
    for side in ("home", "draw", "away"):
        assert run("settle_money_line", home, away, side) == ("win" if side == wins else "loss")


@pytest.mark.parametrize(
    ("line", "goals", "before", "outcome"),
    [
        # Home leads 2-0, and the line gives it a quarter of a goal from there on.
        (-0.25, (2, 0), (2, 0), "half_win"),
        (-0.25, (2, 1), (2, 0), "loss"),
        (-0.25, (3, 1), (2, 0), "half_win"),
        (-0.25, (3, 0), (2, 0), "win"),
        # Home is behind 0-1, and gives three quarters.
        (0.75, (1, 1), (0, 1), "half_win"),
        (0.75, (2, 1), (0, 1), "win"),
        (0.75, (0, 1), (0, 1), "loss"),
        (0.0, (1, 3), (1, 3), "push"),
    ],
)
def test_in_play_spread_counts_from_the_score_at_the_bet(
    line: float, goals: tuple[int, int], before: tuple[int, int], outcome: str
) -> None:
    score = {"home_score": before[0], "away_score": before[1]}
    assert run("settle_spread", line, *goals, "home", **score) == outcome
    assert run("settle_spread", line, *goals, "away", **score) == opposite(outcome)


def test_spread_of_ticks_takes_the_columns_of_the_same_names() -> None:
    found = CONNECTION.execute(
        """SELECT
            settle_spread(
                line, home_goals, away_goals, side, home_score := home_score, away_score := away_score
            ),
            settle_spread(line, home_goals, away_goals, side),
            settle_over_under(line, home_goals + away_goals, 'over'),
            outcome_of_margin(margin)
        FROM (VALUES (-0.25, 3, 1, 'home', 2, 0, 0.25), (0.75, 2, 1, 'away', 0, 1, -1.0))
            AS ticks (line, home_goals, away_goals, side, home_score, away_score, margin)"""
    ).fetchall()
    assert found == [("half_win", "win", "win", "half_win"), ("loss", "half_loss", "win", "loss")]


@pytest.mark.parametrize(
    ("line", "goals", "outcome"),
    [
        (2.1, 2, "loss"),
        (1.9, 2, "win"),
        (1.85, 2, "win"),
        (2.2, 2, "loss"),
        (1.7, 2, "win"),
        (2.3, 2, "loss"),
        (nextafter(1.75, 2), 2, "win"),
        (nextafter(1.75, 1), 2, "win"),
        (nextafter(2.25, 2), 2, "loss"),
        (nextafter(2.25, 3), 2, "loss"),
        (nextafter(2, 1), 2, "win"),
        (nextafter(2, 3), 2, "loss"),
    ],
)
def test_line_between_quarters_is_won_or_lost(line: float, goals: int, outcome: str) -> None:
    assert run("settle_over_under", line, goals, "over") == outcome
    assert run("settle_over_under", line, goals, "under") == opposite(outcome)
    assert run("settle_spread", line, goals, 0, "home") == outcome
    assert run("settle_spread", line, goals, 0, "away") == opposite(outcome)


VALID: dict[str, tuple[object, ...]] = {
    "outcome_of_margin": (1,),
    "settle_spread": (0.5, 1, 0, "home", 0, 0),
    "settle_over_under": (2.5, 3, "over"),
    "settle_money_line": (1, 0, "home"),
}


@pytest.mark.parametrize("macro", VALID)
def test_outcome_is_null_where_an_input_is_missing_or_not_finite(macro: str) -> None:
    arguments = VALID[macro]
    assert run(macro, *arguments) == "win"
    for place, argument in enumerate(arguments):
        for value in (None,) if isinstance(argument, str) else (None, nan, inf, -inf):
            assert run(macro, *arguments[:place], value, *arguments[place + 1 :]) is None, (place, value)


@pytest.mark.parametrize(
    ("macro", "arguments", "sides"),
    [
        ("settle_spread", (0.5, 1, 0), ("draw", "over", "Home", "")),
        ("settle_over_under", (2.5, 3), ("home", "OVER", "")),
        ("settle_money_line", (1, 0), ("over", "Home", "")),
    ],
)
def test_unknown_side_has_no_outcome(
    macro: str, arguments: tuple[float, ...], sides: tuple[str, ...]
) -> None:
    assert [run(macro, *arguments, side) for side in sides] == [None] * len(sides)


def test_unsigned_goals_do_not_overflow() -> None:
    found = CONNECTION.execute(
        """SELECT settle_spread(CAST(0.5 AS DECIMAL(3, 2)), a, b, 'away'), settle_money_line(a, b, 'away'),
            settle_over_under(CAST(2.25 AS DECIMAL(3, 2)), a, 'over')
        FROM (SELECT CAST(1 AS UTINYINT) AS a, CAST(3 AS UTINYINT) AS b)"""
    ).fetchall()
    assert found == [("win", "win", "loss")]


@pytest.mark.parametrize(
    ("outcome", "profit"),
    [
        ("win", 0.9),
        ("half_win", 0.45),
        ("push", 0.0),
        ("void", 0.0),
        ("half_loss", -0.5),
        ("loss", -1.0),
        ("abandoned", None),
        (None, None),
    ],
)
def test_profit_for_a_stake_of_1(outcome: str | None, profit: float | None) -> None:
    assert run("settled_profit", outcome, 0.9) == profit


@pytest.mark.parametrize("outcome", [*OUTCOMES, "void"])
@pytest.mark.parametrize("price", [None, nan, inf, -inf, 0, -0.5])
def test_no_profit_or_loss_without_a_valid_price(outcome: str, price: float | None) -> None:
    assert run("settled_profit", outcome, price) is None


def test_profit_is_a_double() -> None:
    found = CONNECTION.execute(
        "SELECT typeof(settled_profit(outcome, CAST(0.9 AS DECIMAL(3, 2)))) FROM (SELECT 'win' AS outcome)"
    ).fetchall()
    assert found == [("DOUBLE",)]


quarters = st.integers(min_value=-24, max_value=24).map(lambda number: number / 4)
lines = st.one_of(quarters, st.floats(min_value=-6, max_value=6))
goals = st.integers(min_value=0, max_value=9)
probabilities = st.floats(min_value=0.02, max_value=0.98)


@UNHURRIED
@given(lines, goals, goals, goals, goals)
def test_home_and_away_mirror_each_other(line: float, home: int, away: int, before: int, behind: int) -> None:
    score = {"home_score": before, "away_score": behind}
    outcome = run("settle_spread", line, home, away, "home", **score)
    assert run("settle_spread", line, home, away, "away", **score) == opposite(outcome)
    assert run("settle_spread", -line, away, home, "away", home_score=behind, away_score=before) == outcome, (
        "the same bet with the teams changed over"
    )


@UNHURRIED
@given(lines, goals)
def test_over_and_under_mirror_each_other(line: float, total: int) -> None:
    assert run("settle_over_under", line, total, "under") == opposite(
        run("settle_over_under", line, total, "over")
    )


@UNHURRIED
@given(goals, goals)
def test_one_side_of_the_money_line_wins(home: int, away: int) -> None:
    found = [run("settle_money_line", home, away, side) for side in ("home", "draw", "away")]
    assert sorted(found) == ["loss", "loss", "win"]


@UNHURRIED
@given(quarters, goals, goals, probabilities)
def test_both_sides_at_fair_prices_sum_to_zero(line: float, home: int, away: int, chance: float) -> None:
    """Fair prices, and stakes that win the same on either side: what one side gains the other loses."""
    profits = [
        run("settled_profit", run("settle_spread", line, home, away, side), (1 - share) / share) * share
        for side, share in (("home", chance), ("away", 1 - chance))
    ]
    assert sum(profits) == pytest.approx(0, abs=1e-12)


@UNHURRIED
@given(quarters, goals, goals, st.sampled_from(["home", "away"]), st.floats(min_value=0.01, max_value=50))
def test_quarter_line_is_two_half_bets(line: float, home: int, away: int, side: str, price: float) -> None:
    def profit(of: float) -> Any:
        return run("settled_profit", run("settle_spread", of, home, away, side), price)

    if line % 0.5:
        assert profit(line) == pytest.approx((profit(line - 0.25) + profit(line + 0.25)) / 2, abs=1e-12)
    else:
        assert profit(line) in (price, 0, -1), "a whole or half line never splits"


@UNHURRIED
@given(lines, goals, goals)
def test_settlement_is_monotone_in_goals(line: float, home: int, away: int) -> None:
    def rank(macro: str, *arguments: object) -> int:
        return OUTCOMES.index(run(macro, *arguments))

    for side, better in (("home", (home + 1, away)), ("away", (home, away + 1))):
        assert rank("settle_spread", line, *better, side) >= rank("settle_spread", line, home, away, side)
    for side, total in (("over", home + 1), ("under", max(home - 1, 0))):
        assert rank("settle_over_under", line, total, side) >= rank("settle_over_under", line, home, side)
