"""A match of the past as the API told of it: what a file of the inbox holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from football_assets.thesports.answer import decode


@dataclass(frozen=True)
class PastMatch:
    """What was read of a match, as the API answered it: `detail` is a row of its day, `extra` the names that
    the row refers to, `final` and `odds` are the results of `live/history` and `odds/history`, `competition`
    those of its competition, None where they could not be had.

    `asked_at` is our time, `present` the API's (both UTC) when the odds were read.
    """

    match_id: str
    detail: dict[str, Any]
    extra: dict[str, Any]
    final: dict[str, Any]
    odds: dict[str, Any]
    asked_at: datetime
    present: datetime
    competition: Any = None

    def to_json(self) -> bytes:
        """The content of its file. Numbers of any size are kept, which a faster encoder would refuse."""
        return json.dumps(vars(self), default=datetime.isoformat).encode()

    @classmethod
    def from_json(cls, content: bytes) -> PastMatch:
        """The match of a file. Raises `ValueError`, one line, where the file holds no such match."""
        try:
            return _MATCH.validate_python(decode(content))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from None


_MATCH = TypeAdapter(PastMatch)
