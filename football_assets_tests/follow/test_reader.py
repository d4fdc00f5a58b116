"""What is told of a scripted world, from the files that the real publish step makes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.follow.change import Change
from football_assets.follow.lines import people_lines
from football_assets.follow.position import BadPosition, Position
from football_assets.follow.reader import newest, read_page, resolve
from football_assets.follow.wanted import BadFilter, Wanted
from football_assets.published.reading import NotPublished, Unreadable
from football_assets.warehouse.history.revival import revive
from football_assets_tests.follow.world import KICKOFF, Play, Tick, World, card, goal

ALL = Wanted()


def told(world: World, after: Position, **filters: list[str]) -> list[Change]:
    return read_page(world.path, after, Wanted.parse(filters)).changes


def short(changes: list[Change]) -> list[tuple[str, ...]]:
    return [(one.kind, one.change, one.match.match_id) for one in changes]


def values(change: Change, *names: str) -> list[Any]:
    return [change.event.values[name] for name in names]


@pytest.fixture
def begun(world: World) -> World:
    """A match in play, published in edition 1."""
    world.live["a"] = Play()
    world.step()
    return world


def test_history_beside_a_file_that_was_moved_is_found(world: World, tmp_path: Path) -> None:
    world.live = {"a": Play(), "b": Play(status=8)}
    world.step()
    del world.live["b"]
    world.step()
    world.age()
    world.step()
    before = told(world, Position(0))
    assert "b" in {change.match.match_id for change in before}
    moved = tmp_path / "moved"
    moved.mkdir()
    world.path.rename(moved / world.path.name)
    world.history.rename(moved / "history")
    page = read_page(moved / world.path.name, Position(0), ALL)
    assert [change.event for change in page.changes] == [change.event for change in before]


def test_goal_of_injury_time_is_told_with_its_minute(begun: World) -> None:
    begun.live["a"].score = (1, 0)
    begun.live["a"].incidents = [{**goal(90, (1, 0)), "add_time": 3}]
    begun.step()
    said = [str(line) for change, line in people_lines(told(begun, Position(1))) if change.kind == "goal"]
    assert ["90+3' GOAL 1-0 Saka (home)" in line for line in said] == [True]


def test_match_that_comes_and_goes_is_told_with_its_names(world: World) -> None:
    world.live = {"a": Play(), "b": Play(status=1)}
    world.step()
    changes = told(world, Position(0))
    assert short(changes) == [
        *(("listing", "entered", "a"), ("state", "new", "a")),
        *(("listing", "entered", "b"), ("state", "new", "b")),
    ]
    match = changes[0].match
    assert (match.home_team, match.away_team, match.competition) == ("Arsenal", "Chelsea", "Premier League")
    assert match.kickoff_at == KICKOFF
    assert [str(one.position) for one in changes] == ["1.1", "1.2", "1.3", "1.4"]
    assert changes[0].published_at == newest(world.path).published_at
    assert changes[0].event.known_at < changes[0].published_at
    del world.live["b"]
    world.step()
    assert short(told(world, Position(1))) == [("listing", "left", "b")]
    world.live["b"] = Play(status=1)
    world.step()
    assert short(told(world, Position(2))) == [("listing", "entered", "b")]
    for _ in range(2):
        del world.live["b"]
        world.store()
        world.live["b"] = Play(status=1)
        world.store()
    world.publish()
    assert told(world, Position(3)) == []


@pytest.mark.parametrize(
    ("before", "after", "kind", "change"),
    [
        ({"status": 2}, {"status": 3}, "state", "changed"),
        ({"status": 4}, {"status": 2}, "state", "corrected"),
        ({"status": 8}, {"status": 4}, "state", "corrected"),
        ({"status": 2}, {"status": 10}, "state", "changed"),
        ({"status": 10}, {"status": 2}, "state", "changed"),
        ({"started": 1773154800}, {"started": 1773154860}, "state", "corrected"),
        ({"half_time": (1, 0)}, {"half_time": (0, 0)}, "state", "corrected"),
        ({"score": (0, 0)}, {"score": (1, 0)}, "score", "changed"),
        ({"score": (1, 0)}, {"score": (0, 0)}, "score", "corrected"),
        ({"status": 8, "score": (1, 0)}, {"status": 8, "score": (2, 0)}, "score", "corrected"),
        ({"corners": (1, 0)}, {"corners": (1, 1)}, "numbers", "changed"),
        ({"reds": (1, 0)}, {"reds": (0, 0)}, "numbers", "corrected"),
    ],
)
def test_state_of_play_is_told_by_kind_and_what_goes_back_is_a_correction(
    world: World, before: dict[str, Any], after: dict[str, Any], kind: str, change: str
) -> None:
    world.live["a"] = Play(**before)
    world.step()
    world.live["a"] = Play(**(before | after))
    world.step()
    (only,) = told(world, Position(1))
    assert (only.kind, only.change) == (kind, change)
    assert only.event.before


def test_row_with_several_changes_is_a_line_for_each_kind(begun: World) -> None:
    begun.live["a"] = Play(status=3, score=(1, 0), half_time=(1, 0), corners=(2, 1))
    begun.step()
    state, score, numbers = told(begun, Position(1))
    assert state.event.before == {"status_id": 2, "status": "first half", "home_half_time_score": 0}
    assert score.event.before == {"home_score": 0}
    assert numbers.event.before == {"home_corners": 0, "away_corners": 0}
    assert values(score, "home_score", "status_id", "home_corners") == [1, 3, 2]


def test_what_happened_is_told_once_wherever_the_list_moves_it(begun: World) -> None:
    first, second = goal(10, (1, 0)), goal(20, (2, 0), "Odegaard")
    begun.live["a"].incidents = [first, second]
    begun.step()
    scorers = [values(one, "player_name", "minute") for one in told(begun, Position(1))]
    assert scorers == [["Saka", 10], ["Odegaard", 20]]
    begun.live["a"].incidents = [first, card(15), second]
    begun.step()
    (only,) = told(begun, Position(2))
    assert (only.kind, only.change, *values(only, "minute", "sequence")) == ("card", "new", 15, 2)
    begun.live["a"].incidents = [second, first, card(15)]
    begun.step()
    assert told(begun, Position(3)) == []


@pytest.mark.parametrize(
    ("was", "is_now", "before"),
    [
        (goal(10, (1, 0)), goal(10, (1, 0), "Havertz"), {"player_id": "saka", "player_name": "Saka"}),
        (goal(10, (1, 0)), goal(11, (1, 0)), {"minute": 10}),
        (card(10), card(10, red=True), {"incident_id": 3, "incident": "yellow card"}),
    ],
)
def test_corrected_incident_tells_what_it_was(
    begun: World, was: dict[str, Any], is_now: dict[str, Any], before: dict[str, Any]
) -> None:
    begun.live["a"].incidents = [was, card(30, "White")]
    begun.step()
    begun.live["a"].incidents = [is_now, card(30, "White")]
    begun.step()
    (only,) = told(begun, Position(2))
    assert (only.change, only.event.before) == ("corrected", before)


def test_goal_that_is_taken_back_is_withdrawn(begun: World) -> None:
    begun.live["a"].incidents = [goal(10, (1, 0)), card(12)]
    begun.step()
    begun.live["a"].incidents = [card(12)]
    begun.step()
    (only,) = told(begun, Position(2))
    assert (only.kind, only.change, *values(only, "player_name")) == ("goal", "withdrawn", "Saka")


def test_two_incidents_that_are_the_same_are_counted(begun: World) -> None:
    begun.live["a"].incidents = [card(12)]
    begun.step()
    begun.live["a"].incidents = [card(12), card(12)]
    begun.step()
    assert short(told(begun, Position(2))) == [("card", "new", "a")]


def test_prices_tell_how_they_moved(begun: World) -> None:
    begun.quote(Tick("a", 10, 1.5))
    begun.publish()
    begun.quote(Tick("a", 20, 1.6), Tick("a", 30, 1.7, suspended=True))
    begun.publish()
    first, second, third = told(begun, Position(1))
    assert [one.kind for one in (first, second, third)] == ["price"] * 3
    befores = [one.event.before and one.event.before["home_or_over"] for one in (first, second, third)]
    assert befores == [None, 1.5, 1.6]
    assert values(third, "company", "market", "home_or_over", "suspended") == [
        *("BET365", "money_line", 1.7, True)
    ]


def test_history_that_is_read_for_the_first_time_is_of_the_past_but_for_its_newest(begun: World) -> None:
    begun.quote(*(Tick("a", second, 1.5 + second / 100) for second in (1, 2, 3)))
    begun.publish()
    kinds = [(one.kind, *values(one, "home_or_over")) for one in told(begun, Position(1))]
    assert kinds == [("price", 1.53), ("past_price", 1.51), ("past_price", 1.52)]
    begun.quote(Tick("a", 2, 9.0, sequence=2))
    begun.publish()
    (late,) = told(begun, Position(2))
    assert (late.kind, late.event.before) == ("past_price", None)


def test_corrected_and_withdrawn_prices_are_told_as_such(begun: World) -> None:
    old, newer = Tick("a", 10, 1.5), Tick("a", 20, 1.6)
    begun.quote(old, newer)
    begun.publish()
    begun.correct(old, home=1.4)
    newer = begun.correct(newer, home=1.8)
    begun.publish()
    newest_one, old_one = told(begun, Position(2))
    assert [(one.kind, one.change) for one in (newest_one, old_one)] == [
        *(("price", "corrected"), ("past_price", "corrected"))
    ]
    assert newest_one.event.before is not None
    assert (newest_one.event.before["home_or_over"], *values(newest_one, "home_or_over")) == (1.6, 1.8)
    begun.quote(gone=(newer,))
    begun.publish()
    (gone,) = told(begun, Position(3))
    assert (gone.kind, gone.change, *values(gone, "home_or_over")) == ("price", "withdrawn", 1.8)
    assert gone.event.values["stands"]["home_or_over"] == 1.4


def test_price_that_came_back_as_it_was_is_no_news(begun: World) -> None:
    tick = Tick("a", 10, 1.5)
    begun.quote(tick)
    begun.publish()
    begun.quote(gone=(tick,))
    begun.quote(tick)
    begun.publish()
    assert told(begun, Position(2)) == []


def test_what_came_and_went_between_two_editions_was_never_published(begun: World) -> None:
    begun.live["a"] = Play(score=(1, 0), incidents=[goal(5, (1, 0))])
    begun.store()
    tick = Tick("a", 10, 1.5)
    begun.quote(tick)
    begun.quote(gone=(tick,))
    begun.live["a"] = Play()
    begun.step()
    assert told(begun, Position(1)) == []


def test_deleted_match_is_withdrawn_with_all_of_it(begun: World) -> None:
    begun.live["a"].incidents = [goal(5, (1, 0))]
    begun.quote(Tick("a", 10, 1.5), Tick("a", 20, 1.6))
    begun.step()
    del begun.live["a"]
    begun.delete("a")
    begun.step()
    assert short(told(begun, Position(2))) == [
        *(("state", "withdrawn", "a"), ("goal", "withdrawn", "a"), ("listing", "left", "a")),
        *(("price", "withdrawn", "a"), ("past_price", "withdrawn", "a")),
    ]


def test_backfilled_match_is_no_news(begun: World) -> None:
    connection = begun.warehouse.open()
    connection.execute("INSERT INTO backfilled_matches VALUES ('b', '2026-03-10 16:00:00+00')")
    for table, columns in (
        ("live_match_changes", "8 AS status_id, seen_at AS observed_at"),
        ("aged_odds_ticks", "2 AS company_id, 'spread' AS market, seen_at AS tick_at, 1 AS sequence"),
    ):
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT 'b' AS match_id, "
            f"TIMESTAMPTZ '2026-03-10 16:00:00+00' AS seen_at, {columns}"
        )
    begun.now += timedelta(hours=2)
    begun.step()
    assert told(begun, Position(1)) == []


# -- filters --------------------------------------------------------------------------------------------
@pytest.fixture
def busy(world: World) -> World:
    """Two matches with prices of two bookmakers in two markets, and a goal."""
    world.live = {"a": Play(), "b": Play()}
    world.step()
    world.live["a"] = Play(score=(1, 0), incidents=[goal(3, (1, 0))])
    world.quote(
        *(
            Tick(match_id, 10, 1.5, company=company, market=market)
            for match_id in "ab"
            for company in (2, 22)
            for market in ("money_line", "spread")
        )
    )
    world.step()
    return world


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 10),
        ({"match": ["b"]}, 4),
        ({"match": ["CHELSEA arsenal"]}, 6),
        ({"match": ["arsenal", "santos"]}, 10),
        ({"match": ["arsenal santos"]}, 0),
        ({"match": [""]}, 0),
        ({"competition": ["série"]}, 4),
        ({"competition": ["europe"]}, 10),
        ({"competition": ["a-competition"]}, 6),
        ({"market": ["spread"]}, 6),
        ({"bookmaker": ["pinn"]}, 6),
        ({"bookmaker": ["22", "bet365"]}, 10),
        ({"bookmaker": ["7777"]}, 2),
        ({"kind": ["goal"]}, 1),
        ({"kind": ["price"], "market": ["spread"], "bookmaker": ["22"], "match": ["b"]}, 1),
        ({"kind": ["past_price"]}, 0),
    ],
)
def test_filters_choose_and_leave_the_cursors_as_they_are(
    busy: World, filters: dict[str, list[str]], count: int
) -> None:
    everything = told(busy, Position(1))
    chosen = told(busy, Position(1), **filters)
    assert len(chosen) == count
    assert [one for one in everything if Wanted.parse(filters).fits(one)] == chosen


def test_page_that_is_cut_goes_on_where_it_ended(busy: World) -> None:
    wanted = Wanted.parse({"match": ["b"], "kind": ["price"]})
    first = read_page(busy.path, Position(1), wanted, most=3)
    assert (len(first.changes), first.is_last) == (3, False)
    rest = read_page(busy.path, first.end, wanted, most=3)
    assert (len(rest.changes), rest.is_last, rest.end) == (1, True, Position(2))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("market", "x", "money_line, spread"), ("bookmaker", "x1", "Pinnacle"), ("kind", "x", "past_price")],
)
def test_filter_that_names_nothing_is_refused_in_one_line(name: str, text: str, says: str) -> None:
    with pytest.raises(BadFilter, match=says) as caught:
        Wanted.parse({name: [text]})
    assert "\n" not in str(caught.value)


# -- positions and files --------------------------------------------------------------------------------
def test_time_means_after_the_newest_edition_not_later(begun: World) -> None:
    first = newest(begun.path).published_at
    begun.step()
    second = newest(begun.path).published_at
    assert resolve(begun.path, first - timedelta(seconds=1)) == Position(0)
    assert resolve(begun.path, first) == Position(1)
    assert resolve(begun.path, second - timedelta(microseconds=1)) == Position(1)
    assert resolve(begun.path, second) == Position(2)


def test_position_beyond_the_newest_edition_is_refused(begun: World) -> None:
    with pytest.raises(BadPosition, match=r"Edition 2 is not there: the newest is 1") as caught:
        read_page(begun.path, Position(2, 1), ALL)
    assert "\n" not in str(caught.value)


def test_position_that_is_not_held_any_more_is_refused(begun: World) -> None:
    for _ in range(3):
        begun.step()
    begun.warehouse.open().execute("DELETE FROM editions WHERE edition < 3")
    begun.step()
    for since in (Position(0), Position(2), Position(3, 1), KICKOFF):
        with pytest.raises(BadPosition, match=r"too old.* after edition 3.*KEEP_HISTORY_DAYS"):
            resolve(begun.path, since)
    assert resolve(begun.path, Position(3)) == Position(3)


def test_rows_that_have_moved_are_read_from_the_files_and_told_of_where_these_are_gone(
    begun: World, tmp_path: Path
) -> None:
    begun.quote(Tick("a", 10, 1.5))
    begun.step()
    begun.live = {}
    begun.step()
    before = told(begun, Position(0))
    begun.age()
    begun.step()
    assert begun.ask("SELECT count(*) FROM live_match_changes") == [(0,)]
    assert told(begun, Position(0)) == before
    begun.history.rename(tmp_path / "elsewhere")
    with pytest.raises(BadPosition, match="history's files"):
        told(begun, Position(1))
    assert told(begun, Position(3)) == []


def test_match_that_comes_back_from_the_files_is_not_told_again(begun: World) -> None:
    begun.quote(Tick("a", 10, 1.5))
    begun.step()
    before = told(begun, Position(0))
    begun.live = {}
    begun.step()
    begun.age()
    begun.step()
    revive(begun.warehouse, begun.history, ["a"])
    begun.live = {"a": Play()}
    begun.step()
    assert short(told(begun, Position(4))) == [("listing", "entered", "a")]
    assert [one for one in told(begun, Position(0)) if one.position.edition <= 2] == before


def test_warehouse_that_is_begun_anew_goes_on_after_the_editions_of_the_file(
    begun: World, tmp_path: Path
) -> None:
    begun.step()
    other = World(tmp_path / "other")
    other.path = begun.path
    other.live = {"b": Play()}
    other.now -= timedelta(days=1)
    other.step()
    assert newest(begun.path).edition == 3
    other.live["b"] = Play(score=(1, 0))
    other.step()
    assert short(told(begun, Position(3))) == [("score", "changed", "b")]
    other.close()


def test_file_that_is_absent_broken_or_older_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "football.duckdb"
    with pytest.raises(NotPublished):
        newest(path)
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(Unreadable) as broken:
        newest(path)
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE editions (edition BIGINT, published_at TIMESTAMPTZ)")
    with pytest.raises(Unreadable, match="older version") as older:
        newest(path)
    assert "\n" not in f"{broken.value}{older.value}"
