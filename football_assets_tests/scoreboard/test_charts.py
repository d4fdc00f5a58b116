"""The charts as Vega-Lite specifications: valid with everything, with little and with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from football_assets.published.reading import Reading, Row, reading
from football_assets.scoreboard import charts
from football_assets_tests.scoreboard.databases import PublishedDatabase
from football_assets_tests.scoreboard.matchday import matchday


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


def drawn(chart: charts.Picture) -> list[Row]:
    """The chart's specification, validated, as the rows that it draws."""
    specification: dict[str, Any] = chart.to_dict()
    return [row for rows in specification.get("datasets", {}).values() for row in rows]


@pytest.mark.parametrize("market", list(charts.OUTCOMES))
def test_each_market_draws_each_of_its_outcomes(source: Reading, market: str) -> None:
    ticks = ticks_of(source, market)
    rows = drawn(charts.odds_movement(market, ticks, []))
    outcomes = {row["outcome"] for row in rows if "outcome" in row}
    assert outcomes == {outcome for _, outcome, _ in charts.OUTCOMES[market]}
    assert len(rows) >= len(outcomes) * (len(ticks) + 1)


def test_the_newest_price_is_drawn_until_now(source: Reading) -> None:
    ticks = ticks_of(source, "money_line")
    rows = [row for row in drawn(charts.odds_movement("money_line", ticks, [])) if "outcome" in row]
    assert {row["shown"] for row in rows[-3:]} == {
        f"{ticks[-1][column]:.2f}" for column, _, _ in charts.OUTCOMES["money_line"]
    }
    assert {row["at"] for row in rows[-3:]} == {max(row["at"] for row in rows)}


def test_goals_outside_the_time_shown_are_not_drawn(source: Reading) -> None:
    ticks = ticks_of(source, "spread")
    inside = {"scored_at": ticks[5]["tick_at"], "home_score": 1, "away_score": 0}
    outside = {"scored_at": ticks[0]["tick_at"] - timedelta(days=1), "home_score": 9, "away_score": 9}
    scores = {row.get("score") for row in drawn(charts.odds_movement("spread", ticks, [outside, inside]))}
    assert "1–0" in scores
    assert "9–9" not in scores


def test_suspensions_are_shaded_for_as_long_as_they_held(source: Reading) -> None:
    ticks = ticks_of(source, "spread")
    shaded = [row for row in drawn(charts.odds_movement("spread", ticks, [])) if "until" in row]
    assert len(shaded) == sum(tick["suspended"] for tick in ticks) > 0


def test_the_line_s_axis_names_lines_that_are_there(source: Reading) -> None:
    ticks = ticks_of(source, "over_under")
    axis = charts.line_movement("over_under", ticks).to_dict()["encoding"]["y"]["axis"]
    assert axis["values"] == [min(t["draw_or_line"] for t in ticks), max(t["draw_or_line"] for t in ticks)]


def test_a_price_that_is_missing_throughout_is_a_valid_chart(source: Reading) -> None:
    missing = dict.fromkeys(("home_or_over", "draw_or_line", "away_or_under"))
    ticks = [{**tick, **missing} for tick in ticks_of(source, "spread")]
    drawn(charts.odds_movement("spread", ticks, []))
    drawn(charts.line_movement("spread", ticks))


def test_failed_cycles_are_marked_and_others_not(source: Reading) -> None:
    cycles = source.rows("cycles", newest=60)
    marks = [row for row in drawn(charts.cycle_phases(cycles, 60)) if set(row) == {"at", "until"}]
    assert len(marks) == 2
    good = [cycle for cycle in cycles if cycle["status"] == "success"]
    assert not [row for row in drawn(charts.cycle_phases(good, 60)) if set(row) == {"at", "until"}]


def test_requests_are_split_into_good_and_failed(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.cycle(requests=10, requests_failed=3)
    with reading(database.close()) as source:
        rows = drawn(charts.requests(source.rows("cycles", newest=9), 60))
    assert {row["kind"]: row["count"] for row in rows if "kind" in row} == {"good": 7, "failed": 3}


def test_a_cycle_with_nothing_but_its_start_is_a_valid_chart(tmp_path: Path) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.cycle()
    with reading(database.close()) as source:
        whole = source.rows("cycles", newest=1)[0]
    bare = {**dict.fromkeys(whole), "started_at": whole["started_at"], "status": "failure"}
    for chart in (charts.cycle_phases([bare], 60), charts.requests([bare], 60)):
        assert drawn(chart)
    assert not drawn(charts.over_time([bare], "memory_mb", 60))


def test_no_data_are_valid_charts() -> None:
    for chart in (
        charts.odds_movement("money_line", [], []),
        charts.line_movement("spread", []),
        charts.cycle_phases([], 60),
        charts.requests([], 60),
        charts.over_time([], "margin_seconds", 60),
    ):
        assert not drawn(chart)
