"""Whatever JSON the API sends: rows that the warehouse takes, or counted rejections, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, fields
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from football_assets.arrow import arrow_schema, pa
from football_assets.tables import Table
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch, MatchComment, MatchIncident, MatchStat
from football_assets.tables.reference import Competition, Country, Team
from football_assets.thesports.parsing.details import parse_details
from football_assets.thesports.parsing.live import parse_live
from football_assets.thesports.parsing.reader import Parsed
from football_assets.thesports.parsing.reference import parse_competitions, parse_countries, parse_teams
from football_assets_tests.thesports.parsing.samples import (
    FETCHED_AT,
    GIVEN,
    competition_row,
    country_row,
    detail_row,
    live_row,
    team_row,
)

ROWS: dict[Any, Table] = {
    row: row.table
    for row in (LiveMatch, MatchStat, MatchIncident, MatchComment, MatchDetail, Team, Competition, Country)
}


def details(results: list[Any], **given: Any) -> Parsed[MatchDetail]:
    return parse_details(results, **given, present=FETCHED_AT)


LISTS = {
    details: detail_row(),
    parse_teams: team_row(uid="x"),
    parse_competitions: competition_row(gender=1, uid="x"),
    parse_countries: country_row(),
}

any_text = st.text(st.characters(exclude_categories=()), max_size=8)
ids = st.sampled_from(["match1", "match2", "match3", "x'; DROP TABLE teams; --", "", "\ud800"])
telling = st.sampled_from(
    [
        *("", "0", "-1", "12", "16°C", "11.m/s", "-", "NaN", "half \ud83d", "a\0b", "9" * 400),
        *(0, -1, 1, 2, 25, 2**31, 2**63, 10**30, 1748452827, 1e300, float("nan"), float("inf"), True),
        *(["\ud83d"], [10**30], [float("nan")], [[]], {"country": "\ud83d"}),
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | any_text | ids | telling
any_json = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside a sample."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


@st.composite
def altered(draw: st.DrawFn, sample: dict[str, Any]) -> dict[str, Any]:
    """The sample with one of the ids, and with anything in a few of its places, or those taken out."""
    row = deepcopy(sample)
    row["id"] = draw(ids)
    if "score" in row and draw(st.integers(0, 5)):
        row["score"][0] = row["id"]
    for *way, last in draw(st.lists(st.sampled_from(list(places(sample))), max_size=5)):
        part: Any = row
        try:
            for key in way:
                part = part[key]
            if draw(st.integers(0, 4)):
                part[last] = draw(telling | any_json)
            else:
                del part[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return row


def lists_of(sample: dict[str, Any]) -> st.SearchStrategy[list[Any]]:
    """Results with some rows like the sample, and some like nothing."""
    return st.lists(altered(sample) | altered(sample) | any_json, max_size=4)


SEARCH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for table in ROWS.values():
            connection.execute(table.ddl())
        yield connection


def store(database: duckdb.DuckDBPyConnection, table: Table, made: list[Any]) -> None:
    """Put the rows into their table by way of Arrow, as they are kept by key, and see that all are there."""
    batch = pa.Table.from_pylist([asdict(row) for row in made], schema=arrow_schema(table))
    database.register("batch", batch)
    database.execute("BEGIN")
    try:
        database.execute(f"INSERT INTO {table.name} SELECT * FROM batch")
        keys = ", ".join(table.key)
        stored = database.execute(f"SELECT count(*), count(DISTINCT ({keys})) FROM {table.name}").fetchone()
        assert stored == (len(made), len(made))
        assert database.execute(f"SELECT * FROM {table.name}").fetchall() is not None
    finally:
        database.execute("ROLLBACK")
        database.unregister("batch")


@pytest.mark.parametrize(("row", "table"), ROWS.items(), ids=lambda case: getattr(case, "__name__", ""))
def test_rows_have_the_columns_of_their_table(row: Any, table: Table) -> None:
    assert tuple(field.name for field in fields(row)) == table.column_names


@SEARCH
@given(lists_of(live_row()))
def test_any_live_list_gives_rows_or_rejections(
    database: duckdb.DuckDBPyConnection, results: list[Any]
) -> None:
    batch = parse_live(results, **GIVEN)
    rejected = [noted for noted in batch.rejected if noted.entity == "live_matches" and not noted.row_kept]
    assert len(batch.matches) + len(rejected) == len(results)
    assert all("\n" not in noted.reason and len(noted.reason) < 200 for noted in batch.rejected)
    store(database, LiveMatch.table, batch.matches)
    store(database, MatchStat.table, batch.stats)
    store(database, MatchIncident.table, batch.incidents)
    store(database, MatchComment.table, batch.commentary)


@pytest.mark.parametrize("parse", LISTS, ids=lambda parse: parse.__name__)
@SEARCH
@given(data=st.data())
def test_any_list_gives_rows_or_rejections(
    database: duckdb.DuckDBPyConnection, parse: Any, data: st.DataObject
) -> None:
    results = data.draw(lists_of(LISTS[parse]))
    parsed = parse(results, **GIVEN)
    rejected = [noted for noted in parsed.rejected if not noted.row_kept]
    assert len(parsed.rows) + len(rejected) == len(results)
    assert all("\n" not in noted.reason and len(noted.reason) < 200 for noted in parsed.rejected)
    if parsed.rows:
        store(database, ROWS[type(parsed.rows[0])], parsed.rows)
