"""What the sensor keeps from tick to tick, as JSON in its cursor. It never holds an address or a password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from football_assets.alerts.state import Alert, Since

#: So many alerts wait for a channel that does not take them; older ones give way.
LONGEST_QUEUE = 50


def _since(value: Any) -> Any:
    """An older version wrote the wall clock's time alone."""
    return Since(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Memory:
    """What is critical, since when, and the alerts that each channel has not taken yet, the oldest first."""

    critical: dict[str, Annotated[Since, BeforeValidator(_since)]] = field(default_factory=dict)
    unsent: dict[str, list[Alert]] = field(default_factory=dict)

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Memory:
        """The memory in the cursor. One that cannot be read, or none, is an empty memory."""
        try:
            return _MEMORY.validate_json(cursor) if cursor else cls()
        except ValidationError:
            return cls()

    def to_cursor(self) -> str:
        """The memory as a cursor."""
        return _MEMORY.dump_json(self).decode()

    def queues(self, alerts: Sequence[Alert], channels: Mapping[str, object]) -> dict[str, list[Alert]]:
        """What each channel has to send: what it has not taken yet, then the new alerts."""
        return {name: [*self.unsent.get(name, ()), *alerts][-LONGEST_QUEUE:] for name in channels}


_MEMORY = TypeAdapter(Memory)
