"""The macros that give any edition again, by the same SQL that makes the present."""

from __future__ import annotations

from collections.abc import Iterator

from football_assets.queries import query
from football_assets.tables.flattened import FlattenedMatch


def as_of_macros() -> Iterator[str]:
    """The statements that make `edition_at`, `odds_known_at` and `matches_known_at`."""
    yield query("warehouse", "as_of")
    yield query("warehouse", "matches_known_at").format(
        current_prices=query("warehouse", "current_prices"),
        flattened_matches=query("warehouse", "flattened_matches"),
        columns=", ".join(FlattenedMatch.table.column_names),
    )
