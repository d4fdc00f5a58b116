"""A match as the API shows it: the rows of `match/detail_live` and `match/recent/list` at a moment."""

from __future__ import annotations

import math
from typing import Any

from football_assets.simulator.chance import dice, scrambled, share
from football_assets.simulator.commentary import commentary
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.periods import END, FIRST_HALF, Period
from football_assets.simulator.play import (
    AWAY,
    BLOCKED,
    CORNERS,
    GOALS,
    HOME,
    OFF_TARGET,
    ON_TARGET,
    OVERTIME_GOALS,
    PENALTIES,
    RED_CARDS,
    SHOOT_OUT_GOALS,
    YELLOW_CARDS,
    Change,
    Play,
    Tally,
)
from football_assets.simulator.world import World

#: Counts that the details show too: a change of one of them is an update.
_DETAILED = frozenset({GOALS, OVERTIME_GOALS, SHOOT_OUT_GOALS, RED_CARDS, YELLOW_CARDS, CORNERS})
#: Seconds before the scheduled kick-off at which a match becomes known.
ANNOUNCED_SECONDS = 3600
_MAX_DELAY = 4


class MatchRows:
    """The rows of the API that show the matches of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def live(self, play: Play, now: int) -> dict[str, Any]:
        """A row of `match/detail_live` at `now` (Unix)."""
        period = play.period(now)
        tally = play.tally(now)
        has_stats = share(play.fixture.key + 2) < 0.83 and play.played_seconds(now) > 0
        home, away = _sevens(play, tally, now)
        return {
            "id": play.fixture.id,
            "score": [play.fixture.id, period.status, home, away, period.kickoff, _note(play, period)],
            "stats": _stats(play, tally, now) if has_stats else [],
            "incidents": [incident.fields for incident in play.shown(now)],
            "tlive": commentary(play, now),
        }

    def detail(self, play: Play, now: int, first_leg: Play | None) -> dict[str, Any]:
        """A row of `match/recent/list` at `now` (Unix): some seconds behind the live list. `first_leg` is
        the match's first leg, where it has one."""
        fixture = play.fixture
        delay = _delay(fixture)
        period, tally = play.period(now - delay), play.tally(now - delay)
        home, away = _sevens(play, tally, now - delay)
        lots = dice(fixture.key, "detail")
        known = fixture.competition.has_seasons
        has_table = known and lots.random() < 0.85
        row: dict[str, Any] = {
            "id": fixture.id,
            "season_id": self._season_id(fixture) if known else "",
            "competition_id": self._world.competition_ids.of(fixture.competition.number),
            "home_team_id": self._world.team_ids.of(fixture.home.number),
            "away_team_id": self._world.team_ids.of(fixture.away.number),
            "status_id": period.status,
            "match_time": fixture.scheduled_at,
            "venue_id": self._world.venue_ids.of(fixture.home.number) if lots.random() < 0.55 else "",
            "referee_id": self._world.person_ids.of(fixture.key % 997) if lots.random() < 0.05 else "",
            "neutral": int(lots.random() < 0.05),
            "note": _note(play, period),
            "home_scores": home,
            "away_scores": away,
            "home_position": str(lots.randrange(1, 11)) if has_table else "",
            "away_position": str(lots.randrange(11, 21)) if has_table else "",
            "coverage": {"mlive": int(lots.random() < 0.92), "lineup": int(play.has_lineup)},
            "round": self._round(fixture),
        }
        if lots.random() < 0.1:
            row["coverage"]["gif"] = 1
        if first_leg is not None:
            row["related_id"] = first_leg.fixture.id
            row["agg_score"] = _aggregate(first_leg, home[0], away[0])
        environment = _environment(fixture)
        if environment:
            row["environment"] = environment
        if play.has_overtime and now - delay >= play.final_at:
            row["has_ot"] = 1
        if period.status == END:
            row["ended"] = play.final_at
        row["updated_at"] = updated_at(play, now)
        return row

    def _season_id(self, fixture: Fixture) -> str:
        return self._world.season_ids.of(fixture.competition.number * 1000 + fixture.season % 1000)

    def _round(self, fixture: Fixture) -> dict[str, Any]:
        if not fixture.competition.has_seasons:
            return {"stage_id": "", "round_num": 0, "group_num": 0}
        stage = self._world.stage_ids.of(fixture.competition.number)
        return {"stage_id": stage, "round_num": fixture.round, "group_num": 0}


def updated_at(play: Play, now: int) -> int:
    """The Unix second, `now` at the latest, at which the match's details last changed."""
    delay = _delay(play.fixture)
    moments = [play.fixture.scheduled_at - ANNOUNCED_SECONDS]
    moments += (period.start + delay for period in play.periods if 0 < period.start <= now - delay)
    moments += (change.at + delay for change in play.changes if _is_update(change, now - delay))
    return max(moments)


def _is_update(change: Change, now: int) -> bool:
    return change.at <= now and change.what in _DETAILED


def _delay(fixture: Fixture) -> int:
    return 1 + scrambled(fixture.key + 3) % _MAX_DELAY


def _note(play: Play, period: Period) -> str:
    return play.note if period.status == END else ""


def _sevens(play: Play, tally: Tally, at: int) -> tuple[list[int], list[int]]:
    """The seven numbers of home and away."""
    first_half_end = play.end_of(FIRST_HALF)
    half_time = tally if first_half_end is None or at < first_half_end else play.tally(first_half_end)
    in_overtime = any((OVERTIME_GOALS, side) in tally for side in (HOME, AWAY))
    has_corners = share(play.fixture.key + 2) < 0.9
    home, away = (
        [
            tally[GOALS, side],
            half_time[GOALS, side],
            tally[RED_CARDS, side],
            tally[YELLOW_CARDS, side],
            tally[CORNERS, side] if has_corners else -1,
            tally[GOALS, side] + tally[OVERTIME_GOALS, side] if in_overtime else 0,
            tally[SHOOT_OUT_GOALS, side],
        ]
        for side in (HOME, AWAY)
    )
    return home, away


def _stats(play: Play, tally: Tally, now: int) -> list[dict[str, int]]:
    counted = {
        21: ON_TARGET,
        22: OFF_TARGET,
        2: CORNERS,
        3: YELLOW_CARDS,
        4: RED_CARDS,
        8: PENALTIES,
    }
    if play.fixture.key % 3 == 0:
        counted[37] = BLOCKED
    stats = {type_: (tally[what, HOME], tally[what, AWAY]) for type_, what in counted.items()}
    stats[23], stats[24] = _attacks(play, now)
    stats[25] = _possession(play, now)
    order = dice(play.fixture.key, "stats").sample(sorted(stats), len(stats))
    return [{"type": type_, "home": stats[type_][0], "away": stats[type_][1]} for type_ in order]


def _attacks(play: Play, now: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Attacks, and dangerous attacks, of home and away: they grow with the time that the ball rolls."""
    minutes = play.played_seconds(now) / 60
    lots = dice(play.fixture.key, "attacks")
    paces = [team.attack * lots.uniform(0.6, 1.3) for team in (play.fixture.home, play.fixture.away)]
    dangers = [lots.uniform(0.35, 0.75) for _ in paces]
    attacks = (int(paces[0] * minutes), int(paces[1] * minutes))
    return attacks, (int(attacks[0] * dangers[0]), int(attacks[1] * dangers[1]))


def _possession(play: Play, now: int) -> tuple[int, int]:
    fixture = play.fixture
    edge = (fixture.home.attack - fixture.away.attack) * 20
    swing = 5 * math.sin(play.played_seconds(now) / 900 + fixture.key % 7)
    home = round(min(max(50 + edge + swing, 22), 78))
    return home, 100 - home


def _environment(fixture: Fixture) -> dict[str, Any]:
    """The weather at the match; empty for one match in four."""
    lots = dice(fixture.key, "weather")
    if lots.random() < 0.25:
        return {}
    wind = lots.randrange(0, 140) / 10
    return {
        "weather": lots.randrange(1, 14),
        "pressure": f"{lots.randrange(735, 772)}mmHg",
        "temperature": f"{lots.randrange(-4, 34)}°C",
        "wind": f"{int(wind)}.m/s" if wind >= 10 else f"{wind}m/s",  # the API's own way to write 11.0
        "humidity": f"{lots.randrange(25, 99)}%",
    }


def _aggregate(first_leg: Play, home: int, away: int) -> list[int]:
    """The goals of both legs; the first leg had the sides changed."""
    tally = first_leg.tally(first_leg.final_at)
    return [tally[GOALS, AWAY] + home, tally[GOALS, HOME] + away]
