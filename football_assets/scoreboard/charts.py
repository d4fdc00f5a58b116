"""The page's charts: Altair specifications from rows. No Streamlit and no database here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import altair as alt
import pandas as pd

from football_assets.scoreboard.formatting import american, american_from, line, price
from football_assets.scoreboard.published import Row

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

TIME_AXIS = alt.Axis(format="%H:%M", title=None, tickCount=6, grid=False, labelOverlap=True)


def odds_movement(market: str, ticks: Sequence[Row], goals: Sequence[Row]) -> Picture:
    """A market's prices over time, the goals as rules, the times of suspension shaded."""
    outcomes = OUTCOMES[market]
    x = _time_of(ticks)
    lines = (
        alt.Chart(_prices(market, ticks))
        .mark_line(interpolate="step-after", strokeWidth=1.8, clip=True)
        .encode(
            x=x,
            y=alt.Y("price:Q", title=None, scale=alt.Scale(zero=False), axis=_value_axis(4, ".2f")),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=[o[1] for o in outcomes], range=[o[2] for o in outcomes]),
                legend=alt.Legend(orient="top", symbolType="stroke"),
            ),
            tooltip=["time", "minute", "outcome", "shown", "american", "line"],
        )
        .properties(height=230)
    )
    return alt.layer(*_suspensions(ticks, x), *_goals(goals, x), lines)


def line_movement(market: str, ticks: Sequence[Row]) -> Picture:
    """How a market's handicap or total moved, over the same time as its prices."""
    drawn: alt.Chart = (
        alt.Chart(_prices(market, ticks))
        .mark_line(interpolate="step-after", strokeWidth=1.4, color=DRAW, clip=True)
        .encode(
            x=_time_of(ticks),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=_value_axis(2, "~g")),
            tooltip=["time", "minute", "line"],
        )
        .properties(height=92)
    )
    return drawn


def _time_of(ticks: Sequence[Row]) -> alt.X:
    domain = [min(tick["tick_at"] for tick in ticks), max(tick["held_until"] for tick in ticks)]
    return alt.X(
        "at:T", axis=TIME_AXIS, scale=alt.Scale(domain=[moment.isoformat() for moment in domain], type="utc")
    )


def _value_axis(ticks: int, format_: str) -> alt.Axis:
    """An axis as wide in one chart as in the next, so that charts below each other share their time."""
    return alt.Axis(tickCount=ticks, format=format_, minExtent=36, maxExtent=36, labelOverlap=True)


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


def _suspensions(ticks: Sequence[Row], x: alt.X) -> list[alt.Chart]:
    frame = pd.DataFrame([{"at": t["tick_at"], "until": t["held_until"]} for t in ticks if t["suspended"]])
    if frame.empty:
        return []
    return [alt.Chart(frame).mark_rect(opacity=0.16, color=DRAW, clip=True).encode(x=x, x2="until:T")]


def _goals(goals: Sequence[Row], x: alt.X) -> list[alt.Chart]:
    if not goals:
        return []
    frame = pd.DataFrame(
        [{"at": g["scored_at"], "score": f"{g['home_score']}–{g['away_score']}"} for g in goals]
    )
    rules = alt.Chart(frame).mark_rule(strokeDash=[3, 3], opacity=0.6, color=DRAW, clip=True).encode(x=x)
    # Goals soon after one another would write over each other on one line.
    labels = [
        alt.Chart(frame[place::2])
        .mark_text(align="left", baseline="top", dx=3, y=12 * place, fontSize=11, color=DRAW, clip=True)
        .encode(x=x, text="score:N")
        for place in range(2)
    ]
    return [rules, *labels]


def cycle_phases(cycles: Sequence[Row], interval_seconds: float) -> Picture:
    """Each cycle's seconds, stacked by phase, those that failed on red ground."""
    slot = timedelta(seconds=0.8 * interval_seconds)
    records = [
        {
            "at": cycle["started_at"],
            "until": cycle["started_at"] + slot,
            "phase": name,
            "order": order,
            "seconds": cycle[column] or 0.0,
            "time": f"{cycle['started_at']:%d %b %H:%M:%S} UTC",
            "failed": cycle["status"] == "failure",
        }
        for cycle in cycles
        for order, (column, (name, _)) in enumerate(PHASES.items())
    ]
    frame = pd.DataFrame(records)
    x = alt.X("at:T", axis=TIME_AXIS, scale=alt.Scale(type="utc"))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=x,
            x2="until:T",
            y=alt.Y("sum(seconds):Q", title=None, stack="zero", axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "phase:N",
                title=None,
                scale=alt.Scale(
                    domain=[n for n, _ in PHASES.values()], range=[c for _, c in PHASES.values()]
                ),
                legend=alt.Legend(orient="top", columns=3),
            ),
            order="order:Q",
            tooltip=["time", "phase", alt.Tooltip("seconds:Q", format=".2f")],
        )
        .properties(height=220)
    )
    failed = alt.Chart(frame[frame["failed"]].drop_duplicates("at")).mark_rect(color=FAILED, opacity=0.3)
    return alt.layer(failed.encode(x=x, x2="until:T"), bars)


def over_time(cycles: Sequence[Row], column: str, *, colour: str = HOME, format_: str = ".1f") -> Picture:
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
            x=alt.X("at:T", axis=TIME_AXIS, scale=alt.Scale(type="utc")),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=3)),
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
    drawn: alt.Chart = (
        alt.Chart(pd.DataFrame(records))
        .mark_bar()
        .encode(
            x=alt.X("at:T", axis=TIME_AXIS, scale=alt.Scale(type="utc")),
            x2="until:T",
            y=alt.Y("sum(count):Q", title=None, stack="zero", axis=alt.Axis(tickCount=3)),
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=["good", "failed"], range=[DRAW, FAILED]), legend=None
            ),
            order="order:Q",
            tooltip=["kind", alt.Tooltip("count:Q")],
        )
        .properties(height=140)
    )
    return drawn
