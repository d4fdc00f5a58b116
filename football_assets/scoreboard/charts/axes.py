"""Axes: where a moment or a value stands, in per cent of the drawing, and what is written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

#: Seconds between two marks of time.
_STEPS = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14, 30, 90, 365)),
)
_MOST_MARKS = 6

#: A mark nearer to a side than this has no room for its words.
_EDGE = 4.0


@dataclass(frozen=True)
class Mark:
    """A mark on an axis: its place in per cent from the left or the top, and up to two lines of words."""

    at: float
    label: str
    second: str = ""


@dataclass(frozen=True)
class TimeAxis:
    """From one moment to a later one (aware, UTC), left to right."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """The place of a moment, in per cent; what is beyond an end stands at it."""
        share = (moment - self.start).total_seconds() / self.seconds
        return round(100 * min(max(share, 0.0), 1.0), 3)

    @property
    def seconds(self) -> float:
        """The length, never 0."""
        return max((self.end - self.start).total_seconds(), 1.0)

    def marks(self) -> list[Mark]:
        """Round moments. Where the axis spans two days each date is told, beside the first mark of it."""
        step = next((step for step in _STEPS if self.seconds / step <= _MOST_MARKS), _STEPS[-1])
        first = math.ceil(self.start.timestamp() / step) * step
        moments = [
            datetime.fromtimestamp(second, UTC)
            for second in range(first, int(self.end.timestamp()) + 1, step)
        ]
        shown = [moment for moment in moments if _EDGE < self.at(moment) < 100 - _EDGE]
        if step >= _DAY:
            return [Mark(self.at(moment), f"{moment:%d %b}") for moment in shown]
        many = self.start.date() != self.end.date()
        dates = [None, *(moment.date() for moment in shown)]
        return [
            Mark(
                self.at(moment),
                f"{moment:%H:%M}",
                f"{moment:%d %b}" if many and moment.date() != before else "",
            )
            for moment, before in zip(shown, dates, strict=False)
        ]


@dataclass(frozen=True)
class ValueAxis:
    """From one value at the bottom to a greater one at the top."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """The place of a value, in per cent from the top."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(100 * (1 - min(max(share, 0.0), 1.0)), 3)

    def marks(self, most: int = 4) -> list[Mark]:
        """Round values."""
        step = _round_step((self.high - self.low) / most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [Mark(self.at(place * step), f"{place * step:.6g}") for place in range(first, last + 1)]


def axis_of(values: Iterable[float], *, from_zero: bool = False) -> ValueAxis:
    """An axis with room for the values; those that are not finite have no place on one."""
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = (min(0.0, *known) if from_zero else min(known)), max(known)
    room = (high - low) * 0.08 or max(abs(high) * 0.1, 0.1)
    return ValueAxis(low if from_zero else low - room, high + room)


def steps(points: Sequence[tuple[float, float | None]]) -> str:
    """The path of a line that holds each value until the next one, broken where there is none."""
    path: list[str] = []
    held: float | None = None
    for x, y in points:
        if held is not None:
            path.append(f"H{x:g}")
        if y is not None and y != held:
            path.append(f"M{x:g} {y:g}" if held is None else f"V{y:g}")
        held = y
    return "".join(path)


def straight(points: Sequence[tuple[float, float]]) -> str:
    """The path of a line from point to point."""
    return "".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))


def around(moments: Sequence[datetime], least: timedelta) -> TimeAxis:
    """An axis from the first to the last moment, at least that long."""
    start, end = min(moments), max(moments)
    return TimeAxis(min(start, end - least), end)


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next((power * factor for factor in (1, 2, 2.5, 5) if power * factor >= least), power * 10)
