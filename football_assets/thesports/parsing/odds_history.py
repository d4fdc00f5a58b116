"""`odds/history`: a match's whole past, which is the authority on its prices."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from operator import neg
from typing import Any

import orjson

from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.reader import Rejection, shown
from football_assets.thesports.parsing.ticks import (
    EMPTY,
    MARKETS,
    Columns,
    TickColumns,
    bookmaker_id,
    latest_second,
    readable,
    rejection,
)

#: One list of ticks of a match: bookmaker and market (ours).
ListKey = tuple[int, str]


@dataclass(frozen=True)
class ListDigest:
    """What a list held when its history was last read: up to which second (Unix), how many ticks, and a
    digest of them. Where a later answer agrees with it, only what is newer has to be compared."""

    until: int
    ticks: int
    digest: int


@dataclass(frozen=True)
class ToldList:
    """A list that a history tells: it is compared with what is stored of the seconds after `since`.

    Unless it `is_whole`, what is missing from it says nothing. An empty list is whole and has no digest.
    """

    since: int
    is_whole: bool
    digest: ListDigest | None


@dataclass
class MatchHistory:
    """What a match's history tells.

    `is_whole` is false where a part could not be read: what is missing from it then says nothing. `is_mended`
    tells that a tick has a value that could not be read, and is there without it.
    `present` is the API's time of the answer: a window may be some seconds ahead of it.
    """

    match_id: str
    present: datetime
    lists: dict[ListKey, ToldList] = field(default_factory=dict)
    is_whole: bool = True
    is_mended: bool = False
    set_aside: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    def reject(self, reason: str, *, row_kept: bool = False) -> None:
        """Note something that could not be read. Unless a row is kept with it, the history is not whole."""
        self.rejected.append(rejection(self.match_id, reason, row_kept=row_kept))
        self.is_whole &= row_kept


def read_history(
    match_id: str,
    results: Mapping[str, Any],
    present: datetime,
    known: Mapping[ListKey, ListDigest],
    columns: TickColumns,
) -> MatchHistory:
    """Read a match's `odds/history` as of the API's time `present` (aware).

    Adds to `columns` the ticks that are to be compared with what is stored: of a list whose older part is as
    `known`, only the newer ones. Raises `BrokenAnswer` where nothing could be read.
    """
    history = MatchHistory(match_id, present)
    latest = latest_second(present)
    for company, markets in results.items():
        company_id = bookmaker_id(company)
        if company_id is None or not isinstance(markets, Mapping):
            history.reject(f"bookmaker {shown(company)} has no markets by number")
            continue
        for market, ticks in markets.items():
            if market not in MARKETS:
                history.reject(f"market {shown(market)} is none of {', '.join(MARKETS)}", row_kept=True)
            elif not isinstance(ticks, list):
                history.reject(f"bookmaker {company_id}, {market}: no list of ticks")
            else:
                key = (company_id, MARKETS[market])
                _read_list(history, key, ticks, latest, known.get(key), columns)
    if not history.is_whole and not history.lists:
        raise BrokenAnswer(f"odds/history of {match_id}: {history.rejected[0].reason}")
    return history


def _read_list(
    history: MatchHistory,
    key: ListKey,
    ticks: list[Any],
    latest: int,
    known: ListDigest | None,
    columns: TickColumns,
) -> None:
    read = readable(ticks, latest)
    history.set_aside += read.lost + read.future
    history.is_mended |= read.mended > 0
    if problems := read.problems():
        history.reject(f"bookmaker {key[0]}, {key[1]}: ticks {problems}", row_kept=read.is_whole)
    if not read.is_whole and not read.columns[0]:
        return
    since, new = _beyond(read.columns, known)
    digest = _digest(read.columns) if read.is_whole and read.columns[0] else None
    history.lists[key] = ToldList(since, read.is_whole, digest)
    if new[0]:
        columns.add(history.match_id, *key, new)


def _beyond(columns: Columns, known: ListDigest | None) -> tuple[int, Columns]:
    """After which second the list has to be compared, and its ticks after that."""
    if known is None or not columns[0]:
        return 0, columns
    fresh = bisect_right(columns[0], -known.until - 1, key=neg)
    older = tuple(column[fresh:] for column in columns)
    if len(older[0]) != known.ticks or _hashed(older) != known.digest:
        return 0, columns
    return known.until, tuple(column[:fresh] for column in columns) if fresh else EMPTY


def _digest(columns: Columns) -> ListDigest:
    return ListDigest(columns[0][0], len(columns[0]), _hashed(columns))


def _hashed(columns: Columns) -> int:
    try:
        packed = orjson.dumps(columns)
    except TypeError:  # a number of more than 64 bits
        packed = repr(columns).encode()
    return int.from_bytes(blake2b(packed, digest_size=8).digest(), "big", signed=True)
