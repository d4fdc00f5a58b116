"""Changes for programs: a JSON object each."""

from __future__ import annotations

from typing import Any

import orjson

from football_assets.follow.change import Change


def record(change: Change) -> dict[str, Any]:
    """The change as one flat object: what it is, the match's names, the columns of its row. `before` has what
    was told before, only the columns that differ where a row changed; None where nothing was told."""
    match, event = change.match, change.event
    return {
        "cursor": str(change.position),
        "edition": change.position.edition,
        "published_at": change.published_at,
        "known_at": event.known_at,
        "kind": event.kind,
        "change": event.change,
        "match_id": match.match_id,
        "country": match.country,
        "competition_id": match.competition_id,
        "competition": match.competition,
        "home_team_id": match.home_team_id,
        "home_team": match.home_team,
        "away_team_id": match.away_team_id,
        "away_team": match.away_team,
        "kickoff_at": match.kickoff_at,
        **event.values,
        "before": event.before,
    }


def json_line(change: Change) -> bytes:
    """The object on one line, without its end. Times are ISO 8601 in UTC, NaN and infinities null."""
    return orjson.dumps(record(change), option=orjson.OPT_UTC_Z, default=str)
