"""Which changes are wanted: filters, as the command's options and as query parameters, by one parser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from football_assets.codes import BOOKMAKERS
from football_assets.follow.change import KINDS, PRICES, Change, Match
from football_assets.published.formatting import MARKETS

#: The filters, as options and as query parameters. Each can be given several times.
FILTERS = ("match", "competition", "market", "bookmaker", "kind")


class BadFilter(ValueError):
    """A filter that is not allowed. The message is one line."""


@dataclass(frozen=True)
class Wanted:
    """What is wanted; an empty filter takes all. Of several values of a filter one must fit, and all filters
    must. `markets` and `companies` choose among prices only."""

    matches: tuple[str, ...] = ()
    competitions: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    companies: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()

    @classmethod
    def parse(cls, given: Mapping[str, Sequence[str]]) -> Wanted:
        """The filters by their texts. Raises `BadFilter`."""
        return cls(
            matches=tuple(map(str.casefold, given.get("match", ()))),
            competitions=tuple(map(str.casefold, given.get("competition", ()))),
            markets=_among("market", given.get("market", ()), MARKETS),
            companies=tuple(id_ for text in given.get("bookmaker", ()) for id_ in _companies(text)),
            kinds=_among("kind", given.get("kind", ()), KINDS),
        )

    @property
    def price_kinds(self) -> list[str]:
        """The kinds of changes of prices that are wanted."""
        return [kind for kind in KINDS if kind in PRICES and (not self.kinds or kind in self.kinds)]

    def fits(self, change: Change) -> bool:
        """Whether the change is wanted."""
        if self.kinds and change.kind not in self.kinds:
            return False
        if change.kind in PRICES:
            values = change.event.values
            if self.markets and values["market"] not in self.markets:
                return False
            if self.companies and values["company_id"] not in self.companies:
                return False
        return self.fits_match(change.match)

    @property
    def any_match(self) -> bool:
        """Whether changes of all matches are wanted."""
        return not self.matches and not self.competitions

    def fits_match(self, match: Match) -> bool:
        """Whether changes of the match are wanted."""
        teams = f"{match.home_team or ''} - {match.away_team or ''}"
        competition = f"{match.country or ''} {match.competition or ''}"
        return _fit(self.matches, match.match_id, teams) and _fit(
            self.competitions, match.competition_id, competition
        )


def _fit(wanted: Iterable[str], id_: str | None, names: str) -> bool:
    """Whether one of the texts is the id, or has all its words in the names."""
    options = list(wanted)
    folded = names.casefold()
    return not options or any(
        text == (id_ or "").casefold() or (text and all(word in folded for word in text.split()))
        for text in options
    )


def _among(name: str, given: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    found = tuple(given)
    for text in found:
        if text not in allowed:
            raise BadFilter(f"{name} {text[:80]!r} is not allowed: one of {', '.join(allowed)}")
    return found


def _companies(text: str) -> list[int]:
    """The ids of the bookmakers that a text means: an id, or a part of a name."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return [int(text)]
    found = [
        id_ for id_, name in BOOKMAKERS.items() if text.strip() and text.strip().casefold() in name.casefold()
    ]
    if not found:
        names = ", ".join(BOOKMAKERS.values())
        raise BadFilter(f"bookmaker {text[:80]!r} is not allowed: an id, or a part of one of {names}")
    return found
