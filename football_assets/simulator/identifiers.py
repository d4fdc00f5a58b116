"""Ids in the API's look, 15 small letters and digits, that can be read back: no table of them is kept."""

from __future__ import annotations

from football_assets.simulator.chance import dice

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH = 15
_SPACE = 36**_LENGTH
#: Numbers that may be written as ids; what an id is read back to beyond them is nobody's.
_NUMBERS = 10**15


class Identifiers:
    """The ids of one kind of thing, from the things' numbers, 0 and up."""

    def __init__(self, seed: object, kind: str) -> None:
        lots = dice(seed, kind, "ids")
        self._offset = lots.randrange(_SPACE)
        # Coprime to 36, so that multiplying by it can be undone.
        self._factor = lots.randrange(_SPACE // 6) * 6 + 1
        self._inverse = pow(self._factor, -1, _SPACE)

    def of(self, number: int) -> str:
        """The id of a number."""
        rest = (number * self._factor + self._offset) % _SPACE
        digits = []
        for _ in range(_LENGTH):
            rest, digit = divmod(rest, 36)
            digits.append(_DIGITS[digit])
        return "".join(reversed(digits))

    def number(self, id_: str) -> int | None:
        """The number that an id was made of; None for what is no id of this kind."""
        if len(id_) != _LENGTH or not id_.isascii() or not id_.isalnum():
            return None
        number = (int(id_, 36) - self._offset) * self._inverse % _SPACE
        return number if number < _NUMBERS and self.of(number) == id_ else None
