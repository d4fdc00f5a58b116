"""What happened in the matches from one edition to the next. Pure functions.

The API's list of a match's incidents has no ids, only places, and one that is put in or taken out moves all
that follow. So lists are compared by what they say, not by places: a goal that only moved is not told again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from football_assets.codes import GOALS
from football_assets.follow.change import Event
from football_assets.follow.play import Row, moved_by_edition
from football_assets.tables.live import MatchIncident

_CARDS = frozenset({3, 4, 15})
_COLUMNS = tuple(name for name in MatchIncident.table.column_names if name != "match_id")
_CONTENT = tuple(name for name in _COLUMNS if name != "sequence")

#: What an incident that was corrected has kept, the surest first; None where it has nothing of the kind.
_LIKENESS: tuple[Callable[[Row], Hashable | None], ...] = (
    lambda row: (row["incident_id"], row["team"], row["minute"], row["added_minute"]),
    lambda row: (row["incident_id"], row["team"], row["player_id"]) if row["player_id"] else None,
    lambda row: (row["sequence"], row["incident_id"]),
    lambda row: (row["sequence"], row["team"], row["minute"]),
)


def incident_events(incidents: Iterable[Row]) -> Iterator[Event]:
    """Incidents that are new, corrected or withdrawn, by the rows of `match_incident_changes` that came or
    went (see `play`)."""
    for edition, match_id, gone, come in moved_by_edition(incidents):
        gone, come = _without_common(gone, come)
        for old, new in _paired(gone, come):
            yield _event(edition, match_id, old, new)


def kind_of(incident_id: int) -> str:
    """The kind of change that an incident is."""
    return "goal" if incident_id in GOALS else "card" if incident_id in _CARDS else "incident"


def _event(edition: int, match_id: str, old: Row | None, new: Row | None) -> Event:
    told = new or old
    assert told is not None
    kind, values = kind_of(told["incident_id"]), {name: told[name] for name in _COLUMNS}
    if new is None:
        return Event(edition, match_id, kind, "withdrawn", told["replaced_at"], values)
    if old is None:
        return Event(edition, match_id, kind, "new", told["seen_at"], values)
    before = {name: old[name] for name in _CONTENT if old[name] != new[name]}
    return Event(edition, match_id, kind, "corrected", told["seen_at"], values, before)


def _without_common(gone: list[Row], come: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of both lists, in the API's order, without what both say, once for each time."""
    common = Counter(map(_content, gone)) & Counter(map(_content, come))
    return list(_rest(gone, common.copy())), list(_rest(come, common.copy()))


def _rest(rows: list[Row], common: Counter[tuple[Any, ...]]) -> Iterator[Row]:
    for row in sorted(rows, key=lambda row: int(row["sequence"])):
        if common[_content(row)] > 0:
            common[_content(row)] -= 1
        else:
            yield row


def _content(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _CONTENT)


def _paired(gone: list[Row], come: list[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """What went with what took its place; each alone where there is no such."""
    for likeness in _LIKENESS:
        for new in list(come):
            key = likeness(new)
            old = next((row for row in gone if key is not None and likeness(row) == key), None)
            if old is not None:
                gone.remove(old)
                come.remove(new)
                yield old, new
    for row in gone:
        yield row, None
    for row in come:
        yield None, row
