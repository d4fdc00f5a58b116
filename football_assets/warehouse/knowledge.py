"""The warehouse's side of `enrichment.known`: what is known before a cycle, read; what it learned, stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import duckdb
import orjson
import pyarrow.compute as pc

from football_assets.arrow import pa
from football_assets.enrichment.known import (
    UNKNOWN_HOURS,
    Cursor,
    Enriched,
    Known,
    KnownDetail,
    KnownReference,
    OddsFeed,
    OddsMatch,
    distrust,
)
from football_assets.queries import query
from football_assets.thesports.parsing.odds import Head
from football_assets.warehouse.warehouse import count, insert, replace, scalar

REFERENCES = {"teams": "team_id", "competitions": "competition_id", "countries": "country_id"}


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
                    fetched_at, updated_at, data_source FROM match_details WHERE data_source <> 'mock'"""
            ).fetchall()
        },
        teams=_references(connection, "teams", "merged_into"),
        competitions=_references(connection, "competitions", "merged_into"),
        countries=_references(connection, "countries", "NULL"),
        unknown={
            (entity, id_): asked_at
            for entity, id_, asked_at in connection.execute(
                "SELECT entity, id, asked_at FROM pipeline.unknown_ids"
            ).fetchall()
        },
        cursors={
            name: Cursor(value, asked_at)
            for name, value, asked_at in connection.execute(
                "SELECT name, value, asked_at FROM pipeline.cursors"
            ).fetchall()
        },
        odds={
            row[0]: OddsMatch(*row)
            for row in connection.execute(
                """SELECT match_id, last_seen_at, in_play, complete_since, asked_at, closed, is_current
                FROM pipeline.odds_matches"""
            ).fetchall()
        },
        feed=_feed(connection),
        heads=_Heads(connection),
    )


def _references(connection: duckdb.DuckDBPyConnection, table: str, merged: str) -> dict[str, KnownReference]:
    rows = connection.execute(f"SELECT {REFERENCES[table]}, fetched_at, data_source, {merged} FROM {table}")
    return {row[0]: KnownReference(*row[1:]) for row in rows.fetchall()}


def _feed(connection: duckdb.DuckDBPyConnection) -> OddsFeed:
    rows = connection.execute(
        "SELECT stretch, newest, distrusted_until, ticks FROM pipeline.odds_feed"
    ).fetchall()
    if not rows:
        return OddsFeed()
    row = rows[0]
    return OddsFeed(row[0], row[1], row[2], frozenset(tuple(key) for key in orjson.loads(row[3])))


class _Heads(Mapping[str, Mapping[tuple[int, str], Head]]):
    """The heads of all lists of ticks by match, read from all ticks when the first of them is asked for: a
    cycle that asks for no history does without."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __getitem__(self, match_id: str) -> Mapping[tuple[int, str], Head]:
        return self._heads[match_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)

    @cached_property
    def _heads(self) -> dict[str, dict[tuple[int, str], Head]]:
        heads: dict[str, dict[tuple[int, str], Head]] = {}
        for match_id, company_id, market, *head in self._connection.execute(
            query("warehouse", "odds_heads")
        ).fetchall():
            heads.setdefault(match_id, {})[company_id, market] = Head(*head)
        return heads


@dataclass(frozen=True)
class TicksStored:
    """What storing ticks came to: how many are new, and how many of these no window had held though it
    should have."""

    new: int
    missed: int


def store_details(connection: duckdb.DuckDBPyConnection, enriched: Enriched) -> None:
    """New details of the live matches; those of others are dropped."""
    replace(connection, "match_details", list(enriched.details.values()), key="match_id")
    connection.execute("DELETE FROM match_details WHERE match_id NOT IN (SELECT match_id FROM live_matches)")


def store_references(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Any]) -> None:
    """New rows of teams, competitions or countries, in the place of those with their ids."""
    replace(connection, table, rows, key=REFERENCES[table])


def mark_sources(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    failed: Iterable[str],
    *,
    confirmed: bool,
    data_source: str,
) -> None:
    """Say `last_known` in the rows whose refreshing failed. Where the table was `confirmed` by its changes,
    the others are the cycle's own again. What is simulated stays simulated."""
    if data_source != "api":
        return
    ids = list(failed)
    if confirmed:
        connection.execute(f"UPDATE {table} SET data_source = 'api' WHERE data_source = 'last_known'")
    if ids:
        connection.execute(
            f"UPDATE {table} SET data_source = 'last_known' WHERE data_source = 'api' AND {key} IN "
            "(SELECT unnest(?::VARCHAR[]))",
            [ids],
        )


def store_learned(connection: duckdb.DuckDBPyConnection, enriched: Enriched, now: datetime) -> None:
    """Cursors, and the ids that the API does not know."""
    for name, cursor in enriched.cursors.items():
        connection.execute("DELETE FROM pipeline.cursors WHERE name = ?", [name])
        connection.execute(
            "INSERT INTO pipeline.cursors VALUES (?, ?, ?)", [name, cursor.value, cursor.asked_at]
        )
    connection.execute(
        "DELETE FROM pipeline.unknown_ids WHERE asked_at < ?", [now - timedelta(hours=UNKNOWN_HOURS)]
    )
    for entity, id_ in enriched.unknown:
        connection.execute("INSERT INTO pipeline.unknown_ids VALUES (?, ?, ?)", [entity, id_, now])


def store_odds(connection: duckdb.DuckDBPyConnection, enriched: Enriched, now: datetime) -> TicksStored:
    """New ticks, and how much of each match's odds is known.

    A window adds ticks; a history is the authority on each second that it differs in. Where a window has
    several ticks of one second, their order is not told, so the match's history is read in its turn.
    """
    before = _count_ticks(connection)
    odds, feed = dict(enriched.odds), enriched.feed
    history = enriched.history_ticks.to_arrow()
    new = _insert_new(connection, history)
    ambiguous = _store_window(connection, enriched.window_ticks.to_arrow(), history)
    for match_id in ambiguous:
        odds[match_id] = dataclasses.replace(odds[match_id], complete_since=None, closed=False)
    missed = _store_history(connection, _without(history, new.difference(ambiguous)), enriched)
    if missed:
        feed = distrust(feed, now)
    _store_state(connection, odds, feed)
    _move_aged(connection)
    return TicksStored(new=_count_ticks(connection) - before, missed=missed)


def _insert_new(connection: duckdb.DuckDBPyConnection, history: pa.Table) -> set[str]:
    """Add the histories of matches of which no tick is stored; gives these matches. There is nothing that
    they have to be held against, which takes most of the time of storing a history."""
    known = {row[0] for row in connection.execute("SELECT DISTINCT match_id FROM odds_ticks").fetchall()}
    insert(connection, "odds_ticks", _without(history, known))
    return set(pc.unique(history["match_id"]).to_pylist()) - known


def _without(ticks: pa.Table, match_ids: Set[str]) -> pa.Table:
    matches = pa.array(match_ids, pa.string())
    return ticks.filter(pc.invert(pc.is_in(ticks["match_id"], value_set=matches)))


def _store_window(connection: duckdb.DuckDBPyConnection, ticks: pa.Table, history: pa.Table) -> list[str]:
    """Add a window's ticks; gives the matches with ticks whose order within a second neither it nor the
    `history` of the same cycle tells."""
    if not ticks.num_rows:
        return []
    connection.register("incoming_ticks", ticks)
    ambiguous: list[tuple[str]] = []
    if scalar(connection, query("warehouse", "odds_window_fresh")):
        connection.register("history_ticks", history)
        ambiguous = connection.execute(query("warehouse", "odds_window_ambiguous")).fetchall()
        connection.execute(query("warehouse", "odds_window_insert"))
        connection.unregister("history_ticks")
    connection.execute("DROP TABLE fresh_ticks")
    connection.unregister("incoming_ticks")
    return [row[0] for row in ambiguous]


def _store_history(connection: duckdb.DuckDBPyConnection, ticks: pa.Table, enriched: Enriched) -> int:
    """Put right each second that a history tells otherwise; gives how many ticks an audit found missing."""
    if not ticks.num_rows:
        return 0
    connection.register("incoming_ticks", ticks)
    connection.execute(query("warehouse", "odds_history_seconds"))
    missed = scalar(
        connection,
        query("warehouse", "odds_history_missed"),
        [list(enriched.audited), enriched.feed.newest or 0],
    )
    connection.execute(query("warehouse", "odds_history_delete"))
    connection.execute(query("warehouse", "odds_history_insert"))
    connection.execute("DROP TABLE differing_seconds")
    connection.unregister("incoming_ticks")
    return int(missed)


def _store_state(
    connection: duckdb.DuckDBPyConnection, odds: Mapping[str, OddsMatch], feed: OddsFeed
) -> None:
    replace(connection, "pipeline.odds_matches", list(odds.values()))
    connection.execute("DELETE FROM pipeline.odds_feed")
    keys = orjson.dumps(sorted(feed.ticks)).decode()
    connection.execute(
        "INSERT INTO pipeline.odds_feed VALUES (?, ?, ?, ?)",
        [feed.stretch, feed.newest, feed.distrusted_until, keys],
    )


def _move_aged(connection: duckdb.DuckDBPyConnection) -> None:
    """Ticks of matches not seen for 24 hours leave `odds_ticks`, on their way into the history's files."""
    aged = "match_id NOT IN (SELECT match_id FROM pipeline.odds_matches)"
    if scalar(connection, f"SELECT EXISTS (FROM odds_ticks WHERE {aged})"):
        connection.execute(f"INSERT INTO aged_odds_ticks BY NAME SELECT * FROM odds_ticks WHERE {aged}")
        connection.execute(f"DELETE FROM odds_ticks WHERE {aged}")


def _count_ticks(connection: duckdb.DuckDBPyConnection) -> int:
    return count(connection, "odds_ticks") + count(connection, "aged_odds_ticks")
