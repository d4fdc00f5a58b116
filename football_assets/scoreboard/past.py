"""A match that is no longer in the live list, read by the queries that read one that is: the tables of the
present that they name are put in place by what the history holds of the match."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from football_assets.published.reading import Reading, Row
from football_assets.queries import query

#: The tables that stand for what is told of a match, and the history that holds it.
_HISTORIES = {
    "odds_ticks": "odds_history",
    "match_incidents": "match_incident_history",
    "match_stats": "match_stat_history",
    "match_commentary": "match_commentary_history",
}


def past_rows(source: Reading, name: str, day: date | None, *, match_id: str, **parameters: Any) -> list[Row]:
    """The rows of the query `published/sql/<name>.sql` for a match of the past, which kicked off on that day
    (UTC). None where it is not known reads the files of all days."""
    statement = _before(_without_comments(query("published", name)))
    return source.selected(statement, match_id=match_id, **_days(day), **parameters)


def _days(day: date | None) -> dict[str, date]:
    """The days whose files are read: a kick-off may have been moved after the rows had left."""
    if day is None:
        return {"from_day": date(1970, 1, 1), "to_day": date(9999, 1, 1)}
    return {"from_day": day - timedelta(days=1), "to_day": day + timedelta(days=1)}


def _before(statement: str) -> str:
    """The statement with the past put in place of the present."""
    parts = [f"{table} AS ({_standing(history)})" for table, history in _HISTORIES.items()]
    parts.append("live_matches AS (SELECT * FROM match_records WHERE match_id = $match_id)")
    parts.append(f"goals AS ({_without_comments(query('warehouse', 'goals'))})")
    if statement.startswith("WITH "):
        return f"WITH {', '.join(parts)}, {statement.removeprefix('WITH ')}"
    return f"WITH {', '.join(parts)} {statement}"


def _standing(history: str) -> str:
    return (
        f"SELECT * FROM {history} WHERE match_id = $match_id AND replaced_at IS NULL "
        "AND (kickoff_day IS NULL OR kickoff_day BETWEEN $from_day AND $to_day)"
    )


def _without_comments(statement: str) -> str:
    lines = statement.splitlines()
    return "\n".join(line for line in lines if not line.startswith("--")).strip()
