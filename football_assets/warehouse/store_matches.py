"""Storing what a cycle learned of matches: their details and how these changed, the record of every match,
what was told after the end, and what the vendor has withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from football_assets.arrow import pa
from football_assets.enrichment.entities import REFERENCES, Reference
from football_assets.enrichment.known import Enriched
from football_assets.queries import query
from football_assets.tables import LIVE_TABLES
from football_assets.tables.details import MatchDetail, MatchDetailChange
from football_assets.tables.live import (
    LiveMatch,
    LiveMatchChange,
    LiveSpell,
    MatchComment,
    MatchCommentChange,
    MatchIncident,
    MatchIncidentChange,
    MatchStat,
    MatchStatChange,
)
from football_assets.tables.schema import Row
from football_assets.tables.words import PlayNumbers
from football_assets.thesports.parsing.live import LiveBatch
from football_assets.warehouse.changes import note_changes, take_back
from football_assets.warehouse.rows import registered, to_arrow

#: How each part of the live list's rows is followed over time.
LIVE_CHANGES: tuple[tuple[type[Row], type[Row]], ...] = (
    (LiveMatch, LiveMatchChange),
    (MatchStat, MatchStatChange),
    (MatchIncident, MatchIncidentChange),
    (MatchComment, MatchCommentChange),
)
#: All tables of changes.
CHANGES: tuple[type[Row], ...] = (*(changes for _, changes in LIVE_CHANGES), MatchDetailChange)

#: A match is asked for so often after its end before its last state is taken for final.
FINAL_ATTEMPTS = 5


def note_live(connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
    """How the live list changed, what it tells of the record of its matches, and who came and left."""
    for present, changes in LIVE_CHANGES:
        note_changes(
            connection, present.table.name, changes, moment, scope="SELECT match_id FROM live_matches"
        )
    note_changes(
        connection,
        "(SELECT match_id FROM live_matches)",
        LiveSpell,
        moment,
        scope="SELECT match_id FROM live_spells",
    )
    with registered(connection, told_details=to_arrow(MatchDetail.table, [])):
        _record(connection, "live_matches", moment)


def store_details(connection: duckdb.DuckDBPyConnection, enriched: Enriched, moment: datetime) -> None:
    """Details of live matches into `match_details`, those of others into the record; changes of both."""
    new = list(enriched.of(MatchDetail.table.name).values())
    others = list(enriched.other_details.values())
    told = to_arrow(MatchDetail.table, [row for row in (*new, *others) if row.data_source != "mock"])
    states = to_arrow(LiveMatch.table, [row for batch in enriched.final_rows for row in batch.matches])
    if told.num_rows or states.num_rows:
        with registered(connection, all_details=told, final_states=states):
            _store_told(connection, moment)
    for batch in enriched.final_rows:
        _note_final(connection, batch, moment)
    _store_finals(connection, enriched, moment)


def _store_told(connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
    """The changes that `all_details` bring, and what these and `final_states` tell of the record."""
    connection.execute(query("warehouse", "told_details"))
    note_changes(connection, "told_details", MatchDetailChange, moment)
    connection.execute("CREATE OR REPLACE TEMP TABLE told_states AS FROM final_states")
    _record(connection, "(FROM told_states UNION ALL BY NAME FROM live_matches)", moment)
    connection.execute("DROP TABLE told_details")
    connection.execute("DROP TABLE told_states")


def _record(connection: duckdb.DuckDBPyConnection, states: str, moment: datetime) -> None:
    """Bring the records of matches up to date by the states (a table or query) and `told_details`."""
    numbers = list(PlayNumbers.__annotations__)
    chosen = (f"CASE WHEN live.match_id IS NULL THEN details.{n} ELSE live.{n} END AS {n}" for n in numbers)
    text = query("warehouse", "match_records").format(
        states=states,
        numbers=", ".join(chosen),
        updates=", ".join(f"{n} = coalesce(told.{n}, record.{n})" for n in numbers),
        columns=", ".join(numbers),
        told=", ".join(f"told.{n}" for n in numbers),
    )
    connection.execute(text, {"moment": moment})


def _note_final(connection: duckdb.DuckDBPyConnection, batch: LiveBatch, moment: datetime) -> None:
    """The changes that the final row of a match brings, after it left the live list."""
    parts: Sequence[Sequence[Row]] = (batch.matches, batch.stats, batch.incidents, batch.commentary)
    for (present, changes), rows in zip(LIVE_CHANGES, parts, strict=True):
        # An answer without statistics does not say that there were none.
        with registered(connection, final_rows=to_arrow(present.table, rows)):
            note_changes(connection, "final_rows", changes, moment)


def _store_finals(connection: duckdb.DuckDBPyConnection, enriched: Enriched, moment: datetime) -> None:
    if not enriched.finals:
        return
    told = pa.table(
        {
            "match_id": pa.array(list(enriched.finals), pa.string()),
            "is_final": pa.array(list(enriched.finals.values()), pa.bool_()),
        }
    )
    with registered(connection, told_finals=told):
        connection.execute(
            "INSERT INTO pipeline.finals SELECT match_id, $moment, coalesce(max(attempts), 0) + 1 "
            "FROM told_finals LEFT JOIN pipeline.finals USING (match_id) GROUP BY match_id",
            {"moment": moment},
        )
        connection.execute(
            "UPDATE match_records SET is_final = TRUE FROM told_finals AS told "
            "WHERE match_records.match_id = told.match_id AND (told.is_final OR told.match_id IN "
            "(SELECT match_id FROM pipeline.finals WHERE attempts >= $attempts))",
            {"attempts": FINAL_ATTEMPTS},
        )


def store_deleted(
    connection: duckdb.DuckDBPyConnection, deleted: dict[str, set[str]], moment: datetime
) -> set[tuple[str, str]]:
    """Take what the vendor has deleted out of every table of the present. Gives table and id of the teams and
    competitions that went: they are as good as unknown to the API, even where it goes on telling them."""
    connection.execute("DELETE FROM pipeline.deleted_ids")
    for kind, found in deleted.items():
        if found:
            connection.execute(
                "INSERT INTO pipeline.deleted_ids SELECT ?, unnest(?::VARCHAR[])", [kind, sorted(found)]
            )
    _delete_matches(connection, sorted(deleted.get("match", ())), moment)
    return {
        (reference.table, id_)
        for reference in REFERENCES
        for id_ in _delete_references(connection, reference, sorted(deleted.get(reference.kind, ())))
    }


def _delete_references(
    connection: duckdb.DuckDBPyConnection, reference: Reference, ids: list[str]
) -> list[str]:
    if not ids:
        return []
    connection.execute(
        "DELETE FROM pipeline.partial_rows WHERE table_name = ? AND id IN (SELECT unnest(?::VARCHAR[]))",
        [reference.table, ids],
    )
    gone = connection.execute(
        f"DELETE FROM {reference.table} WHERE {reference.key} IN (SELECT unnest(?::VARCHAR[])) "
        f"RETURNING {reference.key}",
        [ids],
    ).fetchall()
    return [id_ for (id_,) in gone]


def _delete_matches(connection: duckdb.DuckDBPyConnection, ids: list[str], moment: datetime) -> None:
    if not ids:
        return
    among = "match_id IN (SELECT unnest($ids::VARCHAR[]))"
    followed: tuple[type[Row], ...] = (*CHANGES, LiveSpell)
    for changes in followed:
        take_back(connection, changes.table, ids, moment)
    connection.execute(
        f"INSERT INTO odds_revisions BY NAME SELECT *, $moment AS replaced_at FROM odds_ticks WHERE {among}",
        {"ids": ids, "moment": moment},
    )
    present = (
        *LIVE_TABLES,
        MatchDetail.table.name,
        "odds_ticks",
        "newest_ticks",
        "pipeline.odds_lists",
        "pipeline.odds_updates",
        "pipeline.coverage",
    )
    for table in present:
        connection.execute(f"DELETE FROM {table} WHERE {among}", {"ids": ids})
    connection.execute(
        f"UPDATE match_records SET deleted_at = $moment WHERE {among} AND deleted_at IS NULL",
        {"ids": ids, "moment": moment},
    )
