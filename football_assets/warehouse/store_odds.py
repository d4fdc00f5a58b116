"""Storing the odds that a cycle has learned. A history is the authority on its match: what it tells otherwise
or no longer goes to `odds_revisions`."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import orjson
import pyarrow.compute as pc

from football_assets.arrow import pa
from football_assets.enrichment.known import Coverage, LearnedOdds, StoredList, WindowFeed, distrust
from football_assets.enrichment.odds import LAG_SECONDS
from football_assets.queries import query
from football_assets.thesports.parsing.odds_window import OddsUpdate
from football_assets.thesports.parsing.ticks import TickColumns
from football_assets.warehouse.rows import count, counts, insert, registered, replace, run, scalar, to_arrow

_TEMPORARY = ("fresh_ticks", "stored_ticks", "lagging_seconds", "gone_ticks", "new_ticks")


@dataclass(frozen=True)
class TicksStored:
    """What storing ticks came to: how many are new, how many of these no window had held though it should
    have, and how many stored ones were corrected or withdrawn."""

    new: int = 0
    missed: int = 0
    repaired: int = 0


def store_odds(
    connection: duckdb.DuckDBPyConnection, odds: LearnedOdds, now: datetime, moment: datetime
) -> TicksStored:
    """Store the ticks, and how much of each match's odds is known. `moment` is when all of it was told."""
    before = _all_ticks(connection)
    history = odds.history_ticks.to_arrow()
    new = _insert_new(connection, history, moment)
    compared = odds.histories.keys() - new
    tables = {"read_matches": _read_matches(odds, compared), "told_lists": _told_lists(odds, compared)}
    with registered(connection, **tables):
        missed, lagging = 0, set[ListId]()
        if compared:
            with registered(connection, incoming_ticks=_without(history, new)):
                missed, lagging = _store_histories(connection, odds, moment)
        if odds.histories:
            _store_lists(connection, odds, lagging)
        untold, ahead = _store_window(connection, odds.window_ticks, moment, covered=bool(odds.histories))
    connection.execute("; ".join(f"DROP TABLE IF EXISTS {name}" for name in _TEMPORARY))
    after = _all_ticks(connection)
    stored = TicksStored(after[0] - before[0], missed, after[1] - before[1])
    behind = ahead | {key[0] for key in lagging}
    _store_state(connection, odds, untold, behind, missed, now)
    move_aged(connection)
    if stored.new or stored.repaired:
        store_newest(connection, moment)
    return stored


def store_newest(connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
    """Bring `newest_ticks` up to what was stored, corrected or withdrawn at `moment`."""
    run(connection, "newest_ticks", moment=moment)
    for name in ("lists_with_gone", "touched_lists", "candidates"):
        connection.execute(f"DROP TABLE {name}")


def fill_newest(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `newest_ticks` anew of all ticks that stand."""
    connection.execute("DELETE FROM newest_ticks")
    connection.execute(
        """INSERT INTO newest_ticks BY NAME SELECT unnest(tick) FROM (
            SELECT arg_max(ticks, (tick_at, sequence)) AS tick FROM odds_ticks AS ticks
            GROUP BY match_id, company_id, market
        )"""
    )


def untold_matches(connection: duckdb.DuckDBPyConnection, ticks: TickColumns) -> set[str]:
    """The matches of which these ticks of a window are several in a second whose order is not told."""
    incoming = ticks.to_arrow()
    if not incoming.num_rows:
        return set()
    with registered(connection, incoming_ticks=incoming):
        connection.execute(query("warehouse", "odds_fresh"))
        return {row[0] for row in connection.execute(query("warehouse", "odds_untold")).fetchall()}


def _store_window(
    connection: duckdb.DuckDBPyConnection, ticks: TickColumns, moment: datetime, *, covered: bool = False
) -> tuple[set[str], set[str]]:
    """Add the ticks of a window, but those that a later history denies where they are `covered` by one. Gives
    the matches with ticks whose order within a second is not told, and those where the window is ahead of a
    later history."""
    incoming = ticks.to_arrow()
    if not incoming.num_rows:
        return set(), set()
    with registered(connection, incoming_ticks=incoming):
        connection.execute(query("warehouse", "odds_fresh"))
    if not count(connection, "fresh_ticks"):
        return set(), set()
    ahead: set[str] = set()
    if covered:
        connection.execute(query("warehouse", "odds_window_covered"))
        ahead = {row[0] for row in connection.execute(query("warehouse", "odds_window_ahead")).fetchall()}
    untold = {row[0] for row in connection.execute(query("warehouse", "odds_untold")).fetchall()}
    connection.execute(query("warehouse", "odds_window_late"))
    connection.execute(query("warehouse", "odds_window_insert"), {"seen_at": moment})
    return untold, ahead


def _insert_new(connection: duckdb.DuckDBPyConnection, history: pa.Table, moment: datetime) -> set[str]:
    """Add the histories of matches of which no tick is stored; gives these matches. There is nothing that
    they have to be compared with, which takes most of the time of storing a history."""
    if not history.num_rows:
        return set()
    known = {row[0] for row in connection.execute("SELECT DISTINCT match_id FROM odds_ticks").fetchall()}
    new = _without(history, known)
    seen_at = pa.array([moment], pa.timestamp("us", tz="UTC")).take(pa.array([0] * new.num_rows, pa.int32()))
    insert(connection, "odds_ticks", new.append_column("seen_at", seen_at))
    return set(pc.unique(history["match_id"]).to_pylist()) - known


def _without(ticks: pa.Table, match_ids: Set[str]) -> pa.Table:
    matches = pa.array(sorted(match_ids), pa.string())
    return ticks.filter(pc.invert(pc.is_in(ticks["match_id"], value_set=matches)))


ListId = tuple[str, int, str]


def _store_histories(
    connection: duckdb.DuckDBPyConnection, odds: LearnedOdds, moment: datetime
) -> tuple[int, set[ListId]]:
    """Put right what the histories tell otherwise. Gives how many ticks an audit found missing, and the lists
    in which a history may lag behind a window."""
    for step in ("stored", "lagging", "gone", "new"):
        connection.execute(query("warehouse", f"odds_history_{step}"))
    parameters = {"audited": sorted(odds.audited), "newest": odds.feed.newest or 0, "lag": LAG_SECONDS}
    missed = int(scalar(connection, query("warehouse", "odds_history_missed"), parameters))
    run(connection, "odds_history_replace", now=moment)
    rows = connection.execute("SELECT DISTINCT match_id, company_id, market FROM lagging_seconds").fetchall()
    return missed, {(row[0], row[1], row[2]) for row in rows}


def _read_matches(odds: LearnedOdds, compared: Set[str]) -> pa.Table:
    """The matches whose history was read, from when on it may lag behind a window, and whether it is
    `compared` with what is stored."""
    histories = list(odds.histories.values())
    lag = timedelta(seconds=LAG_SECONDS)
    return pa.table(
        {
            "match_id": pa.array([each.match_id for each in histories], pa.string()),
            "is_whole": pa.array([each.is_whole for each in histories], pa.bool_()),
            "is_compared": pa.array([each.match_id in compared for each in histories], pa.bool_()),
            "is_after_window": pa.array(
                [each.match_id in odds.after_window for each in histories], pa.bool_()
            ),
            "lag_from": _times([each.present - lag for each in histories]),
        }
    )


def _told_lists(odds: LearnedOdds, compared: Set[str]) -> pa.Table:
    """The lists that the `compared` histories tell: from which second on, and whether in whole."""
    lists = [
        (match_id, *key, told)
        for match_id in sorted(compared)
        for key, told in odds.histories[match_id].lists.items()
    ]
    return pa.table(
        {
            "match_id": pa.array([each[0] for each in lists], pa.string()),
            "company_id": pa.array([each[1] for each in lists], pa.int32()),
            "market": pa.array([each[2] for each in lists], pa.string()),
            "since": _times([datetime.fromtimestamp(each[3].since, UTC) for each in lists]),
            "is_whole": pa.array([each[3].is_whole for each in lists], pa.bool_()),
        }
    )


def _times(values: list[datetime]) -> pa.Array:
    return pa.array(values, pa.timestamp("us", tz="UTC"))


def _store_lists(connection: duckdb.DuckDBPyConnection, odds: LearnedOdds, lagging: set[ListId]) -> None:
    """Digests of the lists that were read in whole, so that next time only what is newer is compared."""
    read = list(odds.histories)
    connection.execute(
        "DELETE FROM pipeline.odds_lists WHERE match_id IN (SELECT unnest(?::VARCHAR[]))", [read]
    )
    told = [
        StoredList(match_id=each.match_id, company_id=key[0], market=key[1], **asdict(one.digest))
        for each in odds.histories.values()
        for key, one in each.lists.items()
        if one.digest and (each.match_id, *key) not in lagging
    ]
    insert(connection, StoredList.table.name, to_arrow(StoredList.table, told))


def _store_state(
    connection: duckdb.DuckDBPyConnection,
    odds: LearnedOdds,
    untold: set[str],
    behind: set[str],
    missed: int,
    now: datetime,
) -> None:
    coverage = dict(odds.coverage)
    for match_id in untold & coverage.keys():
        coverage[match_id] = dataclasses.replace(
            coverage[match_id], complete_since=None, closed=False, is_current=False
        )
    for match_id in behind & coverage.keys():
        coverage[match_id] = dataclasses.replace(coverage[match_id], recheck=True)
    replace(connection, Coverage.table, list(coverage.values()))
    replace(connection, OddsUpdate.table, list(odds.updates))
    _store_feed(connection, distrust(odds.feed, now) if missed else odds.feed)


def _store_feed(connection: duckdb.DuckDBPyConnection, feed: WindowFeed) -> None:
    connection.execute("DELETE FROM pipeline.window_feed")
    keys = orjson.dumps(sorted(feed.ticks)).decode()
    connection.execute(
        "INSERT INTO pipeline.window_feed VALUES (?, ?, ?, ?)",
        [feed.stretch, feed.newest, feed.distrusted_until, keys],
    )


def move_aged(connection: duckdb.DuckDBPyConnection) -> None:
    """Ticks of matches that are no longer covered leave `odds_ticks`, on their way into the history."""
    aged = "match_id NOT IN (SELECT match_id FROM pipeline.coverage)"
    for table in ("odds_ticks", "odds_revisions"):
        if scalar(connection, f"SELECT EXISTS (FROM {table} WHERE {aged})"):
            connection.execute(f"INSERT INTO aged_odds_ticks BY NAME SELECT * FROM {table} WHERE {aged}")
            connection.execute(f"DELETE FROM {table} WHERE {aged}")
            connection.execute(f"DELETE FROM newest_ticks WHERE {aged}")


def _all_ticks(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many ticks stand, and how many were corrected or withdrawn."""
    rows = counts(connection, ("odds_ticks", "aged_odds_ticks", "odds_revisions"))
    return sum(rows.values()), rows["odds_revisions"]
