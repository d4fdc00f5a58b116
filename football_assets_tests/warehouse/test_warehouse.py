"""The warehouse's file: its version, what becomes of one that cannot be used, and transactions."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson
import pytest

from football_assets.enrichment.known import Coverage, Cursor, WindowFeed
from football_assets.warehouse import structure, warehouse
from football_assets.warehouse.changes import next_moment
from football_assets.warehouse.errors import NewerWarehouse, WarehouseBusy, WarehouseError
from football_assets.warehouse.knowledge import read_known
from football_assets.warehouse.migrations import MIGRATIONS, SCHEMA_VERSIONS, Migration
from football_assets.warehouse.rows import counts_of_views
from football_assets.warehouse.warehouse import STORAGE_VERSION, Warehouse, connect, wal

Open = Callable[..., Warehouse]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "warehouse.duckdb"


@pytest.fixture
def opened(path: Path) -> Iterator[Open]:
    """Opens the warehouse, as a process would; closed after the test."""
    made: list[Warehouse] = []

    def open_(report: Callable[[str], None] = lambda _: None) -> Warehouse:
        made.append(Warehouse(path, report=report))
        made[-1].open()
        return made[-1]

    yield open_
    for each in made:
        each.close()


def rows(store: Warehouse, statement: str) -> list[tuple[object, ...]]:
    return store.open().execute(statement).fetchall()


def test_new_file_has_the_present_version_and_utc(opened: Open) -> None:
    store = opened()
    assert rows(store, "SELECT version FROM pipeline.version") == [(SCHEMA_VERSIONS[-1][0],)]
    assert rows(store, "SELECT current_setting('timezone')") == [("UTC",)]
    assert rows(store, "SELECT count(*) FROM odds_ticks") == [(0,)]


def test_new_file_can_be_read_by_the_oldest_duckdb(opened: Open) -> None:
    told = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()"
    assert rows(opened(), told) == [(f"{STORAGE_VERSION}+",)]


def test_folders_that_are_not_there_are_made(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "new" / "data" / "warehouse.duckdb")
    assert rows(store, "SELECT count(*) FROM teams") == [(0,)]
    store.close()


def test_long_query_draws_no_progress_on_standard_output(opened: Open) -> None:
    assert rows(opened(), "SELECT current_setting('enable_progress_bar')") == [(False,)]


def test_rows_outlive_closing(opened: Open, path: Path) -> None:
    store = opened()
    with store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id, name) VALUES ('t', 'Team')")
    store.close()
    assert not wal(path).exists()
    assert rows(opened(), "SELECT team_id, name FROM teams") == [("t", "Team")]


@pytest.mark.parametrize("version", [None, 0])
def test_older_file_gains_columns_and_keeps_its_rows(opened: Open, path: Path, version: int | None) -> None:
    path.parent.mkdir()
    with connect(path) as connection:
        connection.execute("CREATE TABLE teams (team_id VARCHAR, name VARCHAR)")
        connection.execute("INSERT INTO teams VALUES ('t', 'Team')")
        if version is not None:
            connection.execute("CREATE SCHEMA pipeline")
            connection.execute("CREATE TABLE pipeline.version (version INTEGER)")
            connection.execute("INSERT INTO pipeline.version VALUES (?)", [version])
    store = opened()
    assert rows(store, "SELECT team_id, name, gender, data_source FROM teams") == [("t", "Team", None, None)]
    assert rows(store, "SELECT version FROM pipeline.version") == [(SCHEMA_VERSIONS[-1][0],)]


def test_what_an_older_file_had_observed_is_dated_and_replaced_by_what_came_next(
    opened: Open, path: Path
) -> None:
    def at(minute: int) -> str:
        return f"TIMESTAMPTZ '2026-03-01 12:{minute:02}:00+00'"

    path.parent.mkdir()
    with connect(path) as connection:
        connection.execute(
            "CREATE TABLE live_match_changes (match_id VARCHAR, status_id INTEGER, observed_at TIMESTAMPTZ);"
            "CREATE TABLE match_stat_changes "
            "(match_id VARCHAR, stat_id INTEGER, home INTEGER, away INTEGER, observed_at TIMESTAMPTZ);"
            "CREATE TABLE odds_ticks (match_id VARCHAR, tick_at TIMESTAMPTZ);"
            "CREATE TABLE aged_odds_ticks (match_id VARCHAR, tick_at TIMESTAMPTZ)"
        )
        connection.execute(
            f"INSERT INTO live_match_changes VALUES ('m2', 1, {at(2)}), ('m1', 2, {at(5)}), "
            f"('m1', 1, {at(1)})"
        )
        connection.execute(
            f"INSERT INTO match_stat_changes VALUES ('m1', 2, 0, 0, {at(1)}), ('m1', 3, 0, 0, {at(2)}), "
            f"('m1', 2, 1, 0, {at(4)})"
        )
        connection.execute(f"INSERT INTO odds_ticks VALUES ('m1', {at(3)})")
        connection.execute(f"INSERT INTO aged_odds_ticks VALUES ('m0', {at(0)})")
    before = datetime.now(UTC)
    store = opened()
    minutes = "extract(minute FROM seen_at), extract(minute FROM replaced_at)"
    states = f"SELECT match_id, status_id, {minutes} FROM live_match_changes ORDER BY ALL"
    assert rows(store, states) == [("m1", 1, 1, 5), ("m1", 2, 5, None), ("m2", 1, 2, None)]
    stats = f"SELECT stat_id, home, {minutes} FROM match_stat_changes ORDER BY ALL"
    assert rows(store, stats) == [(2, 0, 1, 4), (2, 1, 4, None), (3, 0, 2, None)]
    # Nobody knows when a tick was told: a backtest may have it from now on.
    for table in ("odds_ticks", "aged_odds_ticks"):
        [(seen_at,)] = rows(store, f"SELECT seen_at FROM {table}")
        assert before <= seen_at <= datetime.now(UTC)
        with store.transaction() as connection:
            assert next_moment(connection, before) > seen_at


def test_when_lists_were_read_stays_known_where_it_stood_among_the_cursors(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        (place,) = (at for at, each in enumerate(MIGRATIONS) if each.name == "reads apart from cursors")
        patched.setattr(warehouse, "MIGRATIONS", MIGRATIONS[:place])
        store = opened()
        asked = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
        with store.transaction() as connection:
            connection.executemany(
                "INSERT INTO pipeline.cursors VALUES (?, ?, ?, ?)",
                [
                    ["match_details", 1_772_000_000, asked, 7],
                    ["teams", 1_772_000_001, asked, 0],
                    ["match_details 2026-03-01", 1_772_323_200, asked, 0],
                    ["odds/update", 1_772_366_400, asked, 0],
                    ["countries", 0, asked, 0],
                ],
            )
        store.close()
    known = read_known(opened().open())
    assert known.cursors == {
        "match_details": Cursor(1_772_000_000, asked, 7),
        "teams": Cursor(1_772_000_001, asked),
    }
    assert known.read_at == {
        "match_details 2026-03-01": asked,
        "odds/update": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "countries": asked,
    }


def test_countries_with_rows_that_were_lost_are_due_in_an_older_file_too(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "MIGRATIONS", MIGRATIONS[:6])
        store = opened()
        with store.transaction() as connection:
            connection.execute("INSERT INTO pipeline.cursors VALUES ('countries', 2, now(), 0)")
        store.close()
    known = read_known(opened().open())
    assert (known.cursors, known.read_at) == ({}, {})


def test_state_of_the_odds_stays_trusted_where_it_stood_under_other_names(opened: Open, path: Path) -> None:
    """As the first version wrote it."""
    asked = datetime(2026, 3, 1, 12, tzinfo=UTC)
    path.parent.mkdir()
    with connect(path) as connection:
        connection.execute(
            "CREATE SCHEMA pipeline; CREATE TABLE pipeline.exports (table_name VARCHAR, day DATE);"
            "CREATE TABLE pipeline.odds_matches (match_id VARCHAR, last_seen_at TIMESTAMPTZ, "
            "in_play BOOLEAN, complete_since INTEGER, asked_at TIMESTAMPTZ, closed BOOLEAN, "
            "is_current BOOLEAN);"
            "CREATE TABLE pipeline.odds_feed "
            "(stretch INTEGER, newest BIGINT, distrusted_until TIMESTAMPTZ, ticks JSON)"
        )
        connection.execute(
            "INSERT INTO pipeline.odds_matches VALUES ('m1', $asked, TRUE, 7, $asked, FALSE, TRUE)",
            {"asked": asked},
        )
        key = ["m1", 2, "spread", 1_772_366_400, 0.9, 0.5, 1.0]
        connection.execute(
            "INSERT INTO pipeline.odds_feed VALUES (7, 1772366400, ?, ?)",
            [asked, orjson.dumps([key]).decode()],
        )
    known = read_known(opened().open()).odds
    assert known.coverage == {
        "m1": Coverage(
            match_id="m1",
            last_seen_at=asked,
            in_play=True,
            complete_since=7,
            asked_at=asked,
            closed=False,
            is_current=True,
        )
    }
    assert known.feed == WindowFeed(7, 1_772_366_400, asked, frozenset({tuple(key)}))
    old = "SELECT count(*) FROM duckdb_tables() WHERE table_name IN ('odds_matches', 'odds_feed', 'exports')"
    assert rows(opened(), old) == [(0,)]


def test_table_of_an_old_name_is_taken_over_from_the_pipelines_own_schema_alone(
    opened: Open, path: Path
) -> None:
    path.parent.mkdir()
    with connect(path) as connection:
        connection.execute("CREATE TABLE odds_matches AS SELECT 'of somebody else' AS match_id")
    store = opened()
    assert rows(store, "FROM odds_matches") == [("of somebody else",)]
    assert rows(store, "FROM pipeline.coverage") == []


def test_newer_file_is_refused_in_one_line_and_left_alone(opened: Open, path: Path) -> None:
    store = opened()
    store.open().execute("INSERT INTO pipeline.migrations VALUES ('of tomorrow', now())")
    before = rows(store, "FROM pipeline.migrations ORDER BY ALL")
    store.close()
    with pytest.raises(NewerWarehouse, match="'of tomorrow'") as caught:
        opened()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    with connect(path) as connection:
        connection.execute("SET timezone = 'UTC'")
        assert connection.execute("FROM pipeline.migrations ORDER BY ALL").fetchall() == before


def test_failed_migration_is_undone_and_made_by_the_next_opening(
    opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with connect(path) as connection:
        connection.execute("CREATE TABLE teams (team_id VARCHAR)")
        connection.execute("INSERT INTO teams VALUES ('t')")

    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM teams")
        connection.execute("SELECT nothing")

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "MIGRATIONS", (*MIGRATIONS, Migration("of today", fail)))
        with pytest.raises(duckdb.Error):
            opened()
    with connect(path) as connection:
        assert connection.execute("SELECT team_id FROM teams").fetchall() == [("t",)]
    made = Migration("of today", lambda connection: None)
    monkeypatch.setattr(warehouse, "MIGRATIONS", (*MIGRATIONS, made))
    names = rows(opened(), "SELECT name FROM pipeline.migrations ORDER BY made_at, rowid")
    assert names == [*((each.name,) for each in MIGRATIONS), ("of today",)]


def test_new_version_of_the_tables_alone_is_told_in_a_file_that_is_there(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()
    monkeypatch.setattr(structure, "SCHEMA_VERSIONS", (*SCHEMA_VERSIONS, (99, "2027-01-01", "of tomorrow")))
    assert rows(opened(), "SELECT max(version), count(*) FROM schema_version") == [
        (99, len(SCHEMA_VERSIONS) + 1)
    ]


@pytest.mark.parametrize("content", [b"no database at all " * 1000, b"\0" * 20_000])
def test_corrupt_file_is_set_aside_and_its_name_is_told(opened: Open, path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    wal(path).write_bytes(b"a log")
    told: list[str] = []
    store = opened(told.append)
    (aside,) = path.parent.glob("warehouse.duckdb.corrupt-*[0-9]")
    assert aside.read_bytes() == content
    assert wal(aside).read_bytes() == b"a log"
    (line,) = told
    assert line.startswith(f"{path} could not be read (")
    assert line.endswith(f"): set aside as {aside.name}, begun anew")
    assert "not a valid DuckDB database" in line
    assert rows(store, "SELECT count(*) FROM teams") == [(0,)]


@pytest.mark.parametrize(
    "refusal",
    [
        'IO Error: Cannot open file "{log}": Permission denied',
        'IO Error: Cannot open file "{log}": Too many open files',
        'IO Error: Failure while replaying WAL file "{log}": Could not write file: No space left on device',
    ],
)
def test_sound_file_that_the_system_refuses_is_not_set_aside(
    opened: Open, path: Path, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()

    def refused(_: Path) -> duckdb.DuckDBPyConnection:
        raise duckdb.IOException(refusal.format(log=wal(path)))

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "connect", refused)
        with pytest.raises(WarehouseError, match="cannot be opened"):
            opened()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    opened()


def test_file_open_elsewhere_is_busy_within_the_bound(
    opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "BUSY_SECONDS", 0.3)
    opened().close()
    program = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "open\n"
        began = time.monotonic()
        with pytest.raises(WarehouseBusy, match=str(other.pid)) as caught:
            opened()
        assert 0.3 <= time.monotonic() - began < 3
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"{path} is open in ")
        assert str(caught.value).endswith(f"(PID {other.pid}): close it there")
        other.stdin.close()
    opened()


def test_path_that_is_no_file_is_one_line(path: Path, opened: Open) -> None:
    path.mkdir(parents=True)
    with pytest.raises(WarehouseError) as caught:
        opened()
    assert re.fullmatch(f"{re.escape(str(path))} cannot be opened: .*directory.*", str(caught.value))
    assert path.is_dir()


def test_error_undoes_the_transaction(opened: Open) -> None:
    store = opened()
    with pytest.raises(KeyError), store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id) VALUES ('t')")
        raise KeyError
    assert rows(store, "SELECT count(*) FROM teams") == [(0,)]


def test_failed_statement_undoes_the_transaction(opened: Open) -> None:
    store = opened()
    with pytest.raises(duckdb.Error), store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id) VALUES ('t')")
        connection.execute("SELECT nothing")
    assert rows(store, "SELECT count(*) FROM teams") == [(0,)]
    with store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id) VALUES ('u')")
    assert rows(store, "SELECT team_id FROM teams") == [("u",)]


def test_path_with_telling_words_is_not_taken_for_the_errors_message(tmp_path: Path) -> None:
    path = tmp_path / "wally" / "lock" / "corrupt.duckdb"
    path.mkdir(parents=True)
    with pytest.raises(WarehouseError, match="cannot be opened") as caught:
        Warehouse(path).open()
    assert type(caught.value) is WarehouseError
    assert path.exists()


def test_checkpoint_ahead_leaves_nothing_in_the_log(opened: Open, path: Path) -> None:
    store = opened()
    with store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id, name) VALUES ('t', 'Team')")
    assert wal(path).stat().st_size
    store.checkpoint_ahead()
    store.checkpoint_ahead()  # waits for the first
    assert not wal(path).exists() or not wal(path).stat().st_size
    store.close()
    assert rows(opened(), "SELECT name FROM teams") == [("Team",)]


def test_who_writes_during_a_checkpoint_waits_and_loses_nothing(opened: Open) -> None:
    store = opened()
    for number in range(20):
        with store.transaction() as connection:
            connection.execute("INSERT INTO teams (team_id, name) VALUES (?, 'Team')", [f"a{number}"])
        store.checkpoint_ahead()
        with store.transaction() as connection:
            connection.execute("INSERT INTO teams (team_id, name) VALUES (?, 'Team')", [f"b{number}"])
        store.checkpoint()
    assert rows(store, "SELECT count(DISTINCT team_id) FROM teams") == [(40,)]


def test_views_are_counted_as_committed_each_by_itself(opened: Open) -> None:
    store = opened()
    with store.transaction() as connection:
        connection.execute("INSERT INTO teams (team_id, name) VALUES ('t', 'Team'), ('u', 'Other')")
        connection.execute("INSERT INTO venues (venue_id, name) VALUES ('v', 'Ground')")
    found = counts_of_views(store.open(), ["teams", "venues", "goals"])
    assert found == {"teams": 2, "venues": 1, "goals": 0}
