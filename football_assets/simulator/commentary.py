"""Commentary (`tlive`): a line for each thing that happens, in the matches that have a commentator."""

from __future__ import annotations

from typing import Any

from football_assets.codes import INCIDENTS
from football_assets.simulator.chance import share
from football_assets.simulator.play import AWAY, HOME, Play

_COMMENTED = 0.3
_SENTENCES = {
    1: "Goal! {player} scores for {team}.",
    3: "{player} of {team} is booked.",
    4: "{player} of {team} is sent off!",
    8: "Goal! {team} score from the spot.",
    9: "A change for {team}: {in_player_name} comes on for {out_player_name}.",
    11: "Half-time.",
    12: "That's it: the match is over.",
    15: "A second booking: {player} of {team} has to go.",
    16: "{team} miss from the spot!",
    17: "Own goal! {team} take it gladly.",
    19: "{add_time} minutes to be added.",
    28: "The video assistant has had a look.",
}


def commentary(play: Play, now: int) -> list[dict[str, Any]]:
    """The lines up to `now` (Unix), the oldest first; none in most matches."""
    if share(play.fixture.key + 4) >= _COMMENTED:
        return []
    return [_line(play, incident.fields) for incident in play.shown(now)]


def _line(play: Play, incident: dict[str, Any]) -> dict[str, Any]:
    teams = {HOME: play.fixture.home.name, AWAY: play.fixture.away.name}
    words = {
        "team": teams.get(incident["position"], ""),
        "player": incident.get("player_name", "A player"),
        "in_player_name": "",
        "out_player_name": "",
        "add_time": 0,
        **incident,
    }
    name = INCIDENTS[incident["type"]]
    sentence = _SENTENCES.get(incident["type"], f"{name[0].upper()}{name[1:]}.")
    return {
        "time": _minute(incident),
        "data": sentence.format_map(words),
        "position": incident["position"],
    }


def _minute(incident: dict[str, Any]) -> str:
    minute, added = incident["time"], incident.get("add_time", 0)
    if added and incident["type"] != 19:
        return f"{minute - added}+{added}'"
    return f"{minute}'"
