"""A published database in which the answers of the gallery's queries are known: four cycles on a scripted
API, and two past days that were read from its archive. What the vendor told is written out here, the rest is
the pipeline's.

| match | played | |
|---|---|---|
| `m1` Arsenal - Chelsea | today | 1-0 at the break; 1-1; ends 2-1 in the last cycle |
| `m2` Santos - Gremio | today | in play from the second cycle on, 0-0 |
| `m3` Porto - Braga | today | in play, 0-0; two bookmakers whose best prices are an arbitrage |
| `f1` Arsenal - Porto | tomorrow | |
| `p1` Arsenal - Everton | four days ago | 2-1 |
| `p2` Chelsea - Leeds | four days ago | 1-1, after extra time 2-1 |
| `p3` Santos - Bahia | three days ago | cut off at 1-0 |
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from dagster import DagsterInstance
from pydantic import SecretStr

from football_assets.archive.reading import read_day
from football_assets.thesports.client import TheSports
from football_assets_tests.assets.world import SECRET, Pipeline, World, serving_world
from football_assets_tests.thesports.api import made
from football_assets_tests.thesports.parsing.samples import (
    competition_row,
    country_row,
    detail_row,
    team_row,
)

TEAMS = {
    "ars": "Arsenal", "che": "Chelsea", "eve": "Everton", "lee": "Leeds", "san": "Santos", "gre": "Gremio",
    "bah": "Bahia", "por": "Porto", "bra": "Braga",
}  # fmt: skip
COMPETITIONS = {"pl": ("Premier League", "eng"), "br": ("Brasileiro Serie A", "bra"), "pt": ("Liga", "prt")}
COUNTRIES = {"eng": "England", "bra": "Brazil", "prt": "Portugal"}

#: Bookmakers by TheSports' codes.
BET365, CROWN, PINNACLE = "2", "3", "22"

FIRST_HALF, BREAK, SECOND_HALF, OVER, CUT = 2, 3, 4, 8, 11


class Matchday:
    """What the API told, by the moments of the four cycles."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = datetime.now(UTC).replace(microsecond=0)
        world.live, world.details, world.odds = {}, {}, {}
        world.teams = {id_: team_row(id_, name=name) for id_, name in TEAMS.items()}
        world.competitions = {
            id_: competition_row(id_, name=name, country_id=country, host={})
            for id_, (name, country) in COMPETITIONS.items()
        }
        world.countries = [country_row(id_, name=name) for id_, name in COUNTRIES.items()]
        self.past: dict[int, dict[str, Any]] = {4: {}, 3: {}}
        self.finals: dict[str, Any] = {}
        self.fixtures: list[dict[str, Any]] = []
        world.reset()
        world.api.answers("match/diary", self._diary)
        world.api.answers("match/live/history", made(lambda q: self.finals.get(q["uuid"], {})))
        world.api.answers("odds/update", made(lambda q: self._updates()))

    def at(self, minutes: float) -> int:
        """The Unix second so many minutes before now."""
        return int((self.now - timedelta(minutes=minutes)).timestamp())

    def day(self, days: int) -> datetime:
        """Three in the afternoon so many days ago, UTC."""
        return (self.now - timedelta(days=days)).replace(hour=15, minute=0, second=0)

    def detail(self, id_: str, home: str, away: str, competition: str, kickoff: int, **changes: Any) -> Any:
        """A match's details; the API tells its changes by `updated_at`."""
        return detail_row(
            id_,
            home_team_id=home,
            away_team_id=away,
            competition_id=competition,
            match_time=kickoff,
            related_id="",
            agg_score=[],
            **{"has_ot": 0, "ended": 0, "updated_at": int(datetime.now(UTC).timestamp()), **changes},
        )

    def row(
        self, id_: str, status: int, home: list[int], away: list[int], since: int, *incidents: Any
    ) -> dict[str, Any]:
        """A row of the live list."""
        stats = [{"type": 25, "home": 61, "away": 39}, {"type": 21, "home": 4, "away": 1}]
        tlive = [{"time": "1'", "data": "Kick-off.", "position": 0}]
        return {
            "id": id_,
            "score": [id_, status, home, away, since, ""],
            "stats": stats,
            "incidents": list(incidents),
            "tlive": tlive,
        }

    async def _diary(self, request: web.Request) -> web.StreamResponse:
        day = datetime.fromtimestamp(int(request.query["tsp"]), UTC).date()
        told = [*(row for rows in self.past.values() for row in rows.values()), *self.fixtures]
        rows = [row for row in told if datetime.fromtimestamp(row["match_time"], UTC).date() == day]
        names = {
            "team": [{"id": id_, "name": name, "logo": ""} for id_, name in TEAMS.items()],
            "competition": [{"id": id_, "name": name, "logo": ""} for id_, (name, _) in COMPETITIONS.items()],
        }
        return web.json_response({"code": 0, "query": {}, "results": rows, "results_extra": names})

    def _updates(self) -> list[Any]:
        moment = int(datetime.now(UTC).timestamp())
        return [{"id": id_, "company_id": 2, "update_time": moment} for id_ in self.world.live]


def goals(*numbers: int, corners: int = 4, overtime: int = 0) -> list[int]:
    """A side's seven numbers with these goals: in regular time, and before the break."""
    return [numbers[0], numbers[1] if len(numbers) > 1 else 0, 0, 1, corners, overtime, 0]


def goal(side: int, minute: int, player: str, home: int, away: int) -> dict[str, Any]:
    """A goal of home (1) or away (2), and the score after it."""
    return {
        "type": 1, "position": side, "time": minute, "player_id": player, "player_name": player,
        "home_score": home, "away_score": away,
    }  # fmt: skip


def tick(
    at: int, minute: str, prices: tuple[float, float, float], status: int, score: str, *, sealed: int = 0
) -> list[Any]:
    """A price: seconds, minute, prices, status, whether suspended, score."""
    return [at, minute, *prices, status, sealed, score]


def before(at: int, *prices: float) -> list[Any]:
    """A price from before play."""
    return [at, "", *prices, 1, 0, "0-0"]


def yesterdays(day: Matchday) -> None:
    """The matches of the past, as the archive tells them."""
    kickoff = int(day.day(4).timestamp())
    ended = {"status_id": OVER, "ended": kickoff + 6_900}
    level = {"home_scores": goals(1, overtime=2), "away_scores": goals(1, 1, overtime=1)}
    won, lead = {"home_scores": goals(2, 1), "away_scores": goals(1)}, goals(1, 1)
    cut = int(day.day(3).timestamp())
    day.past[4] = {
        "p1": day.detail("p1", "ars", "eve", "pl", kickoff, **ended, **won),
        "p2": day.detail("p2", "che", "lee", "pl", kickoff + 3600, **ended, **level),
    }
    day.past[3] = {
        "p3": day.detail("p3", "san", "bah", "br", cut, status_id=CUT, home_scores=lead, away_scores=goals(0))
    }
    story = (goal(1, 18, "Saka", 1, 0), goal(2, 60, "Beto", 1, 1), goal(1, 88, "Rice", 2, 1))
    equaliser = (goal(2, 30, "Aaronson", 0, 1), goal(1, 70, "Palmer", 1, 1))
    day.finals = {
        "p1": day.row("p1", OVER, *won.values(), 0, *story),
        "p2": day.row("p2", OVER, *level.values(), 0, *equaliser),
        "p3": day.row("p3", CUT, lead, goals(0), 0, goal(1, 12, "Neymar", 1, 0)),
    }
    day_before = kickoff - 80_000
    day.world.odds |= {
        "p1": {
            BET365: {
                "eu": [
                    before(kickoff - 300, 1.9, 3.5, 4.2),
                    before(kickoff - 3600, 2.0, 3.4, 3.9),
                    before(day_before, 2.2, 3.3, 3.4),
                ],
                "asia": [before(kickoff - 300, 0.95, 0.75, 0.95), before(day_before, 0.9, 0.5, 1.0)],
                "bs": [before(kickoff - 300, 0.9, 2.75, 1.0)],
            },
            PINNACLE: {"eu": [before(kickoff - 120, 1.95, 3.6, 4.3), before(day_before, 2.3, 3.3, 3.3)]},
        },
        "p2": {
            BET365: {
                "eu": [
                    tick(kickoff + 3_700, "2", (1.5, 4.0, 6.0), FIRST_HALF, "0-0"),
                    before(kickoff + 3_000, 1.6, 4.0, 5.5),
                    before(day_before, 1.5, 4.2, 6.5),
                ],
                "asia": [before(kickoff + 3_000, 1.0, 1.0, 0.9)],
                "bs": [before(kickoff + 3_000, 0.8, 2.25, 1.1)],
            },
            PINNACLE: {"eu": [before(kickoff + 3_000, 1.62, 4.1, 5.8), before(day_before, 1.52, 4.3, 6.6)]},
        },
        "p3": {BET365: {"eu": [before(cut - 60, 1.7, 3.6, 5.0)], "asia": [before(cut - 60, 0.9, 0.75, 1.0)]}},
    }


def first(day: Matchday) -> None:
    """The first half of `m1`, at 1-0; `m3` is in play, `m2` begins later, `f1` is tomorrow's."""
    world = day.world
    kickoff, scored = day.at(110), day.at(92)
    world.live = {
        "m1": day.row("m1", FIRST_HALF, goals(1), goals(0), kickoff, goal(1, 18, "Saka", 1, 0)),
        "m3": day.row("m3", FIRST_HALF, goals(0), goals(0), day.at(20)),
    }
    world.details = {
        "m1": day.detail("m1", "ars", "che", "pl", kickoff, status_id=FIRST_HALF),
        "m3": day.detail("m3", "por", "bra", "pt", day.at(20), status_id=FIRST_HALF),
    }
    tomorrow, none = int(day.day(-1).timestamp()), {"home_scores": [0] * 7, "away_scores": [0] * 7}
    day.fixtures = [day.detail("f1", "ars", "por", "pl", tomorrow, status_id=1, **none)]
    world.odds |= {
        "m1": {
            BET365: {
                "eu": [
                    tick(scored + 60, "19", (1.4, 4.5, 8.0), FIRST_HALF, "1-0"),
                    tick(scored + 10, "18", (1.4, 4.5, 8.0), FIRST_HALF, "1-0", sealed=1),
                    tick(day.at(100), "11", (1.85, 3.6, 4.3), FIRST_HALF, "0-0"),
                    tick(day.at(107), "4", (1.95, 3.5, 4.0), FIRST_HALF, "0-0"),
                    before(kickoff - 600, 2.0, 3.5, 4.0),
                    before(kickoff - 7_200, 2.1, 3.4, 3.8),
                ],
                "asia": [
                    tick(scored + 60, "19", (0.95, 0.25, 0.95), FIRST_HALF, "1-0"),
                    before(kickoff - 600, 0.9, 0.5, 1.0),
                ],
                "bs": [
                    tick(scored + 60, "19", (0.9, 3.0, 1.0), FIRST_HALF, "1-0"),
                    before(kickoff - 600, 0.95, 2.75, 0.95),
                ],
                "cr": [tick(scored + 60, "19", (0.9, 9.5, 0.9), FIRST_HALF, "2-1")],
            },
            CROWN: {"eu": [before(kickoff - 500, 2.02, 3.45, 3.95)]},
        },
        "m3": {
            company: {"eu": [tick(day.at(4), "16", now, FIRST_HALF, "0-0"), before(day.at(30), *opening)]}
            for company, now, opening in (
                (BET365, (2.2, 3.6, 3.4), (2.5, 3.2, 2.9)),
                (CROWN, (2.4, 3.2, 4.2), (2.5, 3.2, 2.9)),
                (PINNACLE, (2.3, 3.9, 3.5), (2.55, 3.3, 2.95)),
            )
        },
    }


def second(day: Matchday) -> None:
    """The second half of `m1` has begun, at 1-0; `m2` is in play, and its only market is suspended."""
    world = day.world
    world.live["m1"] = day.row(
        "m1", SECOND_HALF, goals(1, 1), goals(0), day.at(47), goal(1, 18, "Saka", 1, 0)
    )
    world.live["m2"] = day.row("m2", FIRST_HALF, goals(0), goals(0), day.at(12))
    world.details["m2"] = day.detail("m2", "san", "gre", "br", day.at(12), status_id=FIRST_HALF)
    m1 = world.odds["m1"][BET365]
    m1["eu"].insert(0, tick(day.at(46), "46", (1.5, 4.2, 7.0), SECOND_HALF, "1-0"))
    m1["asia"].insert(0, tick(day.at(46), "46", (0.9, 0.25, 1.0), SECOND_HALF, "1-0"))
    m1["bs"].insert(0, tick(day.at(46), "46", (1.05, 2.25, 0.85), SECOND_HALF, "1-0"))
    world.odds["m2"] = {
        BET365: {"eu": [tick(day.at(2), "10", (1.8, 3.4, 4.8), FIRST_HALF, "0-0", sealed=1)]},
        PINNACLE: {"eu": [tick(day.at(3), "9", (1.83, 3.5, 4.9), FIRST_HALF, "0-0")]},
    }


def third(day: Matchday) -> None:
    """`m1` is 1-1, with prices of before and after; the vendor has corrected one of them."""
    world = day.world
    story = (goal(1, 18, "Saka", 1, 0), goal(2, 70, "Palmer", 1, 1))
    world.live["m1"] = day.row("m1", SECOND_HALF, goals(1, 1), goals(1), day.at(47), *story)
    m1 = world.odds["m1"][BET365]
    m1["eu"].insert(0, tick(day.at(20), "72", (2.6, 2.1, 4.0), SECOND_HALF, "1-1"))
    was = m1["eu"][1]
    m1["eu"][1] = [*was[:2], 1.55, *was[3:]]


def fourth(day: Matchday) -> None:
    """`m1` has ended 2-1; a price of `m3` has changed."""
    world = day.world
    world.odds["m3"][BET365]["eu"].insert(0, tick(day.at(1), "19", (2.25, 3.5, 3.4), FIRST_HALF, "0-0"))
    story = (goal(1, 18, "Saka", 1, 0), goal(2, 70, "Palmer", 1, 1), goal(1, 90, "Rice", 2, 1))
    world.live["m1"] = day.row("m1", OVER, goals(2, 1, corners=7), goals(1, corners=3), 0, *story)
    numbers = {"home_scores": goals(2, 1, corners=7), "away_scores": goals(1, corners=3)}
    world.details["m1"] = day.detail(
        "m1", "ars", "che", "pl", day.at(110), status_id=OVER, ended=day.at(1), **numbers
    )


@contextmanager
def published(directory: Path) -> Iterator[Pipeline]:
    """The pipeline after its four cycles, in `directory`/data; the matches of the past are in its files."""
    with serving_world() as world, DagsterInstance.ephemeral() as instance:
        pipeline = Pipeline(world, directory / "data", instance)
        day = Matchday(world)
        yesterdays(day)
        for days in day.past:
            _read_archive(pipeline, day.day(days))
        for step in (first, second, third, fourth):
            step(day)
            result = pipeline.cycle(fixture_days=2)
            assert result.success
        yield pipeline


def _read_archive(pipeline: Pipeline, when: datetime) -> None:
    async def read() -> None:
        api = TheSports(pipeline.world.api.base_url, "tester", SecretStr(SECRET), max_attempts=1)
        try:
            state = await read_day(api, when.date(), pipeline.settings().inbox_path)
        finally:
            await api.close()
        assert state.is_whole

    asyncio.run(read())
