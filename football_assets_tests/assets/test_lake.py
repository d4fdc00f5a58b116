"""What the check of the lake's equality says, by what is known of the last comparison."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from football_assets.assets.lake import UNVERIFIED_AFTER, equal_check
from football_assets.lake.state import LakeState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ago(time: timedelta) -> str:
    return (NOW - time).isoformat()


LONG, SHORT = UNVERIFIED_AFTER + timedelta(minutes=1), UNVERIFIED_AFTER - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "passed", "severity", "says"),
    [
        (LakeState(), True, "WARN", "Not compared yet"),
        (LakeState(first_committed_at=ago(SHORT)), True, "WARN", "Not compared yet"),
        (LakeState(first_committed_at=ago(LONG)), False, "WARN", "Not compared yet"),
        (
            LakeState(first_committed_at=ago(LONG), verified_at=ago(SHORT)),
            True,
            "WARN",
            "Compared at 2026-03-01 08:01 UTC: no difference",
        ),
        (
            LakeState(first_committed_at=ago(SHORT), verified_at=ago(LONG)),
            False,
            "WARN",
            "Compared at 2026-03-01 07:59 UTC: no difference",
        ),
        (
            LakeState(verified_at=ago(SHORT), different=("teams", "goals")),
            False,
            "ERROR",
            "Compared at 2026-03-01 08:01 UTC: teams, goals differed and were sent anew",
        ),
    ],
    ids=["no commit", "new", "never compared", "compared", "compared long ago", "different"],
)
def test_comparison_that_is_late_never_came_or_found_something(
    state: LakeState, passed: bool, severity: str, says: str
) -> None:
    result = equal_check(state, NOW)
    assert (result.passed, result.severity.value, result.description) == (passed, severity, says)


def test_first_commit_is_remembered() -> None:
    first = LakeState().committed({})
    assert first.first_committed_at == first.committed_at
    assert first.committed({}).first_committed_at == first.first_committed_at
