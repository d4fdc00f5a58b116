"""A lake on real servers: PostgreSQL and an S3 store, a new catalog and folder for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.lake.commit import Committed, commit
from football_assets.lake.connection import attach_lake, new_connection
from football_assets.lake.extensions import load_extensions
from football_assets.lake.target import Target
from football_assets.lake.verify import Verified, compare, equal_moment, verify
from football_assets_tests.lake.feed import Feed
from football_assets_tests.servers.objects import BUCKET, WRITING, ObjectServer, running_object_server
from football_assets_tests.servers.postgres import PostgresServer, running_postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def extensions() -> None:
    """Skips where this DuckDB has not got what a lake needs."""
    with duckdb.connect() as connection:
        try:
            load_extensions(connection, ["ducklake", "postgres_scanner", "httpfs"], None)
        except duckdb.Error as error:
            pytest.skip(str(error)[:150])


@pytest.fixture(scope="session")
def catalog_server(extensions: None) -> Iterator[PostgresServer]:
    try:
        with running_postgres() as server:
            yield server
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def store_server(extensions: None) -> Iterator[ObjectServer]:
    try:
        with running_object_server() as server:
            yield server
    except LookupError as error:
        pytest.skip(str(error))


@dataclass
class Lake:
    """A lake, the warehouse and published file that it copies, and both servers."""

    target: Target
    feed: Feed
    catalog: PostgresServer
    store: ObjectServer

    def commit(self, **changes: Any) -> Committed:
        """Bring the lake to what was published."""
        with self.opened() as connection:
            return commit(connection, self.target, **changes)

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the lake open."""
        with new_connection(self.target) as connection:
            attach_lake(connection, self.target)
            yield connection

    def differing(self) -> dict[str, tuple[int, int]]:
        """The tables and histories of which the file or the lake, as of its edition, has rows alone."""
        with self.opened() as connection, equal_moment(connection, self.target, 0):
            return {
                found.name: (found.only_in_file, found.only_in_lake)
                for found in compare(connection)
                if not found.is_equal
            }

    def verify(self) -> Verified:
        """Compare the lake with the file, and let the next commit mend what differs."""
        with self.opened() as connection:
            return verify(connection, self.target, since=None, patience=0)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the lake's newest snapshot."""
        with self.opened() as connection:
            connection.execute("USE lake")
            return connection.execute(sql).fetchall()

    def file(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        with duckdb.connect(str(self.feed.published), read_only=True) as connection:
            connection.execute("SET timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    def within(self, seconds: float) -> Target:
        """The lake for a process that has so much time."""
        return replace(self.target, timeout_seconds=seconds)


@pytest.fixture
def lake(tmp_path: Path, catalog_server: PostgresServer, store_server: ObjectServer) -> Iterator[Lake]:
    name = f"lake_{next(_NUMBERS)}"
    feed = Feed(tmp_path / "data")
    target = Target(
        catalog=f"postgres:{catalog_server.create_database(name)}",
        data=f"s3://{BUCKET}/{name}/",
        published=str(feed.published),
        history=str(feed.history),
        endpoint=f"http://{store_server.endpoint}",
        region="us-east-1",
        key=WRITING[0],
        secret=WRITING[1],
        extensions=None,
        timeout_seconds=60,
        keep_hours=24,
    )
    yield Lake(target, feed, catalog_server, store_server)
    feed.close()
