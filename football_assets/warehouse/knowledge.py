"""The warehouse's side of `enrichment.known`: what is known before a cycle asks the API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial

import duckdb
import orjson

from football_assets.enrichment.entities import COUNTRIES, REFERENCES, Reference
from football_assets.enrichment.known import (
    Coverage,
    Cursor,
    Known,
    KnownDetail,
    KnownFixture,
    KnownOdds,
    KnownReference,
    StoredList,
    WindowFeed,
)
from football_assets.queries import query
from football_assets.thesports.parsing.odds_history import ListDigest, ListKey
from football_assets.thesports.parsing.odds_window import OddsUpdate
from football_assets.warehouse.rows import read
from football_assets.warehouse.store_matches import FINAL_ATTEMPTS
from football_assets.warehouse.store_odds import untold_matches
from football_assets.warehouse.warehouse import Warehouse


def read_live(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The stored live list: match id to status."""
    return dict(connection.execute("SELECT match_id, status_id FROM live_matches").fetchall())


def read_known(connection: duckdb.DuckDBPyConnection) -> Known:
    """All that is known before the API is asked."""
    return Known(
        details={
            row[0]: KnownDetail(*row[1:])
            for row in connection.execute(
                """SELECT match_id, status_id, competition_id, home_team_id, away_team_id,
                    fetched_at, updated_at, data_source, kickoff_at IS NOT NULL
                FROM match_details WHERE data_source <> 'mock'"""
            ).fetchall()
        },
        references={entity.table: _references(connection, entity) for entity in REFERENCES},
        partial=_partial(connection),
        unknown={
            (entity, id_): asked_at
            for entity, id_, asked_at in connection.execute(
                "SELECT entity, id, asked_at FROM pipeline.unknown_ids"
            ).fetchall()
        },
        cursors=_cursors(connection),
        read_at=_read_at(connection),
        odds=_odds(connection),
        fixtures={
            row[0]: KnownFixture(*row[1:])
            for row in connection.execute(
                query("warehouse", "known_fixtures"), {"attempts": FINAL_ATTEMPTS}
            ).fetchall()
        },
    )


def read_schedule(warehouse: Warehouse) -> Known:
    """What decides on requests that do not depend on the live list: what was read when, and countries.

    A warehouse that is not there yet knows nothing, and is not made for this: that takes some time.
    """
    if not warehouse.path.exists():
        return Known()
    connection = warehouse.open()
    return Known(
        read_at=_read_at(connection), references={COUNTRIES.table: _references(connection, COUNTRIES)}
    )


def _cursors(connection: duckdb.DuckDBPyConnection) -> dict[str, Cursor]:
    rows = connection.execute("SELECT name, value, asked_at, coalesce(floor, 0) FROM pipeline.cursors")
    return {name: Cursor(value, asked_at, floor) for name, value, asked_at, floor in rows.fetchall()}


def _read_at(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    return dict(connection.execute("SELECT name, read_at FROM pipeline.reads").fetchall())


def _references(connection: duckdb.DuckDBPyConnection, entity: Reference) -> dict[str, KnownReference]:
    merged = "merged_into" if "merged_into" in entity.row.table.column_names else "NULL"
    rows = connection.execute(f"SELECT {entity.key}, fetched_at, data_source, {merged} FROM {entity.table}")
    return {row[0]: KnownReference(*row[1:]) for row in rows.fetchall()}


def _partial(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for table, id_ in connection.execute("SELECT table_name, id FROM pipeline.partial_rows").fetchall():
        found[table].add(id_)
    return found


def _odds(connection: duckdb.DuckDBPyConnection) -> KnownOdds:
    return KnownOdds(
        coverage={row.match_id: row for row in read(connection, Coverage)},
        feed=_feed(connection),
        lists=_Lists(connection),
        updates=set(read(connection, OddsUpdate)),
        untold=partial(untold_matches, connection),
    )


def _feed(connection: duckdb.DuckDBPyConnection) -> WindowFeed:
    rows = connection.execute(
        "SELECT stretch, newest, distrusted_until, ticks FROM pipeline.window_feed"
    ).fetchall()
    if not rows:
        return WindowFeed()
    row = rows[0]
    return WindowFeed(row[0], row[1], row[2], frozenset(tuple(key) for key in orjson.loads(row[3])))


class _Lists(Mapping[str, Mapping[ListKey, ListDigest]]):
    """The digests of all lists of ticks by match, read when the first of them is asked for: a cycle that asks
    for no history does without."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __getitem__(self, match_id: str) -> Mapping[ListKey, ListDigest]:
        return self._lists[match_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    @cached_property
    def _lists(self) -> dict[str, dict[ListKey, ListDigest]]:
        lists: dict[str, dict[ListKey, ListDigest]] = {}
        for row in read(self._connection, StoredList):
            digest = ListDigest(row.until, row.ticks, row.digest)
            lists.setdefault(row.match_id, {})[row.company_id, row.market] = digest
        return lists
