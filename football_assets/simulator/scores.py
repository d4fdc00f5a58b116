"""A match's score as the API writes it: the seven numbers of both sides, and the note."""

from __future__ import annotations

from football_assets.simulator.chance import share
from football_assets.simulator.periods import END, FIRST_HALF, FOREVER
from football_assets.simulator.play import (
    AWAY,
    CORNERS,
    GOALS,
    HOME,
    OVERTIME_GOALS,
    RED_CARDS,
    SHOOT_OUT_GOALS,
    YELLOW_CARDS,
    Play,
    Tally,
)

_CORNERS_SHARE = 0.9


def sevens(play: Play, tally: Tally, at: int) -> tuple[list[int], list[int]]:
    """The seven numbers of home and away at a Unix second, where `tally` is the tally of that second."""
    first_half_end = play.end_of(FIRST_HALF)
    half_time = tally if first_half_end is None or at < first_half_end else play.tally(first_half_end)
    in_overtime = any((OVERTIME_GOALS, side) in tally for side in (HOME, AWAY))
    has_corners = share(play.fixture.key + 2) < _CORNERS_SHARE
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
    ruling = play.ruling
    if ruling is not None and ruling.score is not None and at >= ruling.at and not play.went_on:
        home[0], away[0] = ruling.score
    return home, away


def goals_in_all(play: Play) -> tuple[int, int]:
    """The goals of home and away at the end, overtime included, as they stand after any ruling."""
    home, away = sevens(play, play.tally(FOREVER), FOREVER)
    return max(home[0], home[5]), max(away[0], away[5])


def note(play: Play, at: int) -> str:
    """The note at a Unix second: how a shoot-out ended."""
    return play.note if play.period(at).status == END else ""
