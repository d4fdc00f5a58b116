"""A day of the past: read into the inbox, resumed, taken over once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from dagster import AssetKey, DagsterInstance, materialize
from pydantic import SecretStr

from football_assets.archive.reading import DayRead, read_day
from football_assets.assets.archive import build_archive
from football_assets.definitions import build_definitions
from football_assets.thesports.client import TheSports
from football_assets.thesports.quota import Quota
from football_assets.warehouse.inbox import take_over_inbox
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.assets.world import Pipeline, World, serving_world
from football_assets_tests.thesports.api import envelope, made, raw
from football_assets_tests.thesports.parsing.samples import live_row

DAY = date(2025, 5, 28)
NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)


@pytest.fixture
def world() -> Iterator[World]:
    with serving_world() as world:
        world.api.answers("match/diary", made(lambda _: list(world.details.values())))
        world.api.answers("match/live/history", made(lambda q: live_row(q["uuid"])))
        yield world


def test_asset_reads_the_day_of_its_partition_and_no_cycle_does(world: World, tmp_path: Path) -> None:
    with DagsterInstance.ephemeral() as instance:
        pipeline = Pipeline(world, tmp_path, instance)
        settings = pipeline.settings()
        day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        assert materialize([build_archive(settings)], instance=instance, partition_key=day).success
        assert len(list((settings.inbox_path / day).glob("*.json"))) == 2
        job = build_definitions(settings).resolve_job_def("cycle")
        assert AssetKey("archive_day") not in job.asset_layer.executable_asset_keys


def read(world: World, inbox: Path, **options: Any) -> DayRead:
    async def asked() -> DayRead:
        quota = options.pop("quota", None)
        api = TheSports(
            world.api.base_url, "tester", SecretStr("secret-of-tests"), max_attempts=1, quota=quota
        )
        try:
            return await read_day(api, DAY, inbox, **options)
        finally:
            await api.close()

    return asyncio.run(asked())


def test_day_is_read_once_and_taken_over_once(world: World, tmp_path: Path) -> None:
    inbox, warehouse = tmp_path / "inbox", Warehouse(tmp_path / "warehouse.duckdb")
    assert read(world, inbox).is_whole
    kept = {path: path.read_bytes() for path in inbox.glob("*/*.json")}
    assert take_over_inbox(warehouse, inbox, "api", NOW) == 2
    connection = warehouse.open()
    tables = ("aged_odds_ticks", "match_records", "live_match_changes", "match_detail_changes")
    before = {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}
    assert [len(rows) for rows in before.values()] == [5, 2, 2, 2]
    asked = world.api.counts["odds/history"]
    assert read(world, inbox).is_whole
    assert world.api.counts["odds/history"] == asked == 2
    for path, content in kept.items():
        path.write_bytes(content)
    assert take_over_inbox(warehouse, inbox, "api", NOW) == 2
    assert before == {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}
    moments = "SELECT DISTINCT match_id, seen_at FROM"
    brought = connection.execute("FROM backfilled_matches ORDER BY ALL").fetchall()
    assert brought == connection.execute(f"{moments} live_match_changes ORDER BY ALL").fetchall()
    assert brought == [("m1", NOW), ("m2", NOW)]
    assert brought == connection.execute(f"{moments} match_detail_changes ORDER BY ALL").fetchall()
    records = "SELECT match_id, first_seen_at FROM match_records WHERE is_final ORDER BY ALL"
    assert brought == connection.execute(records).fetchall()
    assert set(connection.execute(f"{moments} aged_odds_ticks").fetchall()) <= set(brought)
    warehouse.close()


def test_names_of_a_day_come_along(world: World, tmp_path: Path) -> None:
    """Teams, competitions and grounds that matches refer to; what they do not refer to stays away."""
    for match_id, venue_id in (("m1", "v1"), ("m2", "v2")):
        world.details[match_id]["venue_id"] = venue_id
    named = {
        kind: [{"id": id_, "name": f"Name of {id_}"} for id_ in ids]
        for kind, ids in {
            "team": ("hm1", "am1", "hm2", "stranger"),
            "competition": ("c1", "c9"),
            "venue": ("v1", "v2", "v3"),
        }.items()
    }
    day = {"code": 0, "query": {}, "results": list(world.details.values()), "results_extra": named}
    world.api.answers("match/diary", envelope(day))
    world.api.answers("competition/additional/list", raw(b"", 500))
    read(world, tmp_path)
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        take_over_inbox(warehouse, tmp_path, "api", NOW)
        connection = warehouse.open()
        told = {
            table: connection.execute(f"SELECT {key}, name FROM {table} ORDER BY ALL").fetchall()
            for table, key in (
                ("teams", "team_id"),
                ("competitions", "competition_id"),
                ("venues", "venue_id"),
            )
        }
        for table in ("teams", "competitions", "match_records"):
            assert connection.execute(f"SELECT DISTINCT data_source FROM {table}").fetchall() == [("api",)]
        asked = "SELECT count(*) FROM teams WHERE fetched_at < now() AND fetched_at > now() - INTERVAL 1 HOUR"
        assert connection.execute(asked).fetchall() == [(3,)]
    assert told == {
        "teams": [(id_, f"Name of {id_}") for id_ in ("am1", "hm1", "hm2")],
        "competitions": [("c1", "Name of c1")],
        "venues": [(id_, f"Name of {id_}") for id_ in ("v1", "v2")],
    }


def test_match_without_a_final_row_has_the_source_of_its_details(world: World, tmp_path: Path) -> None:
    world.api.answers("match/live/history", made(lambda q: live_row(q["uuid"]) if q["uuid"] == "m1" else {}))
    read(world, tmp_path)
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        take_over_inbox(warehouse, tmp_path, "api", NOW)
        connection = warehouse.open()
        states = connection.execute("SELECT match_id FROM live_match_changes").fetchall()
        records = connection.execute(
            "SELECT match_id, data_source FROM match_records ORDER BY ALL"
        ).fetchall()
    assert states == [("m1",)]
    assert records == [("m1", "api"), ("m2", "api")]


def test_rows_that_cannot_be_kept_as_they_are_cost_not_the_day(world: World, tmp_path: Path) -> None:
    world.details["m1"] |= {"season_id": [], "season": 10**30}
    strangers = [{"id": 12345}, {"id": ["a"]}, {}, 7]
    world.api.answers("match/diary", made(lambda _: [*strangers, *world.details.values()]))
    day = read(world, tmp_path)
    assert (day.matches, day.read, day.errors) == (2, 2, ["4 rows without a readable id"])
    assert not day.is_whole
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        assert take_over_inbox(warehouse, tmp_path, "api", NOW) == 2
        taken = warehouse.open().execute("SELECT match_id FROM match_records ORDER BY ALL").fetchall()
    assert taken == [("m1",), ("m2",)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda whole: whole[:20],
        lambda _: b"[1, 2]",
        lambda _: b"[" * 100_000,
        lambda whole: whole.replace(b'"match_id"', b'"name"'),
        lambda whole: whole.replace(b'"asked_at": "2', b'"asked_at": "some 2'),
        lambda whole: whole.replace(b'"final": {', b'"final": [], "former": {'),
        lambda whole: whole.replace(b'"extra": {', b'"extra": null, "former": {'),
    ],
    ids=["empty", "cut off", "other JSON", "too deep", "no id", "no time", "no final row", "no names"],
)
def test_file_of_the_inbox_that_holds_no_match_is_set_aside_and_told(
    world: World, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    assert read(world, tmp_path).is_whole
    broken = min(tmp_path.glob("*/*.json"))
    whole = broken.read_bytes()
    content = spoil(whole)
    assert content != whole
    broken.write_bytes(content)
    told: list[str] = []
    with closing(Warehouse(tmp_path / "warehouse.duckdb", report=told.append)) as warehouse:
        take_over_inbox(warehouse, tmp_path, "api", NOW)
        assert warehouse.open().execute("SELECT count(*) FROM match_records").fetchall() == [(1,)]
        assert take_over_inbox(warehouse, tmp_path, "api", NOW) == 0
    (line,) = told
    assert line.startswith(f"{broken} was set aside, for it cannot be read (")
    assert broken.with_name(f"{broken.name}.unreadable").read_bytes() == content
    assert not broken.with_suffix(".done").exists()
    assert read(world, tmp_path).is_whole, "it is asked for again"
    assert broken.exists()


def test_odds_that_cannot_be_read_cost_neither_their_match_nor_the_others(
    world: World, tmp_path: Path
) -> None:
    assert read(world, tmp_path).is_whole
    for path in tmp_path.glob("*/*.json"):
        told = orjson.loads(path.read_bytes())
        if told["match_id"] == "m1":
            path.write_bytes(orjson.dumps(told | {"odds": {"2": "none"}}))
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        assert take_over_inbox(warehouse, tmp_path, "api", NOW) == 2
        connection = warehouse.open()
        ticks = "SELECT match_id, count(*) FROM aged_odds_ticks GROUP BY ALL"
        assert connection.execute(ticks).fetchall() == [("m2", 1)]
        final = "SELECT match_id, is_final FROM match_records ORDER BY ALL"
        assert connection.execute(final).fetchall() == [("m1", True), ("m2", True)]
        assert connection.execute(
            "SELECT match_id, attempts FROM pipeline.finals ORDER BY ALL"
        ).fetchall() == [
            ("m1", 1),
            ("m2", 1),
        ]


@pytest.fixture
def named_cup(world: World) -> World:
    """The diary names the competition of its two matches, and not its country."""
    extra = {"competition": [{"id": "c1", "name": "Cup"}, {"id": "c9", "name": "Of other matches"}]}
    diary = {"code": 0, "results": list(world.details.values()), "results_extra": extra}
    world.api.answers("match/diary", envelope(diary))
    return world


@pytest.mark.parametrize(
    ("known", "fails", "shown"),
    [
        pytest.param(False, False, ("Cup", "England"), id="asked for"),
        pytest.param(False, True, ("Cup", None), id="it cannot be had, and is not made up"),
        pytest.param(True, False, ("Newer Cup", "International"), id="what a cycle has read stays"),
    ],
)
def test_competition_of_past_matches_is_asked_for_once_with_its_country(
    named_cup: World, tmp_path: Path, known: bool, fails: bool, shown: tuple[str, str | None]
) -> None:
    if fails:
        named_cup.api.answers("competition/additional/list", raw(b"", 500))
    assert read(named_cup, tmp_path).is_whole
    assert named_cup.api.counts["competition/additional/list"] == 1
    kept = [orjson.loads(path.read_bytes())["extra"] for path in tmp_path.glob("*/*.json")]
    assert kept == [{"competition": [{"id": "c1", "name": "Cup"}]}] * 2, "the names of its own alone"
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        connection = warehouse.open()
        connection.execute("INSERT INTO countries (country_id, name) VALUES ('e', 'England')")
        if known:
            connection.execute(
                "INSERT INTO competitions (competition_id, name, updated_at) "
                "VALUES ('c1', 'Newer Cup', now())"
            )
        assert take_over_inbox(warehouse, tmp_path, "api", NOW) == 2
        matches = connection.execute("SELECT DISTINCT competition, country FROM matches")
        assert matches.fetchall() == [shown]
        partial = "SELECT count(*) FROM pipeline.partial_rows WHERE table_name = 'competitions'"
        assert connection.execute(partial).fetchall() == [(int(fails),)]
        sources = connection.execute("SELECT data_source FROM competitions").fetchall()
        assert sources == [(None if known else "api",)]


@pytest.mark.parametrize(
    ("known_status", "ended_at"),
    [
        pytest.param(None, None, id="never seen before"),
        pytest.param(8, None, id="seen ended"),
        pytest.param(1, NOW, id="seen to come"),
        pytest.param(2, NOW, id="seen in play"),
    ],
)
def test_end_is_known_where_it_is_told_or_was_seen(
    world: World, tmp_path: Path, known_status: int | None, ended_at: datetime | None
) -> None:
    assert read(world, tmp_path).is_whole
    for path in tmp_path.glob("*/*.json"):
        told = orjson.loads(path.read_bytes())
        told["final"]["score"][1] = 8
        if told["match_id"] == "m1":
            told["detail"].pop("ended", None)
        else:
            told["detail"]["ended"] = int(NOW.timestamp()) - 60
        path.write_bytes(orjson.dumps(told))
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        connection = warehouse.open()
        if known_status:
            connection.execute(
                "INSERT INTO match_records BY NAME "
                "SELECT 'm1' AS match_id, ? AS status_id, FALSE AS is_final",
                [known_status],
            )
        assert take_over_inbox(warehouse, tmp_path, "api", NOW) == 2
        ends = connection.execute("SELECT match_id, status_id, ended_at FROM match_records ORDER BY ALL")
        assert ends.fetchall() == [("m1", 8, ended_at), ("m2", 8, NOW - timedelta(seconds=60))]


def test_match_that_failed_is_told_and_read_next_time(world: World, tmp_path: Path) -> None:
    world.api.answers("odds/history", made(lambda _: "none"))
    first = read(world, tmp_path)
    assert not first.is_whole
    assert len(first.errors) == 2
    world.reset()
    world.api.answers("match/diary", made(lambda _: list(world.details.values())))
    world.api.answers("match/live/history", made(lambda q: live_row(q["uuid"])))
    assert read(world, tmp_path).is_whole


def test_reserve_of_the_quota_is_left_to_the_cycles(world: World, tmp_path: Path) -> None:
    waits: list[float] = []

    class Enough(Exception):
        pass

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        raise Enough

    quota = Quota(limits={"odds/history": 5, "match/live/history": 5})
    with pytest.raises(Enough):
        read(world, tmp_path, quota=quota, reserve=5, pause=pause)
    assert world.api.counts["odds/history"] == 0
    assert waits
