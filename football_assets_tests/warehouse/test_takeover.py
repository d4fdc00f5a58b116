"""A warehouse is lost, whole or in part: the new one goes on from the file that was published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from football_assets.settings import Settings
from football_assets.warehouse.history.moves import move_to_history
from football_assets.warehouse.takeover import TAKEN, take_over, warehouse_of
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.follow.world import Play, Tick, World, goal

#: What is looked at: each history with the files of its past, and the other tables that come over.
PAST = (
    "odds_history",
    "live_match_history",
    "live_spell_history",
    "match_stat_history",
    "match_incident_history",
    "match_detail_history",
    "row_source_history",
    "edition_history",
    "match_records",
    "teams",
    "competitions",
)

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three editions of two matches with prices, one of them corrected, a goal, and a match that is over."""
    world = World(tmp_path)
    world.live = {"a": Play(), "b": Play(score=(1, 0), incidents=[goal(3, (1, 0))]), "c": Play(status=8)}
    first = Tick("a", 1, 1.5)
    world.store()
    world.quote(first, Tick("b", 2, 1.8), Tick("c", 2, 1.9))
    world.publish()
    world.correct(first, home=1.6)
    del world.live["c"]
    world.step()
    world.age()
    world.live["a"].score = (0, 1)
    world.step()
    return world


def past(world: World) -> Rows:
    return {name: sorted(world.ask(f"FROM {name}"), key=repr) for name in PAST}


def lose(world: World) -> list[str]:
    """The warehouse is gone, and a new one begun, which tells when it is opened what it took over."""
    told = list[str]()
    world.lose(told.append)
    return told


def broken(path: Path, table: str) -> None:
    """Break a block of the table in a file that nobody has open."""
    with duckdb.connect(str(path), read_only=True) as connection:
        (block,) = connection.execute(
            "SELECT min(block_id) FROM pragma_storage_info(?) WHERE block_id >= 0", [table]
        ).fetchall()[0]
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(3 * 4096 + block * 262_144 + 100)  # after the headers, in the block
        file.write(b"\xff\xfe\xfd\xfc")


def test_everything_of_the_past_is_as_it_was(world: World) -> None:
    before = past(world)
    told = lose(world)
    edition = world.step()
    after = past(world)
    assert edition == 4
    assert [row for row in after["edition_history"] if row[0] != edition] == before.pop("edition_history")
    for name, rows in before.items():
        if name == "match_records":  # which the live list has brought up to date
            assert [row[0] for row in after[name]] == [row[0] for row in rows]
        else:
            assert after[name] == rows, name
    assert told == [f"The new warehouse has taken over what {world.path} holds of the past"]


def test_what_comes_later_is_dated_later(world: World) -> None:
    ((published_at,),) = world.ask("SELECT max(published_at) FROM editions")
    lose(world)
    world.live["a"].score = (1, 1)
    world.step()
    ((seen_at, replaced_at),) = world.ask(
        "SELECT max(seen_at), max(replaced_at) FROM live_match_changes WHERE match_id = 'a'"
    )
    assert seen_at == replaced_at > published_at


def test_edition_of_a_process_killed_after_it_published_counts_by_its_clock_too(
    world: World,
) -> None:
    world.warehouse.close()
    before = world.warehouse.path.read_bytes()
    world.publish()
    world.warehouse.close()
    world.warehouse.path.write_bytes(before)
    world.path.chmod(0o644)
    with duckdb.connect(str(world.path)) as connection:  # its clock was ahead of this one's
        connection.execute(
            "UPDATE editions SET published_at = published_at + INTERVAL 1 HOUR WHERE edition = 4"
        )
    assert world.publish() == 5
    published = world.ask("SELECT edition, published_at FROM editions ORDER BY edition")
    assert [edition for edition, _ in published] == [1, 2, 3, 4, 5]
    assert sorted(published, key=lambda row: row[1]) == published


def test_newest_ticks_are_those_of_the_ticks_that_came_over(world: World) -> None:
    world.quote(
        Tick("a", 9, 1.4), Tick("b", 1, 2.2), Tick("b", 2, 2.1, sequence=2), Tick("b", 1, 5.0, company=3)
    )
    world.step()
    lose(world)
    world.step()
    newest = world.ask("SELECT match_id, company_id, home_or_over FROM newest_ticks ORDER BY ALL")
    assert newest == [("a", 2, 1.4), ("b", 2, 2.1), ("b", 3, 5.0)]


def test_rows_that_moved_to_files_since_are_there_once(world: World) -> None:
    before = past(world)
    del world.live["b"]
    world.store()
    world.age()
    assert world.history.glob("odds_ticks/*/*.parquet")
    lose(world)
    world.step()
    after = past(world)
    for name in ("odds_history", "match_stat_history", "match_incident_history"):
        assert after[name] == before[name], name
    spells = world.ask("SELECT count(*) FROM live_spell_history WHERE match_id = 'b'")
    assert spells == [(1,)]


def test_match_that_has_rows_in_files_and_others_that_came_later_keeps_both(world: World) -> None:
    world.quote(Tick("c", 50, 2.2))
    world.step()
    before = past(world)
    assert len([row for row in before["odds_history"] if row[0] == "c"]) == 2
    lose(world)
    world.step()
    after = past(world)
    for name in ("odds_history", "live_match_history", "live_spell_history"):
        assert after[name] == before[name], name


def test_editions_that_moved_to_files_since_are_there_once(world: World) -> None:
    before = past(world)["edition_history"]
    world.warehouse.open().execute(
        "UPDATE editions SET published_at = published_at - INTERVAL 9 DAY WHERE edition < 3"
    )
    move_to_history(world.warehouse, world.history, datetime.now(UTC))
    assert list(world.history.glob("editions/*/*.parquet"))
    lose(world)
    assert world.step() == 4
    after = past(world)["edition_history"]
    assert [row[0] for row in after] == [1, 2, 3, 4]
    assert after[2:3] == before[2:3]


def test_match_in_files_comes_back_into_the_new_warehouse(world: World) -> None:
    lose(world)
    world.live["c"] = Play(status=8, score=(2, 2))
    world.step()
    assert world.ask(
        "SELECT home_score, replaced_at IS NULL FROM live_match_history WHERE match_id = 'c' ORDER BY seen_at"
    ) == [(0, False), (2, True)]


def test_teams_and_competitions_are_asked_for_once_more_and_placeholders_are_not_kept(world: World) -> None:
    connection = world.warehouse.open()
    connection.execute("INSERT INTO teams (team_id, name, data_source) VALUES ('x', 'Team x', 'mock')")
    connection.execute("UPDATE teams SET data_source = 'api' WHERE data_source IS NULL")
    world.step()
    lose(world)
    connection = world.warehouse.open()
    teams = {row[0] for row in connection.execute("SELECT team_id FROM teams").fetchall()}
    asked = {
        row[0]
        for row in connection.execute(
            "SELECT id FROM pipeline.partial_rows WHERE table_name = 'teams'"
        ).fetchall()
    }
    assert teams == asked == {f"{match}-{side}" for match in "abc" for side in ("home", "away")}


@pytest.mark.parametrize("table", ["odds_ticks", "live_match_changes", "match_records"])
def test_table_that_cannot_be_read_is_named_and_the_others_come_over(world: World, table: str) -> None:
    connection = world.warehouse.open()
    filler = "md5(range::VARCHAR)"  # so that the table has blocks of its own
    if table == "odds_ticks":
        columns = (
            f"{filler} AS match_id, 2 AS company_id, {filler} AS market, now() AS tick_at, 1 AS sequence"
        )
    else:
        columns = f"{filler} AS match_id, {filler} AS status, now() AS seen_at"
    kept = "EXCLUDE (seen_at)" if table == "match_records" else ""
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT * {kept} FROM (SELECT {columns} FROM range(60000))"
    )
    world.step()
    broken(world.path, table)
    told = lose(world)
    assert told == [] and world.warehouse.open()
    assert told == [
        f"The new warehouse has taken over what {world.path} holds of the past, "
        f"but for what cannot be read there: {table}"
    ]
    rows = world.warehouse.open().execute(f"SELECT count(*) FROM {table}").fetchall()
    assert rows == [(0,)]
    assert world.warehouse.open().execute("SELECT count(*) FROM editions").fetchall() == [(4,)]


def test_table_of_another_version_does_not_come_over(world: World) -> None:
    world.path.chmod(0o644)
    with duckdb.connect(str(world.path)) as connection:
        connection.execute("DROP VIEW matches")
        connection.execute("ALTER TABLE match_records RENAME COLUMN season_id TO season")
    told = lose(world)
    assert world.warehouse.open().execute("SELECT count(*) FROM match_records").fetchall() == [(0,)]
    assert told[0].endswith("cannot be read there: match_records")


def cut_off(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:5000])


def history_broken(path: Path) -> None:
    for file in path.parent.glob("history/live_spells/*/*.parquet"):
        file.write_bytes(b"PAR1" + bytes(200) + b"PAR1")


@pytest.mark.parametrize("damage", [cut_off, history_broken])
def test_where_nothing_can_be_taken_over_the_new_one_is_empty(
    world: World, damage: Callable[[Path], None]
) -> None:
    damage(world.path)
    told = lose(world)
    assert world.warehouse.open().execute("SELECT count(*) FROM editions").fetchall() == [(0,)]
    assert len(told) == 1
    assert told[0].startswith("The new warehouse is empty, for nothing was taken over: ")
    assert ".duckdb" in told[0] or ".parquet" in told[0]


def test_warehouse_of_a_data_directory_begins_with_what_was_published_there(
    world: World, tmp_path: Path
) -> None:
    real = {"thesports_user": "me", "thesports_secret": SecretStr("mine")}

    def begun(directory: Path, **account: Any) -> list[str]:
        settings = Settings(_env_file=None, data_dir=directory, **account)
        told = list[str]()
        store = warehouse_of(settings, told.append)
        records = store.open().execute("SELECT count(*) FROM match_records").fetchall()
        assert records == [(3 if told else 0,)]
        store.close()
        return told

    world.close()
    world.warehouse.path.unlink()
    assert begun(tmp_path) == []  # simulated, and what was published is not
    assert begun(tmp_path / "elsewhere", **real) == []
    line = f"The new warehouse has taken over what {world.path} holds of the past"
    assert begun(tmp_path, **real) == [line]


@pytest.mark.parametrize("simulated", [False, True])
def test_real_and_simulated_data_stay_apart(world: World, simulated: bool) -> None:
    source = "api" if simulated else "simulated"
    world.warehouse.open().execute("UPDATE live_matches SET data_source = ?", [source])
    world.publish()
    world.warehouse.close()
    told = list[str]()
    other = Warehouse(
        world.warehouse.path.with_name("other.duckdb"),
        report=told.append,
        fill=lambda connection: take_over(connection, world.path, world.history, simulated=simulated),
    )
    assert other.open().execute("SELECT count(*) FROM live_spells").fetchall() == [(0,)]
    other.close()
    assert told == []


def test_beginning_that_was_cut_off_begins_again(world: World) -> None:
    before = past(world)["odds_history"]
    lose(world)
    draft = world.warehouse.path.with_name("warehouse.duckdb.new")
    shutil.copy(world.path, draft)
    draft.chmod(0o644)
    draft.with_name(f"{draft.name}.wal").write_bytes(b"left over")
    world.step()
    assert past(world)["odds_history"] == before
    assert not list(draft.parent.glob("*.new*"))


def test_warehouse_that_cannot_be_filled_is_tried_again_and_loses_nothing(world: World) -> None:
    before = past(world)["odds_history"]
    world.warehouse.close()
    world.warehouse.path.unlink()

    def full(_: duckdb.DuckDBPyConnection) -> str:
        raise duckdb.IOException('Could not write file "warehouse.duckdb.new.wal": No space left on device')

    told = list[str]()
    for _ in range(2):
        with pytest.raises(duckdb.IOException, match="No space left"):
            Warehouse(world.warehouse.path, report=told.append, fill=full).open()
        assert not world.warehouse.path.exists()
    assert told == []
    world.warehouse = Warehouse(
        world.warehouse.path,
        fill=lambda connection: take_over(connection, world.path, world.history, simulated=False),
    )
    world.step()
    assert past(world)["odds_history"] == before


def test_a_warehouse_that_is_there_takes_nothing_over(world: World) -> None:
    world.warehouse.close()
    asked = list[int]()
    path = world.warehouse.path
    world.warehouse = Warehouse(path, fill=lambda _: str(asked.append(1)))
    assert world.step() == 4
    assert asked == []


def test_histories_and_records_come_over() -> None:
    """Not what the API tells again, nor what is made of other tables."""
    assert {"odds_ticks", "odds_revisions", "aged_odds_ticks", "cycles", "editions"} <= TAKEN.keys()
    assert not {"live_matches", "match_details", "newest_ticks", "flattened_matches"} & TAKEN.keys()
