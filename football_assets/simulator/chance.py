"""Chance that repeats itself: the same parts always fall the same way, in every process."""

from __future__ import annotations

import random

_MASK = 2**64 - 1


def dice(*parts: object) -> random.Random:
    """A generator of its own for what the parts name. Costs some 10 µs, so one for many throws."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - no secret depends on it


def scrambled(number: int) -> int:
    """64 bits that look drawn by lot, from a number: the mixing of SplitMix64. For single throws."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def share(number: int) -> float:
    """A number from 0 to less than 1, drawn by lot from a number."""
    return scrambled(number) / 2**64
