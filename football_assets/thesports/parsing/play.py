"""What the live list and the details write alike: the sevens, and codes with their names."""

from __future__ import annotations

from collections.abc import Mapping

from football_assets.tables.words import SEVEN
from football_assets.thesports.parsing.reader import Reader
from football_assets.thesports.parsing.values import array, count


def numbers(reader: Reader, side: str, name: str, value: object) -> dict[str, int | None]:
    """The columns of a side's seven numbers; None for -1 and for those that a shorter list lacks."""
    given = [*(reader.item(name, value, array) or []), *[None] * len(SEVEN)]
    return {
        f"{side}_{column}": reader.item(f"{name}[{place}]", given[place], count)
        for place, column in enumerate(SEVEN)
    }


def word(code: int | None, table: Mapping[int, str]) -> str | None:
    """The name of a code; None for one that the table does not know."""
    return None if code is None else table.get(code)
