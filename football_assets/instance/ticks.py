"""Sensors whose last tick is dated ahead: a clock was set back. Dagster's daemon would wait until the clock
has caught up, for hours without a cycle. Here such a time is none: the sensor ticks, and judges by itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from dagster._core.scheduler.instigation import InstigatorState, SensorInstigatorData
from dagster._core.storage.schedules import ScheduleStorage

#: Clocks of several machines, and of what is written just now, may be so far apart.
_AHEAD_SECONDS = 5.0

_TIMES = ("last_tick_timestamp", "last_tick_start_timestamp")


class TicksOfNow(ScheduleStorage):
    """A storage of schedules that has no tick of the future."""

    def all_instigator_state(self, *args: Any, **named: Any) -> Sequence[InstigatorState]:
        """As Dagster's."""
        return [without_future(state) for state in super().all_instigator_state(*args, **named)]  # type: ignore[safe-super]

    def get_instigator_state(self, origin_id: str, selector_id: str) -> InstigatorState | None:
        """As Dagster's."""
        state = super().get_instigator_state(origin_id, selector_id)  # type: ignore[safe-super]
        return without_future(state) if state else None


def without_future(state: InstigatorState) -> InstigatorState:
    """The state of a sensor without times that lie in the future; that of a schedule as it is."""
    data = state.instigator_data
    if not isinstance(data, SensorInstigatorData):
        return state
    latest = time.time() + _AHEAD_SECONDS
    ahead = [name for name in _TIMES if (getattr(data, name) or 0) > latest]
    return state.with_data(data._replace(**dict.fromkeys(ahead))) if ahead else state
