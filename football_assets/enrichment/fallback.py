"""Placeholders for what could not be had and is not known either. They hold no price, score or time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from football_assets.enrichment.known import Enriched, Known, Moment
from football_assets.thesports.rows import Competition, Country, MatchDetail, Team

T = TypeVar("T")

SOURCE = "mock"


def add_placeholders(enriched: Enriched, known: Known, moment: Moment) -> None:
    """Add a placeholder for each row that failed and that no earlier cycle has left: its id, a name that
    says what it is, and nothing else."""
    for match_id in enriched.failed.get("match_details", {}).keys() - known.details.keys():
        ids = {
            "match_id": match_id,
            "competition_id": f"mock-{match_id}",
            "home_team_id": f"mock-home-{match_id}",
            "away_team_id": f"mock-away-{match_id}",
        }
        enriched.details[match_id] = _row(MatchDetail, ids, moment)
        enriched.competitions[ids["competition_id"]] = _named(Competition, ids["competition_id"], moment)
        for team_id in (ids["home_team_id"], ids["away_team_id"]):
            enriched.teams[team_id] = _named(Team, team_id, moment)
    for team_id in enriched.failed.get("teams", {}).keys() - known.teams.keys():
        enriched.teams[team_id] = _named(Team, team_id, moment)
    for competition_id in enriched.failed.get("competitions", {}).keys() - known.competitions.keys():
        enriched.competitions[competition_id] = _named(Competition, competition_id, moment)
    _add_countries(enriched, known, moment)


def _add_countries(enriched: Enriched, known: Known, moment: Moment) -> None:
    if "countries" not in enriched.failed or known.countries:
        return
    named = {row.country_id for row in enriched.competitions.values() if row.country_id}
    enriched.countries = {country_id: _named(Country, country_id, moment) for country_id in named}


def _named(kind: type[T], id_: str, moment: Moment) -> T:
    key = fields(kind)[0].name  # type: ignore[arg-type]
    word = kind.__name__.capitalize()
    return _row(kind, {key: id_, "name": f"{word} {id_}"}, moment)


def _row(kind: type[T], values: Mapping[str, Any], moment: Moment) -> T:
    empty = {field.name: None for field in fields(kind) if field.default is MISSING}  # type: ignore[arg-type]
    return kind(**{**empty, **values, "fetched_at": moment.now, "data_source": SOURCE})
