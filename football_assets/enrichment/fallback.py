"""Placeholders for what could not be had and is not known either. They hold no price, score or time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from football_assets.enrichment.entities import COMPETITIONS, COUNTRIES, MATCH_DETAILS, TEAMS, Entity
from football_assets.enrichment.known import Enriched, Known, Stamp

SOURCE = "mock"


def add_placeholders(enriched: Enriched, known: Known, stamp: Stamp) -> None:
    """Add a placeholder for each row that failed and that no earlier cycle has left: its id, a name that
    says what it is, and nothing else."""
    for match_id in enriched.failed.get(MATCH_DETAILS.table, {}).keys() - known.details.keys():
        ids = {
            "match_id": match_id,
            "competition_id": f"mock-{match_id}",
            "home_team_id": f"mock-home-{match_id}",
            "away_team_id": f"mock-away-{match_id}",
        }
        enriched.of(MATCH_DETAILS.table)[match_id] = _row(MATCH_DETAILS, ids, stamp)
        _add_named(enriched, COMPETITIONS, ids["competition_id"], stamp)
        _add_named(enriched, TEAMS, ids["home_team_id"], stamp)
        _add_named(enriched, TEAMS, ids["away_team_id"], stamp)
    for entity in (TEAMS, COMPETITIONS):
        held = known.references.get(entity.table, {})
        for id_ in enriched.failed.get(entity.table, {}).keys() - held.keys():
            _add_named(enriched, entity, id_, stamp)
    _add_countries(enriched, known, stamp)


def _add_countries(enriched: Enriched, known: Known, stamp: Stamp) -> None:
    if COUNTRIES.table not in enriched.failed or known.references.get(COUNTRIES.table):
        return
    for competition in list(enriched.of(COMPETITIONS.table).values()):
        if competition.country_id:
            _add_named(enriched, COUNTRIES, competition.country_id, stamp)


def _add_named(enriched: Enriched, entity: Entity, id_: str, stamp: Stamp) -> None:
    name = f"{entity.row.__name__} {id_}"
    enriched.of(entity.table)[id_] = _row(entity, {entity.key: id_, "name": name}, stamp)


def _row(entity: Entity, values: Mapping[str, Any], stamp: Stamp) -> Any:
    empty = dict.fromkeys(entity.row.table.column_names)
    return entity.row(**{**empty, **values, "fetched_at": stamp.at, "data_source": SOURCE})
