"""Storing what a step brought, a function a step, each to be called in one transaction.

The parts of the enrichment are in `knowledge.py`; the published file is made in `publish.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import duckdb

from football_assets.arrow import pa
from football_assets.codes import BOOKMAKERS
from football_assets.enrichment.known import Enriched, Moment
from football_assets.queries import query
from football_assets.thesports.parsing.live import LiveBatch
from football_assets.warehouse.errors import UnfinishedCycle
from football_assets.warehouse.knowledge import (
    REFERENCES,
    TicksStored,
    mark_sources,
    store_details,
    store_learned,
    store_odds,
    store_references,
)
from football_assets.warehouse.tables import ENRICHED_TABLES, LIVE_TABLES
from football_assets.warehouse.warehouse import count, insert, replace


def store_live(connection: duckdb.DuckDBPyConnection, batch: LiveBatch, now: datetime) -> dict[str, int]:
    """The live list in the place of the former one, and what has changed since. Gives rows by table."""
    rows: Iterable[Sequence[Any]] = (batch.matches, batch.stats, batch.incidents, batch.commentary)
    for table, of_table in zip(LIVE_TABLES, rows, strict=True):
        replace(connection, table, of_table)
    connection.execute(query("warehouse", "live_match_changes"))
    connection.execute(query("warehouse", "match_stat_changes"))
    mark_stored(connection, LIVE_TABLES, now)
    return {table: count(connection, table) for table in LIVE_TABLES}


def store_enriched(
    connection: duckdb.DuckDBPyConnection, enriched: Enriched, moment: Moment, tables: Collection[str]
) -> TicksStored:
    """What the enrichment learned of these tables, each row with its source."""
    ticks = TicksStored(0, 0)
    if "match_details" in tables:
        store_details(connection, enriched)
    if "odds_ticks" in tables:
        ticks = store_odds(connection, enriched, moment.now)
    for table in REFERENCES.keys() & set(tables):
        store_references(connection, table, list(getattr(enriched, table).values()))
    for table, key in {"match_details": "match_id", **REFERENCES}.items():
        if table in tables:
            mark_sources(
                connection,
                table,
                key,
                enriched.failed.get(table, {}),
                confirmed=table in enriched.confirmed,
                data_source=moment.data_source,
            )
    _forget_placeholders(connection)
    store_learned(connection, enriched, moment.now)
    mark_stored(connection, tables, moment.now)
    return ticks


def flatten(connection: duckdb.DuckDBPyConnection, bookmakers: Sequence[int], now: datetime) -> int:
    """`flattened_matches` from what is stored, with odds by the order of `bookmakers`. Gives its rows.

    Raises `UnfinishedCycle` where a table that it joins is older than the live list.
    """
    _check_order(connection, LIVE_TABLES, ENRICHED_TABLES)
    _store_bookmakers(connection, bookmakers)
    connection.execute("DELETE FROM flattened_matches")
    connection.execute(query("warehouse", "flattened_matches"))
    mark_stored(connection, ["flattened_matches"], now)
    return count(connection, "flattened_matches")


def check_finished(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises `UnfinishedCycle`, naming the tables, where what is stored is not of one and the same cycle."""
    _check_order(connection, LIVE_TABLES, ENRICHED_TABLES)
    _check_order(connection, ENRICHED_TABLES, ["flattened_matches"])


def mark_stored(connection: duckdb.DuckDBPyConnection, tables: Iterable[str], now: datetime) -> None:
    """Write down when these tables were stored."""
    names = list(tables)
    connection.execute(
        "DELETE FROM pipeline.stored WHERE table_name IN (SELECT unnest(?::VARCHAR[]))", [names]
    )
    connection.execute("INSERT INTO pipeline.stored SELECT unnest(?::VARCHAR[]), ?", [names, now])


def _check_order(connection: duckdb.DuckDBPyConnection, earlier: Iterable[str], later: Iterable[str]) -> None:
    stored: dict[str, datetime] = dict(
        connection.execute("SELECT table_name, stored_at FROM pipeline.stored").fetchall()
    )
    newest = max((stored[table] for table in earlier if table in stored), default=None)
    behind = [table for table in later if newest is None or table not in stored or stored[table] < newest]
    if behind:
        raise UnfinishedCycle(
            f"Not of one cycle: older than what comes before: {', '.join(behind)}. "
            "Materialise that and what follows, or the whole graph"
        )


def _forget_placeholders(connection: duckdb.DuckDBPyConnection) -> None:
    """Placeholders that no match names any more go."""
    named = {
        "teams": "SELECT home_team_id FROM match_details UNION ALL SELECT away_team_id FROM match_details",
        "competitions": "SELECT competition_id FROM match_details",
        "countries": "SELECT country_id FROM competitions WHERE country_id IS NOT NULL",
    }
    for table, ids in named.items():
        connection.execute(
            f"DELETE FROM {table} WHERE data_source = 'mock' AND {REFERENCES[table]} NOT IN ({ids})"
        )


def _store_bookmakers(connection: duckdb.DuckDBPyConnection, preferred: Sequence[int]) -> None:
    connection.execute("DELETE FROM bookmakers")
    names = [BOOKMAKERS.get(company_id) for company_id in preferred]
    places = list(range(1, len(preferred) + 1))
    insert(
        connection,
        "bookmakers",
        pa.table({"company_id": list(preferred), "company": names, "preference": places}),
    )
