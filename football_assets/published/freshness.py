"""Whether the published file's age will do: the check's judgement, in the words of the command `health`."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from football_assets.published.thresholds import State, judge
from football_assets.settings import Thresholds


class Freshness(IntEnum):
    """What to think of the published file; the values are the exit statuses of `football-assets health`."""

    FRESH = 0
    LATE = 1
    DEAD = 2


_BY_STATE = {
    State.NORMAL: Freshness.FRESH,
    State.SLOW: Freshness.FRESH,
    State.WARNING: Freshness.LATE,
    State.CRITICAL: Freshness.DEAD,
}


def freshness(age_seconds: float | None, thresholds: Thresholds) -> Freshness:
    """Late from the warning bound, dead above the critical bound and where nothing is published."""
    return Freshness.DEAD if age_seconds is None else _BY_STATE[judge(age_seconds, thresholds)]


def published_age(path: Path, now: datetime) -> float | None:
    """Seconds since the published file was written, None where there is none. Never below zero.

    A time in the future was told by a clock that was ahead: the file is taken to be as old as that, since
    its true age is not known and the next cycle that succeeds dates it anew.
    """
    try:
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    return abs((now - written_at).total_seconds())
