"""What this machine knows of its lake: the newest commit, and why a later one failed. One small file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from football_assets.files import replace_file


@dataclass(frozen=True)
class LakeState:
    """The newest commit, the cycles since it that brought none, and what the last look at all tables found
    not to be what the file has. Times are ISO 8601 in UTC."""

    edition: int | None = None
    cycle_id: str | None = None
    published_at: str | None = None
    snapshot: int | None = None
    rows: int = 0
    files_waiting: int = 0
    seconds: float | None = None
    committed_at: str | None = None
    first_committed_at: str | None = None
    cycles_waiting: int = 0
    error: str | None = None
    verified_at: str | None = None
    different: tuple[str, ...] = ()

    def committed(self, figures: Mapping[str, Any]) -> LakeState:
        """A commit that came to these figures, those of `Committed`."""
        names = {field.name for field in fields(self)}
        known = {name: value for name, value in figures.items() if name in names}
        now = now_text()
        return replace(
            self,
            **known,
            committed_at=now,
            first_committed_at=self.first_committed_at or now,
            cycles_waiting=0,
            error=None,
        )

    def verified(self, different: Iterable[str]) -> LakeState:
        """All tables were compared with the file now; these differ."""
        return replace(self, verified_at=now_text(), different=tuple(different))

    def failed(self, error: str, seconds: float) -> LakeState:
        """One more cycle that the lake lacks."""
        return replace(self, error=error, seconds=seconds, cycles_waiting=self.cycles_waiting + 1)


def read_lake_state(path: Path) -> LakeState | None:
    """What is known, None where there is nothing or it cannot be read."""
    try:
        known = LakeState(**orjson.loads(path.read_bytes()))
        return replace(known, different=tuple(known.different))
    except (OSError, ValueError, TypeError):
        return None


def known_lake_state(path: Path) -> LakeState:
    """What is known, to be told on: of a lake that never got a commit where there is nothing."""
    return read_lake_state(path) or LakeState()


def write_lake_state(path: Path, state: LakeState) -> None:
    """Keep it. Raises `OSError`."""
    replace_file(path, orjson.dumps(asdict(state)))


def now_text() -> str:
    """This moment, as the state has it."""
    return datetime.now(UTC).isoformat()
