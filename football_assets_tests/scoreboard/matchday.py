"""A busy matchday, invented and the same every time: 50 matches in 15 competitions with all that makes a page
hard to set: long names, other scripts, red cards, suspended and missing odds, injury time, a shoot-out."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from football_assets.published.formatting import MARKETS
from football_assets_tests.scoreboard.databases import PublishedDatabase, dead, suspended

#: Who plays whom, in which competition.
FIXTURES = Path(__file__).with_name("matchday.csv")

#: Matches drawn by hand, by their place on the matchday.
SPECIAL: dict[int, dict[str, Any]] = {
    1: {"away_red_cards": 2, "home_yellow_cards": 5, "away_yellow_cards": 4, **suspended(*MARKETS)},
    3: {"status_id": 3, "status": "half-time", "minute": None},
    8: {"minute": 94, "status_id": 4, "status": "second half"},
    9: {"data_source": "last_known"},
    14: suspended("spread"),
    20: {"minute": 47, "status_id": 2, "status": "first half", "data_source": "last_known"},
    29: {"status_id": 7, "status": "penalty shoot-out", "minute": None, "home_overtime_score": 2,
         "away_overtime_score": 2, "home_shootout_score": 4, "away_shootout_score": 3},
    30: {"home_corners": None, "away_corners": None, "home_score": 11, "away_score": 10},
    33: {"status_id": 5, "status": "overtime", "minute": 104, "home_red_cards": 1,
         **suspended("money_line", "over_under")},
}  # fmt: skip

#: Prices from before the kick-off or the last goal, by the match's place: their age in minutes, the markets.
DEAD: dict[int, tuple[int, tuple[str, ...]]] = {
    0: (4, ("corners",)),
    2: (51, ("money_line",)),
    4: (1800, ("money_line", "spread", "over_under")),
    12: (3, ("over_under", "spread")),
}

#: Each market's opening prices of the first match, and the names of its columns.
OPENING = {
    "money_line": (1.95, 3.4, 4.1),
    "spread": (0.93, 0.5, 0.95),
    "over_under": (0.9, 2.5, 0.98),
    "corners": (0.88, 9.5, 0.98),
}
OUTCOMES = {
    "money_line": ("home", "draw", "away"),
    "spread": ("home", "line", "away"),
    "over_under": ("over", "line", "under"),
    "corners": ("over", "line", "under"),
}

#: Places of matches for which no bookmaker has prices.
UNPRICED = (5, 11, 28, 31)

PRICE_COLUMNS = (
    "money_line_home", "money_line_draw", "money_line_away", "spread_home", "spread_away",
    "over_under_over", "over_under_under",
)  # fmt: skip

NO_ODDS: dict[str, Any] = {
    **dict.fromkeys(PRICE_COLUMNS),
    **{f"{column}_american": None for column in PRICE_COLUMNS},
    **dict.fromkeys(("bookmaker_id", "bookmaker", "spread_line", "over_under_line", "odds_suspended")),
}

#: Type, its name, side, minute, injury time and who: the story of the match that is told in full.
STORY: tuple[dict[str, Any], ...] = (
    {"incident_id": 10, "incident": "start"},
    {"incident_id": 3, "incident": "yellow card", "team": "home", "minute": 12,
     "player_name": "Tomás Iriarte"},
    {"incident_id": 1, "incident": "goal", "team": "home", "minute": 23, "player_name": "Lautaro Benegas",
     "assist1_name": "Ezequiel Figueroa-Montenegro", "home_score": 1, "away_score": 0},
    {"incident_id": 11, "incident": "half-time", "minute": 45, "added_minute": 2,
     "home_score": 1, "away_score": 0},
    {"incident_id": 8, "incident": "penalty", "team": "away", "minute": 51, "player_name": "Ignacio Sosa",
     "home_score": 1, "away_score": 1},
    {"incident_id": 28, "incident": "video assistant referee", "team": "home", "minute": 57,
     "var_reason": "goal awarded", "var_result": "goal cancelled"},
    {"incident_id": 9, "incident": "substitution", "team": "away", "minute": 60,
     "in_player_name": "Julián Paz", "out_player_name": "Facundo Quiroga"},
    {"incident_id": 4, "incident": "red card", "team": "away", "minute": 63, "player_name": "Bruno Cáceres"},
    {"incident_id": 1, "incident": "goal", "team": "home", "minute": 66, "player_name": "Lautaro Benegas",
     "home_score": 2, "away_score": 1},
)  # fmt: skip

STATS = (
    (25, "possession", 58, 42), (21, "shots on target", 6, 3), (22, "shots off target", 5, 7),
    (23, "attacks", 96, 71), (24, "dangerous attacks", 51, 34), (2, "corner", 5, 3), (3, "yellow card", 2, 0),
    (4, "red card", 0, 1),
)  # fmt: skip


def matchday(path: Path, *, now: datetime | None = None, data_source: str = "api") -> PublishedDatabase:
    """The matchday as published `now`, not yet closed. The first match, `match-0`, has everything."""
    now = now or datetime.now(UTC)
    database = PublishedDatabase(path)
    for match in _matches(now, _movement(database, now)):
        database.match(**{"data_source": data_source, **match})
    _story(database)
    _cycles(database, now, data_source)
    return database


def _matches(now: datetime, first_odds: dict[str, Any]) -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    with FIXTURES.open(encoding="utf-8", newline="") as lines:
        fixtures = list(csv.DictReader(lines))
    leagues: dict[tuple[str, str], str] = {}
    for place, fixture in enumerate(fixtures):
        minute = 67 if place == 0 else chance.randint(1, 90)
        second = minute > 45
        goals = (2, 1) if place == 0 else (chance.choice((0, 0, 1, 1, 2, 3)), chance.choice((0, 0, 0, 1, 2)))
        leagues.setdefault((fixture["country"], fixture["competition"]), f"league-{len(leagues)}")
        yield {
            "match_id": f"match-{place}",
            **fixture,
            "competition_id": leagues[fixture["country"], fixture["competition"]],
            "home_team_id": f"home-{place}",
            "away_team_id": f"away-{place}",
            "status_id": 4 if second else 2,
            "status": "second half" if second else "first half",
            "minute": minute,
            "home_score": goals[0],
            "away_score": goals[1],
            "away_red_cards": int(place == 0),
            "home_yellow_cards": chance.choice((0, 1, 2, 3)),
            "away_yellow_cards": chance.choice((0, 0, 1, 2)),
            "home_corners": chance.randint(0, 11),
            "away_corners": chance.randint(0, 9),
            "kickoff_at": now - timedelta(minutes=minute + 16 * second),
            "weather": "partly cloudy",
            "temperature_c": 18.0,
            **(NO_ODDS if place in UNPRICED else _odds(chance)),
            **(first_odds if place == 0 else SPECIAL.get(place, {})),
            **(_dead(now, *DEAD[place]) if place in DEAD else {}),
        }


def _dead(now: datetime, minutes: int, markets: tuple[str, ...]) -> dict[str, Any]:
    return dead(now - timedelta(minutes=minutes), *markets)


def _odds(chance: random.Random) -> dict[str, Any]:
    home, draw, away = (round(chance.uniform(*span), 2) for span in ((1.05, 4), (2.8, 9), (1.3, 26)))
    over, under, spread = (round(chance.uniform(0.7, 1.15), 2) for _ in range(3))
    decimal = {"money_line_home": home, "money_line_draw": draw, "money_line_away": away}
    hong_kong = {
        "over_under_over": over,
        "over_under_under": under,
        "spread_home": spread,
        "spread_away": round(1.9 - spread, 2),
    }
    return {
        **decimal,
        **hong_kong,
        **{f"{name}_american": _american(value - 1) for name, value in decimal.items()},
        **{f"{name}_american": _american(value) for name, value in hong_kong.items()},
        "spread_line": chance.choice((-1.25, -0.5, -0.25, 0, 0.25, 0.75, 1)),
        "over_under_line": chance.choice((1.5, 2.25, 2.5, 3.75, 5.5)),
    }


def _american(profit: float) -> int:
    return round(profit * 100 if profit >= 1 else -100 / profit)


def _story(database: PublishedDatabase) -> None:
    for incident in STORY:
        database.incident("match-0", **incident)
    for stat_id, stat, home, away in STATS:
        database.stat(stat_id, stat, home, away, "match-0")
    database.said("66", "Goal! Benegas turns and finishes low into the far corner.", "match-0")


def _movement(database: PublishedDatabase, now: datetime) -> dict[str, Any]:
    """Two bookmakers' prices of the first match, and one's newest as columns of its row."""
    chance = random.Random(11)
    newest = {}
    for market, (home, middle, away) in OPENING.items():
        for company_id, company in ((3, "Crown"), (2, "BET365")):
            for minute, moved in _wandering(chance, market, (home, middle, away)):
                database.tick(
                    now - timedelta(minutes=83 - minute),
                    "match-0",
                    company_id=company_id,
                    company=company,
                    market=market,
                    minute=None if minute < 0 else str(min(minute, 45) if minute < 61 else minute - 16),
                    home_or_over=moved[0],
                    draw_or_line=moved[1],
                    away_or_under=moved[2],
                    suspended=minute in {23, 67},
                    home_score=(minute >= 23) + (minute >= 81),
                    away_score=int(minute >= 67),
                )
        newest[market] = moved
    return _as_columns(newest)


def _wandering(
    chance: random.Random, market: str, opening: tuple[float, float, float]
) -> Iterator[tuple[int, tuple[float, float, float]]]:
    """Minutes since kick-off, the break counted, and the prices then."""
    home, middle, away = opening
    for minute in (-1500, -400, -95, -30, *range(46), *range(61, 83)):
        step = 0.05 if market == "money_line" else 0.025
        home = max(home + chance.uniform(-1.2, 0.9) * step, 1.08 if market == "money_line" else 0.55)
        away = min(away + chance.uniform(-1, 1.8) * step, 12 if market == "money_line" else 1.35)
        if market == "money_line":
            middle += chance.uniform(-1, 1.4) * step
        elif minute in {23, 45, 67, 81}:
            middle += 0.5 if minute == 67 else -0.25
        yield minute, (round(home, 2), round(middle, 2), round(away, 2))


def _as_columns(newest: dict[str, tuple[float, float, float]]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for market, values in newest.items():
        for outcome, value in zip(OUTCOMES[market], values, strict=True):
            columns[f"{market}_{outcome}"] = value
            if outcome != "line":
                profit = value - 1 if market == "money_line" else value
                columns[f"{market}_{outcome}_american"] = _american(profit)
    return columns


def _cycles(database: PublishedDatabase, now: datetime, data_source: str) -> None:
    """An hour of cycles, with slow ones and failed ones."""
    chance = random.Random(3)
    for age in range(60, -1, -1):
        enrichment = chance.uniform(1.4, 3.6) + (9 if age == 21 else 0)
        failed = age in {33, 34}
        total = 31.0 if failed else enrichment + 0.9
        database.cycle(
            now - timedelta(minutes=age),
            started_at=now - timedelta(minutes=age, seconds=total),
            status="failure" if failed else "success",
            error="The live list was not given: 503 Service Unavailable, three attempts" if failed else None,
            live_fetch_seconds=30.9 if failed else chance.uniform(0.2, 0.6),
            enrichment_seconds=None if failed else enrichment,
            total_seconds=total,
            margin_seconds=60 - total,
            requests=3 if failed else chance.randint(90, 240),
            requests_failed=3 if failed else chance.choice((0, 0, 0, 2)),
            freshness_seconds=None if failed else total + 4.2,
            memory_mb=chance.uniform(225, 250),
            data_source=data_source,
        )
