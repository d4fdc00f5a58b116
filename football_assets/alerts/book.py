"""The one record of what is critical and of what waits to be sent, for all who watch a data directory: the
supervisor and Dagster's sensor. It is a file; what it says is in `memory`, what follows from it in `state`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from football_assets.alerts.memory import Memory
from football_assets.alerts.state import Alert, Observation, changes
from football_assets.processes import uptime
from football_assets.settings import Settings

#: The file has this size from the first, and is written in place: that works on a full disk too.
SIZE = 1 << 17

#: Another watcher may be sending for so long.
_PATIENCE_SECONDS = 20.0


def record_path(settings: Settings) -> Path:
    """Where the record of alerts is kept."""
    return settings.data_path / "alerts.json"


def tell(
    settings: Settings, observed: Iterable[Observation], now: datetime, otherwise: Memory
) -> tuple[Memory, str]:
    """Alert what has changed since the last look of whoever watches. Gives what to remember, and a line.

    `otherwise` is what is remembered where the record cannot be read.
    """
    path = record_path(settings)
    source = settings.data_source
    try:
        with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_SECONDS):
            return _tell(settings, path, observed, now, source, otherwise)
    except Timeout:
        return otherwise, "Somebody else is sending alerts"
    except OSError:
        # Without a lock an alert may come twice. That is better than none.
        return _tell(settings, path, observed, now, source, otherwise)


def _tell(
    settings: Settings,
    path: Path,
    observed: Iterable[Observation],
    now: datetime,
    source: str,
    otherwise: Memory,
) -> tuple[Memory, str]:
    former = _read(path) or otherwise
    alerts, critical = changes(former.critical, observed, now, uptime(), source)
    _log(alerts)
    memory = Memory(critical, _send(settings, former, alerts))
    _write(path, memory)
    return memory, _summary(alerts, critical, memory.unsent)


def _read(path: Path) -> Memory | None:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return Memory.from_cursor(text) if text.strip(" \0") else None


def _write(path: Path, memory: Memory) -> None:
    """Write the record in place. Where that fails, whoever watches remembers it."""
    try:
        with path.open("r+b" if path.exists() else "x+b") as file:
            file.write(memory.to_cursor().encode().ljust(SIZE))
            file.truncate()
    except OSError:
        pass


def _send(settings: Settings, former: Memory, alerts: list[Alert]) -> dict[str, list[Alert]]:
    """Send the new alerts and those of former ticks. Gives what no channel has taken, by channel."""
    if not alerts and not former.unsent:
        return {}
    from football_assets.alerts.channels import open_channels
    from football_assets.alerts.delivery import deliver
    from football_assets.logs import get_logger

    channels = open_channels(settings)
    unsent = {}
    for name, delivery in deliver(channels, former.queues(alerts, channels)).items():
        if delivery.remaining:
            unsent[name] = delivery.remaining
            get_logger("alerts").error(
                f"alerts could not be sent by {name}: {delivery.error}; the next tick tries again",
                waiting=len(delivery.remaining),
            )
    return unsent


def _log(alerts: list[Alert]) -> None:
    if not alerts:
        return
    from football_assets.logs import get_logger

    log = get_logger("alerts")
    for alert in alerts:
        write = log.error if alert.state == "critical" else log.warning
        write(alert.line, state=alert.state, what=alert.what, data_source=alert.data_source)


def _summary(alerts: list[Alert], critical: Collection[str], unsent: Mapping[str, list[Alert]]) -> str:
    changed = "; ".join(alert.line for alert in alerts) or "Nothing has changed"
    states = f"critical: {', '.join(critical)}" if critical else "all is well"
    waiting = "".join(f"; {len(queue)} wait for {name}" for name, queue in unsent.items())
    return f"{changed} ({states}{waiting})"
