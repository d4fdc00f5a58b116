"""Taking over what was read of past days: into the warehouse, from where it moves to the files of its day.

`seen_at` of these rows is when the API was asked: a backtest must not take them for known at the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from football_assets.arrow import pa
from football_assets.enrichment.entities import COMPETITIONS, TEAMS
from football_assets.enrichment.known import Enriched, Stamp
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import parse_live
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.reference import parse_names
from football_assets.thesports.parsing.ticks import TickColumns
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.mergers import follow_mergers
from football_assets.warehouse.rows import insert
from football_assets.warehouse.store import store_reference, store_venues
from football_assets.warehouse.store_matches import store_details
from football_assets.warehouse.warehouse import Warehouse

#: So many matches a cycle.
MATCHES_A_CYCLE = 50


def take_over_inbox(
    warehouse: Warehouse, inbox: Path, data_source: str, now: datetime, *, most: int = MATCHES_A_CYCLE
) -> int:
    """Take over up to `most` matches that are in the inbox. Gives how many files were dealt with.

    A match that the pipeline has recorded itself keeps its own rows. Raises `OSError` or `duckdb.Error`; a
    match is taken over whole or not at all, and once.
    """
    files = sorted(inbox.glob("*/*.json"))[:most]
    for path in files:
        told = orjson.loads(path.read_bytes())
        with warehouse.transaction() as connection:
            if not _is_recorded(connection, told["match_id"]):
                _store(connection, told, data_source, now)
        path.with_suffix(".done").touch()
        path.unlink()
    return len(files)


def _is_recorded(connection: duckdb.DuckDBPyConnection, match_id: str) -> bool:
    tables = ("live_match_changes", "live_spells", "aged_odds_ticks", "odds_ticks", "pipeline.aged_matches")
    found = " OR ".join(f"EXISTS (FROM {table} WHERE match_id = $id)" for table in tables)
    return bool(connection.execute(f"SELECT {found}", {"id": match_id}).fetchall()[0][0])


def _store(
    connection: duckdb.DuckDBPyConnection, told: dict[str, Any], data_source: str, now: datetime
) -> None:
    stamp = Stamp(datetime.fromisoformat(told["asked_at"]), data_source)
    present = datetime.fromisoformat(told["present"])
    match_id = told["match_id"]
    enriched = Enriched()
    details = parse_details(
        [told["detail"]], fetched_at=stamp.at, data_source=stamp.data_source, present=present
    )
    enriched.other_details |= {row.match_id: row for row in details.rows}
    if told["final"].get("id") == match_id:
        batch = parse_live([told["final"]], fetched_at=stamp.at, data_source=stamp.data_source)
        enriched.final_rows.append(batch)
        enriched.finals[match_id] = bool(batch.matches)
    for entity in (TEAMS, COMPETITIONS):
        names = _needed(told["extra"].get(entity.kind) or [], told["detail"])
        enriched.partial[entity.table] = {row.id: row for row in parse_names(entity.table, names).rows}
    venues = parse_names("venues", _needed(told["extra"].get("venue") or [], told["detail"]))
    moment = next_moment(connection, now)
    store_details(connection, enriched, moment)
    connection.execute("INSERT INTO backfilled_matches VALUES (?, ?)", [match_id, moment])
    for entity in (TEAMS, COMPETITIONS):
        store_reference(connection, entity, enriched, stamp)
    follow_mergers(connection)
    store_venues(connection, {row.id: row.name for row in venues.rows if row.name})
    _store_ticks(connection, match_id, told["odds"], present, moment)


def _store_ticks(
    connection: duckdb.DuckDBPyConnection, match_id: str, odds: Any, present: datetime, moment: datetime
) -> None:
    ticks = TickColumns()
    try:
        read_history(match_id, odds, present, {}, ticks)
    except BrokenAnswer:
        return
    table = ticks.to_arrow()
    seen_at = pa.array([moment] * table.num_rows, pa.timestamp("us", tz="UTC"))
    insert(connection, "aged_odds_ticks", table.append_column("seen_at", seen_at))


def _needed(names: Iterable[Any], detail: dict[str, Any]) -> list[Any]:
    """The names of a day that one match refers to."""
    ids = {value for key, value in detail.items() if key.endswith("_id")}
    return [name for name in names if isinstance(name, dict) and name.get("id") in ids]
