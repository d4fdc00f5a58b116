"""The files of the past: moved, made few, brought back, taken over, removed, killed at every step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.enrichment.known import Enriched
from football_assets.queries import query
from football_assets.tables.schema import quoted
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import LiveBatch, parse_live
from football_assets.warehouse.history import writing
from football_assets.warehouse.history.compaction import (
    MOST_FILES,
    SUPERSEDED_KEPT,
    compact_day,
    remove_days,
    remove_superseded,
)
from football_assets.warehouse.history.former import take_over_former
from football_assets.warehouse.history.layout import (
    ODDS,
    day_folder,
    set_aside_unreadable,
    standing,
    superseded,
)
from football_assets.warehouse.history.moves import CYCLES_DAYS, OVER_AFTER, move_to_history
from football_assets.warehouse.history.revival import revive, revive_told
from football_assets.warehouse.history.views import history_views
from football_assets.warehouse.history.writing import finish_moves
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.thesports.parsing.samples import detail_row

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = date(2026, 3, 10)


class Killed(BaseException):
    """As if the process ended here."""


class Past:
    """A warehouse with its folder of history."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "warehouse.duckdb")
        self.directory = folder / "history"

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        return self.warehouse.open().execute(text).fetchall()

    def add(self, match_id: str, ticks: int = 3, kickoff: str = "2026-03-10 15:00:00+00") -> None:
        """A match that is over, with ticks on their way into files and a state of play."""
        self.sql(
            "INSERT INTO match_records BY NAME SELECT "
            f"{quoted(match_id)} AS match_id, 8 AS status_id, TIMESTAMPTZ '{kickoff}' AS kickoff_at, "
            f"TRUE AS is_final, TIMESTAMPTZ '{kickoff}' AS first_seen_at"
        )
        self.sql(
            "INSERT INTO aged_odds_ticks BY NAME SELECT "
            f"{quoted(match_id)} AS match_id, 2 AS company_id, 'spread' AS market, 1 AS sequence, "
            f"TIMESTAMPTZ '{kickoff}' + to_minutes(i::INTEGER) AS tick_at, tick_at AS seen_at, "
            f"CASE WHEN i = 0 THEN tick_at + INTERVAL 1 MINUTE END AS replaced_at FROM range({ticks}) AS r(i)"
        )
        self.sql(
            "INSERT INTO live_match_changes BY NAME SELECT "
            f"{quoted(match_id)} AS match_id, 8 AS status_id, TIMESTAMPTZ '{kickoff}' AS seen_at, "
            "seen_at AS observed_at"
        )

    def add_own(self, days: int) -> None:
        """A cycle and an edition of so many days ago."""
        at = f"TIMESTAMPTZ {quoted((NOW - timedelta(days=days)).isoformat())}"
        self.sql(f"INSERT INTO cycles BY NAME SELECT 'c{days}' AS cycle_id, {at} AS started_at")
        self.sql(f"INSERT INTO editions BY NAME SELECT {days} AS edition, {at} AS published_at")

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows of the two histories as the views give them, after what was cut off is finished."""
        finish_moves(self.warehouse, self.directory)
        for statement in history_views(self.directory, date(2000, 1, 1)):
            self.sql(statement)
        ticks = self.sql("SELECT match_id, tick_at, seen_at, replaced_at FROM odds_history ORDER BY ALL")
        return ticks + self.sql("SELECT match_id, seen_at FROM live_match_history ORDER BY ALL")

    def move(self) -> None:
        move_to_history(self.warehouse, self.directory, NOW)

    def files(self) -> list[Path]:
        return standing(day_folder(self.directory, ODDS, DAY))


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path)
    yield past
    past.warehouse.close()


def filled(past: Past) -> list[tuple[Any, ...]]:
    """Four matches of a day, each moved by itself; gives their rows."""
    for number in range(4):
        past.add(f"m{number}")
        past.move()
    return past.rows()


def test_rows_of_matches_that_are_over_lie_by_the_kickoff_day_and_stand_once(past: Past) -> None:
    past.add("m1")
    past.add("m2", kickoff="2026-03-11 00:00:00+00")
    before = past.rows()
    past.move()
    assert past.sql("SELECT count(*) FROM aged_odds_ticks") == [(0,)]
    assert past.rows() == before
    days = past.sql("SELECT DISTINCT match_id, kickoff_day FROM odds_history ORDER BY ALL")
    assert days == [("m1", DAY), ("m2", date(2026, 3, 11))]


def test_until_when_rows_have_moved_is_the_newest_moment_of_any_of_them(past: Past) -> None:
    past.sql("UPDATE pipeline.in_files SET until = TIMESTAMPTZ '2026-03-01 00:00:00+00'")
    past.move()
    assert past.sql("FROM pipeline.in_files") == [(datetime(2026, 3, 1, tzinfo=UTC),)]
    past.add("m0")
    past.move()
    assert past.sql("FROM pipeline.in_files") == [(datetime(2026, 3, 10, 15, 2, tzinfo=UTC),)]
    past.add("m1", ticks=2)
    past.sql("UPDATE live_match_changes SET replaced_at = TIMESTAMPTZ '2026-03-17 08:00:00+00'")
    past.move()
    assert past.sql("FROM pipeline.in_files") == [(datetime(2026, 3, 17, 8, tzinfo=UTC),)]
    past.add("m2")
    past.move()
    assert past.sql("FROM pipeline.in_files") == [(datetime(2026, 3, 17, 8, tzinfo=UTC),)]


def test_match_of_yesterday_stays(past: Past) -> None:
    past.add("m1", kickoff="2026-03-19 00:00:00+00")
    past.add("m2", kickoff="2026-03-18 23:59:00+00")
    for now in (NOW.replace(hour=0), NOW, NOW.replace(minute=7, second=8, microsecond=9)):
        move_to_history(past.warehouse, past.directory, now)
        assert past.sql("SELECT DISTINCT match_id FROM aged_odds_ticks") == [("m1",)]


def test_many_files_of_a_day_become_one_and_old_editions_keep_theirs(past: Past) -> None:
    before = filled(past)
    old_view = next(iter(history_views(past.directory, date(2000, 1, 1))))
    assert len(past.files()) == 4
    while compact_day(past.warehouse, past.directory):
        pass
    assert len(past.files()) == 1
    assert past.rows() == before
    past.sql(old_view)
    assert len(past.sql("FROM odds_history")) == 12
    assert remove_superseded(past.directory, datetime.now(UTC)) == 0
    assert remove_superseded(past.directory, datetime.now(UTC) + timedelta(days=3)) == 8
    assert past.rows() == before


def test_few_files_of_a_day_stay(past: Past) -> None:
    for number in range(MOST_FILES):
        past.add(f"m{number}")
        past.move()
    files = past.files()
    assert len(files) == MOST_FILES
    assert not compact_day(past.warehouse, past.directory)
    assert past.files() == files


def test_names_tell_which_files_count_and_how_long_the_others_stay(tmp_path: Path) -> None:
    folder = day_folder(tmp_path, ODDS, DAY)
    folder.mkdir(parents=True)
    for name in ("rows-1", "rows-2", "all-3", "rows-9", "all-10", "rows-11"):
        (folder / f"{name}.parquet").touch()
    (folder / "all-12.parquet.draft").touch()
    assert [path.stem for path in standing(folder)] == ["all-10", "rows-11"]
    pairs = [("rows-1", "all-3"), ("rows-2", "all-3"), ("all-3", "all-10"), ("rows-9", "all-10")]
    assert [(path.stem, by.stem) for path, by in superseded(folder)] == pairs
    made = datetime(2026, 3, 11, tzinfo=UTC)
    for name, hours in (("all-3", 0), ("all-10", 1)):
        second = (made + timedelta(hours=hours)).timestamp()
        os.utime(folder / f"{name}.parquet", (second, second))
    for after, removed in ((timedelta(0), 0), (timedelta(seconds=1), 2), (timedelta(hours=1, seconds=1), 2)):
        assert remove_superseded(tmp_path, made + SUPERSEDED_KEPT + after) == removed
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["all-10.parquet", "all-12.parquet.draft", "rows-11.parquet"]


def test_number_of_rows_that_moved_is_that_of_the_rows_in_files(past: Past) -> None:
    past.add("m1", ticks=5)
    past.add("m2", ticks=2)
    past.add("m3", ticks=4, kickoff="2026-03-11 15:00:00+00")
    for days in (CYCLES_DAYS - 1, CYCLES_DAYS, CYCLES_DAYS + 1, CYCLES_DAYS + 2):
        past.add_own(days)
    moved = move_to_history(past.warehouse, past.directory, NOW)
    files = ", ".join(quoted(path) for path in past.directory.glob("*/*/*.parquet"))
    assert past.sql(f"SELECT count(*) FROM read_parquet([{files}], union_by_name = true)") == [(moved,)]
    assert moved == 11 + 3 + 2 * 2
    assert move_to_history(past.warehouse, past.directory, NOW) == 0


def test_histories_of_the_pipeline_itself_have_the_columns_of_their_tables(past: Past) -> None:
    for days in (0, CYCLES_DAYS + 1):
        past.add_own(days)
    before = past.sql("FROM cycles ORDER BY ALL"), past.sql("FROM editions ORDER BY ALL")
    past.move()
    past.rows()
    assert past.sql("SELECT count(*) FROM cycles") == [(1,)]
    after = past.sql("FROM cycle_history ORDER BY ALL"), past.sql("FROM edition_history ORDER BY ALL")
    assert after == before


@pytest.mark.parametrize("view", ["odds_history", "opening_prices", "closing_prices"])
def test_one_day_is_read_without_the_rows_of_the_others(past: Past, view: str) -> None:
    past.add("m1")
    past.add("m2", kickoff="2026-03-11 15:00:00+00")
    past.sql("UPDATE aged_odds_ticks SET status_id = 1")
    past.move()
    past.rows()
    if view != "odds_history":
        past.sql(f"CREATE TEMP VIEW {view} AS {query('warehouse', view)}")
    known = past.sql(f"FROM {view} WHERE kickoff_day = DATE '{DAY}' ORDER BY ALL")
    assert {row[0] for row in known} == {"m1"}
    for path in standing(day_folder(past.directory, ODDS, date(2026, 3, 11))):
        spoil_rows(path)
    assert past.sql(f"FROM {view} WHERE kickoff_day = DATE '{DAY}' ORDER BY ALL") == known
    with pytest.raises(duckdb.Error):
        past.sql(f"FROM {view}")


def spoil_rows(path: Path) -> None:
    """Leave a Parquet file nothing but its footer."""
    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(content[:4] + bytes(len(content) - footer - 4) + content[-footer:])


def test_match_that_comes_back_has_one_history(past: Past) -> None:
    before = filled(past)
    assert revive(past.warehouse, past.directory, ["m1", "unknown"]) == 1
    assert past.rows() == before
    assert past.sql("SELECT match_id, count(*) FROM odds_ticks GROUP BY ALL") == [("m1", 2)]
    assert past.sql("SELECT count(*) FROM odds_revisions") == [(1,)]
    assert past.sql("FROM newest_ticks") == past.sql("FROM odds_ticks ORDER BY tick_at DESC LIMIT 1")
    assert past.sql("SELECT count(*) FROM live_match_changes WHERE match_id = 'm1'") == [(1,)]
    left = past.sql("SELECT match_id FROM pipeline.aged_matches ORDER BY ALL")
    assert left == [("m0",), ("m2",), ("m3",)]
    assert revive(past.warehouse, past.directory, ["m1"]) == 0
    assert past.rows() == before


def test_files_without_a_row_of_the_match_that_comes_back_stay(past: Past) -> None:
    past.add("m1", ticks=0)
    past.add("m2")
    past.move()
    files = past.files()
    assert len(files) == 1
    revive(past.warehouse, past.directory, ["m1"])
    assert past.files() == files


def test_number_of_a_batch_is_not_used_again(past: Past) -> None:
    for match_id in ("m1", "m2", "m3"):
        past.add(match_id)
        past.move()
        remove_days(past.directory, NOW)
    assert past.sql("SELECT count(*), count(DISTINCT batch) FROM pipeline.batches") == [(3, 3)]


def test_ticks_of_a_match_that_has_newest_ones_come_back_without_another_newest(past: Past) -> None:
    past.add("m1")
    past.sql("INSERT INTO odds_ticks BY NAME SELECT * EXCLUDE (replaced_at) FROM aged_odds_ticks LIMIT 1")
    past.sql("UPDATE odds_ticks SET tick_at = tick_at + INTERVAL 1 HOUR")
    past.sql("INSERT INTO newest_ticks FROM odds_ticks")
    revive(past.warehouse, past.directory, ["m1"])
    assert past.sql("SELECT count(*) FROM odds_ticks") == [(3,)]
    assert past.sql("FROM newest_ticks") == past.sql("FROM odds_ticks ORDER BY tick_at DESC LIMIT 1")


@pytest.mark.parametrize("seconds, days", [(0, 0), (60, 1)], ids=["the same", "later"])
def test_details_bring_a_match_back_where_they_are_others(past: Past, seconds: int, days: int) -> None:
    for number in (1, 2):
        past.add(f"m{number}", kickoff=f"2026-03-1{number} 15:00:00+00")
        past.sql(
            f"INSERT INTO match_detail_changes BY NAME SELECT 'm{number}' AS match_id, "
            f"TIMESTAMPTZ '2026-03-1{number} 15:00:00+00' AS updated_at, updated_at AS seen_at"
        )
    past.move()
    told = datetime(2026, 3, 11, 15, tzinfo=UTC) + timedelta(seconds=seconds)
    row = replace(
        parse_details([detail_row("m1")], fetched_at=NOW, data_source="api", present=NOW).rows[0],
        updated_at=told,
    )
    assert revive_told(past.warehouse, past.directory, Enriched(other_details={"m1": row})) == days


@pytest.mark.parametrize(
    "told",
    [
        lambda: Enriched(final_rows=[final("m1")]),
        lambda: Enriched(deleted={"match": {"m1", "unknown"}, "team": {"m2"}}),
    ],
    ids=["a final row", "deleted"],
)
def test_what_is_told_of_a_match_in_files_brings_it_back(past: Past, told: Callable[[], Enriched]) -> None:
    for number in (1, 2):
        past.add(f"m{number}", kickoff=f"2026-03-1{number} 15:00:00+00")
    past.move()
    before = past.rows()
    assert revive_told(past.warehouse, past.directory, Enriched()) == 0
    assert revive_told(past.warehouse, past.directory, Enriched(deleted={"match": {"unknown"}})) == 0
    assert revive_told(past.warehouse, past.directory, told()) == 1
    assert past.sql("SELECT DISTINCT match_id FROM odds_ticks") == [("m1",)]
    assert past.rows() == before


def test_match_that_is_known_as_deleted_stays_in_its_files(past: Past) -> None:
    past.add("m1")
    past.sql("UPDATE match_records SET deleted_at = first_seen_at")
    past.move()
    assert revive_told(past.warehouse, past.directory, Enriched(deleted={"match": {"m1"}})) == 0


def final(match_id: str) -> LiveBatch:
    sevens = [[0] * 7] * 2
    row = {"id": match_id, "score": [match_id, 8, *sevens, 0, ""]}
    return parse_live([row], fetched_at=NOW, data_source="api")


def test_all_matches_of_a_day_come_back(past: Past) -> None:
    past.add("m1")
    past.move()
    before = past.rows()
    revive(past.warehouse, past.directory, ["m1"])
    assert past.rows() == before


def former(past: Past) -> list[tuple[Any, ...]]:
    """Files as an older version wrote them: of a match with a record and of one without; gives their rows."""
    for table, columns in (
        ("odds_ticks", "2 AS company_id, 'eu' AS market, told_at AS tick_at, 1 AS sequence, 4 AS status_id"),
        ("live_match_changes", "4 AS status_id, told_at AS observed_at"),
    ):
        folder = past.directory / table
        folder.mkdir(parents=True)
        for day in (12, 13):
            past.sql(
                f"COPY (SELECT match_id, {columns} FROM (VALUES ('m1'), ('m2')) AS m(match_id), "
                f"(SELECT TIMESTAMPTZ '2026-03-{day} 10:00:00+00' + to_hours(i::INTEGER) AS told_at "
                "FROM range(3) AS r(i))) "
                f"TO {quoted(folder / f'2026-03-{day}.parquet')}"
            )
    past.sql(
        "INSERT INTO match_records BY NAME SELECT 'm1' AS match_id, 8 AS status_id, "
        "TIMESTAMPTZ '2026-03-10 15:00:00+00' AS kickoff_at, TRUE AS is_final, kickoff_at AS first_seen_at"
    )
    return past.rows()


def test_history_of_an_older_version_is_taken_over_whole(past: Past) -> None:
    before = former(past)
    taken = []
    while rows := take_over_former(past.warehouse, past.directory):
        taken.append(rows)
        assert past.rows() == before
    assert taken == [6, 6, 6, 6]
    assert past.sql("SELECT DISTINCT match_id, kickoff_day FROM odds_history ORDER BY ALL") == [
        ("m1", DAY),
        ("m2", date(2026, 3, 12)),
    ]
    assert past.sql("SELECT count(*) FROM odds_history WHERE seen_at IS DISTINCT FROM tick_at") == [(0,)]
    assert past.sql("SELECT data_source, status_id FROM match_records WHERE match_id = 'm2'") == [
        ("last_known", 4)
    ]
    assert remove_superseded(past.directory, datetime.now(UTC) + timedelta(days=3)) == 4
    assert not list(past.directory.glob("*/*.parquet"))
    assert past.rows() == before


def test_match_of_an_older_version_without_a_kickoff_is_of_the_day_of_its_first_state_in_play(
    past: Past,
) -> None:
    folder = past.directory / "live_match_changes"
    folder.mkdir(parents=True)
    states = [(1, "11 23:30"), (2, "12 00:05"), (4, "13 00:10"), (8, "14 01:00")]
    rows = ", ".join(f"('m1', {status}, TIMESTAMPTZ '2026-03-{at}:00+00')" for status, at in states)
    past.sql(
        f"COPY (FROM (VALUES {rows}) AS t(match_id, status_id, observed_at)) "
        f"TO {quoted(folder / '2026-03-14.parquet')}"
    )
    assert take_over_former(past.warehouse, past.directory) == 4
    past.rows()
    assert past.sql("SELECT DISTINCT match_id, kickoff_day FROM live_match_history") == [
        ("m1", date(2026, 3, 12))
    ]
    assert past.sql("SELECT status_id, first_seen_at, last_seen_at FROM match_records") == [
        (8, datetime(2026, 3, 11, 23, 30, tzinfo=UTC), datetime(2026, 3, 14, 1, tzinfo=UTC))
    ]


def test_statistics_of_an_older_version_are_taken_over_with_a_record_that_lacks_the_status(
    past: Past,
) -> None:
    folder = past.directory / "match_stat_changes"
    folder.mkdir(parents=True)
    seen = [("m1", 2, 0, "11 23:30"), ("m1", 2, 1, "12 00:05"), ("m1", 3, 5, "12 00:01")]
    rows = ", ".join(f"('{m}', {stat}, {n}, TIMESTAMPTZ '2026-03-{at}:00+00')" for m, stat, n, at in seen)
    past.sql(
        f"COPY (FROM (VALUES {rows}) AS t(match_id, stat_id, home, observed_at)) "
        f"TO {quoted(folder / '2026-03-13.parquet')}"
    )
    assert take_over_former(past.warehouse, past.directory) == 3
    past.rows()
    columns = "kickoff_day, stat_id, home, extract(minute FROM seen_at), extract(minute FROM replaced_at)"
    assert past.sql(f"SELECT {columns} FROM match_stat_history ORDER BY stat_id, seen_at") == [
        (date(2026, 3, 12), 2, 0, 30, 5),
        (date(2026, 3, 12), 2, 1, 5, None),
        (date(2026, 3, 12), 3, 5, 1, None),
    ]
    assert past.sql("SELECT match_id, status_id, is_final FROM match_records") == [("m1", None, False)]


def test_cycles_of_an_older_version_lie_by_the_day_on_which_they_started(past: Past) -> None:
    folder = past.directory / "cycles"
    folder.mkdir(parents=True)
    started = {"c22": "12 22", "c23": "12 23", "c0": "13 00"}
    rows = ", ".join(f"('{id_}', TIMESTAMPTZ '2026-03-{at}:00:00+00')" for id_, at in started.items())
    past.sql(
        f"COPY (FROM (VALUES {rows}) AS t(cycle_id, started_at)) TO {quoted(folder / '2026-03-14.parquet')}"
    )
    before = past.sql("SELECT count(*) FROM pipeline.aged_matches")
    assert take_over_former(past.warehouse, past.directory) == 3
    past.rows()
    assert past.sql("SELECT cycle_id FROM cycle_history ORDER BY started_at") == [("c22",), ("c23",), ("c0",)]
    days = sorted(path.parent.name for path in past.directory.glob("cycles/*/*.parquet"))
    assert days == ["kickoff_day=2026-03-12", "kickoff_day=2026-03-13"]
    assert past.sql("SELECT count(*) FROM pipeline.aged_matches") == before
    assert take_over_former(past.warehouse, past.directory) == 0


def test_file_of_an_older_version_without_rows_is_taken_over_too(past: Past) -> None:
    folder = past.directory / "match_stat_changes"
    folder.mkdir(parents=True)
    empty = "SELECT 'm' AS match_id, 2 AS stat_id, now() AS observed_at WHERE FALSE"
    past.sql(f"COPY ({empty}) TO {quoted(folder / '2026-03-13.parquet')}")
    assert take_over_former(past.warehouse, past.directory) == 0
    past.rows()
    assert past.sql("FROM match_stat_history") == []
    assert remove_superseded(past.directory, datetime.now(UTC) + timedelta(days=3)) == 1


def test_file_that_is_cut_off_after_it_was_found_whole_is_set_aside(past: Past) -> None:
    filled(past)
    assert set_aside_unreadable(past.directory) == set_aside_unreadable(past.directory) == []
    path = past.files()[1]
    path.write_bytes(path.read_bytes()[:50])
    assert set_aside_unreadable(past.directory) == [path]
    assert path.with_name(f"{path.name}.unreadable").stat().st_size == 50
    assert set_aside_unreadable(past.directory) == []


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + bytes(60), bytes(60) + b"PAR1"])
def test_file_that_cannot_be_parquet_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows-1.parquet"
    path.write_bytes(content)
    assert set_aside_unreadable(tmp_path) == [path]
    assert not path.exists()


def test_match_whose_end_nobody_told_is_over_after_its_time(past: Past) -> None:
    limit = NOW - OVER_AFTER
    kickoffs = {"m1": limit - timedelta(seconds=1), "m2": limit, "m3": limit + timedelta(seconds=1)}
    for match_id, kickoff in kickoffs.items():
        past.add(match_id, kickoff=str(kickoff))
    past.sql("UPDATE match_records SET is_final = FALSE")
    past.move()
    staying = "SELECT DISTINCT match_id FROM aged_odds_ticks ORDER BY ALL"
    assert past.sql(staying) == [("m2",), ("m3",)]
    past.sql("UPDATE match_records SET deleted_at = kickoff_at WHERE match_id = 'm3'")
    past.move()
    assert past.sql(staying) == [("m2",)]


def test_views_begin_with_the_oldest_day(past: Past) -> None:
    past.add("m1")
    past.add("m2", kickoff="2026-03-11 15:00:00+00")
    past.move()
    for day, matches in ((DAY, 2), (DAY + timedelta(days=1), 1), (DAY + timedelta(days=2), 0)):
        for statement in history_views(past.directory, day):
            past.sql(statement)
        assert past.sql("SELECT count(DISTINCT match_id) FROM odds_history") == [(matches,)]


def test_attempts_at_the_final_result_go_with_the_match(past: Past) -> None:
    past.add("m1")
    past.add("m2", kickoff="2026-03-19 15:00:00+00")
    past.sql("INSERT INTO pipeline.finals VALUES ('m1', now(), 1), ('m1', now(), 2), ('m2', now(), 1)")
    past.move()
    assert past.sql("SELECT match_id FROM pipeline.finals") == [("m2",)]


def test_match_that_moves_in_two_parts_is_known_as_moved_once(past: Past) -> None:
    past.add("m1")
    past.move()
    past.sql(
        "INSERT INTO aged_odds_ticks BY NAME SELECT 'm1' AS match_id, 2 AS company_id, 'spread' AS market, "
        "1 AS sequence, TIMESTAMPTZ '2026-03-10 18:00:00+00' AS tick_at, tick_at AS seen_at"
    )
    before = past.rows()
    past.move()
    assert past.rows() == before
    assert past.sql("FROM pipeline.aged_matches") == [("m1", DAY)]


def test_cycles_move_by_whole_days(past: Past) -> None:
    limit = NOW - timedelta(days=CYCLES_DAYS)
    started = {
        "the day before": limit.replace(hour=0) - timedelta(minutes=1),
        "at midnight": limit.replace(hour=0),
        "before the limit": limit - timedelta(minutes=1),
    }
    for cycle_id, at in started.items():
        past.sql(
            f"INSERT INTO cycles BY NAME SELECT '{cycle_id}' AS cycle_id, TIMESTAMPTZ '{at}' AS started_at"
        )
    past.move()
    assert past.sql("SELECT cycle_id FROM cycles ORDER BY started_at") == [
        ("at midnight",),
        ("before the limit",),
    ]
    past.rows()
    assert past.sql("SELECT cycle_id FROM cycle_history ORDER BY started_at") == [(name,) for name in started]


def test_days_go_whole_by_the_kickoff(past: Past) -> None:
    past.add("m1")
    past.add("m2", kickoff="2026-03-11 00:00:00+00")
    past.move()
    sizes = [path.stat().st_size for path in past.directory.glob(f"*/kickoff_day={DAY}/*")]
    removed = remove_days(past.directory, datetime(2026, 3, 11, 23, tzinfo=UTC))
    assert removed == (len(sizes), sum(sizes)) == (2, sum(sizes))
    assert {row[0] for row in past.rows()} == {"m2"}


NEXT = "2026-03-11 15:00:00+00"
WORK: dict[str, tuple[Callable[[Past], Any], Callable[[Past], Any]]] = {
    "move": (
        lambda past: [past.add("m1"), past.add("m2"), past.add("m3", kickoff=NEXT)],
        lambda past: past.move(),
    ),
    "compact": (filled, lambda past: [compact_day(past.warehouse, past.directory) for _ in range(2)]),
    "revive": (filled, lambda past: revive(past.warehouse, past.directory, ["m1"])),
    "take over": (former, lambda past: take_over_former(past.warehouse, past.directory)),
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("place", ["a draft", "the commit", "a name"])
def test_killed_anywhere_no_row_is_lost_or_doubled(
    past: Past, name: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, work = WORK[name]
    prepare(past)
    before = past.rows()
    for count in range(1, 9):
        with monkeypatch.context() as patched:
            _kill_at(patched, place, count)
            with suppress(Killed):
                work(past)
        assert past.rows() == before
        assert past.sql("FROM pipeline.aged_matches SEMI JOIN aged_odds_ticks USING (match_id)") == []
    work(past)
    assert past.rows() == before


@pytest.mark.parametrize(
    ("place", "next_one"), [("a draft", "move"), ("the commit", "move"), ("the commit", "revive")]
)
def test_move_that_was_cut_off_is_finished_by_the_next_step(
    past: Past, place: str, next_one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.add("m1")
    before = past.rows()
    with monkeypatch.context() as patched:
        _kill_at(patched, place, 1)
        with suppress(Killed):
            past.move()
    drafts = list(past.directory.glob("*/*/*.draft"))
    assert len(drafts) == (1 if place == "a draft" else 2)
    if next_one == "move":
        past.move()
    else:
        revive(past.warehouse, past.directory, ["m1"])
    assert past.sql("SELECT count(*) FROM aged_odds_ticks") == [(0,)]
    assert not list(past.directory.glob("*/*/*.draft"))
    assert past.rows() == before


def _kill_at(patched: pytest.MonkeyPatch, place: str, count: int) -> None:
    """Kill the work at the `count`th draft, before naming anything, or at the `count`th name."""
    left = iter([False] * (count - 1) + [True] + [False] * 100)

    def step(do: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            if next(left):
                raise Killed
            return do(*args, **options)

        return stepped

    if place == "a draft":
        patched.setattr(writing.os, "fsync", step(writing.os.fsync))
    elif place == "the commit":
        patched.setattr(writing, "_give_names", step(writing._give_names))
    else:
        patched.setattr(Path, "rename", step(Path.rename))
