"""Which alerts a tick sends: a pure decision on what was critical and what is seen now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from socket import gethostname
from typing import Literal

from football_assets.processes import Uptime

_LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Observation:
    """How one thing that is watched stands now. What cannot be told now is not observed at all."""

    what: str
    critical: bool
    message: str


@dataclass(frozen=True)
class Since:
    """When something began: by the wall clock (ISO 8601 in UTC), and by one that nobody sets, which an older
    version did not write down."""

    at: str
    uptime: Uptime | None = None

    def seconds(self, now: datetime, here: Uptime) -> float:
        """How long ago it was, at least 0: by the clock that nobody sets if the machine is up since then."""
        passed = here.since(self.uptime) if self.uptime else None
        if passed is None:
            passed = (now - datetime.fromisoformat(self.at)).total_seconds()
        return max(0.0, passed)


@dataclass(frozen=True)
class Alert:
    """A change of state to be told. `message` is one line; `at` is ISO 8601 in UTC; `host` is the machine's
    name, empty in alerts that an older version has left waiting."""

    state: Literal["critical", "recovered"]
    what: str
    message: str
    at: str
    data_source: str
    host: str = ""

    @property
    def line(self) -> str:
        """The alert for people, on one line."""
        simulated = " (simulated data)" if self.data_source == "simulated" else ""
        where = f" on {self.host}" if self.host else ""
        return f"football-assets{simulated}{where} {self.state}, {self.what}: {self.message}"


def changes(
    former: Mapping[str, Since],
    observed: Iterable[Observation],
    now: datetime,
    here: Uptime,
    data_source: str,
) -> tuple[list[Alert], dict[str, Since]]:
    """The alerts to send, one a change of state, and what is critical from now on, by its name.

    `now` and `here` are one moment by both clocks. What is not observed stays as it was. What was never seen
    before counts as having been well.
    """
    alerts, critical = [], dict(former)
    for one in observed:
        since = critical.get(one.what)
        if one.critical and since is None:
            critical[one.what] = Since(now.isoformat(), here)
            alerts.append(_alert("critical", one.what, one.message, now, data_source))
        elif since is not None and not one.critical:
            del critical[one.what]
            span = _span(since.seconds(now, here))
            message = f"{one.message} It was critical for {span}; there is nothing to do."
            alerts.append(_alert("recovered", one.what, message, now, data_source))
    return alerts, critical


def _alert(
    state: Literal["critical", "recovered"], what: str, message: str, now: datetime, data_source: str
) -> Alert:
    line = " ".join(message.split())
    short = line if len(line) <= _LONGEST_MESSAGE else f"{line[: _LONGEST_MESSAGE - 1]}…"
    return Alert(state, what, short, now.isoformat(timespec="seconds"), data_source, gethostname())


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if round(seconds) < 120 else f"{round(seconds) // 60} min"
