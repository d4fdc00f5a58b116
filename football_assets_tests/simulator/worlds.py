"""Answers of a simulator with a scripted clock, and what has to be found in its world by looking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from football_assets.simulator.answers import Simulator
from football_assets_tests.simulator.asking import Clock

HOUR, DAY = 3600, 86_400
Row = dict[str, Any]


def results(simulator: Simulator, endpoint: str, **query: object) -> Any:
    """The results of a good answer."""
    answer = simulator.answer(endpoint, {name: str(value) for name, value in query.items()})
    assert answer["code"] == 0
    return answer["results"]


def live(simulator: Simulator) -> dict[str, Row]:
    """The live list by match."""
    return {row["id"]: row for row in results(simulator, "match/detail_live")}


def details(simulator: Simulator, match_id: str) -> list[Row]:
    """A match's details: one row, or none."""
    rows: list[Row] = results(simulator, "match/recent/list", uuid=match_id)
    return rows


def diary(simulator: Simulator, tsp: float) -> dict[str, Row]:
    """The diary of the 24 hours from a Unix second by match."""
    return {row["id"]: row for row in results(simulator, "match/diary", tsp=int(tsp))}


def watched(simulator: Simulator, clock: Clock, moments: range) -> Iterator[tuple[int, dict[str, Row]]]:
    """The live list at each of these moments, with the moment."""
    for clock.now in moments:
        yield int(clock.now), live(simulator)
