"""What tells the structure of one version from another's, and that a file of another one gets the present."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from football_assets.tables.schema import Column, Table
from football_assets.thesports.parsing.live import minute_of_play
from football_assets.warehouse import structure
from football_assets.warehouse.structure import fingerprint
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEFORE_PLAY, BEGAN, ENDED, EXTRA_TIME, IN_PLAY

CODES = ("IN_PLAY", "ENDED", "BEFORE_PLAY", "IN_EXTRA_TIME", "GOALS")


def other_tables(tables: tuple[Table, ...]) -> Iterator[tuple[Table, ...]]:
    """The tables with one of them said otherwise: its meaning, its last column's, and one column more."""
    for place, table in enumerate(tables):
        last = replace(table.columns[-1], meaning="something else")
        for other in (
            replace(table, meaning="something else"),
            replace(table, columns=(*table.columns[:-1], last)),
            replace(table, columns=(*table.columns, Column("another", "INTEGER", "one more"))),
        ):
            yield (*tables[:place], other, *tables[place + 1 :])


def other_query(changed: str) -> Callable[[str, str], str]:
    """The SQL files, one of which is another."""
    query = structure.query
    return lambda package, name: query(package, name) + ("\n-- changed" if name == changed else "")


def test_each_table_view_macro_code_and_version_is_of_the_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    variants: list[tuple[str, Any]] = [
        *(("PUBLISHED", tables) for tables in other_tables(structure.PUBLISHED)),
        *(("VIEWS", views) for views in other_tables(structure.VIEWS)),
        *(("query", other_query(view.name)) for view in structure.VIEWS),
        *(("query", other_query(name)) for name in structure.MACROS),
        *((codes, {*getattr(structure, codes), 99}) for codes in CODES),
        ("SCHEMA_VERSIONS", (*structure.SCHEMA_VERSIONS, (99, "2027-01-01", "of tomorrow"))),
    ]
    found = {fingerprint()}
    assert found == {fingerprint()}
    for number, (name, value) in enumerate(variants, 2):
        with monkeypatch.context() as patched:
            patched.setattr(structure, name, value)
            found.add(fingerprint())
        assert len(found) == number, (name, number)
    assert fingerprint() in found


def test_file_with_macros_and_views_of_another_version_gets_those_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with monkeypatch.context() as patched:
        patched.setattr(structure, "IN_PLAY", {2})
        patched.setattr(structure, "VIEWS", structure.VIEWS[1:])
        Warehouse(path).open().close()
    store = Warehouse(path)
    connection = store.open()
    assert connection.execute("SELECT is_in_play(3)").fetchall() == [(True,)]
    assert connection.execute(f"SELECT count(*) FROM {structure.VIEWS[0].name}").fetchall() == [(0,)]
    store.close()


def test_macros_of_statuses_are_as_documented_and_false_where_nothing_is_known(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "warehouse.duckdb")
    connection = store.open()
    sets = {
        "is_in_play": IN_PLAY,
        "has_ended": ENDED,
        "is_before_play": BEFORE_PLAY,
        "is_in_extra_time": EXTRA_TIME,
        "is_played_out": {8},
    }
    for status in (None, *range(-1, 16)):
        for macro, members in sets.items():
            assert connection.execute(f"SELECT {macro}(?)", [status]).fetchall() == [(status in members,)]
    store.close()


def test_minute_of_a_match_in_the_past_is_that_of_the_live_list(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "warehouse.duckdb")
    connection = store.open()
    query = "SELECT minute_of_play(?::INTEGER, ?::TIMESTAMPTZ, ?::TIMESTAMPTZ)"
    for status in range(14):
        for seconds in (-61, -60, -1, 0, 1, 59, 60, 1_799, 2_700, 2_701, 3_600, 6_300, 8_940, 9_001, 20_000):
            moment = BEGAN + timedelta(seconds=seconds)
            told = minute_of_play(status, BEGAN, moment)
            found = connection.execute(query, [status, BEGAN, moment]).fetchall()
            assert found == [(told,)], (status, seconds)
        assert connection.execute(query, [status, None, BEGAN]).fetchall() == [(None,)]
    store.close()
