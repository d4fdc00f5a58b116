"""The checks of the prices, on databases with the rows that they are to find."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from football_assets.checks.prices import PRICE_FIGURES, dead_prices_shown, price_figure
from football_assets.published.thresholds import State
from football_assets.settings import Settings
from football_assets.tables import PUBLISHED
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOW = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
FIGURES = {figure.check.name: figure for figure in PRICE_FIGURES}
LIVE_COLUMNS = ("money_line_live", "spread_live", "over_under_live", "corners_live")


@pytest.fixture(scope="module")
def shared_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishedDatabase]:
    database = PublishedDatabase(tmp_path_factory.mktemp("published") / "football.duckdb")
    yield database
    database.close()


@pytest.fixture
def database(shared_database: PublishedDatabase) -> PublishedDatabase:
    for table in PUBLISHED:
        shared_database.connection.execute(f"DELETE FROM {table.name}")
    return shared_database


def shown(database: PublishedDatabase, match_id: str, *live_in: str, **values: object) -> None:
    """A match whose prices are live in these markets alone."""
    columns = {column: column.removesuffix("_live") in live_in for column in LIVE_COLUMNS}
    database.match(match_id=match_id, **columns, **values)
    database.connection.execute(
        """UPDATE live_matches AS live SET
            home_score = shown.home_score, away_score = shown.away_score,
            home_overtime_score = shown.home_overtime_score, away_overtime_score = shown.away_overtime_score
        FROM flattened_matches AS shown WHERE shown.match_id = live.match_id"""
    )


def tick(database: PublishedDatabase, **values: object) -> None:
    own = {
        "match_id": "m1", "company_id": 2, "company": "BET365", "market": "spread", "tick_at": NOW,
        "sequence": 1, "minute": "60", "home_or_over": 0.9, "draw_or_line": 0.5,
        "away_or_under": 1.0, "status_id": 4, "suspended": False, "home_score": 2, "away_score": 1,
    }  # fmt: skip
    database.insert("odds_ticks", **(own | values))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, None),
        ({"suspended": True}, "suspended"),
        ({"suspended": None}, "suspended"),
        ({"home_or_over": 0.0}, "no price"),
        ({"home_or_over": None}, "no price"),
        ({"away_or_under": None}, "no price"),
        ({"market": "money_line", "draw_or_line": 3.0, "home_or_over": 1.5, "away_or_under": 3.0}, None),
        (
            {"market": "money_line", "draw_or_line": 1.0, "home_or_over": 1.5, "away_or_under": 3.0},
            "no price",
        ),
        (
            {"market": "money_line", "draw_or_line": 3.0, "home_or_over": 1.0, "away_or_under": 3.0},
            "no price",
        ),
        ({"status_id": 1}, "from before the match"),
        ({"status_id": None}, "from before the match"),
        ({"home_score": 1}, "at another score"),
        ({"away_score": None}, "at another score"),
        ({"market": "corners", "home_score": 9}, None),
    ],
)
def test_market_that_is_called_live_is_held_against_its_newest_tick(database, values, reason) -> None:
    shown(database, "m1", str(values.get("market", "spread")))
    tick(database, **(values | {"tick_at": NOW - timedelta(seconds=1), "suspended": reason is None}))
    tick(database, **values)
    outcome = dead_prices_shown(database.connection)
    assert outcome.state is (State.CRITICAL if reason else State.NORMAL)
    market = values.get("market", "spread")
    example = f"m1: BET365, {market}, {reason}"
    assert outcome.metadata == ({"dead": 1, "examples": [example]} if reason else {"dead": 0})
    assert outcome.description == (
        f"1 markets are called live and are not: {example}."
        if reason
        else "Each market that is called live is."
    )


def test_of_many_dead_markets_five_are_named(database) -> None:
    for number in range(6):
        shown(database, f"m{number}", "spread")
        tick(database, match_id=f"m{number}", suspended=True)
    outcome = dead_prices_shown(database.connection)
    named = [f"m{number}: BET365, spread, suspended" for number in range(6)]
    assert outcome.metadata["dead"] == 6 and len(outcome.metadata["examples"]) == 5
    assert set(outcome.metadata["examples"]) < set(named)
    assert outcome.description == (
        f"6 markets are called live and are not: {'; '.join(outcome.metadata['examples'])}."
    )


@pytest.mark.parametrize("status_id, dead", [(1, 0), (3, 0), (8, 1), (11, 1), (12, 1), (0, 1)])
def test_nothing_is_live_after_the_end(database, status_id: int, dead: int) -> None:
    shown(database, "m1", "spread", status_id=status_id)
    tick(database)
    assert dead_prices_shown(database.connection).metadata["dead"] == dead


def test_of_one_second_the_last_tick_counts_and_what_is_not_called_live_may_be_dead(database) -> None:
    shown(database, "m1", "spread")
    tick(database, sequence=2)
    tick(database, suspended=True)
    tick(database, market="over_under", suspended=True)
    tick(database, company_id=3, suspended=True, sequence=3)
    assert dead_prices_shown(database.connection).state is State.NORMAL


@pytest.mark.parametrize("market", [column.removesuffix("_live") for column in LIVE_COLUMNS])
def test_market_that_is_not_called_live_may_be_dead(database, market: str) -> None:
    shown(database, "m1", *({column.removesuffix("_live") for column in LIVE_COLUMNS} - {market}))
    tick(database, market=market, suspended=True)
    assert dead_prices_shown(database.connection).state is State.NORMAL


@pytest.mark.parametrize("status_id", [5, 6, 7])
@pytest.mark.parametrize("score, dead", [((1, 1), 0), ((3, 1), 0), ((3, 0), 1), ((0, 1), 1), ((3, 2), 1)])
def test_after_overtime_goals_count_as_they_stand_then(database, status_id: int, score, dead: int) -> None:
    goals = {"home_score": 1, "away_score": 1, "home_overtime_score": 3, "away_overtime_score": 1}
    shown(database, "m1", "spread", status_id=status_id, **goals)
    tick(database, home_score=score[0], away_score=score[1])
    assert dead_prices_shown(database.connection).metadata["dead"] == dead


@pytest.mark.parametrize("status_id", [2, 3, 4])
def test_before_overtime_its_goals_make_no_price_live(database, status_id: int) -> None:
    shown(database, "m1", "spread", status_id=status_id, home_overtime_score=0, away_overtime_score=0)
    tick(database, home_score=0, away_score=0)
    assert dead_prices_shown(database.connection).metadata["dead"] == 1


@pytest.mark.parametrize(
    ("live", "dead", "percent"), [(10, 0, 100), (9, 1, 90), (0, 10, 0), (0, 9, 100), (15, 5, 75)]
)
def test_share_of_matches_in_play_with_a_live_price(database, live: int, dead: int, percent: float) -> None:
    for number in range(live):
        shown(database, f"live{number}", LIVE_COLUMNS[number % 4].removesuffix("_live"))
    for number in range(dead):
        shown(database, f"dead{number}")
    for number in range(20):
        shown(database, f"over{number}", status_id=8)
        shown(database, f"bare{number}", bookmaker_id=None)
    assert price_figure(database.connection, FIGURES["live_price_percent"]) == percent


@pytest.mark.parametrize("name", ["odds_repaired", "odds_set_aside"])
def test_figures_of_the_newest_cycle_that_succeeded(database, name: str) -> None:
    figure = FIGURES[name]
    assert price_figure(database.connection, figure) is None
    for minutes, status, value in ((3, "success", 1), (2, "success", 700), (1, "failure", 9)):
        database.cycle(
            cycle_id=str(minutes), started_at=NOW - timedelta(minutes=minutes), status=status, **{name: value}
        )
    assert price_figure(database.connection, figure) == 700


def test_each_figure_has_its_thresholds_and_its_query() -> None:
    settings = Settings(_env_file=None)
    for figure in PRICE_FIGURES:
        assert figure.outcome(None, settings).state is State.WARNING
        normal, _, critical = figure.thresholds(settings)
        assert (normal > critical) is figure.falling
        assert figure.outcome(normal, settings).state is State.NORMAL
        beyond = critical - 1 if figure.falling else critical + 1
        assert figure.outcome(beyond, settings).state is State.CRITICAL
        assert figure.check.name in figure.check.sql
