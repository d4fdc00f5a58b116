"""Taking over what was read of past days: into the warehouse, from where it moves to the files of its day.

`seen_at` of these rows is when the API was asked: a backtest must not take them for known at the time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from football_assets.archive.match import PastMatch
from football_assets.arrow import pa
from football_assets.enrichment.entities import COMPETITIONS, TEAMS
from football_assets.enrichment.known import Enriched, Stamp
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import LiveBatch, parse_live
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.reference import parse_competitions, parse_names, referenced
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

    A match that the pipeline has recorded itself keeps its own rows. Raises `OSError` or `duckdb.Error`; the
    matches are taken over whole or not at all, and once. All go in one transaction: one after the other they
    took six times as long.
    """
    files = sorted(inbox.glob("*/*.json"))[:most]
    if not files:
        return 0
    read = {path: match for path in files if (match := _match(path, warehouse.report))}
    told = {match.match_id: match for match in read.values()}
    with warehouse.transaction() as connection:
        recorded = _recorded(connection, list(told))
        if new := [each for match_id, each in told.items() if match_id not in recorded]:
            _store(connection, new, data_source, next_moment(connection, now))
    for path in read:
        path.with_suffix(".done").touch()
        path.unlink()
    return len(files)


def _match(path: Path, report: Callable[[str], None]) -> PastMatch | None:
    """What was told of a match. A file that holds none, as one cut off, is set aside and reported."""
    try:
        return PastMatch.from_json(path.read_bytes())
    except (ValueError, RecursionError) as error:
        path.rename(path.with_name(f"{path.name}.unreadable"))
        report(f"{path} was set aside, for it cannot be read ({error}): read its day again to have the match")
        return None


def _recorded(connection: duckdb.DuckDBPyConnection, match_ids: list[str]) -> set[str]:
    tables = ("live_match_changes", "live_spells", "aged_odds_ticks", "odds_ticks", "pipeline.aged_matches")
    found = " UNION ".join(f"SELECT match_id FROM {table} WHERE match_id IN $ids" for table in tables)
    return {row[0] for row in connection.execute(found, {"ids": match_ids}).fetchall()}


def _store(
    connection: duckdb.DuckDBPyConnection, told: list[PastMatch], data_source: str, moment: datetime
) -> None:
    enriched, finals, venues = Enriched(), LiveBatch([], [], [], [], []), dict[str, str]()
    for each in told:
        _read(each, data_source, enriched, finals, venues)
    _forget_known(connection, enriched.of(COMPETITIONS.table))
    enriched.final_rows.append(finals)
    store_details(connection, enriched, moment)
    connection.executemany(
        "INSERT INTO backfilled_matches VALUES (?, ?)", [[each.match_id, moment] for each in told]
    )
    newest = Stamp(max(each.asked_at for each in told), data_source)
    for entity in (TEAMS, COMPETITIONS):
        store_reference(connection, entity, enriched, newest)
    follow_mergers(connection)
    store_venues(connection, venues)
    _store_ticks(connection, told, moment)


def _read(
    told: PastMatch, data_source: str, enriched: Enriched, finals: LiveBatch, venues: dict[str, str]
) -> None:
    """Add what is told of a match: its details, its final row, and the names in them."""
    at, match_id, detail, extra = told.asked_at, told.match_id, told.detail, told.extra
    details = parse_details([detail], fetched_at=at, data_source=data_source, present=told.present)
    enriched.other_details |= {row.match_id: row for row in details.rows}
    if told.final.get("id") == match_id:
        batch = parse_live([told.final], fetched_at=at, data_source=data_source)
        finals.extend(batch)
        enriched.finals[match_id] = bool(batch.matches)
    for entity in (TEAMS, COMPETITIONS):
        names = parse_names(entity.table, referenced(extra.get(entity.kind), detail))
        enriched.partial.setdefault(entity.table, {}).update({row.id: row for row in names.rows})
    competitions = parse_competitions(told.competition or [], fetched_at=at, data_source=data_source)
    enriched.of(COMPETITIONS.table).update({row.competition_id: row for row in competitions.rows})
    named = parse_names("venues", referenced(extra.get("venue"), detail))
    venues |= {row.id: row.name for row in named.rows if row.name}


def _store_ticks(connection: duckdb.DuckDBPyConnection, told: list[PastMatch], moment: datetime) -> None:
    ticks = TickColumns()
    for each in told:
        with suppress(BrokenAnswer):
            read_history(each.match_id, each.odds, each.present, {}, ticks)
    table = ticks.to_arrow()
    seen_at = pa.array([moment] * table.num_rows, pa.timestamp("us", tz="UTC"))
    insert(connection, "aged_odds_ticks", table.append_column("seen_at", seen_at))


def _forget_known(connection: duckdb.DuckDBPyConnection, competitions: dict[str, Any]) -> None:
    """Leave out the competitions that the cycles know already: their rows are newer."""
    known = connection.execute(
        f"SELECT {COMPETITIONS.key} FROM {COMPETITIONS.table} WHERE {COMPETITIONS.key} NOT IN "
        "(SELECT id FROM pipeline.partial_rows WHERE table_name = ?)",
        [COMPETITIONS.table],
    ).fetchall()
    for (id_,) in known:
        competitions.pop(id_, None)
