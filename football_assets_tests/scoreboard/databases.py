"""Published databases with rows of a test's own choosing, with the tables and views that publishing makes.
A whole matchday of them is in `matchday`."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from football_assets.published.formatting import MARKETS
from football_assets.tables.live import LiveMatch
from football_assets.tables.matches import MatchRecord
from football_assets.warehouse.history.views import history_views
from football_assets.warehouse.structure import make_tables, make_views

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


NEWEST = """
INSERT INTO newest_ticks SELECT * FROM odds_ticks
QUALIFY row_number() OVER (PARTITION BY match_id, company_id, market ORDER BY tick_at DESC, sequence DESC) = 1
"""

#: What `match_records` takes of a match's row, and the names that it refers to.
RECORDED = (*MatchRecord.table.column_names, "home_team", "away_team", "competition", "country")


@cache
def _empty() -> bytes:
    """A published file without rows, as publishing makes one where there is no history."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with duckdb.connect(str(path)) as connection:
            make_tables(connection)
            make_views(connection)
            for statement in history_views(Path(folder), date.min):
                connection.execute(statement)
        return path.read_bytes()


class PublishedDatabase:
    """A published file being written; `insert` gives whole or partial rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty())
        self.connection = duckdb.connect(str(path))
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
        live = {*LiveMatch.table.column_names} & {*row}
        self.insert("live_matches", **{name: row[name] for name in sorted(live)})
        self.record(**{name: row[name] for name in RECORDED if name in row})

    def record(self, **values: Any) -> None:
        """A match in `match_records`, with its names, like `MATCH` but for `values`."""
        now = datetime.now(UTC)
        known = {name: MATCH[name] for name in RECORDED if name in MATCH}
        seen = {"first_seen_at": now, "last_seen_at": now, "is_final": False}
        row = {**seen, **known, **values}
        names = [(row.pop(name), row.get(f"{name}_id")) for name in ("home_team", "away_team")]
        competition, country = row.pop("competition"), row.pop("country")
        self.insert("match_records", **row)
        for name, id_ in names:
            self.named("teams", "team_id", id_, name=name)
        self.named(
            "competitions", "competition_id", row["competition_id"], name=competition, host_country=country
        )

    def named(self, table: str, key: str, id_: str | None, **names: str | None) -> None:
        """A row of reference data, unless it is there."""
        known = self.connection.execute(f"SELECT count(*) FROM {table} WHERE {key} = ?", [id_]).fetchone()
        if id_ is not None and known == (0,) and names.get("name") is not None:
            self.insert(table, **{key: id_, **names, "fetched_at": datetime.now(UTC), "data_source": "api"})

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
        self.insert("odds_ticks", **{"seen_at": tick_at, **row})

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
        self.connection.execute(NEWEST)
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
