"""A scripted world: what the API tells goes into a real warehouse, and editions by the real publish step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from football_assets.codes import BOOKMAKERS
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.queries import query
from football_assets.thesports.parsing.live import parse_live
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.history.revival import revive
from football_assets.warehouse.publish import Work, publish
from football_assets.warehouse.rows import insert
from football_assets.warehouse.store import flatten, mark_stored, store_live
from football_assets.warehouse.store_matches import store_deleted
from football_assets.warehouse.takeover import take_over
from football_assets.warehouse.warehouse import Warehouse

KICKOFF = datetime(2026, 3, 10, 15, tzinfo=UTC)
TEAMS = {"a": ("Arsenal", "Chelsea"), "b": ("Grêmio", "Santos"), "c": ("Ajax", "Feyenoord")}
COMPETITIONS = {"a": "Premier League", "b": "Série A", "c": "Eredivisie"}


@dataclass
class Play:
    """A match as the live list tells it."""

    status: int = 2
    score: tuple[int, int] = (0, 0)
    corners: tuple[int, int] = (0, 0)
    reds: tuple[int, int] = (0, 0)
    half_time: tuple[int, int] = (0, 0)
    started: int = int(KICKOFF.timestamp())
    incidents: list[dict[str, Any]] = field(default_factory=list)

    def row(self, match_id: str) -> dict[str, Any]:
        sides = [[self.score[i], self.half_time[i], self.reds[i], 0, self.corners[i], 0, 0] for i in (0, 1)]
        return {
            "id": match_id,
            "score": [match_id, self.status, *sides, self.started, ""],
            "incidents": list(self.incidents),
        }


@dataclass(frozen=True)
class Tick:
    """A price, made so many seconds after the kick-off."""

    match_id: str
    second: int
    home: float
    company: int = 2
    market: str = "money_line"
    sequence: int = 1
    suspended: bool = False

    @property
    def row(self) -> dict[str, Any]:
        return {
            "match_id": self.match_id,
            "company_id": self.company,
            "company": BOOKMAKERS.get(self.company),
            "market": self.market,
            "tick_at": KICKOFF + timedelta(seconds=self.second),
            "sequence": self.sequence,
            "minute": "1",
            "home_or_over": self.home,
            "draw_or_line": 3.0,
            "away_or_under": 4.0,
            "status_id": 2,
            "suspended": self.suspended,
            "home_score": 0,
            "away_score": 0,
        }


class World:
    """What the API tells at the moment, the warehouse that stores it, and the file that is published."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.warehouse = Warehouse(folder / "warehouse.duckdb")
        self.path = folder / "football.duckdb"
        self.history = folder / "history"
        self.now = KICKOFF
        self.live: dict[str, Play] = {}
        self._name_matches()

    def _name_matches(self) -> None:
        connection = self.warehouse.open()
        connection.execute("UPDATE pipeline.in_files SET until = $at", {"at": KICKOFF - timedelta(days=1)})
        for id_, names in TEAMS.items():
            for side, name in zip(("home", "away"), names, strict=True):
                connection.execute("INSERT INTO teams (team_id, name) VALUES (?, ?)", [f"{id_}-{side}", name])
            connection.execute(
                "INSERT INTO competitions (competition_id, name, host_country) VALUES (?, ?, 'Europe')",
                [f"{id_}-competition", COMPETITIONS[id_]],
            )
            connection.execute(
                "INSERT INTO match_records BY NAME SELECT $id AS match_id, 1 AS status_id, "
                "$id || '-competition' AS competition_id, $id || '-home' AS home_team_id, "
                "$id || '-away' AS away_team_id, $at AS kickoff_at, $at AS first_seen_at, FALSE AS is_final",
                {"id": id_, "at": KICKOFF},
            )

    def close(self) -> None:
        self.warehouse.close()

    def tick(self) -> datetime:
        """The time goes on."""
        self.now += timedelta(seconds=5)
        return self.now

    def store(self) -> None:
        """The live list, as a step stores it."""
        rows = [play.row(id_) for id_, play in self.live.items()]
        batch = parse_live(rows, fetched_at=self.tick(), data_source="api")
        revive(self.warehouse, self.history, self.live)
        with self.warehouse.transaction() as connection:
            store_live(connection, batch, self.now)

    def quote(self, *ticks: Tick, gone: tuple[Tick, ...] = ()) -> None:
        """Prices that are new, and others that are corrected or withdrawn in the same answer."""
        with self.warehouse.transaction() as connection:
            moment = next_moment(connection, self.tick())
            connection.execute("CREATE OR REPLACE TEMP TABLE gone_ticks AS FROM odds_ticks LIMIT 0")
            for tick in gone:
                connection.execute(
                    "INSERT INTO gone_ticks SELECT * FROM odds_ticks WHERE match_id = $match_id "
                    "AND company_id = $company_id AND market = $market AND tick_at = $tick_at "
                    "AND sequence = $sequence",
                    {name: tick.row[name] for name in _TICK_KEY},
                )
            connection.execute(
                "CREATE OR REPLACE TEMP TABLE new_ticks AS SELECT * EXCLUDE (seen_at) FROM odds_ticks LIMIT 0"
            )
            rows = [tick.row for tick in ticks]
            columns = {name: [row[name] for row in rows] for name in ticks[0].row} if ticks else {}
            insert(connection, "new_ticks", pa.table(columns))
            for statement in query("warehouse", "odds_history_replace").split(";"):
                connection.execute(statement, {"now": moment} if "$now" in statement else None)

    def correct(self, tick: Tick, **changes: Any) -> Tick:
        """The API tells a price otherwise."""
        new = replace(tick, **changes)
        self.quote(new, gone=(tick,))
        return new

    def delete(self, match_id: str) -> None:
        """The API takes back the match and all of it."""
        with self.warehouse.transaction() as connection:
            store_deleted(connection, {"match": {match_id}}, next_moment(connection, self.tick()))

    def publish(self) -> int:
        """An edition; gives its number."""
        with self.warehouse.transaction() as connection:
            mark_stored(connection, ENRICHED_TABLES, self.tick())
            flatten(connection, [2, 3], self.now)
        return publish(
            *(self.warehouse, self.path),
            history=self.history,
            oldest_day=date(2000, 1, 1),
            former=[],
            finish=lambda draft: Work(),
        ).edition

    def step(self) -> int:
        """Store and publish."""
        self.store()
        return self.publish()

    def lose(self, report: Callable[[str], None] = lambda _: None) -> None:
        """The warehouse is gone; the next one begins with what was published."""
        self.warehouse.close()
        self.warehouse.path.unlink()
        self.warehouse = Warehouse(
            self.warehouse.path,
            report=report,
            fill=lambda connection: take_over(connection, self.path, self.history, simulated=False),
        )

    def age(self) -> None:
        """Move what is not in the live list into the history's files, as the days after do."""
        connection = self.warehouse.open()
        over = "WHERE match_id NOT IN (SELECT match_id FROM live_matches)"
        connection.execute("UPDATE match_records SET is_final = TRUE")
        for table in ("odds_ticks", "odds_revisions"):
            connection.execute(f"INSERT INTO aged_odds_ticks BY NAME SELECT * FROM {table} {over}")
            connection.execute(f"DELETE FROM {table} {over}")
        connection.execute(f"DELETE FROM newest_ticks {over}")
        move_to_history(self.warehouse, self.history, KICKOFF + timedelta(days=3))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What the published file answers."""
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{self.path}' AS published (READ_ONLY)")
            connection.execute("USE published")
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(statement).fetchall()


_TICK_KEY = ("match_id", "company_id", "market", "tick_at", "sequence")


def goal(minute: int, score: tuple[int, int], player: str = "Saka") -> dict[str, Any]:
    """A goal of the home side, as the API lists it."""
    return {
        "type": 1,
        "position": 1,
        "time": minute,
        "player_id": player.lower(),
        "player_name": player,
        "home_score": score[0],
        "away_score": score[1],
    }


def card(minute: int, player: str = "Rice", *, red: bool = False) -> dict[str, Any]:
    return {
        "type": 4 if red else 3,
        "position": 1,
        "time": minute,
        "player_id": player.lower(),
        "player_name": player,
    }
