"""The report of a pulse, a renewal between two cycles: kept as `<data>/pulse.json`, the newest only. What all
of them took stands in the table `editions`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from football_assets.files import replace_file


@dataclass(frozen=True)
class PulseReport:
    """One pulse. Times are UTC; `seconds` has the phases that were reached, as a cycle's, and `total`.

    `edition` is the published file's, None where it was not replaced, and `error` says why.
    `number`, `failed` and `requests_sent` count all pulses, those that failed, and their requests, since the
    data directory was made.
    """

    started_at: datetime
    finished_at: datetime
    pid: int
    edition: int | None = None
    error: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    network_seconds: float = 0.0
    requests: int = 0
    odds_ticks_new: int = 0
    warnings: list[str] = field(default_factory=list)
    number: int = 1
    failed: int = 0
    requests_sent: int = 0

    @property
    def own_seconds(self) -> float:
        """What the pulse took beside waiting for the API."""
        return max(self.seconds.get("total", 0.0) - self.network_seconds, 0.0)

    def after(self, former: PulseReport | None) -> PulseReport:
        """The report with what the `former` one had counted."""
        number, failed, sent = (former.number, former.failed, former.requests_sent) if former else (0, 0, 0)
        return replace(
            self,
            number=number + 1,
            failed=failed + (self.error is not None),
            requests_sent=sent + self.requests,
        )


_REPORT = TypeAdapter(PulseReport)


def write_pulse(report: PulseReport, path: Path) -> None:
    """Keep the report in the place of the former one. Raises `OSError`."""
    replace_file(path, orjson.dumps(report))


def read_pulse(path: Path) -> PulseReport | None:
    """The report of the newest pulse; None where there is none, or none that can be read."""
    try:
        return _REPORT.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
