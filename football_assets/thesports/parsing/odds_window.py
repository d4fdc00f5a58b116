"""`odds/live`, the changes of the last 60 seconds, and `odds/update`, whose odds changed or were repaired."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from football_assets.tables.schema import BigInt, table
from football_assets.tables.words import CompanyId, OfMatch
from football_assets.thesports.parsing.reader import Rejection, shown
from football_assets.thesports.parsing.ticks import (
    MARKETS,
    Tick,
    TickColumns,
    TickKey,
    bookmaker_id,
    latest_second,
    readable,
    rejection,
)
from football_assets.thesports.parsing.values import UnreadableValue, identifier


@dataclass
class Window:
    """An answer of `odds/live`: its ticks by match, bookmaker and market, in the answer's order.

    `holes` are the matches of which an entry could not be read; `is_torn` tells that an entry names no match,
    so that any match may have a hole.
    """

    ticks: dict[tuple[str, int, str], list[Tick]] = field(default_factory=dict)
    holes: set[str] = field(default_factory=set)
    is_torn: bool = False
    set_aside: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def newest(self) -> int | None:
        """Unix second of its newest tick."""
        return max((tick[0] for ticks in self.ticks.values() for tick in ticks), default=None)

    def keys(self) -> set[TickKey]:
        """What tells its ticks apart; none of those with a value that is not a finite number."""
        return {
            (match_id, company_id, market, tick[0], *tick[2:5])
            for (match_id, company_id, market), ticks in self.ticks.items()
            for tick in ticks
            if all(value is not None and math.isfinite(value) for value in tick[2:5])
        }

    def _tear(self, reason: str) -> None:
        """Note an entry that names no match."""
        self.set_aside += 1
        self.rejected.append(rejection(None, reason))
        self.is_torn = True


def read_window(results: Mapping[str, Any], present: datetime) -> Window:
    """The ticks of an `odds/live` answer as of the API's time `present`.

    The vendor documents two forms of an entry, and both are read. One that cannot be read is set aside: it
    leaves a hole in its match, or in all matches where it names none. An unknown market leaves none.
    """
    window, latest = Window(), latest_second(present)
    for company, entries in results.items():
        company_id = bookmaker_id(company)
        if company_id is None or not isinstance(entries, list):
            window._tear(f"odds/live: bookmaker {shown(company)} has no list of changes")
            continue
        for entry in entries:
            _read_entry(window, company_id, entry, latest)
    return window


def _read_entry(window: Window, company_id: int, entry: Any, latest: int) -> None:
    """`[match id, market, change, score]`."""
    if not isinstance(entry, list) or len(entry) < 3:
        return window._tear(f"odds/live: {shown(entry)} is no change of a match")
    match_id, market, change, *rest = entry
    if not _is_id(match_id):
        return window._tear(f"odds/live: {shown(match_id)} is no id of a match")
    if not isinstance(market, str) or market not in MARKETS:
        window.rejected.append(
            rejection(match_id, f"odds/live: unknown market {shown(market)}", row_kept=True)
        )
        return None
    read = readable([_tick(change, rest[0] if rest else None)], latest)
    if problems := read.problems():
        window.rejected.append(rejection(match_id, f"odds/live: ticks {problems}", row_kept=read.is_whole))
    if not read.is_whole:
        window.set_aside += 1
        window.holes.add(match_id)
        return None
    (tick,) = zip(*read.columns, strict=True)
    window.ticks.setdefault((match_id, company_id, MARKETS[market]), []).append(tick)
    return None


def _tick(change: Any, score: Any) -> list[Any] | None:
    """A change as a tick of `odds/history`: from `[unix, minute, "v1,v2,v3,sealed", status]`, or from
    `[unix, minute, v1, v2, v3, status, sealed]`."""
    if not isinstance(change, list) or len(change) < 3:
        return None
    at, minute, values, *rest = change
    if not isinstance(values, str):
        return [*change[:7], *[None] * (7 - len(change[:7])), score]
    first, second, third, sealed, *_ = [*values.split(","), "", "", "", ""]
    status = rest[0] if rest else None
    return [at, minute, _number(first), _number(second), _number(third), status, _flag(sealed), score]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _flag(text: str) -> int | None:
    return int(text) if text.strip() in ("0", "1") else None


def _is_id(match_id: object) -> bool:
    try:
        return isinstance(match_id, str) and identifier(match_id) is not None
    except UnreadableValue:
        return False


def window_columns(ticks_of: Mapping[tuple[str, int, str], list[Tick]]) -> TickColumns:
    """Ticks of one or more windows as columns; a tick that stands in several is taken once."""
    columns = TickColumns()
    for (match_id, company_id, market), ticks in ticks_of.items():
        # Stable: of one second the tick that was told last comes first.
        newest_first = list(reversed(ticks))
        newest_first.sort(key=lambda tick: tick[0], reverse=True)
        columns.add(match_id, company_id, market, tuple(zip(*newest_first, strict=True)))
    return columns


@table("pipeline.odds_updates", key=("match_id", "company_id", "updated_at"))
class OddsUpdate(OfMatch):
    """An entry of `odds/update`: when the odds of a match at a bookmaker last changed or were repaired."""

    company_id: CompanyId
    updated_at: Annotated[BigInt, "Unix second of the change, 0 where it cannot be read"]


def read_updates(results: Iterable[Any]) -> list[OddsUpdate]:
    """The entries of an `odds/update` answer that name a match; an unreadable bookmaker or time is 0."""
    return [
        OddsUpdate(
            match_id=row["id"],
            company_id=_int(row.get("company_id")),
            updated_at=_int(row.get("update_time")),
        )
        for row in results
        if isinstance(row, dict) and _is_id(row.get("id"))
    ]


def _int(value: Any) -> int:
    return value if type(value) is int else 0
