"""Removes files by their age. What they are and how long they are kept is told by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Removed:
    """How many things went, and how many bytes with them."""

    count: int = 0
    size: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.count + other.count, self.size + other.size)


def remove_older(root: Path, pattern: str, now: datetime, keep: timedelta) -> Removed:
    """Remove the files of `pattern` below `root` that were last written more than `keep` ago.

    A directory that is empty by that goes too; a link is removed, not followed.
    """
    removed, limit = Removed(), (now - keep).timestamp()
    for path in list(root.glob(pattern)):
        status = path.lstat()
        if path.is_dir() or status.st_mtime >= limit:
            continue
        path.unlink(missing_ok=True)
        removed += Removed(1, status.st_size)
        _remove_empty(path.parent, root)
    return removed


def _remove_empty(directory: Path, root: Path) -> None:
    # The directories straight below the root belong to the project, empty or not.
    while directory.parent != root and directory != root and not any(directory.iterdir()):
        directory.rmdir()
        directory = directory.parent
