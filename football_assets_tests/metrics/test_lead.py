"""The metric of the lead, from what `start` writes down."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from football_assets.instance.fence import Leader, write_leader
from football_assets.metrics.lead import LEAD, LeadCollector

LEADER = Leader(3, "one 7 8", datetime(2026, 1, 2, tzinfo=UTC))


def figures(path: Path) -> dict[str, float]:
    return {family.name: family.samples[0].value for family in LeadCollector(path).collect()}


@pytest.mark.parametrize(("is_here", "leads"), [(True, 1), (False, 0)])
def test_machine_that_works_and_one_that_waits(tmp_path: Path, is_here: bool, leads: float) -> None:
    path = tmp_path / "lead.json"
    write_leader(path, LEADER, is_here=is_here)
    assert figures(path) == {LEAD: leads}


def test_machine_whose_start_is_gone_works_no_more(tmp_path: Path) -> None:
    path = tmp_path / "lead.json"
    assert figures(path) == {LEAD: 0}
    write_leader(path, LEADER, is_here=True)
    old = time.time() - 120
    os.utime(path, (old, old))
    assert figures(path) == {LEAD: 0}
