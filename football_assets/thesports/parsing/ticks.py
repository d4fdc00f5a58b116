"""Odds ticks as columns. Which answers they come from is said in `odds_history` and `odds_window`.

There are 100,000 and more of them in a cycle, so they never become Python rows.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pyarrow.compute as pc

from football_assets.arrow import arrow_schema, pa
from football_assets.codes import BOOKMAKERS
from football_assets.tables.odds import OddsTick
from football_assets.thesports.parsing.reader import Rejection
from football_assets.thesports.parsing.values import FUTURE_GRACE_SECONDS

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

TICK_FIELDS = 8
#: So many ticks are turned into Arrow at once, while other answers are still awaited: as Python objects they
#: take several times the memory.
_CHUNK_TICKS = 10_000
EMPTY: Columns = ((),) * TICK_FIELDS
_LAST_SECOND = 2**32
#: Prices and lines beyond this are taken for unreadable: bookmakers' longest odds are about 1,001.
_LARGEST_VALUE = 100_000.0

SCHEMA = arrow_schema(OddsTick.table).remove(OddsTick.table.column_names.index("seen_at"))


@dataclass
class TickColumns:
    """Ticks in columns, gathered list by list; each list is one match, bookmaker and market."""

    _chunks: list[pa.Table] = field(default_factory=list)
    _lists: list[tuple[str, int, str, int]] = field(default_factory=list)
    _columns: tuple[list[Any], ...] = field(default_factory=lambda: tuple([] for _ in range(TICK_FIELDS)))
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
        """All that was added as a table of `SCHEMA`; a value that is no number of a price's size is NULL."""
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
                *(_priced(values) for values in (first, second, third)),
                pa.array(status, pa.int32()),
                pa.array([None if value is None else bool(value) for value in sealed], pa.bool_()),
                pa.array([halves[text][0] for text in score], pa.int32()),
                pa.array([halves[text][1] for text in score], pa.int32()),
            ],
            schema=SCHEMA,
        )

    def _spread(self, values: list[Any], type_: pa.DataType) -> pa.Array:
        """A value of each list, repeated for each of its ticks."""
        places = [place for place, entry in enumerate(self._lists) for _ in range(entry[3])]
        return pa.array(values, type_).take(pa.array(places, pa.int32()))


@dataclass(frozen=True)
class ReadTicks:
    """The ticks of one list, the newest first, and what of it could not be taken as it was given: ticks whose
    time is unreadable, ticks of the future, and ticks of which another value is NULL because of that."""

    columns: Columns
    lost: int = 0
    future: int = 0
    mended: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every tick of the list is there."""
        return not (self.lost or self.future)

    def problems(self) -> str:
        """What could not be taken, in words; empty where nothing was wrong."""
        found = (
            (self.lost, "without a readable time"),
            (self.future, "of the future, set aside"),
            (self.mended, "with an unreadable value, which is NULL"),
        )
        return ", ".join(f"{count} {what}" for count, what in found if count)


def readable(ticks: list[Any], latest: int) -> ReadTicks:
    """The ticks of a list up to the Unix second `latest` (see `latest_second`).

    A tick with a readable time is kept with its other values, those that cannot be read as None: dropped, it
    would let an older tick pass for the newest.
    """
    if not ticks:
        return ReadTicks(EMPTY)
    try:
        columns: Columns = tuple(zip(*ticks, strict=True))[:TICK_FIELDS]
    except (TypeError, ValueError):
        columns = ()
    if _are_readable(columns) and max(columns[0]) <= latest:
        return ReadTicks(_newest_first(columns))
    return _read_one_by_one(ticks, latest)


def latest_second(server_time: datetime) -> int:
    """The latest Unix second that a tick may bear: the API's present (aware) and two minutes of grace."""
    return int(server_time.timestamp()) + FUTURE_GRACE_SECONDS


def rejection(match_id: str | None, reason: str, *, row_kept: bool = False) -> Rejection:
    """Something of the odds that could not be read."""
    return Rejection("odds_ticks", match_id, reason, row_kept)


def _read_one_by_one(ticks: list[Any], latest: int) -> ReadTicks:
    read = [_mended(tick) for tick in ticks]
    timed = [tick for tick in read if tick is not None]
    kept = [tick for tick in timed if tick[0] <= latest]
    mended = sum(not _is_readable(tick) for tick in kept)
    columns = _newest_first(tuple(zip(*kept, strict=True))) if kept else EMPTY
    return ReadTicks(columns, len(read) - len(timed), len(timed) - len(kept), mended)


_INT: frozenset[type] = frozenset({int})
_STR: frozenset[type] = frozenset({str})
_NUMBER: frozenset[type] = frozenset({int, float})
_SEALED: frozenset[type] = frozenset({int, bool})
_KINDS = (_INT, _STR, _NUMBER, _NUMBER, _NUMBER, _INT, _SEALED, _STR)


def _are_readable(columns: Columns) -> bool:
    return (
        len(columns) == TICK_FIELDS
        and all(set(map(type, column)) <= allowed for column, allowed in zip(columns, _KINDS, strict=True))
        and min(columns[0]) > 0
        and max(columns[0]) < _LAST_SECOND
        and _fits(min(columns[5]))
        and _fits(max(columns[5]))
        and all(map(_is_clean, set(columns[1])))
    )


def _is_readable(tick: Tick) -> bool:
    return _are_readable(tuple((value,) for value in tick))


def _mended(tick: Any) -> tuple[Any, ...] | None:
    """A tick's eight fields, those that are not as documented as None; None where it has no readable time."""
    if not isinstance(tick, (list, tuple)) or not tick:
        return None
    given: list[Any] = list(tick[:TICK_FIELDS])
    padding: list[Any] = [None] * (TICK_FIELDS - len(given))
    at, *rest = [*given, *padding]
    if type(at) is not int or not 0 < at < _LAST_SECOND:
        return None
    values: list[Any] = [
        value if type(value) in kind else None for value, kind in zip(rest, _KINDS[1:], strict=True)
    ]
    if values[0] is not None and not _is_clean(values[0]):
        values[0] = None
    if values[4] is not None and not _fits(values[4]):
        values[4] = None
    return (at, *values)


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


def _priced(values: Sequence[float | None]) -> pa.Array:
    numbers = pa.array(
        [*map(_to_float, values)] if set(map(type, values)) - {float} else values, pa.float64()
    )
    plausible = pc.less_equal(pc.abs(numbers), _LARGEST_VALUE)  # NULL for NULL, false for NaN and infinity
    return pc.if_else(plausible, numbers, None)


def _to_float(value: float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:
        return math.nan


def _halves(score: str | None) -> tuple[int | None, int | None]:
    """Goals (or corners) of both sides from "h-a"; unknown where it is not so."""
    home, dash, away = (score or "").partition("-")
    if (
        dash
        and max(len(home), len(away)) < 10
        and all(half.isascii() and half.isdigit() for half in (home, away))
    ):
        return int(home), int(away)
    return None, None


def bookmaker_id(text: str) -> int | None:
    """A bookmaker's id in its one spelling, else None: "02" beside "2" would be two lists of one."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and str(int(text)) == text else None
