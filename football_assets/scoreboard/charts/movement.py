"""How a bookmaker's prices moved, with goals and suspensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from football_assets.published.formatting import clock, line, plain, price
from football_assets.published.reading import Row
from football_assets.scoreboard.charts.axes import TimeAxis, ValueAxis, around, axis_of, steps
from football_assets.scoreboard.charts.drawing import Bar, Chart, Drawn, Key, Rule
from football_assets.scoreboard.views.base import Own
from football_assets.scoreboard.views.prices import MARKET_TITLES

#: Each market's outcomes: the tick's column, the outcome's name, its look.
OUTCOMES = {
    "money_line": (
        ("home_or_over", "Home", "home"),
        ("draw_or_line", "Draw", "draw"),
        ("away_or_under", "Away", "away"),
    ),
    "spread": (("home_or_over", "Home", "home"), ("away_or_under", "Away", "away")),
    "over_under": (("home_or_over", "Over", "home"), ("away_or_under", "Under", "away")),
    "corners": (("home_or_over", "Over", "home"), ("away_or_under", "Under", "away")),
}

UNITS = {
    "money_line": "decimal odds",
    "spread": "Hong Kong odds",
    "over_under": "Hong Kong odds",
    "corners": "Hong Kong odds",
}

_SHORTEST = timedelta(minutes=5)


def odds_movement(market: str, ticks: Sequence[Row], goals: Sequence[Row]) -> list[Chart]:
    """A market's prices over time, the oldest tick first, goals as rules, suspensions shaded; below them its
    line, if the market has one. No chart without ticks."""
    if not ticks:
        return []
    time = around([ticks[0]["tick_at"], ticks[-1]["held_until"]], _SHORTEST)
    charts = [_prices(market, ticks, goals, time)]
    if market != "money_line" and any(tick["draw_or_line"] is not None for tick in ticks):
        charts.append(_line(market, ticks, time))
    return charts


def _prices(market: str, ticks: Sequence[Row], goals: Sequence[Row], time: TimeAxis) -> Chart:
    outcomes = OUTCOMES[market]
    axis = axis_of([tick[column] for tick in ticks for column, _, _ in outcomes if tick[column] is not None])
    drawn = [
        Drawn(Own(kind), Own(steps(_points(ticks, column, time, axis))), Own(name))
        for column, name, kind in outcomes
    ]
    newest = ", ".join(f"{name} {price(ticks[-1][column])}" for column, name, _ in outcomes)
    rules = _rules(goals, time)
    shaded = [
        Bar(Own("suspended"), *_span(tick, time), 100, "suspended")
        for tick in ticks
        if tick["suspended"] and tick["held_until"] > tick["tick_at"]
    ]
    keys = [Key(Own(kind), Own(name)) for _, name, kind in outcomes]
    return Chart(
        Own(MARKET_TITLES[market]),
        Own(UNITS[market]),
        Own(
            f"{MARKET_TITLES[market]}: {len(ticks)} prices from {_moment(ticks[0]['tick_at'])} to "
            f"{_moment(ticks[-1]['held_until'])} UTC, {len(rules)} goals. The newest: {newest}."
        ),
        Own("prices"),
        [*keys, *([Key(Own("suspended"), Own("Suspended"))] if shaded else [])],
        time.marks(),
        axis.marks(),
        shaded,
        drawn,
        rules,
    )


def _line(market: str, ticks: Sequence[Row], time: TimeAxis) -> Chart:
    lines = [tick["draw_or_line"] for tick in ticks if tick["draw_or_line"] is not None]
    axis = axis_of(lines)
    note = "positive: the home side gives" if market == "spread" else ""
    return Chart(
        Own(f"{MARKET_TITLES[market]}: line"),
        Own(note),
        Own(f"The line moved between {line(min(lines))} and {line(max(lines))}, now {line(lines[-1])}."),
        Own("line"),
        [],
        time.marks(),
        axis.marks(2),
        lines=[Drawn(Own("draw"), Own(steps(_points(ticks, "draw_or_line", time, axis))))],
    )


def _points(
    ticks: Sequence[Row], column: str, time: TimeAxis, axis: ValueAxis
) -> list[tuple[float, float | None]]:
    points = [
        (time.at(tick["tick_at"]), None if tick[column] is None else axis.at(tick[column])) for tick in ticks
    ]
    # The newest price holds until the end.
    return [*points, (time.at(ticks[-1]["held_until"]), points[-1][1])]


def _span(tick: Row, time: TimeAxis) -> tuple[float, float, float]:
    start = time.at(tick["tick_at"])
    return start, 0, round(max(time.at(tick["held_until"]) - start, 0.2), 3)


def _rules(goals: Sequence[Row], time: TimeAxis) -> list[Rule]:
    shown = [goal for goal in goals if time.start <= goal["scored_at"] <= time.end]
    return [
        Rule(
            time.at(goal["scored_at"]),
            Own(f"{goal['home_score']}–{goal['away_score']}"),
            " ".join(
                filter(
                    None,
                    (
                        clock(goal["minute"], goal["added_minute"]),
                        plain(goal["incident"] or "goal"),
                        goal["scorer"] or "",
                    ),
                )
            ),
            place % 2,
        )
        for place, goal in enumerate(shown)
    ]


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M}"
