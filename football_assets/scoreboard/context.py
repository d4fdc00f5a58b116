"""What a view of the page is made of: an edition that is being read, the state asked for, the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from football_assets.published.notices import Publication
from football_assets.published.reading import Reading
from football_assets.scoreboard.address import Address
from football_assets.settings import Settings


@dataclass(frozen=True)
class State:
    """What somebody looks at: the address, and the favourites that their browser keeps."""

    address: Address
    favourites: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QuotaUse:
    """How many requests of a quota count now, of how many, and for how long it is paused still."""

    name: str
    used: int
    limit: int
    paused_seconds: float = 0.0


#: Tells how much of the API's quotas is used; the page knows nothing of the API.
QuotaReader = Callable[[], list[QuotaUse]]


@dataclass(frozen=True)
class Context:
    """All that a view is made of. `now` is aware, in UTC."""

    source: Reading
    read: Publication
    state: State
    settings: Settings
    now: datetime
    quotas: QuotaReader = list

    @property
    def address(self) -> Address:
        """The address that is asked for."""
        return self.state.address
