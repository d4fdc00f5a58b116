"""A cycle as it is run every minute, a process of its own: its phases, what is not network, its memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from tables import Cell, show
from trials import processing, trial

from football_assets.cycle.report import PHASES, CycleReport

FIGURES: dict[str, Callable[[CycleReport], float]] = {
    **{phase: (lambda report, phase=phase: report.seconds[phase]) for phase in PHASES},
    "of these network": lambda report: report.network_seconds,
    "processing and publishing": processing,
    "between the phases": lambda report: report.seconds["total"] - sum(report.seconds[p] for p in PHASES),
    "memory, MB": lambda report: report.memory_mb or 0.0,
}


def own_process(serve: Callable[..., object], latency: float, repeats: int) -> None:
    """Print the table of this section."""
    cold, warm = [], []
    with serve(latency) as server:
        for _ in range(repeats):
            with trial(server) as one:
                cold.append(one.process())
                warm.append(one.process())
    rows: list[Sequence[Cell]] = [
        (name, *_spread(figure, cold), *_spread(figure, warm)) for name, figure in FIGURES.items()
    ]
    header = ("seconds", "cold, median", "least", "most", "warm, median", "least", "most")
    show(
        f"A cycle's own process, {cold[0].rows['odds_ticks']:,} ticks, {latency * 1000:.0f} ms", header, rows
    )


def _spread(figure: Callable[[CycleReport], float], reports: Sequence[CycleReport]) -> Sequence[float]:
    values = [figure(report) for report in reports]
    return statistics.median(values), min(values), max(values)
