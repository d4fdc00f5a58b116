"""Numbers, times and names as people read them: pure functions, for the terminal and the page alike.
No markup here."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from football_assets.codes import IN_EXTRA_TIME, PERIODS, MatchStatus

NONE = "–"

#: Shown in place of a minute while no ball is played, by TheSports' match status.
PAUSES = {MatchStatus.HALF_TIME: "HT", MatchStatus.SHOOT_OUT: "Pens"}

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


def number(value: int | None) -> str:
    """A whole number, a dash where it is not known."""
    return NONE if value is None else _short(value, str(value))


def price(value: float | None) -> str:
    """Odds as given (decimal or Hong Kong), at most seven characters whatever the number."""
    if value is None:
        return NONE
    return f"{value:.2f}" if abs(value) < 100 else _short(value, f"{value:.0f}")


def american(value: int | None) -> str:
    """American odds with their sign, at most seven characters whatever the number."""
    return NONE if value is None else _short(value, f"{value:+d}")


def _short(value: float, written: str) -> str:
    """A number as written, in powers of ten where that is too long: an absurd price of 1e300, which the API
    may give, has 301 digits, and the room of every other column of a table."""
    return written if abs(value) < 100_000 else f"{value:{'+' if written[0] == '+' else ''}.0e}"


def american_from(value: float | None, market: str) -> int | None:
    """American odds of a tick's price: from decimal odds in the money line, else from Hong Kong odds.

    From decimal d: (d - 1) * 100 if d >= 2, else -100 / (d - 1); from Hong Kong h, h = d - 1. Rounded half
    away from zero, as the database's `american_from_decimal` and `american_from_hong_kong` do.
    """
    profit = None if value is None else value - 1 if market == "money_line" else value
    if profit is None or profit <= 0:
        return None
    amount = profit * 100 if profit >= 1 else 100 / profit
    if not math.isfinite(amount):
        return None
    rounded = math.floor(amount + 0.5)
    return rounded if profit >= 1 else -rounded


def line(value: float | None, *, signed: bool = False) -> str:
    """A handicap or total without needless zeros: 2.5, 0.25, +1."""
    if value is None:
        return NONE
    signed = signed and value != 0
    return _short(value, f"{value:+g}" if signed else f"{value + 0.0:g}")


def prices(row: Mapping[str, Any], market: str, *, as_american: bool) -> tuple[str, ...]:
    """The chosen bookmaker's prices in a market of a row of `flattened_matches`."""
    if as_american:
        return tuple(american(row[f"{column}_american"]) for column in MARKETS[market])
    return tuple(price(row[column]) for column in MARKETS[market])


#: What may be done with a price: taken; not while its market is closed; no longer; there is none.
MarketState = Literal["live", "suspended", "dead", "none"]


def market_state(row: Mapping[str, Any], market: str) -> MarketState:
    """How the prices of a market stand in a row of `flattened_matches`.

    What is not told to be live is not. A file of before the columns `<market>_live` tells only whether the
    newest tick was suspended.
    """
    if all(row[column] is None for column in MARKETS[market]):
        return "none"
    if row.get(f"{market}_suspended", row["odds_suspended"]):
        return "suspended"
    return "live" if row.get(f"{market}_live", True) else "dead"


def market_note(row: Mapping[str, Any], market: str, at: datetime | None) -> str:
    """Why the prices of a market cannot be taken: `suspended`, or their age at that time (the publishing);
    empty where they are live or there is none."""
    state = market_state(row, market)
    if state != "dead":
        return state if state == "suspended" else ""
    made_at = row.get(f"{market}_at")
    return "not live" if made_at is None or at is None else f"{duration((at - made_at).total_seconds())} old"


def legend(marked: str) -> str:
    """What it means that prices are `marked`, such as `struck`."""
    return (
        f"{marked[:1].upper()}{marked[1:]} prices cannot be taken: the market is suspended, or the price is "
        "from before the kick-off or the last goal, or no longer offered. Its age is as of publishing."
    )


def when(row: Mapping[str, Any]) -> str:
    """Where a match stands: its minute (67', 45+2'), a break (HT), else its status in words."""
    status_id, minute = row["status_id"], row["minute"]
    if status_id in PAUSES:
        return PAUSES[status_id]
    if minute is None:
        return plain(row["status"])
    _, end = PERIODS.get(status_id, (0, minute))
    regular = min(minute, end)  # what comes after a period's end is injury time
    return clock(regular, minute - regular)


def clock(minute: int | None, added: int | None = None) -> str:
    """A minute of play with its injury time, as the API tells an incident's: `clock(45, 2)` is 45+2'."""
    if minute is None:
        return ""
    return f"{minute}+{added}'" if added else f"{minute}'"


def goals(row: Mapping[str, Any]) -> tuple[str, str]:
    """Both sides' goals: after 120 minutes once these count, with the shoot-out's in brackets."""
    may_be_late = row["status_id"] in {*IN_EXTRA_TIME, MatchStatus.END}
    late = may_be_late and (row["home_overtime_score"] or row["away_overtime_score"])
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
