"""How large an answer may be, endpoint by endpoint, and whether one is. Knows nothing of HTTP.

The bounds are about ten times what the largest known answer has: 1,000 live matches are a live list of 1.1 MB
and 0.16 million values, the longest history of prices has 0.4 MB and 0.09 million values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from football_assets.thesports.endpoints import (
    COMPETITIONS,
    COUNTRIES,
    DELETED,
    DIARY,
    LIVE,
    LIVE_HISTORY,
    MATCHES,
    ODDS_HISTORY,
    ODDS_LIVE,
    ODDS_UPDATE,
    TEAMS,
)

MEGABYTE = 1024 * 1024

#: Lists and objects within each other; the deepest known answer has 5.
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """`size`: bytes on the wire, and bytes unpacked. `rows`: entries of the results. `values`: commas and
    opening brackets, about as many as there are values; one takes at most 130 bytes of memory, beside 4 for
    each byte of text."""

    size: int
    rows: int
    values: int

    def excess(self, body: bytes) -> str | None:
        """What an unpacked answer has too much of, before anything is built of it; None where nothing."""
        if len(body) > self.size:
            return f"more than {self.size} bytes"
        brackets = body.translate(_AS_SQUARE, _NO_BRACKETS)
        # A value takes two bytes or more, so that usually there is no need to count.
        if len(body) > 2 * self.values and body.count(b",") + brackets.count(b"[") > self.values:
            return f"more than {self.values} values"
        if not _is_shallow(brackets):
            return f"lists and objects more than {MAX_DEPTH} deep"
        return None


#: One row that is asked for by its id.
ONE_ROW = Bounds(MEGABYTE, 10, 100_000)

_PAGE = Bounds(8 * MEGABYTE, 10_000, 1_000_000)

BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        LIVE: Bounds(16 * MEGABYTE, 12_000, 2_000_000),
        MATCHES: _PAGE,
        DIARY: Bounds(16 * MEGABYTE, 20_000, 2_000_000),
        LIVE_HISTORY: Bounds(MEGABYTE, 100, 100_000),
        ODDS_HISTORY: Bounds(4 * MEGABYTE, 1_000, 1_000_000),
        ODDS_LIVE: Bounds(16 * MEGABYTE, 1_000, 2_000_000),
        ODDS_UPDATE: Bounds(4 * MEGABYTE, 50_000, 500_000),
        TEAMS: _PAGE,
        COMPETITIONS: _PAGE,
        COUNTRIES: Bounds(MEGABYTE, 2_500, 100_000),
        DELETED: Bounds(4 * MEGABYTE, 100, 500_000),
    }
)


def bounds_of(endpoint: str, *, one_row: bool) -> Bounds:
    """The bounds of an endpoint's answers. `one_row`: a list endpoint that is asked for one id."""
    bounds = BOUNDS.get(endpoint, _PAGE)
    return ONE_ROW if one_row and bounds is _PAGE else bounds


_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _is_shallow(brackets: bytes) -> bool:
    """Whether the brackets are at most `MAX_DEPTH` deep. Taking out each "][" leaves the depth as it is and
    raises every valley, so that after as many times only one peak is left: "[[[]]]".

    Brackets in texts count too. They only can make a sound answer look deep where a text has dozens of them,
    and a deep one shallow, which the decoder's own bound of 1,024 ends.
    """
    for _ in range(MAX_DEPTH):
        if b"][" not in brackets:
            break
        brackets = brackets.replace(b"][", b"")
    return len(brackets) <= 2 * MAX_DEPTH
