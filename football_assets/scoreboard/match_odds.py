"""The prices on a match's page: every bookmaker's newest, and how one's moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from football_assets.codes import ENDED
from football_assets.published.formatting import american, american_from, line, price
from football_assets.published.reading import Row
from football_assets.scoreboard.charts.movement import OUTCOMES, odds_movement
from football_assets.scoreboard.context import Context
from football_assets.scoreboard.page import Part
from football_assets.scoreboard.views import base, prices
from football_assets.scoreboard.views.base import Cell, Line, Link, Links, Own

#: The charts begin this long before the kick-off, unless the whole time from the opening is asked for.
_BEFORE_KICKOFF = timedelta(minutes=10)

#: Prices in a table below a chart.
_LISTED_TICKS = 200

Rows = Callable[..., list[Row]]


@dataclass(frozen=True)
class Told:
    """What is known of a match: its row, whether it is in the live list, and where the rest of it is read."""

    row: Row
    live: bool
    rows: Rows


def match_odds(context: Context, told: Told) -> list[Part]:
    """The newest prices of every bookmaker, and how those of one moved."""
    until = _until(context, told)
    if told.live:
        newest = told.rows("match_prices", until=until)
    else:
        newest = told.rows("last_prices", until=until, status_id=told.row["status_id"])
    title = base.Title(Own("Prices"), Own("struck ones cannot be taken; their age is as of publishing"))
    if not newest:
        return [
            Part(
                "prices",
                [base.Title(Own("Prices")), base.Nothing(Own("No bookmaker has prices for this match."))],
            )
        ]
    company = _company(context, told, newest)
    name = next(tick["company"] for tick in newest if tick["company_id"] == company)
    return [
        Part("prices", [title, _bookmakers(context, newest, company)]),
        *_movement(context, told, company, name, until),
    ]


def _until(context: Context, told: Told) -> datetime:
    """The moment until which a price holds: the publishing, or the end of a match that is over."""
    published: datetime = context.read.published_at or context.now
    ended: datetime | None = told.row["ended_at"]
    return min(published, ended) if ended is not None and told.row["status_id"] in ENDED else published


def _company(context: Context, told: Told, newest: Sequence[Row]) -> int:
    """The bookmaker whose prices are drawn: the address's, else the chosen one, else the most preferred."""
    ids = {tick["company_id"] for tick in newest}
    if context.address.company and int(context.address.company) in ids:
        return int(context.address.company)
    order = [told.row["bookmaker_id"], *context.settings.bookmakers]
    return int(next((id_ for id_ in order if id_ in ids), min(ids)))


def _bookmakers(context: Context, newest: Sequence[Row], company: int) -> prices.Bookmakers:
    by_company: dict[int, dict[str, Row]] = {}
    for tick in newest:
        by_company.setdefault(tick["company_id"], {})[tick["market"]] = tick
    shown = [market for market in OUTCOMES if any(market in found for found in by_company.values())]
    rows = []
    for id_, found in by_company.items():
        markets = [
            prices.tick_market(found[market], as_american=context.address.american)
            if market in found
            else None
            for market in shown
        ]
        name = next(iter(found.values()))["company"]
        rows.append(
            prices.Bookmaker(name, Own(context.address.link(company=str(id_))), id_ == company, markets)
        )
    return prices.Bookmakers([Own(prices.MARKET_TITLES[market]) for market in shown], rows)


def _movement(context: Context, told: Told, company: int, name: str, until: datetime) -> list[Part]:
    ticks = told.rows("odds_movement", company_id=company, until=until)
    kickoff, whole = told.row["kickoff_at"], bool(context.address.span)
    if not whole and kickoff is not None:
        since = min(kickoff - _BEFORE_KICKOFF, until - _BEFORE_KICKOFF)
        ticks = [
            {**tick, "tick_at": max(tick["tick_at"], since)} for tick in ticks if tick["held_until"] > since
        ]
    goals = told.rows(
        "scored",
        home_score=_present(told.row, "home"),
        away_score=_present(told.row, "away"),
    )
    address = context.address
    choice = Links(
        Own("Time shown"),
        [
            Link(Own("From the kick-off"), Own(address.link(span="")), here=not whole),
            Link(Own("From the opening"), Own(address.link(span="opening")), here=whole),
        ],
    )
    parts = [Part("movement", [base.Title(Own("How they moved"), name), choice])]
    for market in OUTCOMES:
        of_market = [tick for tick in ticks if tick["market"] == market]
        charts = odds_movement(market, of_market, goals)
        if charts:
            parts.append(Part(f"chart-{market}", [*charts, _listed(context, market, of_market)]))
    if len(parts) == 1:
        parts.append(Part("chart-none", [base.Nothing(Own("This bookmaker has no price in this time."))]))
    return parts


def _present(row: Row, side: str) -> int:
    """The goals that count: after 120 minutes where they are told."""
    return max(int(row[f"{side}_score"] or 0), int(row[f"{side}_overtime_score"] or 0))


def _listed(context: Context, market: str, ticks: Sequence[Row]) -> base.Table:
    """The prices of a chart as a table, the newest first."""
    names = [name for _, name, _ in OUTCOMES[market]]
    has_line = market != "money_line"
    columns = ["Time", "Minute", *names, *(["Line"] if has_line else []), ""]
    rows = []
    for tick in list(reversed(ticks))[:_LISTED_TICKS]:
        values = [
            american(american_from(tick[column], market)) if context.address.american else price(tick[column])
            for column, _, _ in OUTCOMES[market]
        ]
        lines = [line(tick["draw_or_line"])] if has_line else []
        told_as = [*values, *lines, "suspended" if tick["suspended"] else ""]
        at = Own(moment_words(tick["tick_at"]))
        cells: list[str] = [at, tick["minute"] or Own("before"), *map(Own, told_as)]
        rows.append(Line(Own(""), [Cell(Own(""), cell) for cell in cells]))
    caption = f"{prices.MARKET_TITLES[market]}, the newest first"
    return base.Table(
        Own(caption),
        [Cell(Own(""), Own(column)) for column in columns],
        rows,
        Own(f"As a table ({len(rows)})"),
    )


def moment_words(moment: datetime) -> str:
    """A moment (UTC) with its day and second."""
    return f"{moment:%d %b %Y %H:%M:%S} UTC"
