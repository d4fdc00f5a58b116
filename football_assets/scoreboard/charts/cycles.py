"""The pipeline's own figures over time: seconds by phase, requests, freshness, margin, memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from football_assets.cycle.report import PHASES
from football_assets.published.reading import Row
from football_assets.scoreboard.charts.axes import TimeAxis, around, axis_of, straight
from football_assets.scoreboard.charts.drawing import Bar, Chart, Drawn, Key
from football_assets.scoreboard.views.base import Own

#: The columns with the seconds of each phase, and of what is in none of them: the start, waiting, and what is
#: between the steps.
COLUMNS = {
    **{f"{phase}_seconds": name.capitalize() for phase, name in PHASES.items()},
    "rest_seconds": "Rest",
}
#: How each of them is drawn.
_KINDS = dict(zip(COLUMNS, ("p1", "p2", "p3", "p4", "p5", "rest"), strict=True))

#: More bars than these cannot be told apart, on a phone least of all.
_MOST_BARS = 120
_BAR_SHARE = 0.8
_LEAST_SLOTS = 15


def rest_seconds(cycle: Row) -> float | None:
    """The seconds of a cycle's total that are in no phase; of a running one that is not known yet."""
    total = cycle["total_seconds"]
    if total is None or cycle["status"] == "running":
        return None
    return float(max(total - _named(cycle), 0.0))


def _named(cycle: Row) -> float:
    return float(sum(cycle[column] or 0.0 for column in COLUMNS if column != "rest_seconds"))


def cycle_phases(cycles: Sequence[Row], interval: float, now: datetime) -> Chart:
    """Each cycle's seconds, stacked by phase up to its total; failed ones red, the running one so far.
    Cycles: the newest first, at least one."""
    shown, of = _thinned(cycles)
    time = _time(cycles, interval, now)
    axis = axis_of([_total(cycle) for cycle in shown], from_zero=True)
    bars: list[Bar] = []
    for cycle, (x, width) in zip(shown, _places(shown, time, interval * of), strict=True):
        told = _told(cycle)
        if cycle["status"] != "success":
            bars.append(Bar(Own(cycle["status"]), x, 0, width, 100, told))
        height = 100.0
        for column, kind in _KINDS.items():
            seconds = rest_seconds(cycle) if column == "rest_seconds" else cycle[column]
            top = axis.at((seconds or 0.0) + (axis.high - axis.low) * (100 - height) / 100)
            bars.append(Bar(Own(kind), x, top, width, round(height - top, 3), told))
            height = top
    note = "seconds, failed cycles on red" if of == 1 else f"seconds, the slowest of each {of} cycles"
    keys = [Key(Own(_KINDS[column]), Own(name)) for column, name in COLUMNS.items()]
    failed = sum(cycle["status"] == "failure" for cycle in cycles)
    return Chart(
        Own("Seconds by phase"), Own(note),
        Own(f"{len(cycles)} cycles, {failed} failed; the longest took {max(map(_total, shown)):.2f} s."),
        Own("phases"), keys, time.marks(), axis.marks(), [bar for bar in bars if bar.height > 0],
    )  # fmt: skip


def requests(cycles: Sequence[Row], interval: float, now: datetime) -> Chart:
    """Each cycle's requests: those with a good answer, and above them those that failed."""
    shown, of = _thinned(cycles)
    time = _time(cycles, interval, now)
    axis = axis_of(
        [max(cycle["requests"] or 0, cycle["requests_failed"] or 0) for cycle in shown], from_zero=True
    )
    bars = []
    for cycle, (x, width) in zip(shown, _places(shown, time, interval * of), strict=True):
        failed = cycle["requests_failed"] or 0
        sent = max(cycle["requests"] or 0, failed)
        told = f"{cycle['started_at']:%d %b %H:%M:%S}: {sent} requests, {failed} failed"
        whole, good = axis.at(sent), axis.at(sent - failed)
        bars.append(Bar(Own("draw"), x, good, width, round(100 - good, 3), told))
        bars.append(Bar(Own("bad"), x, whole, width, round(good - whole, 3), told))
    keys = [Key(Own("draw"), Own("Answered")), Key(Own("bad"), Own("Failed"))]
    most = max(cycle["requests"] or 0 for cycle in cycles)
    return Chart(
        Own("Requests"), Own("a cycle"), Own(f"At most {most} requests in a cycle."), Own("small"), keys,
        time.marks(), axis.marks(3), [bar for bar in bars if bar.height > 0],
    )  # fmt: skip


def over_time(
    cycles: Sequence[Row], column: str, title: str, note: str, interval: float, now: datetime
) -> Chart:
    """One figure of the cycles as a line."""
    known = [cycle for cycle in reversed(cycles) if cycle[column] is not None]
    time = _time(cycles, interval, now)
    axis = axis_of([cycle[column] for cycle in known], from_zero=column != "memory_mb")
    path = straight([(time.at(cycle["started_at"]), axis.at(cycle[column])) for cycle in known])
    told = f"{title}: the newest is {known[-1][column]:.1f}." if known else f"{title} is not known."
    return Chart(
        Own(title), Own(note), Own(told), Own("small"), [], time.marks(), axis.marks(3),
        lines=[Drawn(Own("home"), Own(path))],
    )  # fmt: skip


def _total(cycle: Row) -> float:
    """A cycle's seconds; of a running one those of the phases that it has reached."""
    if cycle["status"] == "running":
        return _named(cycle)
    total: Any = cycle["total_seconds"]
    return float(total or 0.0)


def _told(cycle: Row) -> str:
    parts = [f"{cycle['started_at']:%d %b %H:%M:%S} UTC, {cycle['status']}, {_total(cycle):.2f} s"]
    for column, name in COLUMNS.items():
        seconds = rest_seconds(cycle) if column == "rest_seconds" else cycle[column]
        if seconds is not None:
            parts.append(f"{name.lower()} {seconds:.2f}")
    return ", ".join(parts)


def _time(cycles: Sequence[Row], interval: float, now: datetime) -> TimeAxis:
    """The time of the cycles, the same in each chart of them; of the first few, wide enough for fifteen."""
    started = [cycle["started_at"] for cycle in cycles]
    end = max(now, max(started) + timedelta(seconds=interval))
    return around([min(started), end], timedelta(seconds=_LEAST_SLOTS * interval))


def _thinned(cycles: Sequence[Row]) -> tuple[list[Row], int]:
    """The cycles, the oldest first, and of how many each is the slowest, a failed one before all others."""
    ordered = sorted(cycles, key=lambda cycle: cycle["started_at"])
    of = -(-len(ordered) // _MOST_BARS)
    groups = [ordered[place : place + of] for place in range(0, len(ordered), of)]
    return [max(group, key=lambda one: (one["status"] == "failure", _total(one))) for group in groups], of


def _places(cycles: Sequence[Row], time: TimeAxis, slot_seconds: float) -> list[tuple[float, float]]:
    """The left side and the width of each bar. None reaches into the next one, however soon that began."""
    widest = _BAR_SHARE * 100 * slot_seconds / time.seconds
    left = [time.at(cycle["started_at"]) for cycle in cycles]
    follow = [*left[1:], 100.0 + widest]
    return [
        (x, round(max(min(widest, _BAR_SHARE * (after - x), 100 - x), 0.0), 3))
        for x, after in zip(left, follow, strict=True)
    ]
