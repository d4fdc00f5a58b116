"""Where the rows of each history lie.

    <data>/history/<table>/kickoff_day=<day>/rows-<batch>.parquet  some rows of the day
    <data>/history/<table>/kickoff_day=<day>/all-<batch>.parquet   all rows of the day as of this batch

A file is never changed. One of all rows supersedes those of lower batches in its folder; these stay for a
while for readers of older editions. So the names alone tell what counts, also where the warehouse was lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from football_assets.tables.cycles import Cycle, Edition
from football_assets.tables.details import MatchDetailChange
from football_assets.tables.flattened import SourceChange
from football_assets.tables.live import (
    LiveMatchChange,
    LiveSpell,
    MatchCommentChange,
    MatchIncidentChange,
    MatchStatChange,
)
from football_assets.tables.odds import AgedOddsTick
from football_assets.tables.schema import Row, Table

DAY = "kickoff_day"
#: The beginning of the name of a file with all rows of its day.
ALL = "all"
#: The beginning of the name of a file with some rows of its day.
SOME = "rows"

_PARQUET = b"PAR1"
#: The sign at both ends, and the length of the footer between them.
_SMALLEST = 2 * len(_PARQUET) + 4


@dataclass(frozen=True)
class History:
    """A history: `view` is over the rows of its `tables` and the files. Rows leave `leaving`."""

    view: str
    row: type[Row]
    tables: tuple[str, ...]
    order: str

    @property
    def table(self) -> Table:
        """The table whose rows leave; its columns are those of the files."""
        return self.row.table

    @property
    def leaving(self) -> str:
        """Its name, and that of the folder."""
        return self.table.name


def _of(view: str, row: type[Row], order: str = "match_id, seen_at") -> History:
    return History(view, row, (row.table.name,), order)


ODDS = History(
    "odds_history",
    AgedOddsTick,
    ("odds_ticks", "odds_revisions", "aged_odds_ticks"),
    "match_id, company_id, market, tick_at, sequence",
)

DETAILS = _of("match_detail_history", MatchDetailChange)

#: Histories of matches, by the day of the kick-off.
MATCH_HISTORIES = (
    ODDS,
    _of("live_match_history", LiveMatchChange),
    _of("live_spell_history", LiveSpell),
    _of("match_stat_history", MatchStatChange),
    _of("match_incident_history", MatchIncidentChange),
    _of("match_commentary_history", MatchCommentChange),
    DETAILS,
    _of("row_source_history", SourceChange),
)
#: Histories of the pipeline itself, by the day on which its rows were made.
OWN_HISTORIES = (
    (_of("cycle_history", Cycle, "started_at"), "started_at"),
    (_of("edition_history", Edition, "edition"), "published_at"),
)
HISTORIES = (*MATCH_HISTORIES, *(history for history, _ in OWN_HISTORIES))


def day_folder(directory: Path, history: History, day: date) -> Path:
    """The folder of a day's files of a history."""
    return directory / history.leaving / f"{DAY}={day}"


def day_of(path: Path) -> date:
    """The day of a file, or of a day's folder."""
    folder = path if path.name.startswith(DAY) else path.parent
    return date.fromisoformat(folder.name.partition("=")[2])


def batch_of(path: Path) -> int:
    """The batch by which a file, or a draft of one, was written."""
    return int(path.name.partition(".")[0].split("-")[1])


def day_folders(directory: Path, history: History) -> list[Path]:
    """The folders of all days of a history."""
    return sorted((directory / history.leaving).glob(f"{DAY}=*"))


def standing(folder: Path) -> list[Path]:
    """The files that hold a day's rows, without those that are superseded."""
    files = sorted(folder.glob("*.parquet"), key=batch_of)
    last = max((batch_of(path) for path in _of_all(files)), default=0)
    return [path for path in files if batch_of(path) >= last]


def superseded(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each superseded file of a day, with the oldest file that supersedes it."""
    files = sorted(folder.glob("*.parquet"), key=batch_of)
    for path in files:
        later = [one for one in _of_all(files) if batch_of(one) > batch_of(path)]
        if later:
            yield path, later[0]


def _of_all(files: Iterable[Path]) -> Iterator[Path]:
    return (path for path in files if path.name.startswith(f"{ALL}-"))


#: The files that this process has found whole, with their sizes and times: each publishing looks at all of
#: them, some thousands after a year.
_WHOLE: set[tuple[str, int, int]] = set()


def set_aside_unreadable(directory: Path) -> list[Path]:
    """Rename the files that are not whole, as a full or failing disk leaves them; gives what they were."""
    broken = []
    for version in sorted(set(_versions(directory)) - _WHOLE):
        path = Path(version[0])
        if _is_whole(path):
            _WHOLE.add(version)
        else:
            path.rename(path.with_name(f"{path.name}.unreadable"))
            broken.append(path)
    return broken


def _versions(directory: Path) -> Iterator[tuple[str, int, int]]:
    """The Parquet files below a directory, with their sizes and times of change."""
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith(".parquet"):
                path = os.path.join(folder, name)  # noqa: PTH118 - a `Path` for each takes twice as long
                status = os.stat(path)  # noqa: PTH116
                yield path, status.st_size, status.st_mtime_ns


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file has its beginning and its end, by the signs that stand at both."""
    size = path.stat().st_size
    if size < _SMALLEST:
        return False
    with path.open("rb") as file:
        first = file.read(len(_PARQUET))
        file.seek(size - len(_PARQUET))
        return first == file.read() == _PARQUET
