"""Numbers, times and names as people read them: pure functions, for the terminal and the page alike.
No markup here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

NONE = "–"

#: Shown in place of a minute while no ball is played, by TheSports' match status.
PAUSES = {3: "HT", 7: "Pens"}

#: The last regular minute of a period, by TheSports' match status: what comes after it is injury time.
PERIOD_ENDS = {2: 45, 4: 90, 5: 120, 6: 120}

#: Each market's columns in `flattened_matches`, without the line.
MARKETS = {
    "money_line": ("money_line_home", "money_line_draw", "money_line_away"),
    "spread": ("spread_home", "spread_away"),
    "over_under": ("over_under_over", "over_under_under"),
    "corners": ("corners_over", "corners_under"),
}


#: Unicode's characters that set the direction of what follows them.
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def plain(text: object) -> str:
    """A name from the data on one line, without what could steer a terminal or turn the text around it."""
    if text is None:
        return NONE
    shown = "".join(" " if character.isspace() else character for character in str(text))
    return "".join(character for character in shown if not _steers(character)).strip()


def _steers(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs"} or unicodedata.bidirectional(character) in DIRECTIONS
    )


def number(value: object) -> str:
    """A whole number, a dash where it is not known."""
    return NONE if value is None else str(value)


def price(value: float | None) -> str:
    """Odds as given (decimal or Hong Kong)."""
    if value is None:
        return NONE
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def american(value: int | None) -> str:
    """American odds with their sign."""
    return NONE if value is None else f"{value:+d}"


def american_from(value: float | None, market: str) -> int | None:
    """American odds of a tick's price: from decimal odds in the money line, else from Hong Kong odds.

    From decimal d: (d - 1) * 100 if d >= 2, else -100 / (d - 1); from Hong Kong h, h = d - 1.
    """
    profit = None if value is None else value - 1 if market == "money_line" else value
    if profit is None or profit <= 0:
        return None
    return round(profit * 100 if profit >= 1 else -100 / profit)


def line(value: float | None, *, signed: bool = False) -> str:
    """A handicap or total without needless zeros: 2.5, 0.25, +1."""
    if value is None:
        return NONE
    return f"{value + 0.0:+g}" if signed and value else f"{abs(value):g}" if signed else f"{value:g}"


def prices(row: Mapping[str, Any], market: str, *, as_american: bool) -> tuple[str, ...]:
    """The chosen bookmaker's prices in a market of a row of `flattened_matches`."""
    if as_american:
        return tuple(american(row[f"{column}_american"]) for column in MARKETS[market])
    return tuple(price(row[column]) for column in MARKETS[market])


def when(row: Mapping[str, Any]) -> str:
    """Where a match stands: its minute (67', 45+2'), a break (HT), else its status in words."""
    status_id, minute = row["status_id"], row["minute"]
    if status_id in PAUSES:
        return PAUSES[status_id]
    if minute is None:
        return plain(row["status"])
    return (
        clock(minute, minute - PERIOD_ENDS[status_id])
        if minute > PERIOD_ENDS.get(status_id, 999)
        else f"{minute}'"
    )


def clock(minute: int | None, added: int | None = None) -> str:
    """A minute of play with its injury time: `clock(47, 2)` is 45+2'."""
    if minute is None:
        return ""
    return f"{minute - added}+{added}'" if added else f"{minute}'"


def goals(row: Mapping[str, Any]) -> tuple[str, str]:
    """Both sides' goals: after 120 minutes once these count, with the shoot-out's in brackets."""
    late = row["status_id"] in {5, 6, 7, 8} and (row["home_overtime_score"] or row["away_overtime_score"])
    scores = [row[f"{side}_{'overtime_score' if late else 'score'}"] for side in ("home", "away")]
    penalties = [row[f"{side}_shootout_score"] for side in ("home", "away")]
    if not any(penalties):
        return number(scores[0]), number(scores[1])
    home, away = (
        f"{number(score)} ({number(kicked)})" for score, kicked in zip(scores, penalties, strict=True)
    )
    return home, away


def duration(seconds: float) -> str:
    """A time in the largest unit of which it is at least two: 12 s, 3 min, 2 h, 4 days."""
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def ago(seconds: float) -> str:
    """An age in words: 12 s ago, 3 min ago."""
    return f"{duration(seconds)} ago"
