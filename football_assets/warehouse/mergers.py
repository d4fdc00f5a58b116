"""Teams and competitions that were merged into others, followed to the end of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from football_assets.tables.reference import MergedCompetition, MergedTeam
from football_assets.tables.schema import Row
from football_assets.warehouse.rows import replace

_MERGED = (("teams", MergedTeam), ("competitions", MergedCompetition))


def follow_mergers(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring `merged_teams` and `merged_competitions` up to what the rows of teams and competitions say.

    Every query that shows a name reads these: following the chains in each of them took as long to plan as
    all the rest of it.
    """
    for table, merged in _MERGED:
        key = merged.table.key[0]
        steps = connection.execute(
            f"SELECT {key}, merged_into FROM {table} WHERE merged_into IN (SELECT {key} FROM {table})"
        )
        ends = chain_ends(dict(steps.fetchall()))
        if dict(connection.execute(f"FROM {merged.table.name}").fetchall()) != ends:
            replace(connection, merged.table, [_row(merged, *pair) for pair in ends.items()])


def _row(merged: type[MergedTeam | MergedCompetition], id_: str, successor_id: str) -> Row:
    values: dict[str, Any] = {merged.table.key[0]: id_, "successor_id": successor_id}
    return merged(**values)


def chain_ends(steps: Mapping[str, str]) -> dict[str, str]:
    """Where each id ends up whose next one `steps` tells; a ring ends at its smallest id."""
    return {id_: _end(id_, steps) for id_ in steps}


def _end(id_: str, steps: Mapping[str, str]) -> str:
    path = [id_]
    while (following := steps.get(path[-1])) is not None:
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]
