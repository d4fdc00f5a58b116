"""`match/diary`: the matches of a day, of the live list or not, with the names of whom they are between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from football_assets.enrichment.entities import COMPETITIONS, MATCH_DETAILS, TEAMS
from football_assets.enrichment.known import Enriched, Known, Stamp
from football_assets.tables.details import MatchDetail
from football_assets.thesports.errors import BrokenAnswer, TheSportsError
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.reference import Name, parse_names

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

TODAY_EVERY_SECONDS = 600
LATER_EVERY_SECONDS = 1800
_PRIORITY = 0


@dataclass
class Diary:
    """Reads the days that are due, of those that `due_days` names for `days`."""

    api: TheSports
    known: Known
    stamp: Stamp
    out: Enriched
    days: int
    #: The API's time of the newest answer.
    present: datetime | None = None

    async def fetch(self) -> Mapping[str, MatchDetail]:
        """The details of all matches of the days that were read, by id. Names go to `out`.

        What plays across midnight stands in the day of its kick-off, so yesterday is read along with today.
        """
        found: dict[str, MatchDetail] = {}
        for rows in await asyncio.gather(*map(self._day, due_days(self.known, self.stamp, self.days))):
            found |= rows
        return found

    async def _day(self, midnight: datetime) -> dict[str, MatchDetail]:
        try:
            answer = await self.api.diary(int(midnight.timestamp()), _PRIORITY)
        except TheSportsError as error:
            self.out.warnings.append(f"match/diary of {midnight:%Y-%m-%d} not read: {error}")
            return {}
        self.out.read_at[_name(midnight)] = self.stamp.at
        self._names(answer.extra)
        self.present = self.stamp.present(answer)
        parsed = parse_details(
            answer.results,
            fetched_at=self.stamp.at,
            data_source=self.stamp.data_source,
            present=self.present,
        )
        self.out.rejected += parsed.rejected
        return {row.match_id: row for row in parsed.rows}

    def _names(self, extra: Mapping[str, Any]) -> None:
        """The names of teams and competitions, for those whose row is not known; and the venues'."""
        for entity in (TEAMS, COMPETITIONS):
            held = self.known.references.get(entity.table, {})
            names = self._read(entity.table, extra.get(entity.kind))
            partial = self.out.partial.setdefault(entity.table, {})
            partial.update({row.id: row for row in names if row.id not in held})
        venues = self._read("venues", extra.get("venue"))
        self.out.venues |= {row.id: row.name for row in venues if row.name}

    def _read(self, table: str, listed: object) -> list[Name]:
        """The names of one kind; none, and a warning, where they are no list."""
        try:
            names = parse_names(table, listed or [])
        except BrokenAnswer as error:
            self.out.warnings.append(f"names of a day not read: {error}")
            return []
        self.out.rejected += names.rejected
        return names.rows


def due_days(known: Known, stamp: Stamp, days: int) -> list[datetime]:
    """The midnights (UTC) of the days that are to be read now: of yesterday, today and `days` - 1 more; none
    where `days` is 0."""
    midnight = stamp.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    around = [midnight + timedelta(days=day) for day in range(-1, days)] if days else []
    return [
        each for each in around if _is_due(known.read_at.get(_name(each)), stamp, is_today=each == midnight)
    ]


def _is_due(read_at: datetime | None, stamp: Stamp, *, is_today: bool) -> bool:
    every = TODAY_EVERY_SECONDS if is_today else LATER_EVERY_SECONDS
    return read_at is None or read_at <= stamp.before(seconds=every)


def _name(midnight: datetime) -> str:
    return f"{MATCH_DETAILS.table} {midnight:%Y-%m-%d}"
