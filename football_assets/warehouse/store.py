"""Storing what a step brought, a function a step, each to be called in one transaction.

Odds are in `store_odds.py`, matches and their changes in `store_matches.py`; the published file is made in
`publish.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb

from football_assets.arrow import pa
from football_assets.codes import BOOKMAKERS
from football_assets.enrichment.entities import (
    COMPETITIONS,
    COUNTRIES,
    ENRICHED_TABLES,
    ENTITIES,
    MATCH_DETAILS,
    ODDS_TICKS,
    REFERENCES,
    TEAMS,
    Entity,
)
from football_assets.enrichment.known import UNKNOWN_HOURS, Enriched, Stamp
from football_assets.queries import query
from football_assets.tables import LIVE_ROWS, LIVE_TABLES
from football_assets.tables.flattened import FlattenedMatch, SourceChange
from football_assets.tables.matches import Venue
from football_assets.tables.odds import PreferredBookmaker
from football_assets.thesports.parsing.live import LiveBatch
from football_assets.warehouse.changes import next_moment, note_changes
from football_assets.warehouse.errors import UnfinishedCycle
from football_assets.warehouse.mergers import follow_mergers
from football_assets.warehouse.rows import count, counts, insert, registered, replace, scalar, upsert
from football_assets.warehouse.store_matches import note_live, store_deleted, store_details
from football_assets.warehouse.store_odds import TicksStored, store_odds


def store_live(connection: duckdb.DuckDBPyConnection, batch: LiveBatch, now: datetime) -> dict[str, int]:
    """The live list in the place of the former one, and what has changed since. Gives rows by table."""
    rows: Iterable[Sequence[Any]] = (batch.matches, batch.stats, batch.incidents, batch.commentary)
    found = connection.execute("SELECT id FROM pipeline.deleted_ids WHERE kind = 'match'").fetchall()
    deleted = {row[0] for row in found}
    for row, of_table in zip(LIVE_ROWS, rows, strict=True):
        replace(connection, row.table, [each for each in of_table if each.match_id not in deleted])
    note_live(connection, next_moment(connection, now))
    mark_stored(connection, LIVE_TABLES, now)
    return counts(connection, LIVE_TABLES)


def store_enriched(
    connection: duckdb.DuckDBPyConnection,
    enriched: Enriched,
    stamp: Stamp,
    tables: Collection[str],
    now: datetime,
) -> TicksStored:
    """What the enrichment learned of these tables, each row with its source. `now` is after all answers."""
    moment = next_moment(connection, now)
    ticks = TicksStored()
    if MATCH_DETAILS.table in tables:
        upsert(connection, MATCH_DETAILS.row.table, list(enriched.of(MATCH_DETAILS.table).values()))
        connection.execute(
            "DELETE FROM match_details WHERE match_id NOT IN (SELECT match_id FROM live_matches)"
        )
        store_details(connection, enriched, moment)
    if ODDS_TICKS.table in tables:
        ticks = store_odds(connection, enriched.odds, stamp.at, moment)
    for reference in REFERENCES:
        if reference.table in tables:
            store_reference(connection, reference, enriched, stamp)
    store_venues(connection, enriched.venues)
    for entity in ENTITIES:
        if entity.table in tables and entity is not ODDS_TICKS:
            _mark_sources(connection, entity, enriched, stamp)
    if enriched.deleted is not None:
        enriched.unknown |= store_deleted(connection, enriched.deleted, moment)
    _forget_placeholders(connection)
    follow_mergers(connection)
    _store_learned(connection, enriched, stamp.at)
    mark_stored(connection, tables, stamp.at)
    return ticks


def flatten(connection: duckdb.DuckDBPyConnection, bookmakers: Sequence[int], now: datetime) -> int:
    """`flattened_matches` from what is stored, with odds by the order of `bookmakers`. Gives its rows.

    Raises `UnfinishedCycle` where a table that it joins is older than the live list.
    """
    _check_order(connection, LIVE_TABLES, ENRICHED_TABLES)
    _store_bookmakers(connection, bookmakers)
    table, columns = FlattenedMatch.table.name, ", ".join(FlattenedMatch.table.column_names)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE row_sources AS {query('warehouse', 'row_sources')}")
    connection.execute(f"DELETE FROM {table}")
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM ({query('warehouse', table)})")
    note_changes(connection, "row_sources", SourceChange, next_moment(connection, now))
    mark_stored(connection, [table], now)
    return count(connection, table)


def never_stored(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> set[str]:
    """Those of the tables that no run has stored yet."""
    rows = connection.execute("SELECT table_name FROM pipeline.stored").fetchall()
    return set(tables) - {row[0] for row in rows}


def check_finished(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises `UnfinishedCycle`, naming the tables, where what is stored is not of one and the same cycle."""
    _check_order(connection, LIVE_TABLES, ENRICHED_TABLES)
    _check_order(connection, ENRICHED_TABLES, [FlattenedMatch.table.name])


def mark_stored(connection: duckdb.DuckDBPyConnection, tables: Iterable[str], now: datetime) -> None:
    """Write down when these tables were stored."""
    names = list(tables)
    connection.execute("DELETE FROM pipeline.stored WHERE list_contains(?::VARCHAR[], table_name)", [names])
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


def store_reference(
    connection: duckdb.DuckDBPyConnection, entity: Entity, enriched: Enriched, stamp: Stamp
) -> None:
    """New rows of teams, competitions or countries in the place of those with their ids, and rows of which
    only the name was told."""
    rows = enriched.of(entity.table)
    named = [name for id_, name in enriched.partial.get(entity.table, {}).items() if id_ not in rows]
    if rows:
        upsert(connection, entity.row.table, list(rows.values()))
        connection.execute(
            "DELETE FROM pipeline.partial_rows WHERE table_name = ? AND id IN (SELECT unnest(?::VARCHAR[]))",
            [entity.table, list(rows)],
        )
    if not named:
        return
    names = pa.table(
        {
            column: pa.array([getattr(n, column) for n in named], pa.string())
            for column in ("id", "name", "logo")
        }
    )
    unknown = f"FROM told_names WHERE id NOT IN (SELECT {entity.key} FROM {entity.table})"
    with registered(connection, told_names=names):
        connection.execute(f"INSERT INTO pipeline.partial_rows SELECT ?, id {unknown}", [entity.table])
        connection.execute(
            f"INSERT INTO {entity.table} BY NAME SELECT id AS {entity.key}, name, logo, $at AS fetched_at, "
            f"$source AS data_source {unknown}",
            {"at": stamp.at, "source": stamp.data_source},
        )


def store_venues(connection: duckdb.DuckDBPyConnection, venues: Mapping[str, str]) -> None:
    """New names of venues in the place of those with their ids."""
    upsert(connection, Venue.table, [Venue(venue_id=id_, name=name) for id_, name in venues.items()])


def _mark_sources(
    connection: duckdb.DuckDBPyConnection, entity: Entity, enriched: Enriched, stamp: Stamp
) -> None:
    """Say `last_known` in the rows whose refreshing failed. Where the table was confirmed by its changes, the
    others are the cycle's own again. What is simulated stays simulated."""
    if stamp.data_source != "api":
        return
    ids = list(enriched.failed.get(entity.table, {}))
    if entity.table in enriched.confirmed:
        connection.execute(f"UPDATE {entity.table} SET data_source = 'api' WHERE data_source = 'last_known'")
    if ids:
        connection.execute(
            f"UPDATE {entity.table} SET data_source = 'last_known' WHERE data_source = 'api' "
            f"AND {entity.key} IN (SELECT unnest(?::VARCHAR[]))",
            [ids],
        )


def _store_learned(connection: duckdb.DuckDBPyConnection, enriched: Enriched, now: datetime) -> None:
    """Cursors, what was read when, and the ids that the API does not know."""
    for name, cursor in enriched.cursors.items():
        connection.execute("DELETE FROM pipeline.cursors WHERE name = ?", [name])
        connection.execute(
            "INSERT INTO pipeline.cursors (name, value, asked_at, floor) VALUES (?, ?, ?, ?)",
            [name, cursor.value, cursor.asked_at, cursor.floor],
        )
    for name, read_at in enriched.read_at.items():
        connection.execute("DELETE FROM pipeline.reads WHERE name = ?", [name])
        connection.execute("INSERT INTO pipeline.reads VALUES (?, ?)", [name, read_at])
    connection.execute(
        "DELETE FROM pipeline.unknown_ids WHERE asked_at < ?", [now - timedelta(hours=UNKNOWN_HOURS)]
    )
    for entity, id_ in enriched.unknown:
        connection.execute("INSERT INTO pipeline.unknown_ids VALUES (?, ?, ?)", [entity, id_, now])


def _forget_placeholders(connection: duckdb.DuckDBPyConnection) -> None:
    """Placeholders that no match names any more go."""
    named = {
        TEAMS: "SELECT home_team_id FROM match_details UNION ALL SELECT away_team_id FROM match_details",
        COMPETITIONS: "SELECT competition_id FROM match_details",
        COUNTRIES: "SELECT country_id FROM competitions WHERE country_id IS NOT NULL",
    }
    any_left = " OR ".join(f"EXISTS (FROM {entity.table} WHERE data_source = 'mock')" for entity in named)
    if not scalar(connection, f"SELECT {any_left}"):
        return
    for entity, ids in named.items():
        connection.execute(
            f"DELETE FROM {entity.table} WHERE data_source = 'mock' AND {entity.key} NOT IN ({ids})"
        )


def _store_bookmakers(connection: duckdb.DuckDBPyConnection, preferred: Sequence[int]) -> None:
    table = PreferredBookmaker.table.name
    stored = connection.execute(f"SELECT company_id FROM {table} ORDER BY preference").fetchall()
    if [row[0] for row in stored] == list(preferred):
        return
    connection.execute(f"DELETE FROM {table}")
    names = [BOOKMAKERS.get(company_id) for company_id in preferred]
    places = list(range(1, len(preferred) + 1))
    rows = pa.table({"company_id": list(preferred), "company": names, "preference": places})
    insert(connection, table, rows)
