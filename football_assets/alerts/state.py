"""Which alerts a tick sends: a pure decision on what was critical and what is seen now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from socket import gethostname
from typing import Literal

#: What is critical: its name -> since when (ISO 8601 in UTC).
Critical = Mapping[str, str]

_LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Observation:
    """How one thing that is watched stands now. What cannot be told now is not observed at all."""

    what: str
    critical: bool
    message: str


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
    former: Critical, observed: Iterable[Observation], now: datetime, data_source: str
) -> tuple[list[Alert], dict[str, str]]:
    """The alerts to send, one a change of state, and what is critical from now on.

    What is not observed stays as it was. What was never seen before counts as having been well.
    """
    alerts, critical = [], dict(former)
    for one in observed:
        since = critical.get(one.what)
        if one.critical and since is None:
            critical[one.what] = now.isoformat()
            alerts.append(_alert("critical", one.what, one.message, now, data_source))
        elif since is not None and not one.critical:
            del critical[one.what]
            message = f"{one.message} It was critical for {_span(since, now)}; there is nothing to do."
            alerts.append(_alert("recovered", one.what, message, now, data_source))
    return alerts, critical


def _alert(
    state: Literal["critical", "recovered"], what: str, message: str, now: datetime, data_source: str
) -> Alert:
    line = " ".join(message.split())
    short = line if len(line) <= _LONGEST_MESSAGE else f"{line[: _LONGEST_MESSAGE - 1]}…"
    return Alert(state, what, short, now.isoformat(timespec="seconds"), data_source, gethostname())


def _span(since: str, now: datetime) -> str:
    seconds = max(0, round((now - datetime.fromisoformat(since)).total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
