"""The world and the pipeline on it, new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance

from football_assets.resources import cycle
from football_assets_tests.assets.world import Pipeline, World, serving_world


@pytest.fixture
def world() -> Iterator[World]:
    with serving_world() as world:
        yield world


@pytest.fixture
def pipeline(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    monkeypatch.setattr(cycle, "REPEAT_AFTER_SECONDS", 0.0)
    with DagsterInstance.ephemeral() as instance:
        yield Pipeline(world, tmp_path / "data", instance)
