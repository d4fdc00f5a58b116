"""What is said of the published data, whoever shows it: how old, and how far to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from football_assets.published.freshness import Freshness, freshness, published_words
from football_assets.published.reading import Reading, Row
from football_assets.settings import Settings

#: What a row's `data_source` says where the API did not answer for all of it.
OLDER_SOURCES = {"last_known": "last known", "mock": "placeholder"}


@dataclass(frozen=True)
class Notice:
    """Something to know of the figures. `kind` is `simulated`, `late`, `dead`, `partial` or `empty`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Publication:
    """When the file was published (aware, UTC; None where it was gone at once), and what it holds."""

    published_at: datetime | None
    matches_live: int
    simulated: bool

    def age(self, now: datetime) -> float | None:
        """Seconds since the publishing, as `freshness.published_age` tells them."""
        return None if self.published_at is None else (now - self.published_at).total_seconds()


def publication(source: Reading) -> Publication:
    """The publication that is being read."""
    row: dict[str, Any] = source.row("publication") or {}
    written_at = None if source.version is None else datetime.fromtimestamp(source.version[0] / 1e9, UTC)
    return Publication(written_at, row["matches_live"], row["simulated"])


def notices(
    read: Publication, matches: Sequence[Row] | None, now: datetime, settings: Settings
) -> list[Notice]:
    """What a reader must be told of the matches shown (None where none are meant to be)."""
    said = []
    if read.simulated:
        said.append(
            Notice(
                "simulated", "Simulated matches: no credentials are set, so the embedded simulator answers."
            )
        )
    age = read.age(now)
    state = freshness(age, settings.threshold_age_seconds)
    if state is not Freshness.FRESH:
        due = f"due every {settings.interval_seconds} s"
        said.append(Notice(state.word, f"The data are {state.word}: {published_words(age)}, {due}."))
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
