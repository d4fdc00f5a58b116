"""What is known before a cycle asks anything, and what it has learned after: plain data, read from and
written to the warehouse elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from football_assets.tables.details import MatchDetail
from football_assets.tables.schema import BigInt, table
from football_assets.tables.words import CompanyId, Market, OfMatch
from football_assets.thesports.answer import Answer
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.odds_history import ListDigest, ListKey, MatchHistory
from football_assets.thesports.parsing.odds_window import OddsUpdate, Window
from football_assets.thesports.parsing.reader import Rejection
from football_assets.thesports.parsing.ticks import TickColumns, TickKey

#: Data that need no asking again: fetched, and not since failed to refresh.
SOUND_SOURCES = frozenset({"api", "simulated"})
#: After an audit has found that windows lose ticks, histories are read instead for so long.
DISTRUST_HOURS = 1.0
#: An id that the API does not know is not asked for again for so long.
UNKNOWN_HOURS = 1.0


@dataclass(frozen=True)
class Stamp:
    """The time (UTC) and the data source that the rows of a cycle's answers bear."""

    at: datetime
    data_source: str

    def before(self, **ago: float) -> datetime:
        """The time so long ago, as for `timedelta`."""
        return self.at - timedelta(**ago)

    def present(self, answer: Answer) -> datetime:
        """The API's time of an answer, ours where the API did not tell it."""
        return answer.server_time or self.at


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
    has_kickoff: bool = True


@dataclass(frozen=True)
class KnownReference:
    """What matters of a stored team, competition or country."""

    fetched_at: datetime
    data_source: str
    merged_into: str | None = None


@dataclass(frozen=True)
class Cursor:
    """How far the API's changes of an entity have been read.

    `value` is the newest `updated_at` (Unix), `asked_at` when it was read. What changed before `floor` (Unix)
    is not asked for again: a second with more changes than one answer holds would be read in vain each time.
    """

    value: int
    asked_at: datetime
    floor: int = 0


@table("pipeline.coverage", key=("match_id",))
class Coverage(OfMatch):
    """How much of a match's odds is known."""

    last_seen_at: Annotated[datetime, "when it was last seen in the live list; of a fixture its kick-off"]
    in_play: Annotated[bool, "whether it is in play now"] = False
    complete_since: Annotated[
        int | None,
        "the stretch (see `WindowFeed`) in which its whole history was read; NULL while something of it is "
        "known to be missing or its order is not told",
    ] = None
    asked_at: Annotated[datetime | None, "when its history was last read"] = None
    closed: Annotated[bool, "whether its history was read once more after the end"] = False
    is_current: Annotated[bool, "whether its newest prices are those of the present cycle"] = False
    recheck: Annotated[bool, "whether to read it again soon, though nothing is known to be wrong"] = False
    is_fixture: Annotated[bool, "whether it has not been in the live list yet"] = False


@table("pipeline.odds_lists", key=("match_id", "company_id", "market"))
class StoredList(OfMatch):
    """The digest of a list of ticks as its history was last read: see `ListDigest`."""

    company_id: CompanyId
    market: Market
    until: Annotated[BigInt, "the newest second (Unix) of the list"]
    ticks: Annotated[int, "its number of ticks"]
    digest: Annotated[BigInt, "a digest of all its ticks"]


@dataclass(frozen=True)
class WindowFeed:
    """The windows of `odds/live` read so far. Windows that overlap make a stretch without a hole: what a
    match's history held when the stretch began, and all windows since, is complete.

    `newest` is the Unix second of the newest tick in any window. `ticks` are the newest of the last window:
    the next one overlaps with it where it holds one of them.
    """

    stretch: int = 0
    newest: int | None = None
    distrusted_until: datetime | None = None
    ticks: frozenset[TickKey] = frozenset()


def is_distrusted(feed: WindowFeed, now: datetime) -> bool:
    """Whether an audit has lately found that the windows lose ticks."""
    return feed.distrusted_until is not None and now < feed.distrusted_until


def distrust(feed: WindowFeed, now: datetime) -> WindowFeed:
    """The feed after an audit that found a tick which no window had held."""
    return replace(feed, stretch=feed.stretch + 1, distrusted_until=now + timedelta(hours=DISTRUST_HOURS))


@dataclass
class KnownOdds:
    """What is known of the odds: of each match, of the windows, of the lists of ticks last read.

    `untold` tells of which matches a window brings ticks whose order within a second is not told yet.
    """

    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    feed: WindowFeed = field(default_factory=WindowFeed)
    lists: Mapping[str, Mapping[ListKey, ListDigest]] = field(default_factory=dict)
    updates: Set[OddsUpdate] = frozenset()
    untold: Callable[[TickColumns], set[str]] = lambda _: set()


@dataclass(frozen=True)
class KnownFixture:
    """A match that is not in the live list: when it kicks off, and whether it has ended and its final result
    is to be asked for."""

    kickoff_at: datetime | None
    has_ended: bool


@dataclass
class Known:
    """All that the warehouse knows of what a cycle may ask for. Ids are the API's."""

    details: Mapping[str, KnownDetail] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, KnownReference]] = field(default_factory=dict)
    #: By table, the ids of rows of which only the name is known.
    partial: Mapping[str, Set[str]] = field(default_factory=dict)
    unknown: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    #: When what has no cursor was last read: a day's matches and all countries by our time, `odds/update` by
    #: the API's. Countries of which a row was lost are not all.
    read_at: Mapping[str, datetime] = field(default_factory=dict)
    odds: KnownOdds = field(default_factory=KnownOdds)
    fixtures: Mapping[str, KnownFixture] = field(default_factory=dict)


@dataclass
class LearnedOdds:
    """What a cycle has learned of the odds, to be stored in this order: the ticks of the histories, then
    those of the window, which may be newer."""

    coverage: dict[str, Coverage] = field(default_factory=dict)
    feed: WindowFeed = field(default_factory=WindowFeed)
    histories: dict[str, MatchHistory] = field(default_factory=dict)
    history_ticks: TickColumns = field(default_factory=TickColumns)
    window_ticks: TickColumns = field(default_factory=TickColumns)
    #: Matches whose history was asked for after the window had come.
    after_window: set[str] = field(default_factory=set)
    audited: set[str] = field(default_factory=set)
    updates: set[OddsUpdate] = field(default_factory=set)
    set_aside: int = 0

    @classmethod
    def from_known(cls, known: KnownOdds) -> LearnedOdds:
        """What is known, before anything new is learned."""
        return cls(coverage=dict(known.coverage), feed=known.feed, updates=set(known.updates))

    @property
    def waiting(self) -> int:
        """Matches whose odds are not proven complete and wait for the quota."""
        return sum(
            not (match.closed or match.is_fixture) and match.complete_since != self.feed.stretch
            for match in self.coverage.values()
        )

    def note(self, window: Window) -> list[Rejection]:
        """Count what of a window was set aside; gives what could not be read."""
        self.set_aside += window.set_aside
        return window.rejected


@dataclass
class Enriched:
    """What a cycle has learned. `failed` holds, by table, the ids whose row could not be had, and why;
    `confirmed` the tables whose stored rows the API said have not changed."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    partial: dict[str, dict[str, Any]] = field(default_factory=dict)
    venues: dict[str, str] = field(default_factory=dict)
    unknown: set[tuple[str, str]] = field(default_factory=set)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    read_at: dict[str, datetime] = field(default_factory=dict)
    failed: dict[str, dict[str, TheSportsError]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    odds: LearnedOdds = field(default_factory=LearnedOdds)
    #: Ids that the API says it has deleted, by kind (`match`, `team`, ...); None where it was not asked.
    deleted: dict[str, set[str]] | None = None
    #: Details of matches that are not in the live list: fixtures, and ended ones asked for again.
    other_details: dict[str, MatchDetail] = field(default_factory=dict)
    #: Matches asked for after their end: whether the API's answer is the final one.
    finals: dict[str, bool] = field(default_factory=dict)
    final_rows: list[Any] = field(default_factory=list)
    cache_hits: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def of(self, table: str) -> dict[str, Any]:
        """The new rows of a table by id."""
        return self.rows.setdefault(table, {})

    def fail(self, table: str, id_: str, error: TheSportsError) -> None:
        """Note that a table's row of this id could not be had."""
        self.failed.setdefault(table, {})[id_] = error
