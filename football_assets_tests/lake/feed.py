"""A warehouse that is filled by SQL and published as a cycle publishes it: quick, and of any size."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.tables import LIVE_TABLES
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.publish import Publication, Work, publish
from football_assets.warehouse.store import mark_stored
from football_assets.warehouse.store_odds import store_newest
from football_assets.warehouse.warehouse import Warehouse

#: Ticks of some matches: each has 4 markets at 10 bookmakers.
_TICKS = """
INSERT INTO odds_ticks BY NAME
SELECT
    'm' || n % $matches AS match_id, CAST(2 + n // $matches % 10 AS INTEGER) AS company_id,
    'BET365' AS company,
    ['money_line', 'spread', 'over_under', 'corners'][1 + n // ($matches * 10) % 4] AS market,
    date_trunc('second', $moment::TIMESTAMPTZ) - INTERVAL 1 SECOND * (n // ($matches * 40)) AS tick_at,
    CAST(1 + $round AS INTEGER) AS sequence, CAST(n % 90 AS VARCHAR) AS minute, 1 + random() AS home_or_over,
    round(random() * 4) AS draw_or_line, 1 + random() AS away_or_under, 2 AS status_id, FALSE AS suspended,
    0 AS home_score, 0 AS away_score, $moment AS seen_at
FROM range($ticks) AS numbers(n)
"""


class Feed:
    """Changes of a warehouse as cycles make them, and their publishing."""

    def __init__(self, directory: Path, matches: int = 20) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self.matches, self.round = directory, matches, 0
        self.warehouse = Warehouse(directory / "warehouse.duckdb")

    @property
    def published(self) -> Path:
        return self.directory / "football.duckdb"

    @property
    def history(self) -> Path:
        return self.directory / "history"

    def add_ticks(self, ticks: int) -> None:
        """New ticks, and a live list whose matches have changed."""
        self.round += 1
        with self.warehouse.transaction() as connection:
            moment = _moment(connection)
            numbers = {"matches": self.matches, "ticks": ticks, "moment": moment, "round": self.round}
            connection.execute(_TICKS, numbers)
            connection.execute("DELETE FROM live_matches")
            connection.execute(
                "INSERT INTO live_matches BY NAME SELECT 'm' || n AS match_id, 2 AS status_id, "
                "'first half' AS status, $round AS home_score, 0 AS away_score, $moment AS fetched_at, "
                "'api' AS data_source "
                "FROM range($matches) AS numbers(n)",
                {"matches": self.matches, "moment": moment, "round": self.round},
            )
            connection.execute(
                "UPDATE live_match_changes SET replaced_at = $moment WHERE replaced_at IS NULL",
                {"moment": moment},
            )
            connection.execute(
                "INSERT INTO live_match_changes BY NAME SELECT match_id, status_id, home_score, "
                "$moment AS seen_at, $moment AS observed_at FROM live_matches",
                {"moment": moment},
            )
            store_newest(connection, moment)

    def correct(self, part: str = "hash(match_id, company_id, tick_at) % 50 = 0") -> None:
        """Some ticks are withdrawn, and others take the place of half of them."""
        with self.warehouse.transaction() as connection:
            moment = _moment(connection)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE gone AS FROM odds_ticks WHERE {part}")
            connection.execute(
                "INSERT INTO odds_revisions BY NAME SELECT *, $moment AS replaced_at FROM gone",
                {"moment": moment},
            )
            connection.execute(f"DELETE FROM odds_ticks WHERE {part}")
            connection.execute(
                "INSERT INTO odds_ticks BY NAME SELECT * REPLACE (home_or_over + 0.01 AS home_or_over, "
                "$moment AS seen_at) FROM gone WHERE company_id % 2 = 0",
                {"moment": moment},
            )
            connection.execute("DROP TABLE gone")
            store_newest(connection, moment)

    def age(self, match_id: str) -> None:
        """A match leaves the odds, on its way into files."""
        with self.warehouse.transaction() as connection:
            for table in ("odds_ticks", "odds_revisions"):
                connection.execute(
                    f"INSERT INTO aged_odds_ticks BY NAME FROM {table} WHERE match_id = $id",
                    {"id": match_id},
                )
                connection.execute(f"DELETE FROM {table} WHERE match_id = $id", {"id": match_id})
            connection.execute(
                "INSERT INTO match_records BY NAME SELECT $id AS match_id, "
                "now() - INTERVAL 5 DAY AS kickoff_at, now() - INTERVAL 5 DAY AS first_seen_at, "
                "now() - INTERVAL 5 DAY AS last_seen_at, "
                "TRUE AS is_final, 8 AS status_id, 'api' AS data_source",
                {"id": match_id},
            )
            connection.execute("DELETE FROM live_matches WHERE match_id = $id", {"id": match_id})

    def move(self) -> int:
        """What is over moves into files."""
        return move_to_history(self.warehouse, self.history, datetime.now(UTC))

    def publish(self, cycle_id: str | None = None) -> Publication:
        with self.warehouse.transaction() as connection:
            start = datetime.now(UTC)
            for number, tables in enumerate((LIVE_TABLES, ENRICHED_TABLES, ["flattened_matches"])):
                mark_stored(connection, tables, start + timedelta(microseconds=number))
        return publish(
            self.warehouse,
            self.published,
            history=self.history,
            oldest_day=date(2020, 1, 1),
            former=(),
            finish=lambda _: Work(0.0, 0),
        )

    def close(self) -> None:
        self.warehouse.close()


def _moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    return next_moment(connection, datetime.now(UTC))
