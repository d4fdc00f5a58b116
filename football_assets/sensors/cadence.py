"""When the next cycle starts: a pure decision on times and runs. No clock, no Dagster, no waiting here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Dagster's sensor loop turns this often, counted from the end of its last turn's work.
LOOP_SECONDS = 5

#: A tick comes this long before its cycle is due and waits for the exact moment, so that a late turn of the
#: loop does not delay the cycle. One that comes earlier or later than this moves the next start by a little.
_LEAN = timedelta(seconds=2)
_LARGEST_SHIFT = timedelta(seconds=0.1)
_SHIFT_PER_SECOND_OFF = 0.1

#: Each turn comes some thousandths of a second late; over a longer interval that is more than the lean.
_LONGEST_IN_STEP = 120


@dataclass(frozen=True)
class RunInProgress:
    """A run of the cycle, or another holder of the data directory, that has not ended."""

    name: str
    state: str
    since: datetime | None

    def __str__(self) -> str:
        since = f" since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        return f"{self.name} is {self.state}{since}"


@dataclass(frozen=True)
class Wait:
    """The cycle is due at `until`, before the next tick."""

    until: datetime


@dataclass(frozen=True)
class Skip:
    """No cycle by this tick."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Launch:
    """Start a cycle now. `slot` is the moment that it is for: one run a slot."""

    slot: datetime


Decision = Wait | Skip | Launch


@dataclass(frozen=True)
class Beat:
    """How often cycles start, and how that fits Dagster's sensor loop."""

    interval: timedelta

    @classmethod
    def every(cls, seconds: float) -> Beat:
        """The beat of one cycle every so many seconds."""
        return cls(timedelta(seconds=seconds))

    @property
    def _in_step(self) -> bool:
        seconds = self.interval.total_seconds()
        return seconds % LOOP_SECONDS == 0 and seconds <= _LONGEST_IN_STEP

    @property
    def minimum_interval_seconds(self) -> int:
        """What Dagster is told: one tick for each cycle.

        An interval that is long or no multiple of the loop's gets one each turn, most of which skip.
        """
        return int(self.interval.total_seconds()) - 3 if self._in_step else LOOP_SECONDS - 1

    @property
    def patience(self) -> timedelta:
        """How far ahead a cycle may be for a tick to wait for it: as far as the next tick may be."""
        return self.interval if self._in_step else timedelta(seconds=LOOP_SECONDS + 1)

    def due(self, ticked_at: datetime, last_start: datetime) -> datetime:
        """When the cycle after the one of `last_start` is due, for a tick that came at `ticked_at`."""
        exact = last_start + self.interval
        if not self._in_step:
            return exact
        early = exact - ticked_at
        shift = (_LEAN - early) * _SHIFT_PER_SECOND_OFF
        return exact + max(-_LARGEST_SHIFT, min(_LARGEST_SHIFT, shift))


def decide(
    now: datetime,
    ticked_at: datetime,
    beat: Beat,
    last_start: datetime | None,
    in_progress: Sequence[RunInProgress] = (),
) -> Decision:
    """What a tick that came at `ticked_at` does at `now`. All times are in UTC.

    Missed cycles are not made up for: a late one starts at once, and the next counts from it. A last start in
    the future means that the clock was set back; it is disregarded.
    """
    due = beat.due(ticked_at, last_start) if last_start and last_start <= ticked_at else None
    if due and now < due:
        if due - now > beat.patience:
            return Skip(f"The next cycle is due at {due:%H:%M:%S} UTC")
        return Wait(due)
    if in_progress:
        return Skip(f"Never two cycles at once: {'; '.join(map(str, in_progress))}")
    late = due is None or now - due > timedelta(seconds=1)
    return Launch(now if late or due is None else due)
