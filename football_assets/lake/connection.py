"""Opening the lake, and beside it the published file. All waiting is bounded."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from football_assets.lake.extensions import load_extensions
from football_assets.lake.target import Target
from football_assets.tables.schema import quoted
from football_assets.warehouse.warehouse import attached

#: How the lake and the published file are called in SQL.
LAKE, FILE = "lake", "published"

_TAKEN = "Could not set lock on file"


def new_connection(target: Target) -> duckdb.DuckDBPyConnection:
    """A connection, in UTC, that has the extensions and the key for the lake, and has not opened it yet."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    names = ["ducklake"]
    names += ["postgres_scanner"] if target.is_on_postgres else []
    names += ["sqlite_scanner"] if target.catalog.startswith("sqlite:") else []
    names += ["httpfs"] if "://" in target.data else []
    load_extensions(connection, names, target.extensions)
    if "httpfs" in names:
        connection.execute(f"SET http_timeout = {math.ceil(target.timeout_seconds)}")
        connection.execute("SET http_retries = 1")
        # A lake's files never change: what was asked of one is not asked again.
        connection.execute("SET enable_http_metadata_cache = true")
        connection.execute("SET parquet_metadata_cache = true")
        connection.execute(f"CREATE SECRET lake_data ({', '.join(_secret(target))})")
    return connection


def attach_lake(
    connection: duckdb.DuckDBPyConnection, target: Target, *, snapshot: int | None = None
) -> None:
    """Open the lake, which is made if it is not there; or one of its snapshots.

    A catalog in a file has one process at a time: another is waited for, as long as a statement may take.
    Raises `duckdb.Error`.
    """
    until = time.monotonic() + target.timeout_seconds
    options = [f"DATA_PATH {quoted(target.data)}", "DATA_INLINING_ROW_LIMIT 0"]
    options += [] if snapshot is None else [f"SNAPSHOT_VERSION {snapshot}"]
    text = f"ATTACH {quoted('ducklake:' + _catalog(target))} AS {LAKE} ({', '.join(options)})"
    while True:
        try:
            connection.execute(text)
            return
        except duckdb.IOException as error:
            if _TAKEN not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.2)


def attached_file(connection: duckdb.DuckDBPyConnection, path: str) -> AbstractContextManager[None]:
    """The published file as `published` inside the block."""
    return attached(connection, path, FILE)


def _catalog(target: Target) -> str:
    """The catalog's words for DuckLake. PostgreSQL is given up on in time, also where it is frozen."""
    if not target.is_on_postgres:
        kind, colon, path = target.catalog.rpartition(":")
        return f"{kind}{colon}{Path(path).expanduser().absolute()}"
    seconds = math.ceil(target.timeout_seconds)
    return (
        f"{target.catalog} connect_timeout={max(seconds, 2)} application_name=football-assets "
        f"tcp_user_timeout={seconds * 1000} options='-c statement_timeout={seconds * 1000}'"
    )


def _secret(target: Target) -> Iterator[str]:
    scheme, _, address = (target.endpoint or "").rpartition("://")
    yield "TYPE s3"
    yield f"REGION {quoted(target.region)}"
    if target.key and target.secret:
        yield f"KEY_ID {quoted(target.key)}"
        yield f"SECRET {quoted(target.secret)}"
    if address:
        yield f"ENDPOINT {quoted(address.rstrip('/'))}"
        yield "URL_STYLE 'path'"
        yield f"USE_SSL {str(scheme != 'http').lower()}"
