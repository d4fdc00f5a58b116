"""The replay with a moving clock: whether every tick is there in the end, and what that asks for.

The replay's own `check.py` decides whether the ticks are complete.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from pulses import pulses_beat
from servers import ReplayServer
from tables import show
from trials import Trial, trial

from football_assets.cycle.report import CycleReport

MINUTE, BETWEEN_PULSES = 60.0, 20.0
#: The share of the time in which the server is away.
AWAY = (0.45, 0.55)
MOST_CYCLES_AFTER = 10


@dataclass
class Played:
    """The cycles of a play, and how many there were after the clock's end until the ticks were complete."""

    reports: list[CycleReport] = field(default_factory=list)
    after: int | None = None

    @property
    def histories(self) -> list[int]:
        """Histories asked for in each cycle that succeeded."""
        return [
            report.endpoints["odds/history"].requests if "odds/history" in report.endpoints else 0
            for report in self.reports
            if report.status == "success"
        ]


def to_the_end(folder: Path, latency: float, *, seconds: int, speed: int) -> None:
    """Print how soon after the clock has stopped the ticks are complete, the server having been away."""
    rows = []
    for name, every in (("every 20 s", BETWEEN_PULSES), ("none", None)):
        played = _play(folder, latency, seconds, speed, every)
        failed = sum(report.status != "success" for report in played.reports)
        per_cycle = sum(played.histories[1:]) / max(len(played.histories) - 1, 1)
        rows.append((name, len(played.reports), failed, per_cycle, played.after))
    header = (
        "windows between",
        "cycles",
        "of these failed",
        "histories a cycle",
        "cycles after the end until complete",
    )
    show(f"To the end of a clock, {seconds} s at {speed} times the speed", header, rows)


def real_cadence(folder: Path, latency: float, cycles: int) -> None:
    """Print what cycles a real minute apart ask for, with windows between them and without."""
    rows = []
    for name, every in (("every 20 s", BETWEEN_PULSES), ("none", None)):
        options = ("--clock", str(-MINUTE * (cycles + 2)))
        with (
            ReplayServer(folder, *options, latency=latency) as server,
            trial(server) as one,
            pulses_beat(one.settings, every),
        ):
            reports = list(_every(one, MINUTE, cycles))
        for number, report in enumerate(reports, 1):
            histories = Played([report]).histories
            seconds = report.seconds["total"]
            rows.append(
                (
                    name,
                    number,
                    report.requests,
                    sum(histories),
                    report.odds_ticks_new,
                    report.network_seconds,
                    seconds,
                )
            )
    header = ("windows between", "cycle", "requests", "histories", "new ticks", "network s", "seconds")
    show("A cycle a minute", header, rows)


def _play(folder: Path, latency: float, seconds: int, speed: int, every: float | None) -> Played:
    """Quotas and intervals are as the clock's: `speed` times as much."""
    quotas = {"odds_history_per_minute": 120 * speed, "requests_per_minute": 1000 * speed}
    options = ("--clock", str(-seconds), "--speed", str(speed))
    played = Played()
    with ReplayServer(folder, *options, latency=latency) as server, trial(server, **quotas) as one:
        with pulses_beat(one.settings, every and every / speed):
            for share in _until_the_end(server, seconds, MINUTE / speed):
                is_away = AWAY[0] < share < AWAY[1]
                server.set(faults="http502", error_rate=int(is_away))
                played.reports.append(one.cycle())
        played.after = _until_complete(folder, one, played)
    return played


def _until_the_end(server: ReplayServer, seconds: int, interval: float) -> Iterator[float]:
    """Gives, an interval apart, the share of the clock's time that has passed, until it has stopped."""
    first = before = server.stats()["clock"]
    while True:
        begun = time.monotonic()
        yield (before - first) / seconds
        time.sleep(max(0, begun + interval - time.monotonic()))
        now = server.stats()["clock"]
        if now == before:
            return
        before = now


def _until_complete(folder: Path, one: Trial, played: Played) -> int | None:
    check = _check_module(folder)
    expected = check.Expected(folder / "capture_open.json.gz")
    for cycles in range(MOST_CYCLES_AFTER + 1):
        with closing(duckdb.connect(str(one.settings.published_path), read_only=True)) as connection:
            connection.execute("SET timezone = 'UTC'")
            if not any(check.Check(connection, expected).ticks()):
                return cycles
        played.reports.append(one.cycle())
    return None


def _check_module(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("replay_check", folder / "check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _every(one: Trial, interval: float, cycles: int) -> Iterator[CycleReport]:
    for _ in range(cycles):
        begun = time.monotonic()
        yield one.cycle()
        time.sleep(max(0, begun + interval - time.monotonic()))
