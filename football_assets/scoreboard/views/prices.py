"""A bookmaker's prices in a row of matches, and all bookmakers' on a match's page. No HTML here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from football_assets.published.formatting import (
    american,
    american_from,
    duration,
    legend,
    line,
    market_note,
    price,
    prices,
)
from football_assets.published.reading import Row
from football_assets.scoreboard.views.base import Own, View

#: The markets in the list of matches; the page of a match shows all that have a price.
LISTED_MARKETS = ("money_line", "spread", "over_under")

MARKET_TITLES = {
    "money_line": "Money line",
    "spread": "Spread",
    "over_under": "Over/under",
    "corners": "Corners",
}


@dataclass(frozen=True)
class Price:
    """A price under what it is for."""

    outcome: Own
    value: Own


@dataclass(frozen=True)
class Market:
    """The prices of a market; a note tells why they cannot be taken, and is empty where they can."""

    name: Own
    prices: Sequence[Price]
    note: Own


@dataclass(frozen=True)
class Odds:
    """The chosen bookmaker's present prices; no market where there is no bookmaker."""

    markets: Sequence[Market]


@dataclass(frozen=True)
class Legend(View):
    """What the signs at the prices mean."""

    template = "legend.html"
    text: Own


@dataclass(frozen=True)
class Bookmaker:
    """A bookmaker's newest prices, a market a column, None where it has none; a link to its charts."""

    name: str
    address: Own
    here: bool
    markets: Sequence[Market | None]


@dataclass(frozen=True)
class Bookmakers(View):
    """The newest prices of every bookmaker."""

    template = "bookmakers.html"
    markets: Sequence[Own]
    bookmakers: Sequence[Bookmaker]


def odds(row: Row, markets: Iterable[str], at: datetime | None, *, as_american: bool) -> Odds:
    """The chosen bookmaker's present prices in these markets."""
    if row["bookmaker_id"] is None:
        return Odds([])
    return Odds(
        [
            Market(
                Own(market),
                [
                    Price(Own(outcome), Own(value))
                    for outcome, value in zip(
                        outcomes(market, None if market == "money_line" else row[f"{market}_line"]),
                        prices(row, market, as_american=as_american),
                        strict=True,
                    )
                ],
                Own(market_note(row, market, at)),
            )
            for market in markets
        ]
    )


def outcomes(market: str, value: float | None) -> tuple[str, ...]:
    """What the prices of a market are for, with its line."""
    if market == "money_line":
        return "1", "X", "2"
    if market == "spread":
        # The API's positive handicap is given by the home side.
        return line(None if value is None else -value, signed=True), line(value, signed=True)
    return ("O", "U") if value is None else (f"O {line(value)}", f"U {line(value)}")


def legends(shown: Iterable[Odds]) -> list[Legend]:
    """The legend, where there is anything that it explains."""
    struck = any(market.note for odds in shown for market in odds.markets)
    return [Legend(Own(legend("struck")))] if struck else []


def tick_market(tick: Row, *, as_american: bool) -> Market:
    """A bookmaker's newest tick in a market, with `is_live` and `age_seconds`."""
    market = tick["market"]
    columns = ["home_or_over", "away_or_under"]
    if market == "money_line":
        columns.insert(1, "draw_or_line")
    values = [
        american(american_from(tick[column], market)) if as_american else price(_positive(tick[column]))
        for column in columns
    ]
    names = outcomes(market, None if market == "money_line" else tick["draw_or_line"])
    shown = [Price(Own(name), Own(value)) for name, value in zip(names, values, strict=True)]
    return Market(Own(market), shown, Own(_note(tick)))


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _note(tick: Row) -> str:
    if tick["is_live"]:
        return ""
    return "suspended" if tick["suspended"] else f"{duration(tick['age_seconds'])} old"
