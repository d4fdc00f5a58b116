"""Teams and competitions that were merged or deleted, some known only by a diary's names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from football_assets.enrichment.reference import REFRESHES_A_CYCLE
from football_assets.thesports.endpoints import COMPETITIONS, DELETED, DIARY, MATCHES, TEAMS
from football_assets_tests.enrichment.cycles import Cycles
from football_assets_tests.thesports.api import ScriptedApi, envelope, made, ok
from football_assets_tests.thesports.parsing.samples import competition_row, detail_row, team_row

LIVE = {"m0": 2}
KINDS = {
    "team": (TEAMS, team_row, "home_team"),
    "competition": (COMPETITIONS, competition_row, "competition"),
}


class Reference:
    """What the API tells of teams and competitions by id, and of the matches that name them."""

    def __init__(self, api: ScriptedApi, matches: int = 1) -> None:
        self.api = api
        self.rows: dict[str, dict[str, dict[str, Any]]] = {"team": {}, "competition": {}}
        self.matches = [self._match(f"m{number}") for number in range(matches)]
        for kind, (endpoint, _, _) in KINDS.items():
            api.answers(endpoint, made(lambda query, kind=kind: self._listed(kind, query)))
        api.answers(MATCHES, made(self._detail))
        self.tell_diary()

    def _match(self, id_: str) -> dict[str, Any]:
        named = {"home_team_id": f"{id_}-home", "away_team_id": f"{id_}-away", "competition_id": f"{id_}-cup"}
        for id_of_team in (named["home_team_id"], named["away_team_id"]):
            self.add("team", id_of_team)
        self.add("competition", named["competition_id"])
        return detail_row(id_, updated_at=1, status_id=2) | named

    def add(self, kind: str, id_: str, **changes: Any) -> None:
        self.rows[kind][id_] = KINDS[kind][1](id_, name=f"Name of {id_}", updated_at=1, **changes)

    def tell_diary(self) -> None:
        """The diary names the teams and competitions of the matches."""
        extra = {
            kind: [{"id": id_, "name": row["name"], "logo": ""} for id_, row in rows.items()]
            for kind, rows in self.rows.items()
        }
        self.api.answers(DIARY, envelope({"code": 0, "results": self.matches, "results_extra": extra}))

    def _listed(self, kind: str, query: Any) -> list[dict[str, Any]]:
        row = self.rows[kind].get(query.get("uuid"))
        return [row] if row else []

    def _detail(self, query: Any) -> list[dict[str, Any]]:
        return [row for row in self.matches if row["id"] == query.get("uuid")]


def shown(cycles: Cycles, id_: str) -> Any:
    """The name under which a team is shown now."""
    return cycles.query("SELECT name FROM current_teams WHERE team_id = ?", id_)


async def test_merged_team_that_a_diary_named_is_followed_once_its_row_is_read(
    api: ScriptedApi, cycles: Cycles
) -> None:
    reference = Reference(api, matches=REFRESHES_A_CYCLE)  # too many teams to be read at once
    live = {match["id"]: 2 for match in reference.matches}
    reference.rows["team"]["m3-home"]["uid"] = "between"
    reference.add("team", "between", uid="last")
    reference.add("team", "last")
    await cycles.run(live, fixture_days=1)
    assert shown(cycles, "m3-home") == [("Name of m3-home",)]
    for _ in range(3):
        await cycles.run(live, fixture_days=1)
    assert shown(cycles, "m3-home") == [("Name of last",)]


@pytest.mark.parametrize("chain", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
async def test_merged_one_is_followed_in_the_cycle_that_names_it_where_few_are_new(
    api: ScriptedApi, cycles: Cycles, kind: str, chain: int
) -> None:
    reference = Reference(api)
    first = "m0-home" if kind == "team" else "m0-cup"
    steps = [first, *(f"step{number}" for number in range(chain))]
    for former, successor in pairwise(steps):
        reference.add(kind, former, uid=successor)
    reference.add(kind, steps[-1])
    await cycles.run(LIVE, fixture_days=1)
    column = KINDS[kind][2]
    assert cycles.query(f"SELECT {column} FROM matches") == [(f"Name of {steps[-1]}",)]


@pytest.mark.parametrize("fixture_days", [0, 1])
@pytest.mark.parametrize("kind", KINDS)
async def test_deleted_one_leaves_its_table_and_is_not_asked_for_in_every_cycle(
    api: ScriptedApi, cycles: Cycles, kind: str, fixture_days: int
) -> None:
    """Even where the API still tells its row, and a match still names it."""
    reference = Reference(api)
    await cycles.run(LIVE, fixture_days=fixture_days)
    id_ = "m0-home" if kind == "team" else "m0-cup"
    table = f"{kind}s"
    api.answers(DELETED, ok({kind: [id_, "never-heard-of"]}))
    asked = []
    for _ in range(4):
        cycle = await cycles.run(LIVE, fixture_days=fixture_days)
        asked.append((KINDS[kind][0], {"uuid": id_}) in cycle.queries)
        reference.tell_diary()
        assert cycles.query(f"SELECT count(*) FROM {table} WHERE {kind}_id = ?", id_) == [(0,)]
        assert cycles.query("SELECT count(*) FROM pipeline.partial_rows WHERE id = ?", id_) == [(0,)]
        assert cycles.query(f"SELECT {KINDS[kind][2]} FROM matches") == [(None,)]
    assert sum(asked) <= 1
    assert len(cycles.query(f"FROM {table}")) == (1 if kind == "team" else 0)


async def test_chain_of_mergers_ends_before_a_deleted_team(api: ScriptedApi, cycles: Cycles) -> None:
    reference = Reference(api)
    reference.add("team", "m0-home", uid="between")
    reference.add("team", "between", uid="last")
    reference.add("team", "last")
    await cycles.run(LIVE)
    assert shown(cycles, "m0-home") == [("Name of last",)]
    api.answers(DELETED, ok({"team": ["last"]}))
    await cycles.run(LIVE)
    assert shown(cycles, "m0-home") == [("Name of between",)]


@pytest.mark.parametrize("kind", KINDS)
async def test_one_that_is_no_longer_deleted_comes_back_within_an_hour(
    api: ScriptedApi, cycles: Cycles, kind: str
) -> None:
    Reference(api)
    await cycles.run(LIVE)
    id_ = "m0-home" if kind == "team" else "m0-cup"
    api.answers(DELETED, ok({kind: [id_]}))
    await cycles.run(LIVE)
    api.answers(DELETED, ok({}))
    await cycles.run(LIVE, after=3700)
    assert cycles.query(f"SELECT count(*) FROM {kind}s WHERE {kind}_id = ?", id_) == [(1,)]
