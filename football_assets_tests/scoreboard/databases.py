"""Published databases with rows of a test's own choosing, made from the project's table definitions.
A whole matchday of them is in `matchday`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from football_assets.published.formatting import MARKETS
from football_assets.tables import PUBLISHED

IN_PLAY_VIEW = """
CREATE VIEW in_play_matches AS
SELECT * FROM flattened_matches WHERE status_id BETWEEN 2 AND 7 ORDER BY country, competition, kickoff_at
"""

#: Whether each market's prices are live: columns of `flattened_matches` by the contract.
MARKET_COLUMNS = {
    **{
        f"{market}_{name}": type_
        for market in MARKETS
        for name, type_ in (
            ("at", "TIMESTAMPTZ"), ("minute", "VARCHAR"), ("suspended", "BOOLEAN"), ("live", "BOOLEAN"),
        )
    },
    "odds_live": "BOOLEAN",
}  # fmt: skip

MATCH: dict[str, Any] = {
    "match_id": "m1",
    "competition_id": "c1",
    "competition": "Premier League",
    "country": "England",
    "home_team_id": "t1",
    "home_team": "Home",
    "away_team_id": "t2",
    "away_team": "Away",
    "status_id": 4,
    "status": "second half",
    "minute": 67,
    "home_score": 2,
    "away_score": 1,
    "home_half_time_score": 1,
    "away_half_time_score": 1,
    "home_red_cards": 0,
    "away_red_cards": 1,
    "home_yellow_cards": 2,
    "away_yellow_cards": 0,
    "home_corners": 5,
    "away_corners": 3,
    "home_overtime_score": 0,
    "away_overtime_score": 0,
    "home_shootout_score": 0,
    "away_shootout_score": 0,
    "bookmaker_id": 2,
    "bookmaker": "BET365",
    "money_line_home": 1.5,
    "money_line_home_american": -200,
    "money_line_draw": 4.0,
    "money_line_draw_american": 300,
    "money_line_away": 7.5,
    "money_line_away_american": 650,
    "spread_home": 0.95,
    "spread_home_american": -105,
    "spread_line": 0.5,
    "spread_away": 0.9,
    "spread_away_american": -111,
    "over_under_over": 0.85,
    "over_under_over_american": -118,
    "over_under_line": 2.5,
    "over_under_under": 1.0,
    "over_under_under_american": 100,
    "odds_suspended": False,
    **{f"{market}_live": True for market in MARKETS},
    **{f"{market}_suspended": False for market in MARKETS},
    "odds_live": True,
    "data_source": "api",
}

TICK: dict[str, Any] = {
    "company_id": 2,
    "company": "BET365",
    "market": "money_line",
    "sequence": 1,
    "minute": "60",
    "home_or_over": 1.5,
    "draw_or_line": 4.0,
    "away_or_under": 7.5,
    "status_id": 4,
    "suspended": False,
    "home_score": 2,
    "away_score": 1,
}


def suspended(*markets: str) -> dict[str, Any]:
    """The columns of markets that the bookmaker has suspended."""
    closed = {f"{market}_suspended": True for market in markets}
    not_live = {f"{market}_live": False for market in markets}
    return {**closed, **not_live, "odds_suspended": True, "odds_live": False}


def dead(made_at: datetime, *markets: str) -> dict[str, Any]:
    """The columns of markets whose newest price was made then and is not live."""
    columns = {f"{market}_live": False for market in markets}
    return {**columns, **{f"{market}_at": made_at for market in markets}, "odds_live": False}


class PublishedDatabase:
    """A published file being written; `insert` gives whole or partial rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = duckdb.connect(str(path))
        for table in PUBLISHED:
            self.connection.execute(table.ddl())
        for column, type_ in MARKET_COLUMNS.items():
            added = f"ADD COLUMN IF NOT EXISTS {column} {type_}"
            self.connection.execute(f"ALTER TABLE flattened_matches {added}")
        self.connection.execute(IN_PLAY_VIEW)
        self.connection.begin()

    def insert(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def match(self, **values: Any) -> None:
        """A match in `flattened_matches` and `live_matches`, like `MATCH` but for `values`."""
        row = {
            **MATCH,
            "kickoff_at": datetime.now(UTC) - timedelta(minutes=85),
            "fetched_at": datetime.now(UTC),
            **values,
        }
        self.insert("flattened_matches", **row)
        self.insert(
            "live_matches",
            **{name: row[name] for name in ("match_id", "status_id", "fetched_at", "data_source")},
        )

    def incident(self, match_id: str = "m1", **values: Any) -> None:
        """Something that happened in a match; `sequence` counts itself."""
        self.insert("match_incidents", match_id=match_id, sequence=self._next("match_incidents"), **values)

    def stat(self, stat_id: int, stat: str, home: int, away: int, match_id: str = "m1") -> None:
        """A statistic of a match."""
        self.insert("match_stats", match_id=match_id, stat_id=stat_id, stat=stat, home=home, away=away)

    def said(self, minute: str, text: str, match_id: str = "m1") -> None:
        """A line of commentary on a match."""
        sequence = self._next("match_commentary")
        self.insert("match_commentary", match_id=match_id, sequence=sequence, minute=minute, text=text)

    def tick(self, tick_at: datetime, match_id: str = "m1", **values: Any) -> None:
        """A price of a match at a time, like `TICK` but for `values`."""
        row = {**TICK, "match_id": match_id, "tick_at": tick_at, **values}
        self.insert("odds_ticks", **row)

    def cycle(self, finished_at: datetime | None = None, **values: Any) -> None:
        """A cycle that ended then (now, without), successful unless said otherwise."""
        finished = finished_at or datetime.now(UTC)
        row = {
            "cycle_id": f"cycle-{finished.isoformat()}",
            "started_at": finished - timedelta(seconds=3),
            "finished_at": finished,
            "status": "success",
            "total_seconds": 3.0,
            "live_fetch_seconds": 0.4,
            "enrichment_seconds": 2.1,
            "flatten_seconds": 0.2,
            "filter_seconds": 0.05,
            "publish_seconds": 0.25,
            "margin_seconds": 57.0,
            "requests": 226,
            "requests_failed": 1,
            "requests_retried": 2,
            "freshness_seconds": 3.4,
            "memory_mb": 240.0,
            "matches_in_play": 50,
            "odds_ticks_new": 1500,
            "data_source": "api",
        }
        self.insert("cycles", **{**row, **values})

    def close(self, written_at: datetime | None = None) -> Path:
        """The written file, complete; its time is `written_at`, else now."""
        self.connection.commit()
        self.connection.close()
        if written_at is not None:
            os.utime(self.path, (written_at.timestamp(), written_at.timestamp()))
        return self.path

    def publish(self, path: Path, written_at: datetime | None = None) -> Path:
        """Take the place of the file at `path`, as a cycle's end does."""
        return self.close(written_at).replace(path)

    def _next(self, table: str) -> int:
        found = self.connection.execute(f"SELECT count(*) + 1 FROM {table}").fetchone()
        assert found is not None
        return int(found[0])
