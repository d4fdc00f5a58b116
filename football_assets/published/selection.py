"""Which of the matches read are shown, and how they are grouped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from football_assets.published.formatting import plain
from football_assets.published.reading import Row

#: Shown in place of a country that is not known; competitions of several countries are International.
NO_COUNTRY = "Unknown country"


@dataclass(frozen=True)
class Wanted:
    """A choice of matches by parts of names, in upper or lower case; None takes all."""

    country: str | None = None
    competition: str | None = None
    team: str | None = None
    status: str | None = None

    def of(self, matches: Iterable[Row]) -> list[Row]:
        """The matches that fit everything that is asked for."""
        return [row for row in matches if self._fits(row)]

    def _fits(self, row: Row) -> bool:
        return (
            _occurs(self.country, row["country"] or NO_COUNTRY)
            and _occurs(self.competition, row["competition"])
            and _occurs(self.status, row.get("status"))
            and (_occurs(self.team, row["home_team"]) or _occurs(self.team, row["away_team"]))
        )


def _occurs(part: str | None, name: str | None) -> bool:
    return part is None or part.casefold() in (name or "").casefold()


def by_competition(matches: Iterable[Row]) -> Iterator[tuple[str, str, list[Row]]]:
    """Country, competition and matches, in the order of the rows, which are sorted so."""
    for (country, competition), group in groupby(
        matches, key=lambda row: (row["country"], row["competition"])
    ):
        yield plain(country or NO_COUNTRY), plain(competition or "Unknown competition"), list(group)


def found(matches: Iterable[Row], wanted: str) -> list[Row]:
    """The matches in whose teams, competition or country each word of `wanted` occurs."""
    words = wanted.casefold().split()
    fields = ("home_team", "away_team", "competition", "country")
    return [
        row
        for row in matches
        if all(word in " ".join(str(row[f] or "") for f in fields).casefold() for word in words)
    ]
