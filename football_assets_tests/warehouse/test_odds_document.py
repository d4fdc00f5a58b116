"""What docs/odds.md says of the macros is what they do."""

from __future__ import annotations

import re

import duckdb
import pytest

from football_assets.queries import query
from football_assets.settings import PROJECT_ROOT

DOCUMENT = (PROJECT_ROOT / "docs" / "odds.md").read_text("utf-8")

CONNECTION = duckdb.connect(config={"threads": 1})
for _macros in ("odds_formats", "settlement"):
    CONNECTION.execute(query("warehouse", _macros))


def macros() -> dict[str, list[str]]:
    """The names of the macros, with those of their parameters."""
    rows = CONNECTION.execute(
        "SELECT function_name, parameters FROM duckdb_functions() WHERE NOT internal"
    ).fetchall()
    return dict(rows)


def answer(statement: str) -> list[str]:
    """The values of the only row."""
    (row,) = CONNECTION.execute(statement).fetchall()
    return [
        "NULL" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in row
    ]


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    text = DOCUMENT.split(f"\n### {heading}\n")[1]
    table = text[text.index("\n|") : text.index("\n\n", text.index("\n|"))]
    return [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in table.split("\n")[3:]]


def test_every_macro_is_named_with_its_parameters() -> None:
    told = {
        name: set(re.findall(r"\w+", first)) | set(re.findall(r"`(\w+) :=`", rest))
        for name, first, rest in re.findall(r"^\| `(\w+)\(([\w, ]+)\)` \|(.*)$", DOCUMENT, re.MULTILINE)
    }
    assert told == {name: set(parameters) for name, parameters in macros().items()}


def test_examples_of_the_formats() -> None:
    lines = re.findall(r"^\| `(\w+)\(\w\)` \| (.* -> .*) \|$", DOCUMENT, re.MULTILINE)
    assert len(lines) == 12
    for macro, examples in lines:
        for example in examples.split(", "):
            given, result = example.split(" -> ")
            assert answer(f"SELECT {macro}({given})") == [result], macro


def test_queries_answer_what_is_written_below_them() -> None:
    blocks = re.findall(r"^```sql\n(.*?);\n-- (.*?)\n```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for statement, result in blocks:
        assert answer(statement) == result.split(", ")


def test_examples_of_spreads() -> None:
    rows = rows_of("Spread")
    assert len(rows) == 5
    for line, result, _, *outcomes in rows:
        goals = result.replace("-", ", ")
        bets = ", ".join(f"settle_spread({line}, {goals}, '{side}')" for side in ("home", "away"))
        assert answer(f"SELECT {bets}") == outcomes


def test_examples_of_totals() -> None:
    rows = rows_of("Over/under and corners")
    assert len(rows) == 4
    for line, goals, _, *outcomes in rows:
        bets = ", ".join(f"settle_over_under({line}, {goals}, '{side}')" for side in ("over", "under"))
        assert answer(f"SELECT {bets}") == outcomes


def test_profits_of_the_outcomes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\S+) \|$", DOCUMENT, re.MULTILINE)
    profits = [(outcome, profit) for outcome, profit in rows if not outcome.startswith("settle")]
    assert len(profits) == 6
    for outcome, profit in profits:
        assert answer(f"SELECT settled_profit('{outcome}', 0.9)") == [profit]


@pytest.mark.parametrize(
    ("bet", "result"),
    [
        ("settle_money_line(1, 1, 'draw')", "win"),
        ("settle_spread(0.25, 1, 1, 'home')", "half_loss"),
        ("settle_over_under(2.5, 2, 'over')", "loss"),
        ("settled_profit(settle_money_line(2, 1, 'home'), hong_kong_from_decimal(2.5))", "1.5"),
        ("settled_profit('void', 0.9)", "0"),
    ],
)
def test_examples_in_sentences(bet: str, result: str) -> None:
    assert answer(f"SELECT {bet}") == [result]
