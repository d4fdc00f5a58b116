"""Seconds of network time, of plain ways to ask and of cycles, each beside the least possible."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

from gathers import Asked, one_by_one, two_phases
from pulses import pulses_beat
from servers import Server
from tables import Cell, show
from trials import Trial, bound, trial

#: Starts a server that answers after so many seconds, with further options of the replay's.
Serve = Callable[..., object]

HEADER = (
    "latency ms",
    "connections",
    "way",
    "requests",
    "network s",
    "bound s",
    "network / bound",
    "one by one /",
)
#: The moving clock: a minute passes in three seconds, in which three windows are read.
SPEED = 20
MINUTE, BETWEEN_PULSES = 60 / SPEED, 20 / SPEED


def network(
    serve: Serve, latencies: Sequence[float], connections: Sequence[int], repeats: int, moving: bool
) -> None:
    """Print the table of this section."""
    rows: list[Sequence[Cell]] = []
    for latency in latencies:
        with serve(latency) as server:
            alone = one_by_one(server)
            rows.append(_row(latency, 1, "one by one", alone, alone))
            for places in connections:
                ways = {"two gathers": _median([two_phases(server, places) for _ in range(repeats)])}
                ways["cold"], ways["warm, nothing new"] = _cold_and_warm(server, places, repeats)
                if moving:
                    ways["warm, a minute's changes"] = _minutes(serve, latency, places, repeats)
                rows += [_row(latency, places, way, asked, alone) for way, asked in ways.items()]
    show("Network time", HEADER, rows)


def _cold_and_warm(server: Server, connections: int, repeats: int) -> tuple[Asked, Asked]:
    cold, warm = [], []
    for _ in range(repeats):
        with trial(server, connections) as one:
            cold.append(_cycle(one))
            warm.append(_cycle(one))
    return _median(cold), _median(warm)


def _minutes(serve: Serve, latency: float, connections: int, repeats: int) -> Asked:
    """Cycles a minute apart by a clock that moves faster, with windows between them."""
    quotas = {"odds_history_per_minute": 120 * SPEED, "requests_per_minute": 1000 * SPEED}
    options = ("--clock", "-3600", "--speed", str(SPEED))
    with (
        serve(latency, *options) as server,
        trial(server, connections, **quotas) as one,
        pulses_beat(one.settings, BETWEEN_PULSES),
    ):
        return _median(list(_every_minute(one, 2 + repeats))[2:])


def _every_minute(one: Trial, cycles: int) -> Iterator[Asked]:
    for _ in range(cycles):
        begun = time.monotonic()
        yield _cycle(one)
        time.sleep(max(0, begun + MINUTE - time.monotonic()))


def _cycle(one: Trial) -> Asked:
    report = one.cycle()
    return Asked(report.requests, report.network_seconds)


def _median(asked: Sequence[Asked]) -> Asked:
    requests = statistics.median_high(one.requests for one in asked)
    return Asked(requests, statistics.median(one.seconds for one in asked))


def _row(latency: float, connections: int, way: str, asked: Asked, alone: Asked) -> Sequence[Cell]:
    least = bound(asked.requests, connections, latency)
    return (
        round(latency * 1000),
        connections,
        way,
        asked.requests,
        asked.seconds,
        least,
        asked.seconds / least,
        alone.seconds / asked.seconds,
    )
