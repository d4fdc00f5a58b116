"""Merged teams and competitions: former ids that lead to others."""

from __future__ import annotations

from collections import Counter

import pytest

from football_assets.simulator.answers import Simulator
from football_assets.simulator.mergers import Mergers
from football_assets.thesports.endpoints import COMPETITIONS, TEAMS
from football_assets_tests.simulator.asking import START, Clock
from football_assets_tests.simulator.worlds import DAY, diary, results

YEAR = 365 * DAY


@pytest.mark.parametrize("count, every", [(30, 10), (600, 30), (601, 30), (1200, 30), (7, 10)])
def test_former_ids_and_things_are_numbered_without_a_gap(count, every) -> None:
    mergers = Mergers(count, every)
    former = [number for thing in range(count) for number in mergers.former(thing)]
    assert sorted(former) == list(range(count, mergers.total))
    assert all(mergers.successor(number) is None for number in range(count))
    for thing in range(count):
        for place, number in enumerate(mergers.former(thing)):
            assert mergers.successor(number) == (mergers.former(thing)[0] if place else thing)
            assert mergers.thing(number) == thing


def everything(simulator: Simulator, endpoint: str) -> dict[str, dict]:
    rows: dict[str, dict] = {}
    page = 1
    while more := results(simulator, endpoint, page=page):
        rows |= {row["id"]: row for row in more}
        page += 1
    return rows


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS])
def test_merged_rows_lead_to_rows_that_stand_some_by_way_of_another(endpoint) -> None:
    rows = everything(Simulator(1, 100, Clock(START + 20 * YEAR)), endpoint)
    steps: Counter[int] = Counter()
    for row in rows.values():
        count, last = 0, row
        while "uid" in last:
            last = rows[last["uid"]]
            count += 1
        assert row["name"] == last["name"] + (" (old)" if count else "")
        steps[count] += 1
    assert set(steps) == {0, 1, 2}
    assert steps[0] > 10 * steps[1] * (0.8 if endpoint == COMPETITIONS else 1)
    assert steps[2] > 0


@pytest.mark.parametrize("endpoint", [TEAMS, COMPETITIONS])
def test_a_merge_is_an_update_of_the_row_and_stands(endpoint) -> None:
    clock = Clock(START - 2 * YEAR)
    simulator = Simulator(1, 100, clock)
    before = everything(simulator, endpoint)
    clock.now = START + 2 * YEAR
    after = everything(simulator, endpoint)
    merged = [id_ for id_, row in after.items() if "uid" in row and "uid" not in before[id_]]
    assert merged
    assert all(after[id_]["updated_at"] > before[id_]["updated_at"] for id_ in merged)
    assert all(after[id_].get("uid") == row["uid"] for id_, row in before.items() if "uid" in row)


def test_matches_name_former_ids_now_and_then() -> None:
    clock = Clock(START + 20 * YEAR)
    simulator = Simulator(1, 100, clock)
    teams, competitions = everything(simulator, TEAMS), everything(simulator, COMPETITIONS)
    matches = list(diary(simulator, clock.now - 3 * DAY).values())
    named = [teams[row[f"{side}_team_id"]] for row in matches for side in ("home", "away")]
    assert 0 < sum("uid" in row for row in named) < len(named) / 20
    assert any("uid" in teams[row["uid"]] for row in named if "uid" in row)
    led = [competitions[row["competition_id"]] for row in matches]
    assert 0 < sum("uid" in row for row in led) < len(led) / 10
