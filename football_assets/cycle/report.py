"""The report of a cycle: the one measurement that the metadata, the `cycles` table, the command line,
the metrics and the page all show. Taken in `measure.py`; kept as `<data>/cycles/c<number>-<cycle_id>.json`.

The number counts the reports, so that their order does not depend on a clock that was ahead for a while."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import orjson
from pydantic import TypeAdapter, ValidationError

from football_assets.files import replace_file

Status = Literal["running", "success", "failure"]

#: The phases of a cycle in their order, and how people are told of them. `enrichment` holds the requests of
#: details, odds and reference data.
PHASES: Mapping[str, str] = MappingProxyType(
    {
        "live_fetch": "live fetch",
        "enrichment": "enrichment",
        "flatten": "flattening",
        "filter": "filter",
        "publish": "publishing",
    }
)


@dataclass(frozen=True)
class EndpointReport:
    """What one endpoint was asked in a cycle. Seconds are of single attempts, bytes are of decoded bodies."""

    requests: int = 0
    failed: int = 0
    retried: int = 0
    median_seconds: float | None = None
    p95_seconds: float | None = None
    bytes: int = 0


@dataclass(frozen=True)
class CycleReport:
    """One cycle. Times are UTC; `seconds` has the phases that were reached, and `total`.

    `boot_seconds` is the start by a clock that nobody sets, `boot` tells which boot of the machine it counts
    from. `network_seconds` are those in which any request was out.
    `total` ends just before the published file is replaced, as do `freshness_seconds` (from the sensor's
    tick, else from the start) and `upstream_age_seconds` (from the newest change the API told of).
    """

    cycle_id: str
    started_at: datetime
    status: Status
    data_source: str
    interval_seconds: float
    finished_at: datetime | None = None
    tick_at: datetime | None = None
    error: str | None = None
    pid: int | None = None
    boot: str | None = None
    boot_seconds: float | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    endpoints: dict[str, EndpointReport] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    cache_hits: int = 0
    network_seconds: float = 0.0
    connection_use: float | None = None
    matches_in_play: int | None = None
    matches_priced: int | None = None
    odds_ticks_new: int = 0
    odds_waiting: int = 0
    odds_repaired: int = 0
    odds_set_aside: int = 0
    rows_rejected: int = 0
    freshness_seconds: float | None = None
    upstream_age_seconds: float | None = None
    memory_mb: float | None = None

    @property
    def requests(self) -> int:
        """Requests sent, each attempt counted."""
        return sum(endpoint.requests for endpoint in self.endpoints.values())

    @property
    def requests_failed(self) -> int:
        """Requests that had no good answer in any attempt, also those that were never sent."""
        return sum(self.failures.values())

    @property
    def requests_retried(self) -> int:
        """Attempts after a first one."""
        return sum(endpoint.retried for endpoint in self.endpoints.values())

    @property
    def margin_seconds(self) -> float | None:
        """What the cycle left of its interval; negative when it took longer."""
        total = self.seconds.get("total")
        return None if total is None else self.interval_seconds - total

    def row(self) -> dict[str, Any]:
        """The report as a row of the `cycles` table."""
        return {
            "cycle_id": self.cycle_id,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "status": self.status,
            "error": self.error,
            **{f"{phase}_seconds": self.seconds.get(phase) for phase in (*PHASES, "total")},
            "margin_seconds": self.margin_seconds,
            "requests": self.requests,
            "requests_failed": self.requests_failed,
            "requests_retried": self.requests_retried,
            "requests_by_endpoint": _json({name: e.requests for name, e in self.endpoints.items()}),
            "failures_by_cause": _json(self.failures),
            "cache_hits": self.cache_hits,
            "bytes_received": sum(endpoint.bytes for endpoint in self.endpoints.values()),
            "connection_use": self.connection_use,
            "matches_live": self.rows.get("live_matches"),
            "matches_in_play": self.matches_in_play,
            "odds_ticks_new": self.odds_ticks_new,
            "odds_waiting": self.odds_waiting,
            "odds_repaired": self.odds_repaired,
            "odds_set_aside": self.odds_set_aside,
            "rows_rejected": self.rows_rejected,
            "freshness_seconds": self.freshness_seconds,
            "upstream_age_seconds": self.upstream_age_seconds,
            "memory_mb": self.memory_mb,
            "data_source": self.data_source,
        }

    def summary(self) -> dict[str, Any]:
        """The report as `football-assets cycle --json` prints it."""
        return {
            "cycle_id": self.cycle_id,
            "status": self.status,
            "data_source": self.data_source,
            "seconds": {phase: self.seconds.get(phase) for phase in (*PHASES, "total")},
            "requests": {
                "total": self.requests,
                "failed": self.requests_failed,
                "retried": self.requests_retried,
                "by_endpoint": {name: endpoint.requests for name, endpoint in self.endpoints.items()},
            },
            "rows": self.rows,
            "margin_seconds": self.margin_seconds,
            "failures": self.failures,
            "warnings": self.warnings,
            "error": self.error,
        }


_REPORT = TypeAdapter(CycleReport)
_NUMBERED = re.compile(r"c(\d{9})-")


def write_report(report: CycleReport, directory: Path) -> None:
    """Keep the report, in the place of an earlier one of the same cycle. It is whole or not there at all."""
    kept = next(iter(directory.glob(f"*-{report.cycle_id}.json")), None)
    replace_file(
        kept or directory / f"c{_next_number(directory):09}-{report.cycle_id}.json", orjson.dumps(report)
    )


def read_reports(directory: Path, *, newest: int | None = None) -> Iterator[CycleReport]:
    """The reports kept in the directory, the newest first; files that are no reports are passed over."""
    for path in _newest_first(directory)[:newest]:
        try:
            yield _REPORT.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue


def _newest_first(directory: Path) -> list[Path]:
    # Reports of former versions begin with their start, such as 20260301T...: a digit comes before a letter.
    return sorted(directory.glob("*.json"), reverse=True)


def _next_number(directory: Path) -> int:
    newest = next(iter(_newest_first(directory)), None)
    found = _NUMBERED.match(newest.name) if newest else None
    return int(found[1]) + 1 if found else 1


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
