"""Reading changes from the published file, a page at a time.

The changes of an edition are those from the edition before it to this one. Any later edition gives them
again, in the same order, so that a position among them stays valid:

- All that a transaction of the pipeline stores bears one moment, and each edition a later one. So an edition
  shows the rows with `seen_at` up to its `published_at`, and no row of that time comes later.
- A row that was replaced stays, with the moment at which that was so.

What changed in a match is worked out in `play` and `incidents`, the prices in `sql/price_changes.sql`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from football_assets.follow.book import BEGINNING, Book, Newest, Row
from football_assets.follow.change import Change, Event, Match
from football_assets.follow.incidents import incident_events
from football_assets.follow.play import listing_events, state_events
from football_assets.follow.position import Position
from football_assets.follow.wanted import Wanted
from football_assets.published.reading import Edition, reading
from football_assets.tables.odds import OddsTick

#: At most so many changes of prices are read at once, and so many editions looked at.
PAGE_CHANGES = 5_000
PAGE_EDITIONS = 500

_TICK = tuple(name for name in OddsTick.table.column_names if name not in ("match_id", "seen_at"))
_RANKS = {"entered": 0, "state": 1, "score": 2, "numbers": 3, "left": 5}
_INCIDENT_RANK = 4

Placed = tuple[Position, Event]


@dataclass(frozen=True)
class Page:
    """Some changes in their order, and the position after them and all that was not wanted among them.
    `is_last` tells that the file, which `file` is, holds no more."""

    changes: list[Change]
    end: Position
    is_last: bool
    file: Edition | None


def newest(path: Path) -> Newest:
    """The newest edition of the file. Raises `NotPublished` or `Unreadable`."""
    with reading(path) as source:
        return Book(source).newest


def resolve(path: Path, since: Position | datetime) -> Position:
    """The position that is meant: of a time, after the newest edition not later.

    Raises `BadPosition` where the file does not hold what comes after it, `NotPublished` or `Unreadable`.
    """
    with reading(path) as source:
        book = Book(source)
        if isinstance(since, datetime):
            return book.position_of(since)
        book.check(since)
        return since


def read_page(path: Path, after: Position, wanted: Wanted, *, most: int = PAGE_CHANGES) -> Page:
    """The changes after a position, as far as they are wanted; of prices at most so many.

    Raises as `resolve`.
    """
    with reading(path) as source:
        book = Book(source)
        book.check(after)
        first = max(after.whole, 0)
        last = min(book.newest.edition, first + PAGE_EDITIONS)
        if first >= last:
            return Page([], after, True, book.file)
        changes, end = _Span(book, first, last).changes(after, wanted, most)
        return Page(changes, end, end == book.newest.position, book.file)


class _Span:
    """What changed after one edition, up to another."""

    def __init__(self, book: Book, first: int, last: int) -> None:
        self._book = book
        self._last = last
        self._published = book.editions(first, last)
        self._since = self._published.pop(first, BEGINNING)
        self._until = self._published[last]

    def changes(self, after: Position, wanted: Wanted, most: int) -> tuple[list[Change], Position]:
        """The changes after a position, and where they end."""
        events = _in_order(self._events())
        others = Counter(event.edition for event in events)
        prices = self._prices(wanted, max(after.told - others[after.whole + 1], 0), most + 1)
        end = Position(self._last)
        if len(prices) > most:
            del prices[most:]
            end = Position(prices[-1]["edition"], others[prices[-1]["edition"]] + prices[-1]["number"])
        placed = [*_placed(events), *(_price(row, others[row["edition"]]) for row in prices)]
        told = [one for one in placed if _is_after(one[0], after) and not _is_after(one[0], end)]
        return self._named(told, wanted), end

    def _events(self) -> Iterator[Event]:
        """What changed in the live list."""
        yield from listing_events(self._moved("moved_spells"))
        yield from state_events(self._moved("moved_states"))
        yield from incident_events(self._moved("moved_incidents"))

    def _moved(self, name: str) -> list[Row]:
        return [
            row | {"came": self._edition_of(row["seen_at"]), "went": self._edition_of(row["replaced_at"])}
            for row in self._book.rows(name, since=self._since, until=self._until)
        ]

    def _edition_of(self, moment: datetime | None) -> int | None:
        """The first of these editions that is not before the moment; None where it is of another time."""
        if moment is None or not self._since < moment <= self._until:
            return None
        return list(self._published)[bisect_left(list(self._published.values()), moment)]

    def _prices(self, wanted: Wanted, told: int, most: int) -> list[Row]:
        """The changes of prices, but for those of the first edition that were `told`."""
        kinds = wanted.price_kinds
        if not kinds:
            return []
        span = {"since": self._since, "until": self._until}
        self._book.run("price_of")
        self._book.run("moved_ticks", **span)
        filters = {
            "kinds": kinds,
            "markets": list(wanted.markets) or None,
            "companies": list(wanted.companies) or None,
            "matches": self._matches(wanted),
        }
        first = min(self._published)
        return self._book.rows("price_changes", **span, **filters, first=first, told=told, most=most)

    def _matches(self, wanted: Wanted) -> list[str] | None:
        """Those of the matches with moved ticks that are wanted; None for all."""
        if wanted.any_match:
            return None
        found = self._book.connection.execute("SELECT DISTINCT match_id FROM moved_ticks").fetchall()
        return [
            match.match_id
            for match in self._names(row[0] for row in found).values()
            if wanted.fits_match(match)
        ]

    def _named(self, placed: list[Placed], wanted: Wanted) -> list[Change]:
        names = self._names(event.match_id for _, event in placed)
        published = self._published
        made = (
            Change(place, published[event.edition], names[event.match_id], event) for place, event in placed
        )
        return sorted((change for change in made if wanted.fits(change)), key=lambda change: change.position)

    def _names(self, match_ids: Iterable[str]) -> dict[str, Match]:
        ids = sorted(set(match_ids))
        rows = self._book.rows("names", matches=ids) if ids else []
        found = {row["match_id"]: Match(**row) for row in rows}
        return {id_: found.get(id_) or Match(id_) for id_ in ids}


def _in_order(events: Iterable[Event]) -> list[Event]:
    """By edition, then match; of each match what is told first."""
    return sorted(events, key=_order)


def _order(event: Event) -> tuple[Any, ...]:
    rank = _RANKS.get(event.change if event.kind == "listing" else event.kind, _INCIDENT_RANK)
    sequence = event.values.get("sequence", 0)
    return event.edition, event.match_id, rank, sequence, event.change != "withdrawn"


def _placed(events: list[Event]) -> Iterator[Placed]:
    counts: Counter[int] = Counter()
    for event in events:
        counts[event.edition] += 1
        yield Position(event.edition, counts[event.edition]), event


def _price(row: Row, others: int) -> Placed:
    values = {name: row[name] for name in _TICK}
    if row["change"] == "withdrawn":
        values["stands"] = row["stands"]
    told = (row["edition"], row["match_id"], row["kind"], row["change"], row["known_at"])
    return Position(row["edition"], others + row["number"]), Event(*told, values, row["before"])


def _is_after(position: Position, other: Position) -> bool:
    if position.edition != other.edition or other.place is None or position.place is None:
        return position.edition > other.edition
    return position.place > other.place
