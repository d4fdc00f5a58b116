"""Odds ticks as columns: from `odds/history` (a match's whole past) and `odds/live` (the last 60 seconds).

There are 100,000 and more of them in a cycle, so they never become Python rows; what is known is not read.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pyarrow.compute as pc

from football_assets.arrow import pa
from football_assets.codes import BOOKMAKERS
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.reader import Rejection, shown
from football_assets.thesports.parsing.values import Unreadable, identifier

#: The API's names of the markets, and ours.
MARKETS: Mapping[str, str] = MappingProxyType(
    {"eu": "money_line", "asia": "spread", "bs": "over_under", "cr": "corners"}
)

#: A tick as `odds/history` gives it: Unix second, minute, three values, status, sealed, score.
Tick = Sequence[Any]
#: What tells one tick from all others, in whichever answer it stands.
TickKey = tuple[str, int, str, int, float, float, float]

#: Ticks as columns, one for each of a tick's eight fields, all of one length.
Columns = tuple[Sequence[Any], ...]

_TICK_FIELDS = 8
#: So many ticks are turned into Arrow at once, while other answers are still awaited: as Python objects they
#: take several times the memory.
_CHUNK_TICKS = 10_000
_EMPTY: Columns = ((),) * _TICK_FIELDS
_LAST_SECOND = 2**32

SCHEMA = pa.schema(
    [
        ("match_id", pa.string()),
        ("company_id", pa.int32()),
        ("company", pa.string()),
        ("market", pa.string()),
        ("tick_at", pa.timestamp("us", tz="UTC")),
        ("sequence", pa.int32()),
        ("minute", pa.string()),
        ("home_or_over", pa.float64()),
        ("draw_or_line", pa.float64()),
        ("away_or_under", pa.float64()),
        ("status_id", pa.int32()),
        ("suspended", pa.bool_()),
        ("home_score", pa.int32()),
        ("away_score", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Head:
    """What is stored of one list of ticks: its newest second (Unix), how many ticks that one has, and how
    many are older. A history that agrees with it holds nothing new."""

    newest: int
    at_newest: int
    older: int


@dataclass
class TickColumns:
    """Ticks in columns, gathered list by list; each list is one match, bookmaker and market."""

    _chunks: list[pa.Table] = field(default_factory=list)
    _lists: list[tuple[str, int, str, int]] = field(default_factory=list)
    _columns: tuple[list[Any], ...] = field(default_factory=lambda: tuple([] for _ in range(_TICK_FIELDS)))
    _sequences: list[int] = field(default_factory=list)

    def add(self, match_id: str, company_id: int, market: str, ticks: Columns) -> None:
        """Add ticks of one list, the newest first; one that stands there twice is added once."""
        at = ticks[0]
        if len(set(at)) == len(at):
            self._sequences.extend([1] * len(at))
        else:
            ticks = _distinct(ticks)
            self._sequences.extend(_sequences(ticks[0]))
        self._lists.append((match_id, company_id, market, len(ticks[0])))
        for column, values in zip(self._columns, ticks, strict=True):
            column.extend(values)
        if len(self._sequences) >= _CHUNK_TICKS:
            self._end_chunk()

    def to_arrow(self) -> pa.Table:
        """All that was added as a table of `SCHEMA`; a value that is not a finite number is NULL."""
        self._end_chunk()
        return pa.concat_tables(self._chunks)

    def _end_chunk(self) -> None:
        self._chunks.append(self._chunk())
        self._lists.clear()
        for values in (self._sequences, *self._columns):
            values.clear()

    def _chunk(self) -> pa.Table:
        at, minute, first, second, third, status, sealed, score = self._columns
        halves = {text: _halves(text) for text in set(score)}
        return pa.table(
            [
                self._spread([entry[0] for entry in self._lists], pa.string()),
                self._spread([entry[1] for entry in self._lists], pa.int32()),
                self._spread([BOOKMAKERS.get(entry[1]) for entry in self._lists], pa.string()),
                self._spread([entry[2] for entry in self._lists], pa.string()),
                pa.array(at, pa.int64()).cast(pa.timestamp("s", tz="UTC")).cast(SCHEMA.field("tick_at").type),
                pa.array(self._sequences, pa.int32()),
                pa.array([text or None for text in minute], pa.string()),
                *(_finite(values) for values in (first, second, third)),
                pa.array(status, pa.int32()),
                pa.array([bool(value) for value in sealed], pa.bool_()),
                pa.array([halves[text][0] for text in score], pa.int32()),
                pa.array([halves[text][1] for text in score], pa.int32()),
            ],
            schema=SCHEMA,
        )

    def _spread(self, values: list[Any], type_: pa.DataType) -> pa.Array:
        """A value of each list, repeated for each of its ticks."""
        places = [place for place, entry in enumerate(self._lists) for _ in range(entry[3])]
        return pa.array(values, type_).take(pa.array(places, pa.int32()))


def read_history(
    match_id: str,
    results: Mapping[str, Any],
    known: Mapping[tuple[int, str], Head],
    columns: TickColumns,
) -> list[Rejection]:
    """Add to `columns` what a match's `odds/history` holds beyond what is `known` of its lists, by
    bookmaker and market. Where new ticks fit onto a known list, the newest known second comes again
    with them (its order may have grown); where they do not fit, the whole list comes.

    Gives what could not be read; raises `BrokenAnswer` where nothing could.
    """
    rejected: list[Rejection] = []
    any_good = any_bad = False
    for company, markets in results.items():
        company_id = _whole(company)
        if company_id is None or not isinstance(markets, Mapping):
            any_bad = True
            rejected.append(_rejection(match_id, f"bookmaker {shown(company)} has no markets by number"))
            continue
        for market, ticks in markets.items():
            if market not in MARKETS or not isinstance(ticks, list):
                any_bad |= market in MARKETS
                rejected.append(
                    _rejection(match_id, f"market {shown(market)} is no list of {', '.join(MARKETS)}")
                )
                continue
            good, bad = readable(ticks)
            any_good |= len(good[0]) > 0
            if bad:
                any_bad = True
                rejected.append(
                    _rejection(match_id, f"{bad} unreadable ticks of bookmaker {company_id}, {market}")
                )
            new = _beyond(good, known.get((company_id, MARKETS[market])))
            if new[0]:
                columns.add(match_id, company_id, MARKETS[market], new)
    if any_bad and not any_good:
        raise BrokenAnswer(f"odds/history of {match_id}: {rejected[0].reason}")
    return rejected


def readable(ticks: list[Any]) -> tuple[Columns, int]:
    """The columns of a list's readable ticks, the newest first, and how many were not readable."""
    if not ticks:
        return _EMPTY, 0
    try:
        columns: Columns = tuple(zip(*ticks, strict=True))[:_TICK_FIELDS]
    except (TypeError, ValueError):
        columns = ()
    if _are_readable(columns):
        return _newest_first(columns), 0
    good = [tick[:_TICK_FIELDS] for tick in ticks if _is_readable(tick)]
    return (_newest_first(tuple(zip(*good, strict=True))) if good else _EMPTY), len(ticks) - len(good)


_INT: frozenset[type] = frozenset({int})
_STR: frozenset[type] = frozenset({str})
_NUMBER: frozenset[type] = frozenset({int, float})
_SEALED: frozenset[type] = frozenset({int, bool})
_KINDS = (_INT, _STR, _NUMBER, _NUMBER, _NUMBER, _INT, _SEALED, _STR)


def _are_readable(columns: Columns) -> bool:
    return (
        len(columns) == _TICK_FIELDS
        and all(set(map(type, column)) <= allowed for column, allowed in zip(columns, _KINDS, strict=True))
        and min(columns[0]) > 0
        and max(columns[0]) < _LAST_SECOND
        and _fits(min(columns[5]))
        and _fits(max(columns[5]))
        and all(map(_is_clean, set(columns[1])))
    )


def _is_readable(tick: Any) -> bool:
    """Whether a tick's fields are as documented; what it has beyond them does not matter."""
    return isinstance(tick, (list, tuple)) and _are_readable(tuple((value,) for value in tick[:_TICK_FIELDS]))


def _is_clean(text: str) -> bool:
    return text.isprintable() and len(text) <= 32


def _fits(number: int) -> bool:
    return -(2**31) <= number < 2**31


def _newest_first(columns: Columns) -> Columns:
    """The ticks as they are, or sorted where the API did not keep its order; ties keep theirs."""
    at = columns[0]
    if all(map(operator.ge, at, at[1:])):
        return columns
    order = sorted(range(len(at)), key=lambda place: -at[place])
    return tuple(tuple(column[place] for place in order) for column in columns)


def _beyond(columns: Columns, head: Head | None) -> Columns:
    if head is None:
        return columns
    at = columns[0]
    fresh = bisect_right(at, -head.newest, key=operator.neg)
    if len(at) - fresh != head.older:
        return columns
    holds_nothing_new = fresh == head.at_newest and at[0] == head.newest
    return _EMPTY if holds_nothing_new else tuple(column[:fresh] for column in columns)


def _distinct(columns: Columns) -> Columns:
    """The ticks, each once: the newest place of one that the API gives twice."""
    return tuple(zip(*dict.fromkeys(zip(*columns, strict=True)), strict=True))


def _sequences(at: Sequence[int]) -> list[int]:
    """The place of each tick among those of its second, from 1, the oldest first."""
    counts = Counter(at)
    sequences: list[int] = []
    for second in at:
        sequences.append(counts[second])
        counts[second] -= 1
    return sequences


def _finite(values: Sequence[float]) -> pa.Array:
    numbers = pa.array([*map(_to_float, values)] if int in set(map(type, values)) else values, pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, None)


def _to_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _halves(score: str) -> tuple[int | None, int | None]:
    """Goals (or corners) of both sides from "h-a"; unknown where it is not so."""
    home, dash, away = score.partition("-")
    if (
        dash
        and max(len(home), len(away)) < 10
        and all(half.isascii() and half.isdigit() for half in (home, away))
    ):
        return int(home), int(away)
    return None, None


def _whole(text: str) -> int | None:
    """The number in its one spelling: "02" beside "2" would be two lists of one bookmaker."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and str(int(text)) == text else None


def _rejection(match_id: str, reason: str) -> Rejection:
    return Rejection("odds_ticks", match_id, reason)


@dataclass(frozen=True)
class Window:
    """An answer of `odds/live`: its ticks by match, bookmaker and market, in the answer's order."""

    ticks: Mapping[tuple[str, int, str], list[Tick]]

    @property
    def newest(self) -> int | None:
        """Unix second of its newest tick."""
        return max((tick[0] for ticks in self.ticks.values() for tick in ticks), default=None)

    def keys(self) -> set[TickKey]:
        """What tells its ticks apart; none of those with a value that is not finite."""
        return {
            (match_id, company_id, market, tick[0], *tick[2:5])
            for (match_id, company_id, market), ticks in self.ticks.items()
            for tick in ticks
            if all(map(math.isfinite, tick[2:5]))
        }


def read_window(results: Mapping[str, Any]) -> Window:
    """The ticks of an `odds/live` answer.

    Its form is documented for the vendor's sister API only, so one entry that is not as documented
    raises `BrokenAnswer` for the whole: half a window looks like a quiet minute, and is a hole.
    """
    ticks: dict[tuple[str, int, str], list[Tick]] = {}
    for company, entries in results.items():
        company_id = _whole(company)
        if company_id is None or not isinstance(entries, list):
            raise BrokenAnswer(f"odds/live: bookmaker {shown(company)} has no list of changes")
        for entry in entries:
            match_id, market, tick = _window_entry(entry)
            ticks.setdefault((match_id, company_id, market), []).append(tick)
    return Window(ticks)


def _window_entry(entry: Any) -> tuple[str, str, Tick]:
    """`[match id, market, [unix, minute, "v1,v2,v3,sealed", status], score]` as match, market and tick."""
    try:
        match_id, market, (at, minute, values, status, *_), score, *_ = entry
        first, second, third, sealed = values.split(",")
        tick = (at, minute, float(first), float(second), float(third), status, int(sealed), score)
        known_market = MARKETS[market]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BrokenAnswer("odds/live: a change that is not as documented") from None
    if not (_is_id(match_id) and _is_readable(tick)):
        raise BrokenAnswer("odds/live: a change with a value of the wrong type")
    return match_id, known_market, tick


def _is_id(match_id: object) -> bool:
    try:
        return isinstance(match_id, str) and identifier(match_id) is not None
    except Unreadable:
        return False


def window_columns(ticks_of: Mapping[tuple[str, int, str], list[Tick]]) -> TickColumns:
    """Ticks of one or more windows as columns; a tick that stands in several is taken once."""
    columns = TickColumns()
    for (match_id, company_id, market), ticks in ticks_of.items():
        columns.add(match_id, company_id, market, _newest_first(tuple(zip(*reversed(ticks), strict=True))))
    return columns
