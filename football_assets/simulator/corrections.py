"""Incidents that the vendor tells wrongly at first and corrects some minutes later: the minute of a goal or a
card, or whose it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from football_assets.simulator.chance import scrambled
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.play import HOME, Incident
from football_assets.simulator.squad import Squad

#: Of the incidents that are ever corrected, one in so many is.
_ONE_IN = 12
_CORRECTED = (1, 3, 8)
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60, 480
_SQUAD = 18


def corrected(fixture: Fixture, incidents: list[Incident]) -> list[Incident]:
    """The incidents of a match in their order, those that are corrected in both versions."""
    return [version for incident in incidents for version in _versions(fixture, incident)]


def _versions(fixture: Fixture, incident: Incident) -> Iterator[Incident]:
    lot = scrambled(fixture.key ^ incident.at << 3 ^ incident.fields["type"])
    wrong = _wrong(fixture, incident.fields, lot >> 8) if lot % _ONE_IN == 0 else None
    moment = incident.at + _SHORTEST_SECONDS + (lot >> 32) % (_LONGEST_SECONDS - _SHORTEST_SECONDS)
    if wrong is not None and moment < incident.until:
        yield replace(incident, fields=wrong, until=moment)
        yield replace(incident, since=moment)
    else:
        yield incident


def _wrong(fixture: Fixture, fields: dict[str, Any], lot: int) -> dict[str, Any] | None:
    """What is told at first; None of what is always told well."""
    if fields["type"] not in _CORRECTED:
        return None
    if "player_id" in fields and lot % 2:
        team = fixture.home if fields["position"] == HOME else fixture.away
        squad, shirt = Squad(team.number), (lot >> 8) % _SQUAD
        if squad.id(shirt) != fields["player_id"]:
            return fields | {"player_id": squad.id(shirt), "player_name": squad.name(shirt)}
    minute = fields["time"]
    return fields | {"time": minute - 1 if minute > 1 else minute + 1}
