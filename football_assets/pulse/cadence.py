"""When the next pulse begins: a pure decision on times. No clock and no waiting here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Of the time, pulses take at most this share for their own work: where publishing takes long, they come less
#: often.
LARGEST_SHARE = 0.25

#: A pulse that would not have ended so long before a cycle is due is left to the cycle.
MARGIN = timedelta(seconds=0.5)

#: A cycle that has not begun so long after it was due is not waited for.
GRACE = timedelta(seconds=10)

#: What the API has not answered by then is given up: the next pulse asks anew.
LONGEST = timedelta(seconds=10)
SHORTEST = timedelta(seconds=1)

#: Requests that a pulse sends at least: the live list and the window.
LEAST_REQUESTS = 2


@dataclass(frozen=True)
class LastPulse:
    """When the last pulse began (UTC), and its seconds: all, and those of its own work."""

    began_at: datetime
    seconds: float
    own_seconds: float


def earliest(every: timedelta, last: LastPulse | None, now: datetime) -> datetime:
    """The earliest moment for a pulse, whatever the cycles do. A last one in the future, after the clock was
    set back, does not count."""
    if last is None or last.began_at > now:
        return now
    pause = max(every, timedelta(seconds=last.own_seconds / LARGEST_SHARE))
    return max(now, last.began_at + pause)


def gives_way(due: datetime | None, last: LastPulse | None, now: datetime) -> bool:
    """Whether a pulse that could begin `now` waits for the cycle that is `due`, until its grace is over."""
    if due is None:
        return False
    needs = timedelta(seconds=last.seconds if last else 0) + MARGIN
    return due - needs <= now < due + GRACE


def patience(due: datetime | None, now: datetime) -> timedelta:
    """How long a pulse that begins `now` may wait for the API: not longer than until the cycle is due."""
    if due is None or due <= now:
        return LONGEST
    return min(LONGEST, max(SHORTEST, due - now - MARGIN))
