"""What is said of the published data, whoever shows it: how old, how far to be trusted, how grouped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from football_assets.published.formatting import ago, plain
from football_assets.published.reading import Reading, Row

#: Data older than this many intervals are stale: a cycle that should have published has not.
STALE_AFTER_INTERVALS = 2


#: What a row's `data_source` says where the API did not answer for all of it.
OLDER_SOURCES = {"last_known": "last known", "mock": "placeholder"}


@dataclass(frozen=True)
class Notice:
    """Something to know of the figures. `kind` is `simulated`, `stale`, `partial` or `empty`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Publication:
    """When the file was published (aware; None where it holds nothing that tells), and what it holds."""

    published_at: datetime | None
    matches_live: int
    simulated: bool

    def age(self, now: datetime) -> float | None:
        """Seconds since the publishing, None where it is not known."""
        return None if self.published_at is None else (now - self.published_at).total_seconds()

    def stale(self, now: datetime, interval_seconds: float) -> bool:
        """Whether more than two intervals have passed since the publishing."""
        age = self.age(now)
        return age is not None and age > STALE_AFTER_INTERVALS * interval_seconds

    def said(self, now: datetime) -> str:
        """The age in words."""
        age = self.age(now)
        return "nothing published yet" if age is None else f"published {ago(age)}"


def publication(source: Reading) -> Publication:
    """The publication that is being read."""
    row: dict[str, Any] = source.row("publication") or {}
    return Publication(row["published_at"], row["matches_live"], row["simulated"])


def notices(
    read: Publication, matches: Sequence[Row] | None, now: datetime, interval_seconds: float
) -> list[Notice]:
    """What a reader must be told of the matches shown (None where none are meant to be)."""
    said = []
    if read.simulated:
        said.append(
            Notice(
                "simulated", "Simulated matches: no credentials are set, so the embedded simulator answers."
            )
        )
    if read.stale(now, interval_seconds):
        said.append(Notice("stale", f"Stale data: {read.said(now)}, due every {interval_seconds:g} s."))
    older = sum(row["data_source"] in OLDER_SOURCES for row in matches or ())
    if older:
        said.append(
            Notice(
                "partial",
                f"In {older} of {len(matches or ())} matches something is last known or a placeholder.",
            )
        )
    if matches is not None and not matches:
        others = f" The live list holds {read.matches_live} that are not." if read.matches_live else ""
        said.append(Notice("empty", f"No match is in play.{others}"))
    return said


def by_competition(matches: Iterable[Row]) -> Iterator[tuple[str, str, list[Row]]]:
    """Country, competition and matches, in the order of the rows, which are sorted so."""
    for (country, competition), group in groupby(
        matches, key=lambda row: (row["country"], row["competition"])
    ):
        yield plain(country or "International"), plain(competition or "Unknown competition"), list(group)


def found(matches: Iterable[Row], wanted: str) -> list[Row]:
    """The matches in whose teams, competition or country each word of `wanted` occurs."""
    words = wanted.casefold().split()
    fields = ("home_team", "away_team", "competition", "country")
    return [
        row
        for row in matches
        if all(word in " ".join(str(row[f] or "") for f in fields).casefold() for word in words)
    ]
