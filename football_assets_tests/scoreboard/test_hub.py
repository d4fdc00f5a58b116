"""What is drawn, for whom, and what of it is sent: one reader and one drawing for all who look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from football_assets.cycle.report import CycleReport, write_report
from football_assets.published.reading import NotPublished, reading
from football_assets.scoreboard import hub as drawing
from football_assets.scoreboard.address import Address, read_address, read_favourites
from football_assets.scoreboard.context import QuotaUse, State
from football_assets.scoreboard.hub import Hub
from football_assets.scoreboard.past import past_rows
from football_assets.scoreboard.source import Source
from football_assets.settings import Settings
from football_assets.tables.schema import quoted
from football_assets_tests.scoreboard.databases import PublishedDatabase

LIVE = State(Address())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


def publish(settings: Settings, *home_teams: str, **values: Any) -> None:
    draft = settings.data_path / "next.duckdb"
    database = PublishedDatabase(draft)
    for place, name in enumerate(home_teams):
        ids = {"match_id": f"m{place}", "competition_id": f"c{place}", "competition": f"League {place}"}
        database.match(**{"home_team": name, "home_team_id": f"t{place}", **ids, **values})
    database.publish(settings.published_path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The files that were opened, one for each opening."""
    from football_assets.scoreboard import source

    paths: list[Path] = []
    original = source.reading

    def counted(path: Path) -> Any:
        paths.append(path)
        return original(path)

    monkeypatch.setattr(source, "reading", counted)
    yield paths


async def test_an_edition_is_opened_once_for_all(settings: Settings, opened: list[Path]) -> None:
    publish(settings, "A")
    hub = Hub(settings)
    states = [
        LIVE,
        State(Address(view="coming")),
        State(Address(match="m0")),
        State(Address(view="pipeline")),
    ]
    pages = await asyncio.gather(*(hub.page(state) for state in states * 5))
    assert len({id(page) for page in pages}) == len(states)
    assert len(opened) == 1
    publish(settings, "B")
    assert "B" in (await hub.page(LIVE)).blocks[-1].html
    assert len(opened) == 2
    await hub.close()


async def test_only_what_changed_is_sent_and_nothing_where_nothing_did(settings: Settings) -> None:
    publish(settings, "A", "B", kickoff_at=datetime.now(UTC))
    hub = Hub(settings)
    first = await hub.page(LIVE)
    publish(settings, "A", "C", kickoff_at=datetime.now(UTC))
    second = await hub.page(LIVE)
    told = hub.patch(first, second)
    assert told is not None
    changes = orjson.loads(told)
    assert list(changes["blocks"]) == ["league-c1"]
    assert "order" not in changes and "header" not in changes
    assert second.blocks[-2] is first.blocks[-2]
    publish(settings, "A", "C", kickoff_at=datetime.now(UTC))
    assert hub.patch(second, await hub.page(LIVE)) is None
    assert hub.known(first.version) is first
    await hub.close()


async def test_what_hardly_changes_is_not_drawn_with_every_edition(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = State(Address(view="coming"))
    publish(settings, "A")
    hub = Hub(settings)
    first = await hub.page(coming)
    publish(settings, "A")
    assert await hub.page(coming) is first
    monkeypatch.setattr(drawing, "CALM_SECONDS", 0.0)
    assert await hub.page(coming) is not first
    await hub.close()


async def test_watching_tells_of_an_edition_and_ends_with_the_last_watcher(settings: Settings) -> None:
    publish(settings, "A")
    hub = Hub(settings)
    hub.join()
    hub.join()
    waiting = asyncio.create_task(hub.news())
    await asyncio.sleep(0)
    publish(settings, "B")
    await asyncio.wait_for(waiting, 30)
    hub.leave()
    hub.leave()
    assert hub._watching is None
    await hub.close()


async def test_pipeline_is_drawn_without_a_file_with_the_cause_and_the_quotas(settings: Settings) -> None:
    failed = CycleReport("c1", datetime.now(UTC), "failure", "api", 60.0, error="The API is down")
    write_report(failed, settings.reports_path)
    hub = Hub(settings, lambda: [QuotaUse("odds/history", 120, 120, 30.0)])
    page = await hub.page(State(Address(view="pipeline")))
    shown = "".join(block.html for block in page.blocks)
    assert "The newest cycle failed: The API is down" in shown
    assert "120 of 120" in shown
    assert "paused for 30 s" in shown
    assert "is not there yet" in await hub.status()
    await hub.close()


def test_an_open_reading_keeps_its_edition_while_others_get_the_next(settings: Settings) -> None:
    publish(settings, "A")
    source = Source(settings.published_path)
    with source.reading() as before:
        publish(settings, "B")
        with source.reading() as after:
            assert after.rows("in_play")[0]["home_team"] == "B"
        assert before.rows("in_play")[0]["home_team"] == "A"
    source.close()


def test_a_missing_file_is_told_and_found_when_it_comes(settings: Settings) -> None:
    source = Source(settings.published_path)
    with pytest.raises(NotPublished), source.reading():
        pass
    publish(settings, "A")
    with source.reading() as found:
        assert len(found.rows("in_play")) == 1
    source.close()


def test_what_an_address_does_not_allow_counts_as_not_given() -> None:
    query = {
        "view": "x",
        "sort": "x",
        "day": "2026-13-01",
        "company": "²",
        "hours": "2",
        "odds": "x",
        "q": " a ",
    }
    assert read_address(query) == Address(q="a")
    assert read_address({"q": "a" * 500}).q == "a" * 100
    address = Address(view="finished", day="2026-02-03", sort="goals", q="a&b")
    assert address.link() == "./?view=finished&q=a%26b&sort=goals&day=2026-02-03"


def test_favourites_are_safe_ids_and_bounded() -> None:
    assert read_favourites("a1.<b>..x_y-z") == {"a1", "x_y-z"}
    assert len(read_favourites(".".join(f"m{place}" for place in range(500)))) == 100


def scored(settings: Settings) -> list[tuple[int, int]]:
    with reading(settings.published_path) as source:
        rows = source.rows("scored", match_id="m1", home_score=3, away_score=1)
    return [(row["home_score"], row["away_score"]) for row in rows]


def prices(database: PublishedDatabase, *scores: tuple[int, int, int], **values: Any) -> None:
    """Ticks at these minutes with these scores."""
    begun = datetime.now(UTC) - timedelta(hours=2)
    for minute, home, away in scores:
        at = begun + timedelta(minutes=minute)
        database.tick(at, home_score=home, away_score=away, **values)


def goal(database: PublishedDatabase, team: str, home: int, away: int) -> None:
    database.incident(incident_id=1, incident="goal", team=team, minute=9, home_score=home, away_score=away)


def test_goals_that_var_took_back_are_not_on_the_charts_and_extra_time_is(settings: Settings) -> None:
    database = PublishedDatabase(settings.published_path)
    database.match(status_id=5, home_score=1, away_score=1, home_overtime_score=2, away_overtime_score=1)
    goal(database, "home", 1, 0)
    database.incident(incident_id=28, incident="VAR", team="home", var_result_id=2)
    goal(database, "away", 0, 1)
    goal(database, "home", 1, 1)
    goal(database, "home", 2, 1)
    prices(database, (5, 0, 0), (10, 1, 0), (12, 0, 0), (30, 0, 1), (60, 1, 1), (100, 2, 1))
    database.close()
    assert scored(settings) == [(0, 1), (1, 1), (2, 1)]


def test_a_score_that_came_twice_counts_from_the_second_time(settings: Settings) -> None:
    database = PublishedDatabase(settings.published_path)
    database.match(home_score=1, away_score=0)
    goal(database, "home", 1, 0)
    prices(database, (5, 0, 0), (10, 1, 0), (12, 0, 0), (40, 1, 0), (50, 1, 0))
    database.close()
    with reading(settings.published_path) as source:
        (row,) = source.rows("scored", match_id="m1", home_score=1, away_score=0)
        moments = source.selected("SELECT tick_at FROM odds_ticks ORDER BY tick_at")
    assert row["scored_at"] == moments[3]["tick_at"]


def test_a_past_match_is_read_from_the_history_s_files(settings: Settings, tmp_path: Path) -> None:
    day = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    database = PublishedDatabase(settings.published_path)
    database.record(match_id="m1", status_id=8, kickoff_at=day, ended_at=day + timedelta(hours=2))
    columns = "match_id, company_id, company, market, tick_at, sequence, home_or_over, seen_at, status_id"
    at = quoted(day.isoformat())
    row = f"SELECT 'm1', 2, 'BET365', 'money_line', TIMESTAMPTZ {at}, 1, 1.5, TIMESTAMPTZ {at}, 4"
    database.connection.execute(f"INSERT INTO aged_odds_ticks ({columns}) {row}")
    database.close()
    with reading(settings.published_path) as source:
        (found,) = past_rows(source, "last_prices", day.date(), match_id="m1", until=day, status_id=8)
        assert (found["home_or_over"], found["is_live"]) == (1.5, False)
        assert past_rows(source, "last_prices", day.date() + timedelta(days=9), match_id="m1", until=day,
                         status_id=8) == []  # fmt: skip
        for name in ("incidents", "stats", "commentary", "standing_goals"):
            assert past_rows(source, name, day.date(), match_id="m1") == []
