"""What is known before a cycle asks anything, and what it has learned after: plain data, read from and
written to the warehouse elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.odds import Head, TickColumns, TickKey
from football_assets.thesports.parsing.reader import Rejection
from football_assets.thesports.rows import Competition, Country, MatchDetail, Team

#: Data that need no asking again: fetched, and not since failed to refresh.
SOUND_SOURCES = frozenset({"api", "simulated"})
#: After an audit has found that windows lose ticks, histories are read instead for so long.
DISTRUST_HOURS = 1.0
#: An id that the API does not know is not asked for again for so long.
UNKNOWN_HOURS = 1.0


@dataclass(frozen=True)
class KnownDetail:
    """What matters of a stored row of `match_details`. `updated_at` is the API's."""

    status_id: int | None
    competition_id: str | None
    home_team_id: str | None
    away_team_id: str | None
    fetched_at: datetime
    updated_at: datetime | None
    data_source: str


@dataclass(frozen=True)
class KnownReference:
    """What matters of a stored team, competition or country."""

    fetched_at: datetime
    data_source: str
    merged_into: str | None = None


@dataclass(frozen=True)
class Cursor:
    """How far the API's changes of an entity have been read: the newest `updated_at` (Unix), and when."""

    value: int
    asked_at: datetime


@dataclass(frozen=True)
class OddsMatch:
    """How much of a match's odds is known.

    `complete_since` is the stretch (see `OddsFeed`) in which its whole history was read; None before, and
    again while the order of some of its ticks is not known.
    `closed` tells that the history was read once more after the end. `is_current` tells whether its
    newest prices are those of the present cycle.
    """

    match_id: str
    last_seen_at: datetime
    in_play: bool = False
    complete_since: int | None = None
    asked_at: datetime | None = None
    closed: bool = False
    is_current: bool = False


@dataclass(frozen=True)
class OddsFeed:
    """The windows of `odds/live` read so far. Windows that overlap make a stretch without a hole: what a
    match's history held when the stretch began, and all windows since, is complete.

    `ticks` are the newest of the last window: the next one overlaps with it where it holds one of them.
    """

    stretch: int = 0
    newest: int | None = None
    distrusted_until: datetime | None = None
    ticks: frozenset[TickKey] = frozenset()


def is_distrusted(feed: OddsFeed, now: datetime) -> bool:
    """Whether an audit has lately found that the windows lose ticks."""
    return feed.distrusted_until is not None and now < feed.distrusted_until


def distrust(feed: OddsFeed, now: datetime) -> OddsFeed:
    """The feed after an audit that found a tick which no window had held."""
    return replace(feed, stretch=feed.stretch + 1, distrusted_until=now + timedelta(hours=DISTRUST_HOURS))


@dataclass
class Known:
    """All that the warehouse knows of what a cycle may ask for. Ids are the API's."""

    details: Mapping[str, KnownDetail] = field(default_factory=dict)
    teams: Mapping[str, KnownReference] = field(default_factory=dict)
    competitions: Mapping[str, KnownReference] = field(default_factory=dict)
    countries: Mapping[str, KnownReference] = field(default_factory=dict)
    unknown: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    odds: Mapping[str, OddsMatch] = field(default_factory=dict)
    feed: OddsFeed = field(default_factory=OddsFeed)
    heads: Mapping[str, Mapping[tuple[int, str], Head]] = field(default_factory=dict)


@dataclass
class Enriched:
    """What a cycle has learned. `failed` holds, by table, the ids whose row could not be had, and why;
    `confirmed` the tables whose stored rows the API said have not changed."""

    details: dict[str, MatchDetail] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    competitions: dict[str, Competition] = field(default_factory=dict)
    countries: dict[str, Country] = field(default_factory=dict)
    unknown: set[tuple[str, str]] = field(default_factory=set)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    failed: dict[str, dict[str, TheSportsError]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    history_ticks: TickColumns = field(default_factory=TickColumns)
    window_ticks: TickColumns = field(default_factory=TickColumns)
    audited: set[str] = field(default_factory=set)
    odds: dict[str, OddsMatch] = field(default_factory=dict)
    feed: OddsFeed = field(default_factory=OddsFeed)
    cache_hits: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fail(self, table: str, id_: str, error: TheSportsError) -> None:
        """Note that a table's row of this id could not be had."""
        self.failed.setdefault(table, {})[id_] = error

    @property
    def odds_waiting(self) -> int:
        """Matches whose odds are not proven complete and wait for the quota."""
        return sum(
            not match.closed and match.complete_since != self.feed.stretch for match in self.odds.values()
        )


@dataclass(frozen=True)
class Moment:
    """The cycle's time (UTC) and how its rows name their source."""

    now: datetime
    data_source: str

    def before(self, **ago: float) -> datetime:
        """The time so long ago, as for `timedelta`."""
        return self.now - timedelta(**ago)
