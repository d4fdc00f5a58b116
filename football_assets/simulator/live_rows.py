"""A match as `match/detail_live` shows it at a moment."""

from __future__ import annotations

import math

from football_assets.simulator.chance import dice, share
from football_assets.simulator.commentary import commentary
from football_assets.simulator.listing import Row
from football_assets.simulator.play import (
    AWAY,
    BLOCKED,
    CORNERS,
    HOME,
    OFF_TARGET,
    ON_TARGET,
    PENALTIES,
    RED_CARDS,
    YELLOW_CARDS,
    Play,
    Tally,
)
from football_assets.simulator.scores import note, sevens

_STATS_SHARE = 0.83


def live_row(play: Play, now: int) -> Row:
    """The row of a match in `match/detail_live`, and in `match/live/history`, at `now` (Unix)."""
    period = play.period(now)
    tally = play.tally(now)
    has_stats = share(play.fixture.key + 2) < _STATS_SHARE and play.played_seconds(now) > 0
    home, away = sevens(play, tally, now)
    return {
        "id": play.fixture.id,
        "score": [play.fixture.id, period.status, home, away, period.kickoff, note(play, now)],
        "stats": _stats(play, tally, now) if has_stats else [],
        "incidents": [incident.fields for incident in play.shown(now)],
        "tlive": commentary(play, now),
    }


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
