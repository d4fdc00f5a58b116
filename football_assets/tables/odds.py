"""Prices: every tick, what stands now, the best of it, and the first and last before play."""

from datetime import date, datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns, stored, view
from football_assets.tables.words import (
    Bookmaker,
    Company,
    CompanyId,
    Known,
    Market,
    OfMatch,
    SeenAt,
)

HomeOrOver = Annotated[float | None, "home or over: decimal odds in money_line, else Hong Kong odds"]
DrawOrLine = Annotated[
    float | None,
    "decimal odds of the draw in money_line, else the line; in spread positive: the home side gives the "
    "goals, in play counted from the score at the tick, not from 0-0",
]
AwayOrUnder = Annotated[float | None, "away or under: decimal odds in money_line, else Hong Kong odds"]
Suspended = Annotated[bool | None, "whether the market was suspended, NULL where that could not be read"]
HomeScore = Annotated[int | None, "the home side's goals at the tick; corners in the corners market"]
AwayScore = Annotated[int | None, "the away side's goals at the tick; corners in the corners market"]
TickAt = Annotated[datetime, "when the price changed, by the API, to the second"]
Minute = Annotated[str | None, "as given: 1 to 45, 45+, midfield, ..., NULL before kick-off"]


@columns
class Quote(Row):
    """What a bookmaker quoted in a market."""

    company_id: CompanyId
    company: Company
    market: Market
    tick_at: TickAt
    sequence: Annotated[int, "order of the ticks of one second, from 1, the oldest first"]
    minute: Minute
    home_or_over: HomeOrOver
    draw_or_line: DrawOrLine
    away_or_under: AwayOrUnder
    status_id: Annotated[int | None, "match status at the tick, by TheSports' code"]
    suspended: Suspended
    home_score: HomeScore
    away_score: AwayScore


TICK_KEY = ("match_id", "company_id", "market", "tick_at", "sequence")


@stored("odds_ticks", key=TICK_KEY)
class OddsTick(Quote, OfMatch):
    """Each change of a price, once, of every match seen in the live list within the last 24 hours, and of
    fixtures that soon begin."""

    seen_at: SeenAt


@stored("newest_ticks", key=("match_id", "company_id", "market"))
class NewestTick(Quote, OfMatch):
    """The newest tick of each match, bookmaker and market of `odds_ticks`: what `current_prices` judges."""

    seen_at: SeenAt


@stored("odds_revisions", key=(*TICK_KEY, "replaced_at"))
class OddsRevision(Known, Quote, OfMatch):
    """Ticks as they were before the API corrected or withdrew them."""


@stored("aged_odds_ticks", key=TICK_KEY)
class AgedOddsTick(Known, Quote, OfMatch):
    """Ticks of matches not seen for 24 hours, on their way into the history's files."""


@stored("bookmakers", key=("company_id",))
class PreferredBookmaker(Row):
    """The bookmakers whose odds are preferred, in their order."""

    company_id: CompanyId
    company: Company
    preference: Annotated[int, "1 is the most preferred"]


@view("current_prices", key=("match_id", "company_id", "market"))
class CurrentPrice(Quote, OfMatch):
    """A view: the newest tick of each live match, bookmaker and market, and whether it can be taken."""

    seen_at: SeenAt
    age_seconds: Annotated[int, "seconds from the tick to the publishing"]
    same_score: Annotated[
        bool | None, "whether the tick was made at the present score (after 120 minutes where these count)"
    ]
    made_in_play: Annotated[bool, "whether the tick was made in play: status 2 to 7"]
    is_live: Annotated[
        bool,
        "whether the price can be taken: the match has not ended, the market is open, all prices are above 0 "
        "(above 1 in money_line); in play the tick is from play and, but for corners, at the present score",
    ]
    overround: Annotated[
        float | None,
        "sum of the inverse decimal odds less 1: the bookmaker's margin; NULL without all prices",
    ]
    fair_home: Annotated[float | None, "money_line: probability of a home win without the margin"]
    fair_draw: Annotated[float | None, "money_line: probability of a draw without the margin"]
    fair_away: Annotated[float | None, "money_line: probability of an away win without the margin"]
    fair_home_or_over: Annotated[
        float | None, "other markets: probability of home or over without the margin, a push left out"
    ]
    fair_away_or_under: Annotated[
        float | None, "other markets: probability of away or under without the margin, a push left out"
    ]


@view("best_prices", key=("match_id", "market", "line"))
class BestPrice(OfMatch):
    """A view: the best live price of each outcome of a live match, market and line, and whose it is."""

    market: Market
    line: Annotated[
        float | None, "the line, in spread positive: the home side gives the goals; NULL in money_line"
    ]
    home_or_over: Annotated[float, "best price: decimal odds in money_line, else Hong Kong odds"]
    home_or_over_company: Annotated[str | None, "whose it is"]
    draw_or_line: Annotated[float | None, "best decimal odds of the draw in money_line, else the line"]
    draw_company: Annotated[str | None, "whose the best price of the draw is, NULL but in money_line"]
    away_or_under: Annotated[float, "best price: decimal odds in money_line, else Hong Kong odds"]
    away_or_under_company: Annotated[str | None, "whose it is"]
    bookmakers: Annotated[int, "bookmakers with a live price on this line"]
    overround: Annotated[
        float, "sum of the inverse decimal odds of the best prices, less 1; below 0 an arbitrage"
    ]


@view("early_odds", key=("match_id", "market", "minute"))
class EarlyOdds(OfMatch):
    """A view: for each match and market, the last tick in each of the minutes 2 to 6, of the first preferred
    bookmaker with any tick for the match (not always the bookmaker of `flattened_matches`)."""

    market: Market
    minute: Annotated[int, "match minute, 2 to 6"]
    bookmaker_id: Annotated[int, "the first bookmaker, by preference, with any tick for the match"]
    bookmaker: Bookmaker
    odds_at: Annotated[datetime, "when the price changed"]
    home_or_over: HomeOrOver
    draw_or_line: DrawOrLine
    away_or_under: AwayOrUnder
    suspended: Suspended
    home_score: HomeScore
    away_score: AwayScore


@view("odds_history", key=(*TICK_KEY, "seen_at"))
class OddsHistory(Known, Quote, OfMatch):
    """A view: every tick of every match ever seen, those that were corrected or withdrawn among them."""


@columns
class FirstSeen(Row):
    """From when on a tick was known."""

    seen_at: SeenAt


@columns
class OfDay(Row):
    """The day of a history's row."""

    kickoff_day: Annotated[date | None, "day (UTC) of the match's kick-off: reading one is quick"]


@view("opening_prices", key=("match_id", "company_id", "market"))
class OpeningPrice(OfDay, FirstSeen, Quote, OfMatch):
    """A view: the first tick of each match, bookmaker and market, of all history. It may be suspended, or
    from play where the bookmaker quoted nothing before."""


@view("closing_prices", key=("match_id", "company_id", "market"))
class ClosingPrice(OfDay, FirstSeen, Quote, OfMatch):
    """A view: the last tick before play, by its own status, of each match, bookmaker and market, of all
    history: the closing line. It may be suspended."""


Outcome = "win, half_win, push, half_loss, loss or void"


@view("settled_prices", key=("match_id", "company_id", "market"))
class SettledPrice(ClosingPrice):
    """A view: the closing prices of ended matches, and what a bet of 1 on each side came to, by the goals of
    regular time, in corners by corners. A match that was abandoned, cancelled, deleted or ruled as lost is
    void."""

    home_or_over_outcome: Annotated[str | None, f"of a bet on home or over: {Outcome}"]
    draw_outcome: Annotated[str | None, f"money_line: of a bet on the draw: {Outcome}"]
    away_or_under_outcome: Annotated[str | None, f"of a bet on away or under: {Outcome}"]
    home_or_over_profit: Annotated[
        float | None, "profit of a stake of 1 on home or over; NULL without a price"
    ]
    draw_profit: Annotated[float | None, "money_line: profit of a stake of 1 on the draw"]
    away_or_under_profit: Annotated[float | None, "profit of a stake of 1 on away or under"]
