"""Whether the prices of the present are what they look: figures and findings of the published rows, each by
one query, which the UI shows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from football_assets.checks.figures import Figure
from football_assets.checks.outcome import Check, Outcome
from football_assets.cycle.report import CycleReport
from football_assets.published.thresholds import State
from football_assets.queries import query
from football_assets.tables.flattened import SOME_MARKET_LIVE

if TYPE_CHECKING:
    import duckdb

#: So many examples stand in a check's metadata.
_EXAMPLES = 5

#: Figures of the published rows, each the one value of the query that has the check's name.
PRICE_FIGURES: tuple[Figure, ...] = (
    Figure(
        Check(
            "flattened_matches",
            "live_price_percent",
            "Matches in play with a live price in some market, in per cent of those with prices.",
            "See `current_prices` for why they are not: suspended, from before the match, at another score. "
            "The report's `failures` tells whether odds could not be read.",
            query("checks", "live_price_percent").format(some_market_live=SOME_MARKET_LIVE),
        ),
        "The share of matches in play with a live price",
        "%",
        falling=True,
    ),
    Figure(
        Check(
            "odds_ticks",
            "odds_repaired",
            "Ticks that the API corrected or withdrew in this cycle.",
            "What was replaced is in `odds_revisions`; bets or models on it are to be looked at.",
            query("checks", "odds_repaired"),
        ),
        "The number of repairs taken in",
        "ticks",
    ),
    Figure(
        Check(
            "odds_ticks",
            "odds_set_aside",
            "Ticks of this cycle that could not be read or were dated in the future.",
            "The cycle's `warnings` tell what was wrong with them; the matches stay due until it is mended.",
            query("checks", "odds_set_aside"),
        ),
        "The number of ticks set aside",
        "ticks",
    ),
)

DEAD_PRICES = Check(
    "flattened_matches",
    "dead_prices_shown",
    "No market is called live that is suspended, without a price, from before the match or of another score.",
    "Do not trade on these prices: this is a fault of the pipeline, not of the API. Please report it.",
    query("checks", "dead_prices_shown"),
)


def price_figure(connection: duckdb.DuckDBPyConnection, figure: Figure) -> float | None:
    """The value of a figure of `PRICE_FIGURES`; None where it was not measured."""
    found = connection.execute(figure.check.sql).fetchone()
    return None if found is None or found[0] is None else float(found[0])


def dead_prices_shown(connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None) -> Outcome:
    """Whether each market that looks alive is alive by the rule; critical where one is not."""
    found = connection.execute(DEAD_PRICES.sql).fetchall()
    examples = [f"{match_id}: {company}, {market}, {reason}" for match_id, company, market, reason in found]
    return Outcome(
        State.CRITICAL if found else State.NORMAL,
        f"{len(found)} markets are called live and are not: {'; '.join(examples[:_EXAMPLES])}."
        if found
        else "Each market that is called live is.",
        {"dead": len(found)} | ({"examples": examples[:_EXAMPLES]} if found else {}),
    )
