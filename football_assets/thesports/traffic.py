"""What was asked and what came of it, counted as it happens. Summed up for the cycle's report elsewhere."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class EndpointTraffic:
    """The attempts at one endpoint: their seconds, the bytes of their bodies, how many were retries."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    retried: int = 0
    failed: int = 0


@dataclass
class Traffic:
    """All attempts of a run. `open_seconds` are those in which any attempt was out."""

    endpoints: defaultdict[str, EndpointTraffic] = field(default_factory=lambda: defaultdict(EndpointTraffic))
    failures: Counter[str] = field(default_factory=Counter)
    open_seconds: float = 0.0
    _in_flight: int = 0
    _opened_at: float = 0.0

    @property
    def busy_seconds(self) -> float:
        """Connection-seconds spent on attempts."""
        return sum(sum(endpoint.seconds) for endpoint in list(self.endpoints.values()))

    def started(self, endpoint: str, *, retry: bool) -> float:
        """An attempt begins; gives the moment, for `ended`."""
        now = time.perf_counter()
        if self._in_flight == 0:
            self._opened_at = now
        self._in_flight += 1
        self.endpoints[endpoint].retried += retry
        return now

    def ended(self, endpoint: str, started: float, size: int) -> None:
        """An attempt ends, well or badly, after `size` bytes of body."""
        now = time.perf_counter()
        self._in_flight -= 1
        if self._in_flight == 0:
            self.open_seconds += now - self._opened_at
        self.endpoints[endpoint].seconds.append(now - started)
        self.endpoints[endpoint].bytes += size

    def failed(self, endpoint: str, cause: str) -> None:
        """A request ends without a good answer in any attempt."""
        self.endpoints[endpoint].failed += 1
        self.failures[cause] += 1
