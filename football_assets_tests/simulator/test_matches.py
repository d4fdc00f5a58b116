"""The live list and the details: what they show at a moment, and how it changes with the clock."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import orjson
import pytest

from football_assets.codes import IN_PLAY
from football_assets.simulator.answers import Simulator
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import parse_live
from football_assets_tests.simulator.asking import START, Clock, asking

HOURS = 3600
RED_CARDS = (4, 15)
GOALS = (1, 8, 17)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def live(simulator: Simulator) -> list[dict]:
    return simulator.answer("match/detail_live", {})["results"]


def detail(simulator: Simulator, match_id: str) -> dict:
    return simulator.answer("match/recent/list", {"uuid": match_id})["results"][0]


async def test_every_row_of_the_live_list_and_the_details_can_be_read(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        for clock.now in range(START, START + 3 * HOURS, 1100):
            batch = parse_live((await api.live()).results, **clock.given)
            details = parse_details(
                (await api.matches_since(START - 3 * HOURS)).results, **clock.given_with_present
            )
            assert batch.rejected == []
            assert details.rejected == []
            assert {match.match_id for match in batch.matches} <= {row.match_id for row in details.rows}
            assert all(match.minute for match in batch.matches if match.status_id in (2, 4, 5))


def test_same_seed_and_time_give_the_same_bytes(clock) -> None:
    one, other = Simulator(7, 20, clock), Simulator(7, 20, clock)
    clock.now = START + 5 * HOURS
    one.answer("match/detail_live", {})  # what was asked before leaves no trace
    clock.now = START
    asked = [("match/detail_live", {}), ("match/recent/list", {"time": str(START - 300)}), ("odds/live", {})]
    asked += [("odds/history", {"uuid": row["id"]}) for row in live(other)[:5]]
    for endpoint, query in asked:
        assert orjson.dumps(one.answer(endpoint, query)) == orjson.dumps(other.answer(endpoint, query))
    assert live(Simulator(8, 20, clock)) != live(one)


@pytest.mark.parametrize("matches", [5, 50, 200])
def test_about_the_wanted_number_of_matches_is_live_at_any_moment(clock, matches) -> None:
    simulator = Simulator(3, matches, clock)
    counts = []
    for clock.now in range(START, START + 24 * HOURS, 10_987):
        counts.append(len(live(simulator)))
    assert matches * 0.8 - 1 <= min(counts)
    assert max(counts) <= matches * 1.2 + 1


def test_no_matches_are_live_where_none_are_wanted(clock) -> None:
    simulator = Simulator(1, 0, clock)
    assert live(simulator) == []
    assert simulator.answer("match/recent/list", {"time": "0"})["results"] == []
    assert simulator.answer("odds/live", {})["results"] == {}
    assert simulator.answer("odds/history", {"uuid": "0" * 15})["results"] == {}


def test_shares_of_the_statuses_are_those_of_a_day_of_football(clock) -> None:
    simulator = Simulator(1, 100, clock)
    seen: Counter[int] = Counter()
    for clock.now in range(START, START + 24 * HOURS, 6543):
        now = Counter(row["score"][1] for row in live(simulator))
        assert {1, 2, 3, 4, 8} <= set(now)
        seen += now
    shares = {status: count / seen.total() for status, count in seen.items()}
    assert shares[2] > 0.25 and shares[4] > 0.25
    assert 0.08 < shares[3] < 0.2
    assert 0.05 < shares[8] < 0.25
    assert sum(shares.get(status, 0) for status in (9, 10, 11, 12, 13)) < 0.12


def test_matches_pass_through_their_states_in_order(clock) -> None:
    simulator = Simulator(2, 100, clock)
    passed: dict[str, list[int]] = {}
    for clock.now in range(START, START + 5 * HOURS, 150):
        for row in live(simulator):
            statuses = passed.setdefault(row["id"], [])
            if row["score"][1] not in statuses[-1:]:
                statuses.append(row["score"][1])
    whole = [statuses for statuses in passed.values() if statuses[0] == 1 and statuses[-1] == 8]
    ways = {tuple(statuses) for statuses in whole}
    assert len(whole) > 100
    assert (1, 2, 3, 4, 8) in ways
    assert any(5 in way for way in ways)
    assert any(7 in way for way in ways)
    assert any(9 in way for way in ways)
    assert any(10 in way for way in ways)
    allowed = {
        1: {2, 9},
        9: {2},
        2: {3, 10},
        10: {2, 4},
        3: {4, 5, 7},
        4: {3, 5, 7, 8, 10},
        5: {3, 7, 8},
        7: {8},
    }
    assert all(after in allowed[before] for way in ways for before, after in pairwise(way))


def test_kickoff_is_known_only_while_a_period_is_played(clock) -> None:
    simulator = Simulator(1, 100, clock)
    for clock.now in range(START, START + 4 * HOURS, 900):
        for row in live(simulator):
            _, status, _, _, kickoff, _ = row["score"]
            assert (kickoff > 0) == (status in (2, 4, 5, 7))
            assert kickoff <= clock.now


def test_score_incidents_and_statistics_agree(clock) -> None:
    simulator = Simulator(4, 100, clock)
    checked = 0
    for clock.now in range(START, START + 6 * HOURS, 1777):
        for row in live(simulator):
            assert_agrees(row)
            checked += 1
    assert checked > 1000


def assert_agrees(row: dict) -> None:
    stats = {stat["type"]: (stat["home"], stat["away"]) for stat in row["stats"]}
    sides = row["score"][2:4]
    for place, side in enumerate((1, 2)):
        goals, half_time, reds, yellows, corners, overtime, shoot_out = sides[place]
        happened = Counter(entry["type"] for entry in row["incidents"] if entry["position"] == side)
        assert [goal["position"] for goal in standing_goals(row)].count(side) == max(goals, overtime)
        assert sum(happened[type_] for type_ in RED_CARDS) == reds
        assert happened[3] == yellows
        assert happened[29] == shoot_out
        assert half_time <= goals
        if stats:
            assert stats[3][place] == yellows
            assert stats[4][place] == reds
            assert corners in (stats[2][place], -1)
            assert stats[8][place] == happened[8] + happened[16]
            standing = Counter(goal["type"] for goal in standing_goals(row) if goal["position"] == side)
            assert stats[21][place] >= standing[1] + standing[8]
            assert stats[24][place] <= stats[23][place]
    if stats:
        assert sum(stats[25]) == 100
    scores = [(goal["home_score"], goal["away_score"]) for goal in standing_goals(row)]
    if scores:
        assert scores[-1] == (max(sides[0][0], sides[0][5]), max(sides[1][0], sides[1][5]))


def standing_goals(row: dict) -> list[dict]:
    """The goals among a row's incidents, less each one that the review after it takes back."""
    goals: list[dict] = []
    for entry in row["incidents"]:
        if entry["type"] in GOALS:
            goals.append(entry)
        if entry.get("var_result") == 2:
            goals.remove([goal for goal in goals if goal["position"] == entry["position"]][-1])
    return goals


def test_statistics_only_grow_and_only_a_video_review_takes_a_goal_back(clock) -> None:
    simulator = Simulator(5, 60, clock)
    before: dict[str, dict] = {}
    taken_back = 0
    for clock.now in range(START, START + 2 * HOURS, 60):
        now = {row["id"]: row for row in live(simulator)}
        for id_, row in now.items():
            if id_ in before:
                taken_back += taken_back_between(before[id_], row)
        before = now
    assert taken_back > 0


def taken_back_between(before: dict, after: dict) -> int:
    """How many goals were taken back; everything else must have grown."""
    growing = (22, 23, 24, 2, 3, 4, 8)
    old = {stat["type"]: (stat["home"], stat["away"]) for stat in before["stats"]}
    new = {stat["type"]: (stat["home"], stat["away"]) for stat in after["stats"]}
    for type_ in growing if old else ():
        assert new[type_] >= old[type_] or all(n >= o for n, o in zip(new[type_], old[type_], strict=True))
    lost = sum(
        max(old[0] - new[0], 0) for old, new in zip(before["score"][2:4], after["score"][2:4], strict=True)
    )
    reviews = sum(entry.get("var_result") == 2 for entry in after["incidents"])
    gone = kinds(before) - kinds(after)
    assert {type_ for type_, _ in gone} <= {1}
    assert lost <= reviews + gone.total()
    return lost


def kinds(row: dict) -> Counter[tuple[int, int]]:
    """How many incidents of each type each side has: what a correction leaves as it is."""
    return Counter((entry["type"], entry["position"]) for entry in row["incidents"])


def test_incidents_are_corrected_some_minutes_later_in_their_place(clock) -> None:
    simulator = Simulator(5, 60, clock)
    before: dict[str, dict] = {}
    corrections = []
    for clock.now in range(START, START + 2 * HOURS, 60):
        now = {row["id"]: row for row in live(simulator)}
        for id_ in before.keys() & now.keys():
            old, new = before[id_]["incidents"], now[id_]["incidents"]
            if kinds(before[id_]) == kinds(now[id_]):
                corrections += [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        before = now
    changed = [{name for name in new if new[name] != old.get(name)} for old, new in corrections]
    assert len(changed) > 10
    assert {"time"} in changed
    assert {"player_id", "player_name"} in changed
    assert all(old["type"] == new["type"] in (1, 3, 8) for old, new in corrections)


def test_details_agree_with_the_live_list_of_some_seconds_ago(clock) -> None:
    simulator = Simulator(6, 60, clock)
    differing = 0
    for moment in range(START, START + 2 * HOURS, 911):
        recent = []
        for clock.now in range(moment - 5, moment + 1):
            recent.append({row["id"]: row["score"] for row in live(simulator)})
        for id_, score in recent[-1].items():
            row = detail(simulator, id_)
            shown = [row["status_id"], row["home_scores"], row["away_scores"]]
            assert shown in [scores[id_][1:4] for scores in recent if id_ in scores]
            differing += shown != score[1:4]
    assert differing > 0


def test_details_bear_a_later_time_whenever_they_change(clock) -> None:
    simulator = Simulator(6, 8, clock)
    before: dict[str, dict] = {}
    for clock.now in range(START, START + 2 * HOURS, 7):
        if (clock.now - START) % 140 >= 70:
            continue
        for row in live(simulator):
            now = detail(simulator, row["id"])
            old = before.get(row["id"], now)
            assert now["updated_at"] <= clock.now
            assert (
                (now == old)
                if now["updated_at"] == old["updated_at"]
                else (now["updated_at"] > old["updated_at"])
            )
            before[row["id"]] = now


def test_fields_are_as_empty_as_the_apis(clock) -> None:
    simulator = Simulator(1, 200, clock)
    rows = [detail(simulator, row["id"]) for row in live(simulator)]

    def share(has) -> float:
        return sum(map(bool, map(has, rows))) / len(rows)

    assert 0.6 < share(lambda row: "environment" in row) < 0.9
    assert 0.2 < share(lambda row: row["home_position"] == "") < 0.7
    assert 0.2 < share(lambda row: row.get("venue_id") == "") < 0.7
    assert share(lambda row: row.get("referee_id") == "") > 0.8
    assert share(lambda row: "gif" not in row.get("coverage", {})) > 0.7
    assert 0 < share(lambda row: "related_id" in row) < 0.2
    assert 0 < share(lambda row: "ended" in row) < 0.3


def test_a_shoot_out_ends_in_a_note_with_a_winner(clock) -> None:
    simulator = Simulator(2, 150, clock)
    decided = []
    for clock.now in range(START, START + 5 * HOURS, 1500):
        decided += [
            r["score"] for r in live(simulator) if r["score"][1] == 8 and r["score"][2][6] + r["score"][3][6]
        ]
    assert decided
    assert sum(home[0] == away[0] for _, _, home, away, _, _ in decided) > len(decided) / 2
    for _, _, home, away, _, note in decided:
        assert home[6] != away[6]
        assert note.startswith(f"FT[{home[0]}-{away[0]}],PEN[{home[6]}-{away[6]}],")


def test_a_team_plays_one_match_at_a_time(clock) -> None:
    simulator = Simulator(1, 300, clock)
    rows = [detail(simulator, row["id"]) for row in live(simulator) if row["score"][1] in IN_PLAY]
    teams = [team for row in rows for team in (row["home_team_id"], row["away_team_id"])]
    assert len(set(teams)) == len(teams)
