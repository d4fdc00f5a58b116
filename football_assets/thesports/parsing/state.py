"""What the live list and the details write alike: the sevens, and codes with their names."""

from __future__ import annotations

from collections.abc import Mapping

from football_assets.thesports.parsing.reader import Reader
from football_assets.thesports.parsing.values import array, count

#: Score, half-time score, red cards, yellow cards, corners, overtime score, shoot-out score.
Seven = tuple[int | None, int | None, int | None, int | None, int | None, int | None, int | None]


def seven(reader: Reader, name: str, value: object) -> Seven:
    """The seven numbers of a side; None for -1 and for those that a shorter list lacks."""
    numbers = reader.item(name, value, array) or []
    if len(numbers) > 7:
        numbers = numbers[:7]
    read = [reader.item(f"{name}[{place}]", number, count) for place, number in enumerate(numbers)]
    first, second, third, fourth, fifth, sixth, seventh = read + [None] * (7 - len(read))
    return first, second, third, fourth, fifth, sixth, seventh


def word(code: int | None, table: Mapping[int, str]) -> str | None:
    """The name of a code; None for one that the table does not know."""
    return None if code is None else table.get(code)
