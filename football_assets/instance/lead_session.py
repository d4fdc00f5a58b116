"""The session in PostgreSQL that has the lead, and the table that tells who has it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC
from typing import Any

import psycopg2

from football_assets.instance.fence import Leader
from football_assets.instance.postgres import connect

#: The lock's key: "football" as a number. The next one guards the making of the table.
_KEY = int.from_bytes(b"football", "big")

#: `idle_session_timeout` is of this version.
_OLDEST = 140_000

_TABLE = """
CREATE TABLE IF NOT EXISTS football_lead (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    term bigint NOT NULL,
    host text NOT NULL,
    since timestamptz NOT NULL
)
"""
_TAKE = """
INSERT INTO football_lead (term, host, since) VALUES (1, %(host)s, now())
ON CONFLICT (one) DO UPDATE SET term = football_lead.term + 1, host = %(host)s, since = now()
RETURNING term, host, since
"""


class OldServer(Exception):
    """A PostgreSQL that does not end silent sessions. The message is one line."""


class Session:
    """A session that PostgreSQL ends, with its lock, when nothing was asked in it for `patience` seconds.

    All methods raise `psycopg2.Error` when it has ended, or when PostgreSQL does not answer in five seconds.
    """

    def __init__(self, address: str, patience: float) -> None:
        self._connection = connect(address)
        version = self._connection.server_version
        if version < _OLDEST:
            self.close()
            raise OldServer(f"FOOTBALL_STANDBY needs PostgreSQL 14 or newer, this is {version // 10_000}")
        for name, value in {**_TCP, "idle_session_timeout": f"{patience * 1000:.0f}"}.items():
            self._rows("SELECT set_config(%s, %s, false)", name, value)
        self._rows("SELECT pg_advisory_lock(%s)", _KEY + 1)
        with self._connection.cursor() as cursor:
            cursor.execute(_TABLE)
        self._rows("SELECT pg_advisory_unlock(%s)", _KEY + 1)

    def lock(self) -> bool:
        """Whether this session has the lock now; to be asked until it has."""
        return bool(self._rows("SELECT pg_try_advisory_lock(%s)", _KEY)[0][0])

    def take(self, host: str) -> Leader:
        """Begin a new term, of this host. The session has the lock."""
        with self._connection.cursor() as cursor:
            cursor.execute(_TAKE, {"host": host})
            return _leader(cursor.fetchone())

    def leader(self) -> Leader | None:
        """Who has the lead, or had it last."""
        found = self._rows("SELECT term, host, since FROM football_lead")
        return _leader(found[0]) if found else None

    def close(self) -> None:
        """End the session; its lock is free then."""
        with suppress(psycopg2.Error):
            self._connection.close()

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


#: When PostgreSQL takes the connection's other end for gone while it has something to tell it.
_TCP = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def _leader(row: tuple[Any, ...]) -> Leader:
    term, host, since = row
    return Leader(term, host, since.astimezone(UTC))
