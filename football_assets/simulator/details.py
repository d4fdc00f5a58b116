"""A match as `match/recent/list` and `match/diary` show it at a moment: some seconds behind the live list."""

from __future__ import annotations

from football_assets.simulator.chance import dice, scrambled
from football_assets.simulator.environment import environment
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.listing import Row
from football_assets.simulator.periods import END
from football_assets.simulator.play import (
    CORNERS,
    GOALS,
    OVERTIME_GOALS,
    RED_CARDS,
    SHOOT_OUT_GOALS,
    YELLOW_CARDS,
    Change,
    Play,
)
from football_assets.simulator.scores import goals_in_all, note, sevens
from football_assets.simulator.twice import COMPETITION, TEAM, Twice
from football_assets.simulator.world import World

#: Counts that the details show too: a change of one of them is an update.
_DETAILED = frozenset({GOALS, OVERTIME_GOALS, SHOOT_OUT_GOALS, RED_CARDS, YELLOW_CARDS, CORNERS})
#: Seconds before the scheduled kick-off at which a match's details are first updated.
ANNOUNCED_SECONDS = 3600
#: Seconds before the scheduled kick-off at which a match is entered; it shows in the diary later.
_ENTERED_SECONDS = 60 * 86_400
_MAX_DELAY = 4
#: So many people referee the matches of a world; their numbers are from 0.
REFEREES = 997
#: Fields that may be missing, each in one row of so many.
_MAY_BE_MISSING = ("venue_id", "referee_id", "neutral", "note", "round", "coverage")
_MISSING_IN = 150


class DetailRows:
    """The rows of a world's match details."""

    def __init__(self, world: World, twice: Twice) -> None:
        self._world = world
        self._twice = twice

    def row(self, play: Play, now: int, first_leg: Play | None) -> Row:
        """A match's row at `now` (Unix). `first_leg` is the match's first leg, where it has one."""
        fixture, world = play.fixture, self._world
        at = now - _delay(fixture)
        period = play.period(at)
        home, away = sevens(play, play.tally(at), at)
        is_announced = at >= fixture.scheduled_at - ANNOUNCED_SECONDS
        lots = dice(fixture.key, "detail")
        known = fixture.competition.has_seasons
        has_table = known and lots.random() < 0.85
        row: Row = {
            "id": fixture.id,
            "season_id": self.season_id(fixture) if known else "",
            "competition_id": self._twice.id(COMPETITION, fixture.number, now)
            or world.competition_id(fixture.competition, fixture.key),
            "home_team_id": self._twice.id(TEAM, fixture.number, now)
            or world.team_id(fixture.home, fixture.key),
            "away_team_id": world.team_id(fixture.away, fixture.key),
            "status_id": period.status,
            "match_time": fixture.scheduled_at,
            "venue_id": world.venue_ids.of(fixture.home.number) if lots.random() < 0.55 else "",
            "referee_id": world.person_ids.of(fixture.key % REFEREES) if lots.random() < 0.05 else "",
            "neutral": int(lots.random() < 0.05),
            "note": note(play, at),
            "home_scores": home,
            "away_scores": away,
            "home_position": str(lots.randrange(1, 11)) if has_table else "",
            "away_position": str(lots.randrange(11, 21)) if has_table else "",
            "coverage": {"mlive": int(lots.random() < 0.92), "lineup": int(is_announced and play.has_lineup)},
            "round": self._round(fixture),
        }
        if lots.random() < 0.1:
            row["coverage"]["gif"] = 1
        row |= _at_times(play, at, first_leg, home, away)
        if is_announced and (weather := environment(fixture)):
            row["environment"] = weather
        if fixture.key % _MISSING_IN < len(_MAY_BE_MISSING):
            del row[_MAY_BE_MISSING[fixture.key % _MISSING_IN]]
        row["updated_at"] = self.updated_at(play, now)
        return row

    def updated_at(self, play: Play, now: int) -> int:
        """The Unix second, `now` at the latest, at which the match's details last changed."""
        moment = self._twice.deletions.moment(play.fixture.number)
        return max(_updated_at(play, now), moment if moment is not None and moment <= now else 0)

    def season_id(self, fixture: Fixture) -> str:
        """The id of the season that a match is played in."""
        return self._world.season_ids.of(fixture.competition.number * 1000 + fixture.season % 1000)

    def _round(self, fixture: Fixture) -> Row:
        if not fixture.competition.has_seasons:
            return {"stage_id": "", "round_num": 0, "group_num": 0}
        stage = self._world.stage_ids.of(fixture.competition.number)
        return {"stage_id": stage, "round_num": fixture.round, "group_num": 0}


def _at_times(play: Play, at: int, first_leg: Play | None, home: list[int], away: list[int]) -> Row:
    """The fields that not every row has."""
    fields: Row = {}
    if first_leg is not None:
        fields["related_id"] = first_leg.fixture.id
        before = goals_in_all(first_leg)
        fields["agg_score"] = [max(home[0], home[5]) + before[1], max(away[0], away[5]) + before[0]]
    if play.went_on and at >= play.final_at:
        fields["has_ot"] = 1
    if play.period(at).status == END:
        fields["ended"] = play.final_at
    if play.ruling is not None and at >= play.ruling.at:
        fields["loss"] = 1
    return fields


def _updated_at(play: Play, now: int) -> int:
    """The Unix second, `now` at the latest, at which a match's own details last changed."""
    fixture = play.fixture
    delay = _delay(fixture)
    at = now - delay
    latest = fixture.scheduled_at - ANNOUNCED_SECONDS
    if at < latest:
        return fixture.scheduled_at - _ENTERED_SECONDS
    # Before its delay has passed an announcement would be an update in the future.
    latest += delay
    if play.ruling is not None and at >= play.ruling.at:
        return play.ruling.at + delay
    for period in play.periods:
        if 0 < period.start <= at:
            latest = max(latest, period.start + delay)
    for change in reversed(play.changes):
        if _is_update(change, at):
            return max(latest, change.at + delay)
    return latest


def _is_update(change: Change, at: int) -> bool:
    return change.at <= at and change.what in _DETAILED


def _delay(fixture: Fixture) -> int:
    return 1 + scrambled(fixture.key + 3) % _MAX_DELAY
