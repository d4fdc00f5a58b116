"""The lake's metrics, from what is known of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from football_assets.lake.state import LakeState, write_lake_state
from football_assets.metrics.lake import (
    COMMITTED,
    CYCLES,
    DIFFERENT,
    FILES,
    LAKE_METRICS,
    SECONDS,
    VERIFIED,
    LakeCollector,
)


def figures(path: Path) -> dict[str, float]:
    return {family.name: family.samples[0].value for family in LakeCollector(path).collect()}


def test_lake_that_is_up_to_date_and_then_away(tmp_path: Path) -> None:
    path = tmp_path / "lake.json"
    assert figures(path) == {}
    state = LakeState(seconds=1.5, files_waiting=2, committed_at="2026-01-02T03:04:05+00:00")
    write_lake_state(path, state)
    assert figures(path) == {COMMITTED: 1767323045, SECONDS: 1.5, CYCLES: 0, FILES: 2}
    write_lake_state(path, state.failed("no answer", 5).failed("no answer", 4.5))
    assert figures(path) == {COMMITTED: 1767323045, SECONDS: 4.5, CYCLES: 2, FILES: 2}
    compared = replace(state, verified_at="2026-01-02T03:04:10+00:00", different=("teams", "odds_ticks"))
    write_lake_state(path, compared)
    known = {COMMITTED: 1767323045, SECONDS: 1.5, CYCLES: 0, FILES: 2, VERIFIED: 1767323050, DIFFERENT: 2}
    assert figures(path) == known
    assert set(figures(path)) == set(LAKE_METRICS)
    write_lake_state(path, compared.verified([]).committed({"snapshot": 4, "seconds": 0.5, "teams": 3}))
    found = figures(path)
    assert found[DIFFERENT] == 0 and found[VERIFIED] > 1767323050 and found[COMMITTED] > 1767323050


def test_lake_that_was_never_reached(tmp_path: Path) -> None:
    path = tmp_path / "lake.json"
    write_lake_state(path, LakeState().failed("refused", 0.5))
    assert figures(path) == {SECONDS: 0.5, CYCLES: 1, FILES: 0}
