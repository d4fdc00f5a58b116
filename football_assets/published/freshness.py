"""How old the published file is, and whether that will do: one rule and one set of words for the page, the
commands, the metrics, the checks and the alerts."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from football_assets.published.formatting import ago, duration
from football_assets.published.thresholds import State, judge
from football_assets.settings import Thresholds

#: A file may be dated this far ahead of the clock and still be fresh: the clock is corrected by fractions of
#: a second, and file systems of another machine have a clock of their own.
AHEAD_SECONDS = 5.0


class Freshness(IntEnum):
    """What to think of the published file; the values are the exit statuses of `football-assets health`."""

    FRESH = 0
    LATE = 1
    DEAD = 2

    @property
    def word(self) -> str:
        """The state as it is shown: fresh, late or dead."""
        return self.name.lower()


_BY_STATE = {
    State.NORMAL: Freshness.FRESH,
    State.SLOW: Freshness.FRESH,
    State.WARNING: Freshness.LATE,
    State.CRITICAL: Freshness.DEAD,
}


def freshness(age_seconds: float | None, thresholds: Thresholds) -> Freshness:
    """Whether data of that age (`published_age`) are fresh, late or dead."""
    return _BY_STATE[age_state(age_seconds, thresholds)]


def age_state(age_seconds: float | None, thresholds: Thresholds) -> State:
    """How an age stands between its thresholds. No age, where nothing is published, is critical.

    A file dated more than a few seconds ahead is never normal, since its true age is not known: a warning,
    and critical as far ahead as it would be critical behind, so that an outage after a clock was set back by
    hours is told.
    """
    if age_seconds is None:
        return State.CRITICAL
    state = judge(abs(age_seconds), thresholds)
    if age_seconds < -AHEAD_SECONDS and state is not State.CRITICAL:
        return State.WARNING
    return state


def published_age(path: Path, now: datetime) -> float | None:
    """Seconds since the published file was written, None where there is none. Negative where the file is
    dated ahead of `now`.

    The file's time is the clock of publishing everywhere. `cycles.finished_at` is not: it can be had only by
    opening the file, which `health`, metrics and alerts must do without, and it stands still when the file
    is replaced between two cycles.
    """
    written_at = published_at(path)
    return None if written_at is None else (now - written_at).total_seconds()


def published_at(path: Path) -> datetime | None:
    """When the published file was written (UTC), None where there is none."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def published_words(age_seconds: float | None) -> str:
    """An age (`published_age`) in words: `published 12 s ago`."""
    if age_seconds is None:
        return "nothing published"
    if age_seconds < -AHEAD_SECONDS:
        return f"published {duration(-age_seconds)} in the future by this machine's clock"
    return f"published {ago(age_seconds)}"
