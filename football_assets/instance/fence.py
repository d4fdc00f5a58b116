"""What a run must know of the lead before it changes anything that other machines share.

Neither Dagster nor a database is imported until something is asked.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from football_assets.files import replace_file
from football_assets.settings import Settings

#: `start` writes down who works every few seconds; what is older was left by one that is no more.
_STALE_SECONDS = 60.0


@dataclass(frozen=True)
class Leader:
    """Who works: the host (`host.this_host`), since when (UTC), and how many have begun to before it."""

    term: int
    host: str
    since: datetime

    @property
    def name(self) -> str:
        """The host's name as people say it."""
        return self.host.split()[0]


@dataclass(frozen=True)
class Seen:
    """Who works, as this machine's `start` has seen it last; `is_here` if it is this machine."""

    leader: Leader | None
    is_here: bool
    is_stale: bool


class Fence:
    """This run's hold on the lead. Make it when the run begins: a frozen run remembers its term, and is not
    taken in by what its machine has learnt since.

        fence = Fence(settings)
        ...
        if not fence.holds():
            raise Failure("another machine works")

    `holds()` asks PostgreSQL, within some five seconds. Between its answer and a commit elsewhere a machine
    may still freeze; where the commit is in the same PostgreSQL database, run `statement` in its transaction
    as the last one before it: it fails when the lead was lost.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        seen = read_leader(settings.lead_path) if settings.standby else None
        self._term = seen.leader.term if seen and seen.is_here and seen.leader else None

    def holds(self) -> bool:
        """Whether this run's machine still works. True without `FOOTBALL_STANDBY`; False where PostgreSQL
        cannot be asked, and for a run that was begun while another machine worked."""
        if not self._settings.standby:
            return True
        if self._term is None or not self._settings.dagster_postgres:
            return False
        import psycopg2  # only where it is set

        from football_assets.instance.postgres import rows

        address = self._settings.dagster_postgres.get_secret_value()
        try:
            return bool(rows(address, "SELECT 1 FROM football_lead WHERE term = %s", [self._term]))
        except psycopg2.Error:
            return False


def write_leader(path: Path, leader: Leader | None, *, is_here: bool) -> None:
    """Write down who works. Raises `OSError`."""
    told = (
        {"term": leader.term, "host": leader.host, "since": leader.since.isoformat()} if leader else {}
    ) | {"is_here": is_here}
    text = json.dumps(told).encode()
    if path.exists() and path.read_bytes() == text:
        os.utime(path)  # still so
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text)


def read_leader(path: Path, now: datetime | None = None) -> Seen | None:
    """Who works, as it was written down; None if nothing was, or it cannot be read."""
    try:
        told = json.loads(path.read_bytes())
        age = (now or datetime.now(UTC)).timestamp() - path.stat().st_mtime
        leader = (
            Leader(told["term"], told["host"], datetime.fromisoformat(told["since"]))
            if "term" in told
            else None
        )
        return Seen(leader, told["is_here"], age > _STALE_SECONDS)
    except (OSError, ValueError, KeyError, TypeError):
        return None
