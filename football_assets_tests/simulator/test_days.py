"""Past days and days to come: the diary, final rows, and what the vendor deletes."""

from __future__ import annotations

import pytest

from football_assets.simulator.answers import Simulator
from football_assets.thesports.parsing.details import parse_details
from football_assets_tests.simulator.asking import START, Clock
from football_assets_tests.simulator.worlds import DAY, HOUR, details, diary, live, results, watched

MIDNIGHT = START // DAY * DAY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("day", [-29, -1, 0, 1, 29])
def test_a_day_of_the_diary_holds_its_matches_as_the_details_show_them(clock, day) -> None:
    simulator = Simulator(3, 8, clock)
    rows = diary(simulator, MIDNIGHT + day * DAY)
    assert len(rows) == pytest.approx(8 * DAY / (136 * 60), rel=0.1)
    assert parse_details(list(rows.values()), **clock.given_with_present).rejected == []
    for match_id, row in rows.items():
        assert MIDNIGHT + day * DAY <= row["match_time"] < MIDNIGHT + (day + 1) * DAY
        assert details(simulator, match_id) == [row]


def test_matches_of_past_days_have_ended_and_those_to_come_have_not_begun(clock) -> None:
    simulator = Simulator(3, 8, clock)
    statuses = {
        day: {row["status_id"] for row in diary(simulator, MIDNIGHT + day * DAY).values()} for day in (-3, 3)
    }
    assert {8} <= statuses[-3] <= {8, 11, 12, 13}
    assert statuses[3] == {1}
    assert {1, 2, 4, 8} <= {row["status_id"] for row in diary(simulator, MIDNIGHT).values()}


def test_the_diary_ends_thirty_days_from_now_on_both_sides(clock) -> None:
    simulator = Simulator(3, 8, clock)
    first = diary(simulator, START - 30 * DAY - HOUR)
    last = diary(simulator, START + 30 * DAY - HOUR)
    assert min(row["match_time"] for row in first.values()) >= START - 30 * DAY
    assert max(row["match_time"] for row in last.values()) <= START + 30 * DAY
    assert 0 < len(last) < len(first) < 8 * DAY / (136 * 60)
    for tsp in (START - 31 * DAY - 1, START + 30 * DAY + 1, 0):
        assert diary(simulator, tsp) == {}


@pytest.mark.parametrize("query", [{}, {"tsp": ""}, {"tsp": "today"}])
def test_a_diary_of_no_day_is_an_error(clock, query) -> None:
    assert Simulator(clock=clock).answer("match/diary", query)["code"] == 9999


def test_the_extras_of_the_diary_name_all_that_its_rows_refer_to(clock) -> None:
    simulator = Simulator(1, 40, clock)
    answer = simulator.answer("match/diary", {"tsp": str(MIDNIGHT - 2 * DAY)})
    rows, extra = answer["results"], answer["results_extra"]
    referred = {
        "competition": {row["competition_id"] for row in rows},
        "team": {row[f"{side}_team_id"] for row in rows for side in ("home", "away")},
        "referee": {row.get("referee_id") for row in rows},
        "venue": {row.get("venue_id") for row in rows},
        "season": {row["season_id"] for row in rows},
        "stage": {row["round"]["stage_id"] for row in rows if "round" in row},
    }
    assert {kind: sorted(entry["id"] for entry in listed) for kind, listed in extra.items()} == {
        kind: sorted(ids - {"", None}) for kind, ids in referred.items()
    }
    for kind, fields in {
        "competition": {"id", "name", "logo"},
        "team": {"id", "name", "logo"},
        "referee": {"id", "name", "logo"},
        "venue": {"id", "name"},
        "season": {"id", "competition_id", "year"},
        "stage": {"id", "season_id", "name", "mode", "group_count", "round_count", "order"},
    }.items():
        assert all(set(entry) - {"country_logo"} == fields for entry in extra[kind])
    for kind, endpoint in (("team", "team/additional/list"), ("competition", "competition/additional/list")):
        for entry in extra[kind][:40]:
            (row,) = results(simulator, endpoint, uuid=entry["id"])
            assert entry.items() <= row.items()


def test_days_share_their_teams(clock) -> None:
    simulator = Simulator(2, 5, clock)
    known = {row["id"] for row in results(simulator, "team/additional/list")}
    for day in (-20, -3, 0, 20):
        rows = diary(simulator, MIDNIGHT + day * DAY).values()
        assert {row[f"{side}_team_id"] for row in rows for side in ("home", "away")} <= known


def test_a_final_row_is_the_last_that_the_live_list_has_shown(clock) -> None:
    simulator = Simulator(5, 30, clock)
    last: dict[str, dict] = {}
    for _, rows in watched(simulator, clock, range(START, START + 4 * HOUR, 240)):
        last |= rows
    ended = {id_: row for id_, row in last.items() if row["score"][1] in (8, 11, 12)}
    assert len(ended) > 40
    for clock.now in (START + 10 * HOUR, START + 20 * DAY):
        for id_, row in ended.items():
            (detail,) = details(simulator, id_) or [{"loss": 1}]  # deleted in the meantime
            if "loss" not in detail:
                assert results(simulator, "match/live/history", uuid=id_) == row


def test_only_a_match_that_has_ended_within_thirty_days_has_a_final_row(clock) -> None:
    simulator = Simulator(5, 30, clock)
    unended = [id_ for id_, row in live(simulator).items() if row["score"][1] not in (8, 11, 12)]
    future = list(diary(simulator, MIDNIGHT + 5 * DAY))[:5]
    past = [id_ for id_, row in diary(simulator, MIDNIGHT - 29 * DAY).items() if row["status_id"] == 8]
    for id_ in [*unended, *future, "", "nobody"]:
        assert results(simulator, "match/live/history", uuid=id_) == {}
    assert all(results(simulator, "match/live/history", uuid=id_)["id"] == id_ for id_ in past[:20])
    clock.now += 3 * DAY
    assert all(results(simulator, "match/live/history", uuid=id_) == {} for id_ in past)


def test_what_is_past_does_not_change(clock) -> None:
    simulator = Simulator(4, 10, clock)
    tsp = MIDNIGHT - 4 * DAY
    first = diary(simulator, tsp)
    odds = {id_: results(simulator, "odds/history", uuid=id_) for id_ in list(first)[:8]}
    assert sum(map(bool, odds.values())) > 4
    clock.now += 9 * DAY
    assert diary(simulator, tsp) == first == diary(Simulator(4, 10, clock), tsp)
    assert {id_: results(simulator, "odds/history", uuid=id_) for id_ in odds} == odds


def test_a_deleted_match_is_named_for_a_day_and_gone_everywhere_else(clock) -> None:
    simulator = Simulator(1, 40, clock)
    named: dict[str, int] = {}
    in_play_before: set[str] = set()
    before: dict[str, dict] = {}
    earlier = set(results(simulator, "deleted")["match"])
    for now, rows in watched(simulator, clock, range(START, START + 30 * HOUR, 900)):
        deleted = results(simulator, "deleted").get("match", [])
        assert len(set(deleted)) == len(deleted)
        for id_ in deleted:
            if id_ not in named and id_ not in earlier:
                named[id_] = now
                if before.get(id_, {"score": [0, 0]})["score"][1] in range(2, 8):
                    in_play_before.add(id_)
        for id_, since in named.items():
            assert (id_ in deleted) == (now < since + DAY) or abs(now - since - DAY) <= 900
            assert id_ not in rows
        before = rows
    assert len(named) > 4
    assert in_play_before
    everywhere = str(
        [results(simulator, endpoint) for endpoint in ("odds/live", "odds/update", "match/recent/list")]
        + [diary(simulator, MIDNIGHT + day * DAY) for day in range(-2, 4)]
    )
    for id_ in named:
        assert id_ not in everywhere
        assert details(simulator, id_) == []
        assert results(simulator, "odds/history", uuid=id_) == {}
        assert results(simulator, "match/live/history", uuid=id_) == {}


def test_where_nothing_was_deleted_no_kind_is_named(clock) -> None:
    assert results(Simulator(1, 0, clock), "deleted") == {}


@pytest.mark.parametrize(
    "kind, endpoint, field",
    [
        ("team", "team/additional/list", "home_team_id"),
        ("competition", "competition/additional/list", "competition_id"),
    ],
)
def test_what_was_entered_twice_is_named_by_a_match_then_deleted_and_the_match_corrected(
    clock, kind, endpoint, field
) -> None:
    simulator = Simulator(3, 60, clock)
    named = diary(simulator, MIDNIGHT)
    rows = {row["id"]: row for row in every_page(simulator, endpoint)}
    clock.now = MIDNIGHT + 2 * DAY
    gone = set(results(simulator, "deleted")[kind])
    matches = [row for row in named.values() if row[field] in gone]
    assert matches
    for match in matches:
        second = match[field]
        assert results(simulator, endpoint, uuid=second) == []
        (corrected,) = details(simulator, match["id"]) or [{field: None, "updated_at": 0}]
        if corrected[field] is None:
            continue  # the match was deleted too
        assert START < corrected["updated_at"] <= clock.now
        (row,) = results(simulator, endpoint, uuid=corrected[field])
        assert row["name"].removesuffix(" (old)") == rows[second]["name"]
        since = results(simulator, "match/recent/list", time=corrected["updated_at"])
        assert corrected in since


def every_page(simulator: Simulator, endpoint: str) -> list[dict]:
    rows: list[dict] = []
    page = 1
    while more := results(simulator, endpoint, page=page):
        rows += more
        page += 1
    return rows
