"""Every published table, a class each whose fields are its columns. The pipeline's own state is not here.

Ground floor: what reads the API fills these rows, what stores them makes its tables of them.
"""

from __future__ import annotations

from football_assets.tables.cycles import Cycle, Edition, SchemaVersion
from football_assets.tables.details import MatchDetail, MatchDetailChange
from football_assets.tables.flattened import FlattenedMatch, InPlayMatch, SourceChange
from football_assets.tables.live import (
    Goal,
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
from football_assets.tables.matches import BackfilledMatch, Match, MatchRecord, Venue
from football_assets.tables.odds import (
    AgedOddsTick,
    BestPrice,
    ClosingPrice,
    CurrentPrice,
    EarlyOdds,
    NewestTick,
    OddsRevision,
    OddsTick,
    OpeningPrice,
    PreferredBookmaker,
    SettledPrice,
)
from football_assets.tables.reference import (
    Competition,
    Country,
    MergedCompetition,
    MergedTeam,
    Team,
)
from football_assets.tables.schema import Column, Row, Table

#: The rows that one answer of the live list fills, in the order of a cycle.
LIVE_ROWS: tuple[type[Row], ...] = (LiveMatch, MatchStat, MatchIncident, MatchComment)
LIVE_TABLES: tuple[str, ...] = tuple(row.table.name for row in LIVE_ROWS)

_STORED: tuple[type[Row], ...] = (
    *LIVE_ROWS,
    MatchDetail,
    OddsTick,
    NewestTick,
    OddsRevision,
    AgedOddsTick,
    Team,
    MergedTeam,
    Competition,
    MergedCompetition,
    Country,
    Venue,
    FlattenedMatch,
    MatchRecord,
    BackfilledMatch,
    LiveMatchChange,
    LiveSpell,
    MatchStatChange,
    MatchIncidentChange,
    MatchCommentChange,
    MatchDetailChange,
    SourceChange,
    PreferredBookmaker,
    Cycle,
    Edition,
    SchemaVersion,
)
PUBLISHED: tuple[Table, ...] = tuple(row.table for row in _STORED)

#: Views over the tables of the file: they need no history.
_VIEWS: tuple[type[Row], ...] = (InPlayMatch, CurrentPrice, BestPrice, EarlyOdds, Goal, Match)
VIEWS: tuple[Table, ...] = tuple(row.table for row in _VIEWS)

#: Views over the history too: they need its folder.
_HISTORY_VIEWS: tuple[type[Row], ...] = (OpeningPrice, ClosingPrice, SettledPrice)
HISTORY_VIEWS: tuple[Table, ...] = tuple(row.table for row in _HISTORY_VIEWS)

__all__ = ["HISTORY_VIEWS", "LIVE_ROWS", "LIVE_TABLES", "PUBLISHED", "VIEWS", "Column", "Row", "Table"]
