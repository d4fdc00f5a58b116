"""How PostgreSQL is reached: addresses, patience, and statements on a connection that lasts.

Imported only where `FOOTBALL_DAGSTER_POSTGRES` is set. What is asked there is in `storage_postgres`,
`records_postgres` and `lead`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import parse_dsn

#: The other side is given up when it has not answered for so long: a machine that is gone says nothing.
#: Libpq's names; seconds, but for the last one.
PATIENCE: Mapping[str, str] = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "football_assets",
}

#: Milliseconds that one statement may take where somebody waits for it.
STATEMENT_MILLISECONDS = 5000


def parameters(address: str) -> dict[str, str]:
    """Libpq's parameters of an address, a URL or words, with our patience where it names none.

    Raises `psycopg2.Error` for an address that libpq does not understand.
    """
    return {**PATIENCE, **parse_dsn(address)}


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A cursor on a connection of its own, each statement a transaction. Raises `psycopg2.Error`."""
    connection = connect(address)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def connect(address: str) -> Any:
    """A connection whose statements take at most five seconds each, and are transactions of their own."""
    connection = psycopg2.connect(**parameters(address))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(STATEMENT_MILLISECONDS)])
    return connection


def rows(address: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a query gives. Raises `psycopg2.Error`."""
    with connected(address) as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def changed(address: str, statement: str, values: Sequence[Any] = ()) -> int:
    """The number of rows that a statement changes. Raises `psycopg2.Error`."""
    with connected(address) as cursor:
        cursor.execute(statement, values)
        count: int = cursor.rowcount
        return count
