"""`results_extra` of `match/diary`: the names of what its rows refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from football_assets.simulator.details import REFEREES
from football_assets.simulator.identifiers import Identifiers
from football_assets.simulator.listing import Row
from football_assets.simulator.names import player
from football_assets.simulator.reference_rows import IMAGES, ReferenceRows
from football_assets.simulator.world import CUP, World

_POINTS, _ELIMINATION = 1, 2


class Extras:
    """Names by id: of the competitions, teams, referees, venues, seasons and stages of a world."""

    def __init__(self, world: World, rows: ReferenceRows) -> None:
        self._world = world
        self._rows = rows
        #: By kind of thing: the row of one.
        self._kinds: dict[str, Callable[[str], Row]] = {
            "competition": self._competition,
            "team": self._team,
            "referee": self._referee,
            "venue": self._venue,
            "season": self._season,
            "stage": self._stage,
        }

    def of(self, matches: Iterable[Row]) -> dict[str, list[Row]]:
        """What these rows of matches refer to, each thing once."""
        ids: dict[str, dict[str, None]] = {kind: {} for kind in self._kinds}
        for match in matches:
            for kind, id_ in (
                ("competition", match["competition_id"]),
                ("team", match["home_team_id"]),
                ("team", match["away_team_id"]),
                ("referee", match.get("referee_id")),
                ("venue", match.get("venue_id")),
                ("season", match["season_id"]),
                ("stage", match.get("round", {}).get("stage_id")),
            ):
                if id_:
                    ids[kind][id_] = None
        return {kind: [self._kinds[kind](id_) for id_ in known] for kind, known in ids.items()}

    def _competition(self, id_: str) -> Row:
        return self._rows.competition_name(_number(self._world.competition_ids, id_))

    def _team(self, id_: str) -> Row:
        row = self._rows.team_name(_number(self._world.team_ids, id_))
        return {name: value for name, value in row.items() if value}

    def _referee(self, id_: str) -> Row:
        number = _number(self._world.person_ids, id_) % REFEREES
        return {"id": id_, "name": player(-1 - number), "logo": f"{IMAGES}/referee/{number}.png"}

    def _venue(self, id_: str) -> Row:
        team = self._world.team(_number(self._world.venue_ids, id_))
        return {"id": id_, "name": f"{team.short_name} Stadium"}

    def _season(self, id_: str) -> Row:
        competition, season = divmod(_number(self._world.season_ids, id_), 1000)
        return {"id": id_, "competition_id": self._world.competition_ids.of(competition), "year": str(season)}

    def _stage(self, id_: str) -> Row:
        number = _number(self._world.stage_ids, id_)
        is_cup = self._world.competition(number).kind == CUP
        return {
            "id": id_,
            "season_id": "",
            "name": "Knock-out" if is_cup else "League Stage",
            "mode": _ELIMINATION if is_cup else _POINTS,
            "group_count": 0,
            "round_count": 38,
            "order": 1,
        }


def _number(ids: Identifiers, id_: str) -> int:
    number = ids.number(id_)
    if number is None:
        raise LookupError(f"{id_} is nobody's id")
    return number
