"""What the API tells of a match after its end: once more its details, and the final row of the live list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from football_assets.enrichment.known import Enriched, Known, Stamp
from football_assets.thesports.endpoints import LIVE_HISTORY
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import LiveBatch, parse_live

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

#: So many matches a cycle, as far as the quota allows, behind everything else.
FINALS_A_CYCLE = 10
_PRIORITY = 4


@dataclass
class Finals:
    """Asks once more for the matches that have ended and left the live list."""

    api: TheSports
    known: Known
    stamp: Stamp
    out: Enriched

    async def fetch(self) -> None:
        """Ask for those that are due, the longest ended first."""
        due = [id_ for id_, one in self.known.fixtures.items() if one.has_ended]
        room = min(FINALS_A_CYCLE, self.api.quota.available(LIVE_HISTORY))
        await asyncio.gather(*map(self._one, due[:room]))

    async def _one(self, match_id: str) -> None:
        """A match is final once both answers were read; what failed is asked for again in a later cycle."""
        try:
            details, row = await asyncio.gather(
                self.api.match(match_id, _PRIORITY), self.api.live_history(match_id, _PRIORITY)
            )
            parsed = parse_details(
                details.results,
                fetched_at=self.stamp.at,
                data_source=self.stamp.data_source,
                present=self.stamp.present(details),
            )
            batch = self._batch(match_id, row.results)
        except TheSportsError as error:
            self.out.warnings.append(f"final result of {match_id} not read: {error}")
            return
        self.out.rejected += [*parsed.rejected, *(batch.rejected if batch else ())]
        self.out.other_details |= {each.match_id: each for each in parsed.rows if each.match_id == match_id}
        self.out.finals[match_id] = bool(batch and batch.matches)
        if batch and batch.matches:
            self.out.final_rows.append(batch)

    def _batch(self, match_id: str, results: dict[str, object]) -> LiveBatch | None:
        if results.get("id") != match_id:
            return None
        return parse_live([results], fetched_at=self.stamp.at, data_source=self.stamp.data_source)
