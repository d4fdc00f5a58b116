"""The charts: what they draw with everything, with little and with nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.published.reading import Reading, Row, reading
from football_assets.scoreboard.charts import cycles as of_cycles
from football_assets.scoreboard.charts.axes import TimeAxis, ValueAxis, axis_of, steps
from football_assets.scoreboard.charts.movement import OUTCOMES, odds_movement
from football_assets.scoreboard.markup import html
from football_assets_tests.scoreboard.databases import PublishedDatabase
from football_assets_tests.scoreboard.matchday import matchday

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    path = tmp_path_factory.mktemp("charts") / "football.duckdb"
    with reading(matchday(path).close()) as opened:
        yield opened


def ticks_of(source: Reading, market: str) -> list[Row]:
    row = source.row("match", match_id="match-0")
    assert row is not None
    rows = source.rows("odds_movement", match_id="match-0", company_id=2, until=row["fetched_at"])
    return [tick for tick in rows if tick["market"] == market]


def goal(at: datetime, home: int, away: int) -> Row:
    told = {
        "home_score": home,
        "away_score": away,
        "minute": 45,
        "added_minute": 2,
        "incident": "goal",
        "scorer": "Paz",
    }
    return {"scored_at": at, **told}


@pytest.mark.parametrize("market", list(OUTCOMES))
def test_each_market_draws_each_of_its_outcomes_and_its_line(source: Reading, market: str) -> None:
    charts = odds_movement(market, ticks_of(source, market), [])
    assert [drawn.label for drawn in charts[0].lines] == [name for _, name, _ in OUTCOMES[market]]
    assert all(drawn.path.startswith("M") and drawn.path.endswith("H100") for drawn in charts[0].lines)
    assert len(charts) == (1 if market == "money_line" else 2)
    assert html(*charts)


def test_goals_outside_the_time_shown_are_not_drawn(source: Reading) -> None:
    ticks = ticks_of(source, "spread")
    inside, outside = goal(ticks[5]["tick_at"], 1, 0), goal(ticks[0]["tick_at"] - timedelta(days=1), 9, 9)
    (rule,) = odds_movement("spread", ticks, [outside, inside])[0].rules
    assert (rule.label, rule.told) == ("1–0", "45+2' goal Paz")


def test_suspensions_are_shaded_for_as_long_as_they_held(source: Reading) -> None:
    ticks = ticks_of(source, "spread")
    shaded = odds_movement("spread", ticks, [])[0].bars
    assert len(shaded) == sum(tick["suspended"] for tick in ticks) > 0
    assert all(bar.width > 0 for bar in shaded)


def test_a_price_that_is_missing_throughout_is_a_chart_without_lines(source: Reading) -> None:
    missing = dict.fromkeys(("home_or_over", "draw_or_line", "away_or_under"))
    ticks = [{**tick, **missing} for tick in ticks_of(source, "spread")]
    (chart,) = odds_movement("spread", ticks, [])
    assert [drawn.path for drawn in chart.lines] == ["", ""]


def test_no_ticks_are_no_chart() -> None:
    assert odds_movement("money_line", [], []) == []


def test_a_line_is_broken_where_there_is_no_price() -> None:
    assert steps([(0, 10), (20, None), (30, 5), (100, 5)]) == "M0 10H20M30 5H100"


def test_an_axis_of_hours_tells_no_date_and_one_of_two_days_each_date_once() -> None:
    hours = TimeAxis(NOON, NOON + timedelta(hours=3)).marks()
    assert [mark.label for mark in hours] == ["12:30", "13:00", "13:30", "14:00", "14:30"]
    assert {mark.second for mark in hours} == {""}
    days = TimeAxis(NOON, NOON + timedelta(days=1, hours=6)).marks()
    assert [(mark.label, mark.second) for mark in days] == [
        ("18:00", "04 May"), ("00:00", "05 May"), ("06:00", ""), ("12:00", ""),
    ]  # fmt: skip
    week = TimeAxis(NOON, NOON + timedelta(days=11)).marks()
    assert [mark.label for mark in week] == ["06 May", "08 May", "10 May", "12 May", "14 May"]


def test_marks_of_values_are_round_and_inside() -> None:
    assert [mark.label for mark in ValueAxis(0.93, 2.2).marks()] == ["1", "1.5", "2"]
    assert all(0 <= mark.at <= 100 for mark in axis_of([1e300, 1.5]).marks())
    assert axis_of([float("nan")]).low < axis_of([float("nan")]).high
    assert axis_of([2.0, 2.0]).low < 2.0


def cycle(minutes: float, **values: object) -> Row:
    phases = dict.fromkeys(of_cycles.COLUMNS)
    del phases["rest_seconds"]
    row = {"started_at": NOON + timedelta(minutes=minutes), "status": "success", "total_seconds": 4.0}
    return {**phases, **row, "requests": 10, "requests_failed": 3, "memory_mb": None, **values}


def test_phases_and_the_rest_add_up_to_the_total() -> None:
    one = cycle(0, live_fetch_seconds=1.0, publish_seconds=0.5)
    assert of_cycles.rest_seconds(one) == 2.5
    bars = of_cycles.cycle_phases([one], 60, NOON).bars
    assert [bar.kind for bar in bars] == ["p1", "p5", "rest"]
    axis = axis_of([4.0], from_zero=True)
    assert sum(bar.height for bar in bars) == pytest.approx(100 - axis.at(4.0), abs=0.01)


def test_bars_do_not_overlap_however_soon_a_cycle_follows() -> None:
    cycles = [cycle(minutes) for minutes in (0, 0.05, 0.1, 3, 3.9, 20)]
    bars = of_cycles.cycle_phases(list(reversed(cycles)), 60, NOON + timedelta(minutes=21)).bars
    assert len(bars) == len(cycles)
    assert all(left.x + left.width <= right.x for left, right in itertools.pairwise(bars))


def test_failed_and_running_cycles_are_marked_and_others_not() -> None:
    cycles = [cycle(2, status="running"), cycle(1, status="failure"), cycle(0)]
    bars = of_cycles.cycle_phases(cycles, 60, NOON + timedelta(minutes=2)).bars
    assert [bar.kind for bar in bars if bar.kind in {"failure", "running"}] == ["failure", "running"]


def test_a_day_of_cycles_is_thinned_to_the_slowest_and_keeps_what_failed() -> None:
    cycles = [cycle(minute, status="failure" if minute == 777 else "success") for minute in range(1440)]
    chart = of_cycles.cycle_phases(cycles, 60, NOON + timedelta(days=1))
    assert len([bar for bar in chart.bars if bar.kind == "rest"]) == 120
    assert len([bar for bar in chart.bars if bar.kind == "failure"]) == 1


def test_requests_are_split_into_answered_and_failed() -> None:
    good, failed = of_cycles.requests([cycle(0)], 60, NOON).bars
    assert (good.kind, failed.kind) == ("draw", "bad")
    assert good.height / failed.height == pytest.approx(7 / 3, rel=0.01)


def test_a_cycle_with_nothing_but_its_start_is_a_chart(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.cycle()
    with reading(database.close()) as source:
        whole = source.rows("cycles", newest=1)[0]
    bare = {**dict.fromkeys(whole), "started_at": whole["started_at"], "status": "failure"}
    now = datetime.now(UTC)
    assert html(of_cycles.cycle_phases([bare], 60, now), of_cycles.requests([bare], 60, now))
    assert of_cycles.over_time([bare], "memory_mb", "Memory", "MB", 60, now).told == "Memory is not known."
