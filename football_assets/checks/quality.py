"""What the published rows must hold: a pure function on an open DuckDB connection for each check.

Opening the database is in `evaluation`; the figures of the cycle itself are in `figures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from football_assets.checks.outcome import Check, Outcome
from football_assets.checks.prices import DEAD_PRICES, dead_prices_shown
from football_assets.codes import MATCH_STATUS
from football_assets.cycle.report import CycleReport
from football_assets.published.thresholds import State
from football_assets.queries import query

if TYPE_CHECKING:
    import duckdb

Judge = Callable[["duckdb.DuckDBPyConnection", CycleReport | None], Outcome]

#: So many examples stand in a check's metadata.
EXAMPLES = 5

#: Fewer rows than this come and go too easily to say anything about a share of them.
ENOUGH_ROWS = 10

#: A period that is younger has no price of its own yet: markets reopen some minutes after the whistle.
REOPENING = timedelta(minutes=5)
#: A bookmaker that prices a match in play moves some market at least this often while a half runs.
LONGEST_SILENCE = timedelta(minutes=15)

#: From this share of rows that are not this cycle's it is worth a look. What is behind a large share, failed
#: requests, is for the error rate to call critical; and the odds of a first cycle wait for the quota.
NOT_FROM_API_PERCENT = 5.0

#: The tables whose number of rows moves slowly. Statistics, incidents and commentary come in lumps, with the
#: few matches that have them.
STEADY_TABLES = (
    "live_matches",
    "match_details",
    "flattened_matches",
    "odds_ticks",
    "teams",
    "competitions",
    "countries",
)


@dataclass(frozen=True)
class QualityCheck:
    """A check and the function that judges it, of the open database and the former successful cycle."""

    check: Check
    judge: Judge


def unique_match_ids(
    connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None, *, table: str
) -> Outcome:
    """Whether each row of the table has a `match_id` of its own."""
    repeated_ids = (
        f"SELECT match_id, count(*) FROM {table} GROUP BY ALL HAVING count(*) > 1 OR match_id IS NULL"
    )
    found = connection.execute(f"{repeated_ids} ORDER BY match_id").fetchall()
    missing = sum(count for match_id, count in found if match_id is None)
    repeated = [match_id for match_id, _ in found if match_id is not None]
    return Outcome(
        State.CRITICAL if found else State.NORMAL,
        f"{table} has {len(repeated)} match_ids more than once and {missing} rows without one."
        if found
        else f"Each row of {table} has a match_id of its own.",
        {"repeated": len(repeated), "missing": missing, **_examples(repeated)},
    )


def known_statuses(connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None) -> Outcome:
    """Whether each live match has a status of TheSports' code table."""
    by_status = "SELECT status_id, count(*) FROM live_matches GROUP BY ALL ORDER BY status_id"
    found = connection.execute(by_status).fetchall()
    unknown = {status: count for status, count in found if status not in MATCH_STATUS}
    matches = sum(unknown.values())
    return Outcome(
        State.WARNING if unknown else State.NORMAL,
        f"{matches} live matches have a status that is not in the code table: {_listed(unknown)}."
        if unknown
        else "Each live match has a known status.",
        {"matches": matches, **_examples([str(status) for status in unknown])},
    )


def in_play_details(connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None) -> Outcome:
    """Whether each match in play has details; critical where half or more of many have none."""
    found = connection.execute(query("checks", "in_play_details")).fetchall()
    without = [match_id for match_id, has_details in found if not has_details]
    most = len(found) >= ENOUGH_ROWS and 2 * len(without) >= len(found)
    state = State.CRITICAL if most else State.WARNING if without else State.NORMAL
    return Outcome(
        state,
        f"{len(without)} of {len(found)} matches in play have no details: {_listed(without)}."
        if without
        else f"All {len(found)} matches in play have details.",
        {"in_play": len(found), "without_details": len(without), **_examples(without)},
    )


def odds_follow_play(connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None) -> Outcome:
    """Whether the prices shown for the matches in a first or second half belong to it.

    Suspicious are prices that nobody suspended and that are from before the half, some minutes after its
    start, or that have not moved for long. Matches whose bookmaker has no price from after kick-off are
    counted and not suspected: many are not offered in play. Nor are half-time, overtime and shoot-outs,
    in which bookmakers settle the markets and leave the last price standing.
    """
    found = connection.execute(
        query("checks", "odds_in_play"), {"reopening": REOPENING, "silence": LONGEST_SILENCE}
    ).fetchall()
    stale = [
        f"{match_id}: {home} - {away}, {bookmaker} {seconds} s old"
        for match_id, home, away, bookmaker, seconds, priced_in_play, old in found
        if priced_in_play and old
    ]
    not_offered = sum(not row[5] for row in found)
    return Outcome(
        State.WARNING if stale else State.NORMAL,
        f"{len(stale)} matches in play show old prices as if they were open: {_listed(stale)}."
        if stale
        else f"No match in play shows a price that its bookmaker has left behind, of {len(found)} with odds.",
        {
            "matches": len(found),
            "stale": len(stale),
            "not_offered_in_play": not_offered,
            **_examples(stale),
        },
    )


def rows_from_api(connection: duckdb.DuckDBPyConnection, former: CycleReport | None = None) -> Outcome:
    """Whether the rows are this cycle's: no more than a few are `last_known` or `mock`.

    `simulated` is not counted where the cycle itself says that all is simulated.
    """
    found = connection.execute(query("checks", "rows_by_source")).fetchall()
    genuine = {"api", *(cycle_source for cycle_source, _, _ in found if cycle_source == "simulated")}
    by_source = {str(source): count for _, source, count in found}
    rows = sum(by_source.values())
    other = {source: count for source, count in by_source.items() if source not in genuine}
    percent = 100 * sum(other.values()) / rows if rows else 0.0
    described = ", ".join(f"{count} {source}" for source, count in other.items())
    suspicious = State.WARNING if percent >= NOT_FROM_API_PERCENT else State.SLOW
    return Outcome(
        suspicious if other else State.NORMAL,
        f"Of {rows} matches {percent:.3g} % are not from this cycle's API: {described}."
        if other
        else f"All {rows} matches are from this cycle's API.",
        {"rows": rows, "percent": percent, **{f"rows_{source}": n for source, n in by_source.items()}},
    )


def steady_row_counts(connection: duckdb.DuckDBPyConnection, former: CycleReport | None) -> Outcome:
    """Whether no table fell below half of what the former successful cycle told of it.

    Critical where a table became empty: an outage that looks like "no matches".
    """
    from football_assets.warehouse.rows import count

    now = {table: count(connection, table) for table in STEADY_TABLES}
    figures = {f"rows_{table}": rows for table, rows in now.items()}
    if former is None:
        return Outcome(State.NORMAL, "There is no cycle just before this one to compare with.", figures)
    before = {table: former.rows.get(table, 0) for table in STEADY_TABLES}
    fallen = [t for t in STEADY_TABLES if before[t] >= ENOUGH_ROWS and 2 * now[t] < before[t]]
    described = [f"{table} from {before[table]} to {now[table]}" for table in fallen]
    emptied = any(now[table] == 0 for table in fallen)
    return Outcome(
        State.CRITICAL if emptied else State.WARNING if fallen else State.NORMAL,
        f"Rows fell by more than half within a cycle: {_listed(described)}."
        if fallen
        else "No table lost more than half of its rows since the former cycle.",
        {
            **figures,
            **{f"former_rows_{table}": count for table, count in before.items()},
            "former_cycle_id": former.cycle_id,
            **_examples(described),
        },
    )


#: The checks of the published rows, each on the asset whose rows it is about.
QUALITY_CHECKS: tuple[QualityCheck, ...] = (
    *(
        QualityCheck(
            Check(
                table,
                "unique_match_ids",
                "Each row has a match_id, and no other row has it too.",
                "Do not rely on joins or sums by match_id of this cycle; see the examples.",
            ),
            partial(unique_match_ids, table=table),
        )
        for table in ("live_matches", "flattened_matches")
    ),
    QualityCheck(
        Check(
            "live_matches",
            "known_statuses",
            "Each status is in TheSports' code table.",
            "Look the code up in TheSports' documentation: such matches count as not in play.",
        ),
        known_statuses,
    ),
    QualityCheck(
        Check(
            "flattened_matches",
            "in_play_details",
            "Each match in play has details: competition, teams, kick-off.",
            "See the report's `failures` for `recent/list`; the next cycle asks again.",
            query("checks", "in_play_details"),
        ),
        in_play_details,
    ),
    QualityCheck(
        Check(
            "flattened_matches",
            "odds_follow_play",
            "No match in play shows open prices from before its half, or that have long stood still.",
            "Do not trade on these prices; compare `odds_at` with the match's minute.",
            query("checks", "odds_in_play"),
        ),
        odds_follow_play,
    ),
    QualityCheck(DEAD_PRICES, dead_prices_shown),
    QualityCheck(
        Check(
            "flattened_matches",
            "rows_from_api",
            "Nearly all rows come from this cycle's API: few are last known, none a placeholder.",
            "Filter by `data_source` where it matters; the report's `failures` tells why.",
            query("checks", "rows_by_source"),
        ),
        rows_from_api,
    ),
    QualityCheck(
        Check(
            "football_db",
            "steady_row_counts",
            "No table fell below half of its rows within a cycle.",
            "Compare with TheSports' own live list before relying on what is missing.",
        ),
        steady_row_counts,
    ),
)


def _examples(values: Sequence[str]) -> dict[str, Any]:
    return {"examples": list(values[:EXAMPLES])} if values else {}


def _listed(values: Any) -> str:
    shown = [str(value) for value in list(values)[:EXAMPLES]]
    return "; ".join([*shown, "..."] if len(values) > EXAMPLES else shown)
