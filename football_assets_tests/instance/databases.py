"""A PostgreSQL database for a test, on a server that the session's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from football_assets_tests.servers.postgres import PostgresServer, running_postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of the tests' own; skips where PostgreSQL or its driver is not installed."""
    pytest.importorskip("dagster_postgres", reason="football-assets[postgres] is not installed")
    try:
        with running_postgres() as server:
            yield server
    except LookupError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def address(postgres: PostgresServer) -> str:
    """Libpq's words for a database of the test's own."""
    return postgres.create_database(f"test_{next(_NUMBERS)}")
