"""Which of the matches read are shown, and how they are grouped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from football_assets.published.formatting import plain
from football_assets.published.reading import Row


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
