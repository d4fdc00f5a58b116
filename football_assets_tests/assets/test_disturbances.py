"""What a cycle does after a kill, beside another run, and with files that are not as it left them."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from dagster import DagsterInstance, ExecuteInProcessResult

from football_assets.cycle.measure import Measure
from football_assets.cycle.report import write_report
from football_assets.resources import cycle as cycle_resource
from football_assets.warehouse import knowledge
from football_assets.warehouse.warehouse import wal
from football_assets_tests.assets.world import Pipeline, World


def line(result: ExecuteInProcessResult) -> str:
    """What Dagster tells of the step or resource that failed, without the kind of its error."""
    told = next(
        error
        for event in result.all_events
        if (error := getattr(event.event_specific_data, "error", None)) is not None
    )
    while told.cause:
        told = told.cause
    return told.message.strip().partition("Failure: ")[2]


# -- runs that are cut off or in each other's way --------------------------------------------------------


def test_tables_of_two_cycles_are_not_published(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    before = (pipeline.data / "football.duckdb").read_bytes()
    assert pipeline.cycle(select=["live_matches"]).success
    result = pipeline.cycle(select=["football_db"])
    assert not result.success
    assert line(result).startswith("Not of one cycle: ")
    assert "\n" not in line(result)
    assert (pipeline.data / "football.duckdb").read_bytes() == before


def test_killed_cycles_row_comes_with_the_next_publishing(pipeline: Pipeline) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    started = Measure("killed", "api", 60).report("running")
    write_report(type(started)(**{**vars(started), "pid": gone.pid}), pipeline.settings().reports_path)
    assert pipeline.cycle().success
    assert pipeline.query("SELECT status, error FROM cycles WHERE cycle_id = 'killed'") == [
        ("failure", f"The run's process (pid {gone.pid}) was killed, or the machine went down")
    ]


def test_directory_of_another_run_is_told_in_one_line(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding = cycle_resource.holding
    monkeypatch.setattr(cycle_resource, "holding", lambda path, _: holding(path, 0.2))
    pipeline.data.mkdir()
    program = (
        "import filelock, sys; lock = filelock.FileLock(sys.argv[1]); lock.acquire()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(pipeline.settings().lock_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        result = pipeline.cycle()
        assert other.stdin
        other.stdin.close()
    assert not result.success
    told = line(result)
    assert told.startswith(f"Another run is at work on {pipeline.data}")
    assert pipeline.cycle().success
    # Also a cycle that could not begin has its row, with the next publishing.
    rows = pipeline.query("SELECT status, error, requests FROM cycles ORDER BY started_at")
    assert rows[0] == ("failure", told, 0)
    assert [row[0] for row in rows] == ["failure", "success"]


#: What the API does not tell again.
PAST = ("odds_history", "live_match_history", "live_spell_history", "edition_history", "cycle_history")


# -- files -----------------------------------------------------------------------------------------------


def test_corrupt_warehouse_is_set_aside_and_everything_is_had_again(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    before = {name: pipeline.query(f"FROM {name}") for name in PAST}
    path = pipeline.settings().warehouse_path
    path.write_bytes(b"not a database" * 1000)
    assert pipeline.cycle().success
    assert list(pipeline.data.glob("warehouse.duckdb.corrupt-*"))
    aside, taken = pipeline.report.warnings
    assert "set aside as" in aside
    assert taken.startswith("The new warehouse has taken over what ")
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]
    for name, rows in before.items():
        assert rows
        after = pipeline.query(f"FROM {name}")
        assert [row for row in rows if row not in after] == [], name


def test_broken_block_that_no_step_reads_is_found_all_the_same(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    path = pipeline.settings().warehouse_path
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO match_commentary_changes (match_id, text, seen_at, replaced_at) "
            "SELECT 'gone', md5(range::VARCHAR), now(), now() FROM range(60000)"
        )
    with duckdb.connect(str(path), read_only=True) as connection:
        (block,) = connection.execute(
            "SELECT max(block_id) FROM pragma_storage_info('match_commentary_changes') "
            "WHERE column_name = 'text'"
        ).fetchall()[0]
    with path.open("r+b") as file:
        file.seek(12_288 + block * 262_144 + 1000)
        file.write(b"rust")
    assert not pipeline.cycle().success
    assert pipeline.cycle().success
    assert list(pipeline.data.glob("warehouse.duckdb.corrupt-*"))


def test_warehouse_with_broken_blocks_is_set_aside_and_begun_anew(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    path = pipeline.settings().warehouse_path
    content = bytearray(path.read_bytes())
    for block in range(12_288, len(content), 262_144):
        content[block + 100 : block + 164] = bytes(64)
    path.write_bytes(content)
    told = []
    for _ in range(2):  # the first may notice only when it reads one of the blocks
        succeeded = pipeline.cycle().success
        told += pipeline.report.warnings
    assert succeeded
    assert any("set aside as" in warning for warning in told)
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]


def test_warehouse_that_breaks_while_it_is_asked_fails_one_cycle_by_its_own_words(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a question to it is asked amid the requests, its error came wrapped in a task group's."""
    assert pipeline.cycle().success

    def broken(*_: object) -> set[str]:
        raise duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2")

    with monkeypatch.context() as patched:
        patched.setattr(knowledge, "untold_matches", broken)
        result = pipeline.cycle()
    assert not result.success
    assert line(result).startswith("Corrupt database file")
    assert list(pipeline.data.glob("warehouse.duckdb.corrupt-*"))
    assert pipeline.cycle().success
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]


def test_published_file_with_broken_blocks_does_not_cost_the_warehouse(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    published = pipeline.data / "football.duckdb"
    content = bytearray(published.read_bytes())
    for block in range(12_288, len(content), 262_144):
        content[block + 100 : block + 164] = bytes(64)
    published.unlink()
    published.write_bytes(content)
    assert pipeline.cycle().success
    assert any("its last edition is not known" in warning for warning in pipeline.report.warnings)
    assert not list(pipeline.data.glob("warehouse.duckdb.corrupt-*"))
    assert pipeline.query("SELECT count(*) FROM odds_ticks") == [(5,)]


def test_warehouse_of_a_newer_version_is_refused_in_one_line(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    before = (pipeline.data / "football.duckdb").read_bytes()
    with duckdb.connect(str(pipeline.settings().warehouse_path)) as connection:
        connection.execute("INSERT INTO pipeline.migrations VALUES ('of tomorrow', now())")
    assert not pipeline.cycle().success
    assert "was made by a newer version ('of tomorrow')" in (pipeline.report.error or "")
    assert "\n" not in (pipeline.report.error or "")
    assert (pipeline.data / "football.duckdb").read_bytes() == before


def test_log_of_a_reader_who_wrote_is_removed(pipeline: Pipeline) -> None:
    assert pipeline.cycle().success
    log = wal(pipeline.data / "football.duckdb")
    log.write_bytes(b"a log of another file")
    assert pipeline.cycle().success
    assert not log.exists()
    assert pipeline.query("SELECT count(*) FROM cycles") == [(2,)]


def test_draft_of_a_killed_publishing_is_harmless(pipeline: Pipeline) -> None:
    pipeline.data.mkdir()
    draft = pipeline.data / "football.duckdb.draft"
    draft.write_bytes(b"half of a database")
    draft.chmod(0o444)
    wal(draft).write_bytes(b"and its log")
    assert pipeline.cycle().success
    assert not draft.exists()
    assert not wal(draft).exists()


def test_data_directory_that_is_a_file_is_told_in_one_line(pipeline: Pipeline) -> None:
    pipeline.data.write_text("a file")
    result = pipeline.cycle()
    assert not result.success
    assert line(result).startswith(f"{pipeline.data} cannot be written: ")
    assert pipeline.data.read_text() == "a file"


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Without root's rights, to whom nothing is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_data_directory_that_is_read_only_is_told_in_one_line(world: World) -> None:
    with tempfile.TemporaryDirectory() as place, DagsterInstance.ephemeral() as instance:
        data = Path(place) / "data"
        data.mkdir()
        for directory in (data, Path(place)):
            directory.chmod(0o555)
        pipeline = Pipeline(world, data, instance)
        with ordinary_user():
            result = pipeline.cycle()
        Path(place).chmod(0o755)
        data.chmod(0o755)
        assert not result.success
        assert line(result) == f"{data} cannot be written: Permission denied"
        assert list(data.iterdir()) == []


# -- history ---------------------------------------------------------------------------------------------


def each_tick_stands_once(pipeline: Pipeline) -> bool:
    return pipeline.query("SELECT count(*), count(DISTINCT hash(ticks)) FROM odds_history AS ticks") == [
        (5, 5)
    ]


def test_file_of_the_history_that_cannot_be_read_stops_no_publishing(pipeline: Pipeline) -> None:
    directory = pipeline.data / "history" / "odds_ticks"
    directory.mkdir(parents=True)
    (directory / "2026-01-01.parquet").write_bytes(b"")
    assert pipeline.cycle().success
    assert "2026-01-01.parquet" in pipeline.report.warnings[0]
    assert each_tick_stands_once(pipeline)
