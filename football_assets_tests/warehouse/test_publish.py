"""What an edition says of itself: its row, the reports of the cycles that come in with it, and the file."""

from __future__ import annotations

import random
import stat
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from football_assets.cycle.report import CycleReport, Status
from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.tables import LIVE_TABLES
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch
from football_assets.tables.odds import OddsTick
from football_assets.tables.schema import Row
from football_assets.warehouse.errors import UnfinishedCycle
from football_assets.warehouse.publish import Publication, Work, count_rows, newest_change, publish
from football_assets.warehouse.rows import insert
from football_assets.warehouse.store import check_finished, flatten, mark_stored
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, random_row, table_of

HOUR = timedelta(hours=1)


class Editions:
    """A warehouse that is published with the work and the earlier reports that a test names."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "warehouse.duckdb", report=lambda line: self.told.append(line))
        self.connection = self.warehouse.open()
        self.path = folder / "football.duckdb"
        self.history = folder / "history"
        self.told: list[str] = []

    def add(self, row: type[Row], *given: dict[str, Any]) -> None:
        chance = random.Random(3)
        insert(
            self.connection, row.table.name, table_of(row, [random_row(chance, row, **one) for one in given])
        )

    def publish(self, work: Work = Work(), former: Iterable[CycleReport] = ()) -> Publication:  # noqa: B008
        mark_stored(self.connection, (*LIVE_TABLES, *ENRICHED_TABLES), BEGAN)
        flatten(self.connection, [2, 22, 3], BEGAN)
        return publish(
            *(self.warehouse, self.path),
            history=self.history,
            oldest_day=date(2026, 1, 1),
            former=former,
            finish=lambda _: work,
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"ATTACH '{self.path}' AS published (READ_ONLY)")
            connection.execute("USE published")
            return connection.execute(query).fetchall()


@pytest.fixture
def editions(tmp_path: Path) -> Editions:
    return Editions(tmp_path)


def report(cycle_id: str, status: Status = "success") -> CycleReport:
    return CycleReport(cycle_id, BEGAN, status, "api", 60.0, finished_at=BEGAN + HOUR, pid=7)


def test_edition_tells_what_it_shows_and_what_it_took(editions: Editions) -> None:
    editions.add(LiveMatch, *({"match_id": f"m{n}", "fetched_at": BEGAN + n * HOUR} for n in (1, 3, 2)))
    editions.connection.execute("UPDATE pipeline.in_files SET until = ?", [BEGAN - HOUR])
    before = datetime.now(UTC)
    first = editions.publish(Work(1.5, 7))
    second = editions.publish(Work(2.5, 8, report("c1")))
    assert before < first.published_at < second.published_at < datetime.now(UTC)
    assert (first.edition, first.work.seconds, second.edition) == (1, 1.5, 2)
    fetched_at, until = BEGAN + 3 * HOUR, BEGAN - HOUR
    assert editions.ask(
        "SELECT edition, published_at, cycle_id, seconds, requests, fetched_at, bookmakers, in_files_until "
        "FROM editions ORDER BY edition"
    ) == [
        (1, first.published_at, None, 1.5, 7, fetched_at, [2, 22, 3], until),
        (2, second.published_at, "c1", 2.5, 8, fetched_at, [2, 22, 3], until),
    ]
    assert editions.ask("SELECT cycle_id, status, started_at, finished_at FROM cycles") == [
        ("c1", "success", BEGAN, BEGAN + HOUR)
    ]
    stored = editions.connection.execute("SELECT edition, cycle_id FROM editions ORDER BY edition").fetchall()
    assert stored == [(1, None), (2, "c1")]


@pytest.mark.parametrize(
    ("former", "known"),
    [
        pytest.param(["new failure", "old success", "lost failure"], ["new", "old"], id="up to the last"),
        pytest.param(["new running", "old success"], ["old"], id="one that runs"),
        pytest.param(["new failure", "old failure", "lost success"], ["lost", "new", "old"], id="failures"),
        pytest.param([], ["old"], id="none"),
    ],
)
def test_reports_that_no_edition_has_taken_along_come_in(
    editions: Editions, former: Sequence[str], known: list[str]
) -> None:
    editions.publish(former=[report("old", "failure" if "old failure" in former else "success")])
    reports = [report(cycle_id, status) for cycle_id, status in map(str.split, former)]  # type: ignore[arg-type]
    editions.publish(former=reports)
    assert editions.ask("SELECT cycle_id FROM cycles ORDER BY ALL") == [(cycle_id,) for cycle_id in known]


def test_file_is_whole_for_readers_only_and_has_nothing_beside_it(editions: Editions) -> None:
    editions.publish()
    editions.path.with_name("football.duckdb.wal").write_bytes(b"of a reader who wrote")
    editions.path.with_name("football.duckdb.draft").write_bytes(b"of one that was cut off")
    editions.path.with_name("football.duckdb.draft.wal").write_bytes(b"and its log")
    editions.publish()
    assert [path.name for path in sorted(editions.path.parent.glob("football*"))] == ["football.duckdb"]
    assert stat.S_IMODE(editions.path.stat().st_mode) == 0o444
    assert editions.ask("SELECT count(*) FROM editions") == [(2,)]


def test_edition_that_fails_leaves_what_was_there(editions: Editions) -> None:
    editions.publish()
    before = editions.path.read_bytes()

    def fail(_: duckdb.DuckDBPyConnection) -> Work:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        publish(
            *(editions.warehouse, editions.path),
            history=editions.history,
            oldest_day=date(2026, 1, 1),
            former=[],
            finish=fail,
        )
    assert editions.path.read_bytes() == before
    assert not list(editions.path.parent.glob("*.draft*"))
    assert editions.publish().edition == 2


def test_files_of_the_history_that_are_not_whole_are_set_aside_and_named(editions: Editions) -> None:
    for table in ("odds_ticks", "editions"):
        folder = editions.history / table / "kickoff_day=2026-02-01"
        folder.mkdir(parents=True)
        (folder / "rows-1.parquet").write_bytes(b"PAR1 cut off")
    editions.publish()
    names = "editions/kickoff_day=2026-02-01/rows-1.parquet, odds_ticks/kickoff_day=2026-02-01/rows-1.parquet"
    assert editions.told == [f"{editions.history}: set aside, for they are not whole: {names}"]
    assert len(list(editions.history.glob("*/*/*.unreadable"))) == 2
    editions.publish()
    assert len(editions.told) == 1


def test_draft_that_a_move_has_left_is_removed(editions: Editions) -> None:
    folder = editions.history / "odds_ticks" / "kickoff_day=2026-02-01"
    folder.mkdir(parents=True)
    (folder / "rows-1.parquet.draft").write_bytes(b"cut off")
    editions.publish()
    assert not list(folder.iterdir())


def test_newest_change_is_the_newest_of_prices_details_and_periods(editions: Editions) -> None:
    chance = random.Random(5)
    moments = {
        name: [BEGAN + timedelta(seconds=chance.randint(0, 900)) for _ in range(4)]
        for name in ("tick_at", "updated_at", "period_started_at")
    }
    assert newest_change(editions.connection, BEGAN) is None
    for row, name in ((OddsTick, "tick_at"), (MatchDetail, "updated_at"), (LiveMatch, "period_started_at")):
        editions.add(row, *({name: at, "match_id": f"m{n}"} for n, at in enumerate(moments[name])))
    everything = sorted(at for of_one in moments.values() for at in of_one)
    for now in [BEGAN, *everything, BEGAN + HOUR]:
        expected = max((at for at in everything if at <= now), default=None)
        assert newest_change(editions.connection, now) == expected
        assert expected is None or newest_change(editions.connection, now).tzinfo is UTC  # type: ignore[union-attr]


def test_rows_are_counted_by_table(editions: Editions) -> None:
    editions.add(LiveMatch, *({"match_id": f"m{n}"} for n in range(3)))
    editions.add(MatchDetail, {"match_id": "m1"})
    counted = count_rows(editions.connection)
    assert (counted["live_matches"], counted["match_details"], counted["odds_ticks"]) == (3, 1, 0)
    assert counted.keys() >= {*LIVE_TABLES, *ENRICHED_TABLES, "editions", "cycles", "flattened_matches"}


def test_tables_that_are_older_than_what_they_are_made_of_are_named(editions: Editions) -> None:
    chance = random.Random(9)
    names = [*LIVE_TABLES, *ENRICHED_TABLES, "flattened_matches"]
    with pytest.raises(UnfinishedCycle, match="match_details, odds_ticks, teams, competitions, countries"):
        check_finished(editions.connection)
    refused = 0
    for _ in range(60):
        stored = {name: chance.choice([None, *[2] * 8, 1, 3]) for name in names}
        editions.connection.execute("DELETE FROM pipeline.stored")
        for name, hour in stored.items():
            if hour is not None:
                mark_stored(editions.connection, [name], BEGAN + hour * HOUR)
        expected: list[str] = []
        for earlier, later in ((LIVE_TABLES, ENRICHED_TABLES), (ENRICHED_TABLES, ["flattened_matches"])):
            hours = [hour for name in earlier if (hour := stored[name]) is not None]
            behind = [name for name in later if not hours or (stored[name] or 0) < max(hours)]
            expected = expected or behind
        if not expected:
            check_finished(editions.connection)
            continue
        refused += 1
        with pytest.raises(UnfinishedCycle) as error:
            check_finished(editions.connection)
        told = str(error.value).partition("what comes before: ")[2].partition(". Materialise")[0]
        assert told == ", ".join(expected)
    assert 0 < refused < 60
