"""What a chart is drawn of. Places and widths are in per cent of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from football_assets.scoreboard.charts.axes import Mark
from football_assets.scoreboard.views.base import EMPTY, Own, View


@dataclass(frozen=True)
class Drawn:
    """A line by its path; `kind` is its look, `label` its name in the key (none where it is empty)."""

    kind: Own
    path: Own
    label: Own = EMPTY


@dataclass(frozen=True)
class Bar:
    """A rectangle; `told` is shown where it is pointed at."""

    kind: Own
    x: float
    y: float
    width: float
    height: float
    told: str = ""


@dataclass(frozen=True)
class Rule:
    """A moment that is marked from top to bottom. `row` 0 or 1 is the line that its words stand on."""

    at: float
    label: Own
    told: str
    row: int


@dataclass(frozen=True)
class Key:
    """What a colour means."""

    kind: Own
    label: Own


@dataclass(frozen=True)
class Chart(View):
    """A chart under its heading. `told` says in words what it shows, for who cannot see it."""

    template = "chart.html"
    title: Own
    note: Own
    told: str
    kind: Own
    keys: Sequence[Key]
    time: Sequence[Mark]
    values: Sequence[Mark]
    bars: Sequence[Bar] = ()
    lines: Sequence[Drawn] = ()
    rules: Sequence[Rule] = ()
