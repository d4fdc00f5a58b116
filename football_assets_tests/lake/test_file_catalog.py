"""A lake in a folder, its catalog a file, which one process at a time has open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.target import Target, target_of
from football_assets.settings import Settings
from football_assets_tests.lake.feed import Feed


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    feed = Feed(tmp_path / "data")
    yield feed
    feed.close()


@pytest.fixture
def target(tmp_path: Path, extensions: None) -> Target:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        lake_catalog=str(tmp_path / "lake.ducklake"),
        lake_data=str(tmp_path / "lake"),
    )
    target = target_of(settings)
    assert target is not None
    return target


def asked(target: Target, what: str) -> dict[str, Any]:
    """What a process of its own answers."""
    with closing(LakeClient(target)) as client:
        done: dict[str, Any] = getattr(client, what)(60)
        return done


def test_comparison_that_waits_for_a_commit_lets_it_through(feed: Feed, target: Target) -> None:
    feed.add_ticks(200)
    feed.publish()
    asked(target, "commit")
    feed.add_ticks(50)
    edition = feed.publish().edition
    found: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: found.append(asked(target, "verify")))
    waiting.start()
    committed = None
    while committed is None and waiting.is_alive():
        committed = attempt(target)
    waiting.join()
    assert committed is not None and committed["edition"] == edition
    assert found[0]["different"] == []
    assert found[0]["snapshot"] == committed["snapshot"]


def attempt(target: Target) -> dict[str, Any] | None:
    """A commit as a cycle makes it, None while the comparison has the lake for itself."""
    try:
        return asked(target, "commit")
    except LakeFailed as error:
        assert "lock" in str(error)
        return None
