"""More and more live matches of the simulator under the API's quota: cold, then each minute until warm."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from pulses import pulses_beat
from servers import simulator
from tables import Cell, show
from trials import Trial, trial

from football_assets.cycle.report import CycleReport

HEADER = (
    "matches",
    "cycle",
    "seconds",
    "network s",
    "requests",
    "failed",
    "refused (429)",
    "odds wait",
    "ticks",
    "MB",
)
QUOTA = 120
INTERVAL, BETWEEN_PULSES = 60, 20
MOST_CYCLES = 14


@dataclass
class World:
    """A simulated world of so many live matches, and the cycles on it so far."""

    matches: int
    trial: Trial
    reports: list[CycleReport] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    @property
    def is_warm(self) -> bool:
        """Whether the last cycle found all in place."""
        return len(self.reports) > 1 and not _lacks(self.reports[-2])

    def cycle(self) -> None:
        self.reports.append(self.trial.cycle())
        self.refused.append(self.trial.over_quota() - sum(self.refused))

    def rows(self) -> list[Sequence[Cell]]:
        """A row a cycle."""
        return [
            (
                self.matches,
                "cold"
                if number == 0
                else "warm"
                if self.is_warm and report is self.reports[-1]
                else f"{number + 1}",
                report.seconds["total"],
                report.network_seconds,
                report.requests,
                report.requests_failed,
                refused,
                report.odds_waiting,
                report.rows.get("odds_ticks"),
                round(report.memory_mb or 0),
            )
            for number, (report, refused) in enumerate(zip(self.reports, self.refused, strict=True))
        ]


def scale(matches: Sequence[int], latency: float) -> None:
    """Print the table of this section. The worlds take turns, each once a minute."""
    with ExitStack() as opened:
        worlds = [_world(number, latency, opened) for number in matches]
        for _ in range(MOST_CYCLES):
            begun = time.monotonic()
            for world in worlds:
                if not world.is_warm:
                    world.cycle()
            if all(world.is_warm for world in worlds):
                break
            time.sleep(max(0, begun + INTERVAL - time.monotonic()))
    show(
        f"The simulator's matches, {latency * 1000:.0f} ms",
        HEADER,
        [row for world in worlds for row in world.rows()],
    )


def _world(matches: int, latency: float, opened: ExitStack) -> World:
    server = opened.enter_context(simulator(matches, latency, quota=QUOTA))
    one = opened.enter_context(trial(server, log_requests=True))
    opened.enter_context(pulses_beat(one.settings, BETWEEN_PULSES))
    return World(matches, one)


def _lacks(report: CycleReport) -> bool:
    return bool(report.status != "success" or report.odds_waiting or report.requests_failed)
