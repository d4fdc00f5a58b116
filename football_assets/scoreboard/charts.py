"""The page's charts: Altair specifications from rows. No Streamlit and no database here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd

from football_assets.published.formatting import american, american_from, line, price
from football_assets.published.reading import Row

Picture = alt.Chart | alt.LayerChart | alt.FacetChart

#: Three that stay apart on light and dark ground and for most colour-blind eyes.
HOME, DRAW, AWAY = "#2a9d63", "#8b9490", "#d97b29"
FAILED = "#d64545"

#: Each market's outcomes: the tick's column, the outcome's name, its colour.
OUTCOMES = {
    "money_line": (
        ("home_or_over", "Home", HOME),
        ("draw_or_line", "Draw", DRAW),
        ("away_or_under", "Away", AWAY),
    ),
    "spread": (("home_or_over", "Home", HOME), ("away_or_under", "Away", AWAY)),
    "over_under": (("home_or_over", "Over", HOME), ("away_or_under", "Under", AWAY)),
    "corners": (("home_or_over", "Over", HOME), ("away_or_under", "Under", AWAY)),
}

PHASES = {
    "live_fetch_seconds": ("Live fetch", "#7fb8d8"),
    "enrichment_seconds": ("Enrichment", "#2a7f9d"),
    "flatten_seconds": ("Flattening", "#2a9d63"),
    "filter_seconds": ("Filter", "#a3c36b"),
    "publish_seconds": ("Publishing", "#d97b29"),
}

#: Beside the domain of the chart's main marks, those that share its time bring none of their own.
SHARED_TIME = alt.X("at:T", scale=alt.Scale(type="utc"))

#: Pixels: the money line, which has no line below its prices, is as high as the others with theirs.
PRICES_HEIGHT, LINE_HEIGHT, GAP = 230, 112, 11

LINE_TITLE = alt.Title("Line", anchor="start", fontSize=11, fontWeight="normal", color=DRAW, offset=4)

TIME_AXIS = alt.Axis(format="%H:%M", title=None, tickCount=6, grid=False, labelOverlap=True)


def odds_movement(market: str, ticks: Sequence[Row], goals: Sequence[Row]) -> Picture:
    """A market's prices over time, the goals as rules, the times of suspension shaded."""
    outcomes = OUTCOMES[market]
    lines = (
        alt.Chart(_prices(market, ticks))
        .mark_line(interpolate="step-after", strokeWidth=1.8, clip=True)
        .encode(
            x=_time_of(ticks),
            y=alt.Y("price:Q", title=None, scale=alt.Scale(zero=False), axis=_value_axis(4, ".2f")),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=[o[1] for o in outcomes], range=[o[2] for o in outcomes]),
                legend=alt.Legend(orient="top", symbolType="stroke", offset=26),
            ),
            tooltip=["time:N", "minute:N", "outcome:N", "shown:N", "american:N", "line:N"],
        )
        .properties(height=PRICES_HEIGHT if market != "money_line" else PRICES_HEIGHT + LINE_HEIGHT + GAP)
    )
    return alt.layer(*_suspensions(ticks), *_goals(_within(ticks, goals)), lines)


def line_movement(market: str, ticks: Sequence[Row]) -> Picture:
    """How a market's handicap or total moved, over the same time as its prices."""
    lines = [tick["draw_or_line"] for tick in ticks if tick["draw_or_line"] is not None]
    ends = _value_axis(2, ".2~f", values=sorted({min(lines), max(lines)}) if lines else [])
    drawn: alt.Chart = (
        alt.Chart(_prices(market, ticks))
        .mark_line(interpolate="step-after", strokeWidth=1.4, color=DRAW, clip=True)
        .encode(
            x=_time_of(ticks),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=ends),
            tooltip=["time:N", "minute:N", "line:N"],
        )
        .properties(height=LINE_HEIGHT, title=LINE_TITLE)
    )
    return drawn


def _time_of(ticks: Sequence[Row]) -> alt.X:
    if not ticks:
        return SHARED_TIME
    return _time(min(tick["tick_at"] for tick in ticks), max(tick["held_until"] for tick in ticks))


def _time(start: datetime, end: datetime) -> alt.X:
    scale = alt.Scale(domain=[start.isoformat(), end.isoformat()], type="utc")
    return alt.X("at:T", axis=TIME_AXIS, scale=scale)


def _value_axis(ticks: int, format_: str = "~f", **options: Any) -> alt.Axis:
    """An axis as wide in one chart as in the next, so that charts below each other share their time."""
    return alt.Axis(tickCount=ticks, format=format_, minExtent=36, maxExtent=36, labelOverlap=True, **options)


def _prices(market: str, ticks: Sequence[Row]) -> pd.DataFrame:
    records: list[dict[str, Any]] = []
    for tick in ticks:
        for column, outcome, _ in OUTCOMES[market]:
            value = tick[column]
            records.append(
                {
                    "at": tick["tick_at"],
                    "price": value,
                    "outcome": outcome,
                    "time": f"{tick['tick_at']:%d %b %H:%M:%S} UTC",
                    "minute": tick["minute"] or "before kick-off",
                    "shown": price(value),
                    "american": american(american_from(value, market)),
                    "value": None if market == "money_line" else tick["draw_or_line"],
                    "line": "" if market == "money_line" else line(tick["draw_or_line"]),
                }
            )
    # The newest price holds until now.
    last = {record["outcome"]: record for record in records}
    if ticks:
        records += [{**record, "at": ticks[-1]["held_until"]} for record in last.values()]
    return pd.DataFrame(records)


def _within(ticks: Sequence[Row], goals: Sequence[Row]) -> list[Row]:
    """The goals of the time that the ticks span."""
    return [
        goal
        for goal in goals
        if ticks and ticks[0]["tick_at"] <= goal["scored_at"] <= ticks[-1]["held_until"]
    ]


def _suspensions(ticks: Sequence[Row]) -> list[alt.Chart]:
    frame = pd.DataFrame([{"at": t["tick_at"], "until": t["held_until"]} for t in ticks if t["suspended"]])
    if frame.empty:
        return []
    return [
        alt.Chart(frame).mark_rect(opacity=0.16, color=DRAW, clip=True).encode(x=SHARED_TIME, x2="until:T")
    ]


def _goals(goals: Sequence[Row]) -> list[alt.Chart]:
    if not goals:
        return []
    frame = pd.DataFrame(
        [{"at": g["scored_at"], "score": f"{g['home_score']}–{g['away_score']}"} for g in goals]
    )
    rules = (
        alt.Chart(frame)
        .mark_rule(strokeDash=[3, 3], opacity=0.6, color=DRAW, clip=True)
        .encode(x=SHARED_TIME)
    )
    # Above the prices, on two lines in turn: goals soon after one another would write over each other on one.
    labels = [
        alt.Chart(frame[place::2])
        .mark_text(align="right", baseline="bottom", y=-3 - 12 * place, fontSize=11, color=DRAW)
        .encode(x=SHARED_TIME, text="score:N")
        for place in range(min(2, len(frame)))
    ]
    return [rules, *labels]


def cycle_phases(cycles: Sequence[Row], interval_seconds: float) -> Picture:
    """Each cycle's seconds, stacked by phase, those that failed under red."""
    slot = timedelta(seconds=0.8 * interval_seconds)
    records = [
        {
            "at": cycle["started_at"],
            "until": cycle["started_at"] + slot,
            "phase": name,
            "order": order,
            "seconds": cycle[column] or 0.0,
            "time": f"{cycle['started_at']:%d %b %H:%M:%S} UTC",
        }
        for cycle in cycles
        for order, (column, (name, _)) in enumerate(PHASES.items())
    ]
    bars = (
        alt.Chart(pd.DataFrame(records))
        .mark_bar()
        .encode(
            x=SHARED_TIME,
            x2="until:T",
            y=alt.Y("sum(seconds):Q", title=None, stack="zero", axis=_value_axis(4)),
            color=alt.Color(
                "phase:N",
                title=None,
                scale=alt.Scale(
                    domain=[n for n, _ in PHASES.values()], range=[c for _, c in PHASES.values()]
                ),
                legend=alt.Legend(orient="top", columns=3),
            ),
            order="order:Q",
            tooltip=["time:N", "phase:N", alt.Tooltip("seconds:Q", format=".2f")],
        )
        .properties(height=220)
    )
    return alt.layer(_ruler(cycles, interval_seconds), bars, *_failed(cycles, slot))


def _failed(cycles: Sequence[Row], slot: timedelta) -> list[alt.Chart]:
    frame = pd.DataFrame(
        [
            {"at": cycle["started_at"], "until": cycle["started_at"] + slot}
            for cycle in cycles
            if cycle["status"] == "failure"
        ]
    )
    if frame.empty:
        return []
    return [alt.Chart(frame).mark_rect(color=FAILED, opacity=0.45).encode(x=SHARED_TIME, x2="until:T")]


def _time_around(cycles: Sequence[Row], interval_seconds: float) -> alt.X:
    """The time of the cycles, the same in each chart of them; of the first few, wide enough for fifteen."""
    interval = timedelta(seconds=interval_seconds)
    started = [cycle["started_at"] for cycle in cycles]
    if not started:
        return SHARED_TIME
    return _time(min(*started, max(started) - 14 * interval), max(started) + interval)


def _ruler(cycles: Sequence[Row], interval_seconds: float) -> alt.Chart:
    """Nothing but the time of the cycles: Vega-Lite takes no domain from a mark with an end."""
    frame = pd.DataFrame({"at": [cycle["started_at"] for cycle in cycles[:1]]})
    ruler: alt.Chart = alt.Chart(frame).mark_tick(opacity=0).encode(x=_time_around(cycles, interval_seconds))
    return ruler


def over_time(
    cycles: Sequence[Row], column: str, interval_seconds: float, *, colour: str = HOME, format_: str = ".1f"
) -> Picture:
    """One figure of the cycles as a line."""
    frame = pd.DataFrame(
        [{"at": c["started_at"], "value": c[column]} for c in cycles if c[column] is not None]
    )
    if frame.empty:
        frame = pd.DataFrame(
            {"at": pd.Series(dtype="datetime64[ns, UTC]"), "value": pd.Series(dtype="float")}
        )
    drawn: alt.Chart = (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.8, color=colour, point={"size": 12, "color": colour})
        .encode(
            x=_time_around(cycles, interval_seconds),
            y=alt.Y("value:Q", title=None, axis=_value_axis(3)),
            tooltip=[alt.Tooltip("at:T", format="%H:%M:%S"), alt.Tooltip("value:Q", format=format_)],
        )
        .properties(height=140)
    )
    return drawn


def requests(cycles: Sequence[Row], interval_seconds: float) -> Picture:
    """Each cycle's requests: those with a good answer, and above them those that failed."""
    slot = timedelta(seconds=0.8 * interval_seconds)
    records = []
    for cycle in cycles:
        failed = cycle["requests_failed"] or 0
        for kind, order, count in (("good", 0, (cycle["requests"] or 0) - failed), ("failed", 1, failed)):
            span = {"at": cycle["started_at"], "until": cycle["started_at"] + slot}
            records.append({**span, "kind": kind, "order": order, "count": max(count, 0)})
    bars = (
        alt.Chart(pd.DataFrame(records))
        .mark_bar()
        .encode(
            x=SHARED_TIME,
            x2="until:T",
            y=alt.Y("sum(count):Q", title=None, stack="zero", axis=_value_axis(3)),
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=["good", "failed"], range=[DRAW, FAILED]), legend=None
            ),
            order="order:Q",
            tooltip=["kind:N", alt.Tooltip("count:Q")],
        )
        .properties(height=140)
    )
    return alt.layer(_ruler(cycles, interval_seconds), bars)
