"""The tables that the enrichment fills: of each its key, its endpoints, how it is asked for and read.
A new one is an entry here and its row class in `tables/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from football_assets.tables.details import MatchDetail
from football_assets.tables.odds import OddsTick
from football_assets.tables.reference import Competition, Country, Team
from football_assets.tables.schema import Row
from football_assets.thesports import endpoints
from football_assets.thesports.parsing.reference import parse_competitions, parse_countries, parse_teams

if TYPE_CHECKING:
    from football_assets.thesports.answer import Answer
    from football_assets.thesports.client import TheSports
    from football_assets.thesports.parsing.reader import Parsed


@dataclass(frozen=True)
class Entity:
    """A table of the enrichment. `named_by` is the table whose rows name its ids, `group` is Dagster's."""

    row: type[Row]
    group: str
    named_by: str
    endpoints: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.row.table.name

    @property
    def key(self) -> str:
        """The column with the API's id."""
        return self.row.table.key[0]


@dataclass(frozen=True)
class Reference(Entity):
    """Reference data: `ask` requests one row by id and priority (without it all rows come at once),
    `ask_since` those changed since a Unix time; `parse` reads the rows. `kind` is its name in `deleted` and
    `results_extra`. Where `name_suffices`, the rest of a row can wait for a later cycle."""

    kind: str
    parse: Callable[..., Parsed[Any]]
    ask: Callable[[TheSports, str, int], Awaitable[Answer]] | None = None
    ask_since: Callable[[TheSports, int], Awaitable[Answer]] | None = None
    name_suffices: bool = False


MATCH_DETAILS = Entity(MatchDetail, "enrichment", "live_matches", (endpoints.MATCHES, endpoints.DIARY))
ODDS_TICKS = Entity(
    OddsTick,
    "enrichment",
    "live_matches",
    (endpoints.ODDS_LIVE, endpoints.ODDS_HISTORY, endpoints.ODDS_UPDATE),
)
TEAMS = Reference(
    Team,
    "reference",
    "match_details",
    (endpoints.TEAMS,),
    "team",
    parse_teams,
    lambda api, id_, priority: api.team(id_, priority),
    lambda api, since: api.teams_since(since),
    name_suffices=True,
)
COMPETITIONS = Reference(
    Competition,
    "reference",
    "match_details",
    (endpoints.COMPETITIONS,),
    "competition",
    parse_competitions,
    lambda api, id_, priority: api.competition(id_, priority),
    lambda api, since: api.competitions_since(since),
)
COUNTRIES = Reference(
    Country, "reference", "live_matches", (endpoints.COUNTRIES,), "country", parse_countries
)

REFERENCES: tuple[Reference, ...] = (TEAMS, COMPETITIONS, COUNTRIES)
ENTITIES: tuple[Entity, ...] = (MATCH_DETAILS, ODDS_TICKS, *REFERENCES)
ENRICHED_TABLES: tuple[str, ...] = tuple(entity.table for entity in ENTITIES)
