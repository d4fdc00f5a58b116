"""Where a reader stands in the sequence of all changes, and how that is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_CURSOR = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)

#: What `--since` and `since` take, in words.
ALLOWED = "a time with its zone, such as 2026-05-01T18:30:00Z, or the cursor of the last line, such as 412.17"


class BadPosition(ValueError):
    """A position that cannot be read, is not known any more, or not there yet. The message is one line."""


@dataclass(frozen=True, order=True)
class Position:
    """After the change number `place` of an edition; after all of the edition with None."""

    edition: int
    place: int | None = None

    def __str__(self) -> str:
        return str(self.edition) if self.place is None else f"{self.edition}.{self.place}"

    @property
    def whole(self) -> int:
        """The last edition of which everything was told."""
        return self.edition if self.place is None else self.edition - 1

    @property
    def told(self) -> int:
        """How many changes of the edition after `whole` were told."""
        return self.place or 0


def parse_since(text: str, now: datetime) -> Position | datetime:
    """A position by its text, or a time (aware, in UTC). Raises `BadPosition`."""
    text = text.strip()
    if found := _CURSOR.fullmatch(text):
        edition, place = int(found[1]), None if found[2] is None else int(found[2])
        if edition or place is None:
            return Position(edition, place)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadPosition(f"{text[:80]!r} is not allowed: {ALLOWED}") from None
    if moment.tzinfo is None:
        raise BadPosition(f"{text!r} has no time zone: write {moment.isoformat()}Z for UTC")
    if moment > now:
        raise BadPosition(f"{text!r} is in the future: it is {now:%Y-%m-%dT%H:%M:%SZ}")
    return moment.astimezone(UTC)
