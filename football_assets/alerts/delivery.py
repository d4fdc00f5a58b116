"""Bringing queued alerts to their channels: attempts, pauses, and an end to the waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from football_assets.alerts.channels import Channel, NotSent
from football_assets.alerts.state import Alert

#: Seconds between one attempt at an alert and the next.
PAUSES = (0.5, 1.5)

#: A tick waits no longer, whatever a channel does; the sensor has other things to watch.
PATIENCE_SECONDS = 12.0


@dataclass(frozen=True)
class Delivery:
    """What came of a channel's queue. `remaining` were not taken and are for the next tick."""

    remaining: list[Alert]
    error: str | None


def deliver(
    channels: Mapping[str, Channel],
    queues: Mapping[str, Sequence[Alert]],
    *,
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Delivery]:
    """Send each channel its queue, all channels at once, the oldest alert first.

    A channel that fails at an alert is not asked for the next one by this tick. An alert under way when
    the patience ends counts as not sent: it may arrive twice, and is not lost.
    """
    running = {name: _Worker(channels[name], queue, sleep) for name, queue in queues.items() if queue}
    for worker in running.values():
        worker.start()
    give_up = time.monotonic() + patience
    for worker in running.values():
        worker.join(max(0.0, give_up - time.monotonic()))
    return {name: worker.end() for name, worker in running.items()}


class _Worker(Thread):
    """Sends a queue. A daemon, so that a channel that hangs does not keep the process alive."""

    def __init__(self, channel: Channel, queue: Sequence[Alert], sleep: Callable[[float], None]) -> None:
        super().__init__(name="alerts", daemon=True)
        self._channel, self._queue, self._sleep = channel, tuple(queue), sleep
        self._sent = 0
        self._error: str | None = None
        self._ended = False

    def run(self) -> None:
        """Send alert by alert, up to the first that fails in all attempts."""
        try:
            for alert in self._queue:
                self._send(alert)
                self._sent += 1
        except NotSent as failure:
            self._error = str(failure)

    def end(self) -> Delivery:
        """Start no new attempt, and return the result so far."""
        self._ended = True
        remaining = list(self._queue[self._sent :])
        broken_off = "it took too long" if self.is_alive() else "it broke off"
        return Delivery(remaining, (self._error or broken_off) if remaining else None)

    def _send(self, alert: Alert) -> None:
        for pause in (*PAUSES, None):
            if self._ended:
                raise NotSent("it took too long", heals=True)
            try:
                self._channel.send(alert)
                return
            except NotSent as failure:
                if pause is None or not failure.heals:
                    raise
                self._sleep(pause)
