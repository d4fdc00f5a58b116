"""A small world of matches behind the scripted API, and the real graph run on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from dagster import DagsterInstance, ExecuteInProcessResult

from football_assets.cycle.report import CycleReport, read_reports
from football_assets.definitions import build_definitions
from football_assets.settings import Settings
from football_assets_tests.thesports.api import Reply, ScriptedApi, made, scripted_api
from football_assets_tests.thesports.parsing.samples import (
    competition_row,
    country_row,
    detail_row,
    live_row,
    team_row,
)

SECRET = "s3cret/with+signs"
KICK_OFF = 1748448900


def tick(at: int, *values: float, sealed: int = 0, score: str = "0-0", minute: str = "3") -> list[Any]:
    return [at, minute, *values, 2, sealed, score]


class World:
    """What the API knows: change it between two cycles as the API would."""

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api
        self.live = {"m1": live_row("m1"), "m2": live_row("m2", stats=[], incidents=[])}
        self.details = {
            match_id: detail_row(
                match_id, home_team_id=f"h{match_id}", away_team_id=f"a{match_id}", competition_id="c1"
            )
            for match_id in self.live
        }
        teams = [f"{side}{match_id}" for match_id in self.live for side in "ha"]
        self.teams = {team_id: team_row(team_id, name=f"Team {team_id}") for team_id in teams}
        self.competitions = {"c1": competition_row("c1", name="Cup", country_id="e")}
        self.countries = [country_row("e", name="England")]
        self.odds: dict[str, Any] = {
            "m1": {
                "2": {
                    "eu": [tick(KICK_OFF + 200, 1.5, 0, 7.5), tick(KICK_OFF + 100, 1.8, 3.5, 5.0)],
                    "asia": [tick(KICK_OFF + 190, 0.95, 0.5, -0.1)],
                },
                "3": {"cr": [tick(KICK_OFF + 300, 0.8, 9.5, 1.2, sealed=1, score="3-1")]},
            },
            "m2": {"22": {"bs": [tick(KICK_OFF + 50, 1.0, 2.5, 0.5, sealed=1)]}},
        }
        self.reset()

    def reset(self) -> None:
        """Let every endpoint answer, and answer from what the world holds."""
        for endpoint, make in {
            "match/detail_live": lambda q: list(self.live.values()),
            "match/recent/list": lambda q: _listed(self.details, q),
            "team/additional/list": lambda q: _listed(self.teams, q),
            "competition/additional/list": lambda q: _listed(self.competitions, q),
            "country/list": lambda q: self.countries,
            "odds/history": lambda q: self.odds.get(q["uuid"], {}),
            "odds/live": lambda q: {},
            "odds/update": lambda q: [],
        }.items():
            self.api.answers(endpoint, made(make))

    def breaks(self, reply: Reply, *endpoints: str) -> None:
        """Let these endpoints give that answer, whatever they are asked."""
        for endpoint in endpoints:
            self.api.answers(endpoint, reply)


def _listed(rows: dict[str, Any], query: Any) -> list[Any]:
    if "uuid" in query:
        return [rows[query["uuid"]]] if query["uuid"] in rows else []
    return [row for row in rows.values() if row["updated_at"] >= int(query["time"])]


@contextmanager
def serving_world() -> Iterator[World]:
    """A world behind a real server, on an event loop of its own in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def call(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    serving = scripted_api()
    try:
        yield World(call(serving.__aenter__()))
        call(serving.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Pipeline:
    """The real graph on a data directory of its own."""

    def __init__(self, world: World, data: Path, instance: DagsterInstance) -> None:
        self.world, self.data, self.instance = world, data, instance

    def settings(self, **changes: Any) -> Settings:
        given = {
            "_env_file": None,
            "thesports_user": "tester",
            "thesports_secret": SECRET,
            "thesports_base_url": self.world.api.base_url,
            "data_dir": self.data,
            "max_attempts": 1,
            "request_timeout_seconds": 2,
        }
        return Settings(**(given | changes))

    def cycle(self, select: Sequence[str] | None = None, **changes: Any) -> ExecuteInProcessResult:
        """Run the whole job, or as the UI does, single assets of it."""
        definitions = build_definitions(self.settings(**changes))
        if select is None:
            job = definitions.resolve_job_def("cycle")
            return job.execute_in_process(instance=self.instance, raise_on_error=False, run_config=QUIET)
        job = definitions.resolve_implicit_global_asset_job_def()
        keys = [definitions.resolve_asset_graph().get(_key(name)).key for name in select]
        return job.execute_in_process(
            instance=self.instance, raise_on_error=False, asset_selection=keys, run_config=QUIET
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published database."""
        with duckdb.connect(str(self.data / "football.duckdb"), read_only=True) as connection:
            connection.execute("SET timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    @property
    def report(self) -> CycleReport:
        """The report of the newest cycle."""
        return next(read_reports(self.data / "cycles"))


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def _key(name: str) -> Any:
    from dagster import AssetKey

    return AssetKey(name)


def eventually(condition: Callable[[], bool], patience: int = 600) -> bool:
    """Whether it came true within so many tenths of a second, a minute on a busy machine."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.1) for _ in range(patience))
