"""How any table of changes follows its present, row by row: whole rows against a model that knows no SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from football_assets.arrow import arrow_schema, pa
from football_assets.tables.live import LiveMatchChange, LiveSpell, MatchIncidentChange, MatchStatChange
from football_assets.tables.schema import Row, Table
from football_assets.warehouse.changes import next_moment, note_changes, take_back
from football_assets.warehouse.store_matches import CHANGES

MATCHES = ("a", "b", "c")
DATES = ("seen_at", "replaced_at", "observed_at")
BEGIN = datetime(2026, 3, 17, 20, 0, tzinfo=UTC)

#: Values of each type that a column takes in turn; NULL is among those of all that are compared.
POOLS: dict[str, Sequence[Any]] = {
    "VARCHAR": ["", "x", "y"],
    "INTEGER": [0, 1, 2],
    "BIGINT": [0, 1, 2],
    "DOUBLE": [0.0, 1.5, -2.25],
    "BOOLEAN": [False, True],
    "JSON": ["[1]", "[2]"],
    "TIMESTAMPTZ": [BEGIN - timedelta(hours=1), BEGIN],
}

#: One for all examples: opening another for each takes longer than the example.
DATABASE = duckdb.connect()

Key = tuple[Any, ...]
Present = dict[Key, tuple[Any, ...]]


def key_of(table: Table) -> list[str]:
    return [name for name in table.key if name not in DATES]


def compared_of(table: Table) -> list[str]:
    return [name for name in table.column_names if name not in (*key_of(table), *DATES)]


class Model:
    """The rows that a table of changes must have: [key, values, seen_at, replaced_at]."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []

    def standing(self) -> Iterator[list[Any]]:
        return (row for row in self.rows if row[3] is None)

    def note(self, present: Present, scope: set[str], moment: datetime) -> None:
        for row in self.standing():
            if row[0][0] in scope and present.get(row[0]) != row[1]:
                row[3] = moment
        known = {row[0] for row in self.standing()}
        self.rows += [[key, values, moment, None] for key, values in present.items() if key not in known]

    def take_back(self, match_ids: list[str], moment: datetime) -> None:
        for row in self.standing():
            if row[0][0] in match_ids:
                row[3] = moment


def rows_of(connection: duckdb.DuckDBPyConnection, table: Table) -> list[tuple[Any, ...]]:
    names = [*key_of(table), *compared_of(table), "seen_at", "replaced_at"]
    if "observed_at" in table.column_names:
        names.append("observed_at")
    return connection.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall()


def told_by(model: Model, table: Table) -> list[tuple[Any, ...]]:
    observed = "observed_at" in table.column_names
    return [
        (*key, *values, seen, gone, *([seen] if observed else [])) for key, values, seen, gone in model.rows
    ]


def presents(table: Table) -> st.SearchStrategy[Present]:
    """Tables of a moment. Most rows differ in few fields, so that each field alone makes a change."""
    types = {column.name: column.type for column in table.columns}
    further = [st.sampled_from(POOLS[types[name]]) for name in key_of(table)[1:]]
    keys = st.tuples(st.sampled_from(MATCHES), *further)
    pools = [[None, *POOLS[types[name]]] for name in compared_of(table)]

    @st.composite
    def values(draw: st.DrawFn) -> tuple[Any, ...]:
        row = [pool[1] for pool in pools]
        if row:
            for place in draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
                row[place] = draw(st.sampled_from(pools[place]))
        return tuple(row)

    return st.dictionaries(keys, values(), max_size=4)


def arrow_of(present: Present, table: Table) -> pa.Table:
    names = [*key_of(table), *compared_of(table)]
    rows = [(*key, *values) for key, values in present.items()]
    schema = pa.schema([arrow_schema(table).field(name) for name in names])
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema)


@pytest.mark.parametrize("changes", [*CHANGES, LiveSpell], ids=lambda one: one.table.name)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_row_stands_from_when_it_was_told_until_it_was_told_otherwise(
    changes: type[Row], data: st.DataObject
) -> None:
    table, model = changes.table, Model()
    scopes = st.one_of(st.none(), st.sets(st.sampled_from(MATCHES)))
    with closing(DATABASE.cursor()) as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute(f"DROP TABLE IF EXISTS {table.name}; {table.ddl()}")
        for step in range(data.draw(st.integers(1, 5), label="steps")):
            moment = BEGIN + timedelta(seconds=step)
            if data.draw(st.integers(0, 4)) == 0:
                gone = data.draw(st.lists(st.sampled_from(MATCHES), unique=True), label="taken back")
                take_back(connection, table, gone, moment)
                model.take_back(gone, moment)
            else:
                present = data.draw(presents(table), label="present")
                scope = data.draw(scopes, label="scope")
                connection.register("told", arrow_of(present, table))
                listed = ", ".join(f"('{one}')" for one in scope or ()) or "(NULL)"
                query = None if scope is None else f"SELECT col0 FROM (VALUES {listed})"
                note_changes(connection, "told", changes, moment, scope=query)
                model.note(present, {key[0] for key in present} if scope is None else scope, moment)
            stored = rows_of(connection, table)
            assert sorted(stored, key=repr) == sorted(told_by(model, table), key=repr)


def test_moments_go_forward_whatever_the_clock_does() -> None:
    with closing(DATABASE.cursor()) as connection:
        connection.execute("SET timezone = 'UTC'; CREATE SCHEMA IF NOT EXISTS pipeline")
        connection.execute("CREATE OR REPLACE TABLE pipeline.clock (moment TIMESTAMPTZ)")
        later, step = BEGIN + timedelta(seconds=5), timedelta(microseconds=1)
        asked = [BEGIN, later, BEGIN, later, later + 2 * step]
        given = [next_moment(connection, now) for now in asked]
        assert given == [BEGIN, later, later + step, later + 2 * step, later + 3 * step]


def test_tables_with_and_without_further_keys_are_among_them() -> None:
    """What the random worlds rely on: a table of one row a match, and some with several."""
    assert key_of(LiveMatchChange.table) == key_of(LiveSpell.table) == ["match_id"]
    assert len(key_of(MatchStatChange.table)) == len(key_of(MatchIncidentChange.table)) == 2
    assert compared_of(LiveSpell.table) == []
