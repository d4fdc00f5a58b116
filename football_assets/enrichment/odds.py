"""Odds: by window where nothing was missed, else a match's whole history, as far as the quota allows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from football_assets.codes import ENDED, IN_PLAY, MatchStatus
from football_assets.enrichment.entities import ODDS_TICKS
from football_assets.enrichment.known import (
    Coverage,
    Enriched,
    Known,
    KnownFixture,
    Stamp,
    WindowFeed,
    is_distrusted,
)
from football_assets.enrichment.scope import Scope
from football_assets.thesports.endpoints import ODDS_HISTORY, ODDS_LIVE, ODDS_UPDATE
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.odds_window import (
    OddsUpdate,
    Window,
    read_updates,
    read_window,
    window_columns,
)
from football_assets.thesports.parsing.ticks import Tick, TickKey

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

TABLE = ODDS_TICKS.table
KEPT_HOURS = 24.0
#: How long a match's history may wait for its turn under the quota before it is left to the next cycle.
HISTORY_WAIT_SECONDS = 3.0
#: Ticks of a window that are remembered to recognise the next one.
REMEMBERED_TICKS = 500
#: A match in play is audited this long after its history was last read, one in a cycle.
AUDIT_MINUTES = 30.0
#: Histories read again in a cycle only because `odds/update` names a change that a window told too, and as
#: many because the last reading may be mended by another: half of what the API allows in a minute.
REREADS_A_CYCLE = 60
#: Histories read in a pulse at most: those of new matches, of repairs, of windows with a hole.
HISTORIES_A_PULSE = 4
#: `odds/update` names the changes of so many seconds. What was repaired before them is named nowhere: where
#: it was last read longer ago, with so much of grace as cycles are not on the second, every history is due.
UPDATE_SECONDS, UPDATE_GRACE_SECONDS = 60, 15
#: A history may lack what a window told this short before, by the API's time.
LAG_SECONDS = 10
#: Histories are large: asked for last, their answers would be read with no request left to wait meanwhile.
_FEED_PRIORITY, _HISTORY_PRIORITY = 0, 1
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Odds:
    """Fetches the odds of the live matches (`live`: match id to status) into `out`. Of fixtures that kick off
    within the scope's hours the windows' ticks are kept."""

    api: TheSports
    live: Mapping[str, int]
    known: Known
    stamp: Stamp
    out: Enriched
    scope: Scope
    _named: set[OddsUpdate] = field(default_factory=set, init=False)
    _repaired: set[str] = field(default_factory=set, init=False)
    _holes: set[str] = field(default_factory=set, init=False)
    _missed_updates: bool = field(default=False, init=False)

    async def fetch(self) -> None:
        """Ask for the window, for what was repaired, and for the histories that are due."""
        odds = self.out.odds
        odds.coverage = tracked(self.known.odds.coverage, self.live, self.stamp.at)
        hours = self.scope.prematch_hours
        odds.coverage |= fixtures(self.known.fixtures, odds.coverage, self.stamp.at, hours)
        room = self.api.quota.available(ODDS_HISTORY, within=HISTORY_WAIT_SECONDS)
        if self.scope.is_pulse:
            room = min(room, HISTORIES_A_PULSE)
        first = self._first(room)
        async with asyncio.TaskGroup() as tasks:
            feed = tasks.create_task(self._window()), tasks.create_task(self._updates())
            for match in first:
                tasks.create_task(self._history(match.match_id))
            window, _ = await asyncio.gather(*feed)
            self._note_repairs(window)
            asked = {match.match_id for match in first}
            due = [match.match_id for match in self._due(asked)[: room - len(first)]]
            odds.after_window |= set(due)
            odds.audited &= set(due)  # what has no room is not audited
            for match_id in due:
                tasks.create_task(self._history(match_id))
        self._settle()

    def _first(self, room: int) -> list[Coverage]:
        """Matches never asked for: they are due whatever the window holds. Room is left for those in play
        that it may turn out not to cover."""
        listed = [match for match in self.out.odds.coverage.values() if not match.is_fixture]
        new = by_urgency(match for match in listed if match.asked_at is None)
        new_in_play = sum(match.in_play for match in new)
        others_in_play = sum(match.in_play for match in listed) - new_in_play
        return new[: min(room, max(new_in_play, room - others_in_play))]

    # -- windows and updates -----------------------------------------------------------------------------
    async def _window(self) -> Window | None:
        """Read the window. None where it could not be had: then all histories are due."""
        odds = self.out.odds
        window: Window | None = None
        try:
            answer = await self.api.odds_live(_FEED_PRIORITY)
            window = read_window(answer.results, self.stamp.present(answer))
        except TheSportsError as error:
            self.out.warnings.append(f"odds/live not read, so histories are: {error}")
            self.out.fail(TABLE, ODDS_LIVE, error)
        odds.feed = self._feed(window)
        if window:
            self.out.rejected += odds.note(window)
            self._holes |= window.holes & odds.coverage.keys()
            odds.window_ticks = window_columns(_wanted(window, odds.coverage))
            self._holes |= self.known.odds.untold(odds.window_ticks)
        return window

    def _feed(self, window: Window | None) -> WindowFeed:
        feed = self.known.odds.feed
        if window:
            feed = after_window(feed, window)
        if window is None or is_distrusted(feed, self.stamp.at):
            feed = replace(feed, stretch=feed.stretch + 1)
        return feed

    async def _updates(self) -> None:
        """Read which matches' odds changed or were repaired, without those that were dealt with before."""
        if not self.scope.updates:
            return
        try:
            answer = await self.api.odds_update(_FEED_PRIORITY)
        except TheSportsError as error:
            self.out.warnings.append(f"odds/update not read: {error}")
            return
        rows = answer.results
        present, last = self.stamp.present(answer), self.known.read_at.get(ODDS_UPDATE)
        self.out.read_at[ODDS_UPDATE] = present
        longest = timedelta(seconds=UPDATE_SECONDS + UPDATE_GRACE_SECONDS)
        self._missed_updates = last is not None and present - last > longest
        told = {update for update in read_updates(rows) if update.match_id in self.out.odds.coverage}
        self._named = told - self.known.odds.updates
        self.out.odds.updates = told - self._named

    def _note_repairs(self, window: Window | None) -> None:
        """A change that no window tells of was a repair."""
        told = {
            OddsUpdate(match_id=match_id, company_id=company_id, updated_at=tick[0])
            for (match_id, company_id, _), ticks in (window.ticks if window else {}).items()
            for tick in ticks
        }
        self._repaired = {update.match_id for update in self._named - told}

    # -- which histories -----------------------------------------------------------------------------------
    def _due(self, asked: set[str]) -> list[Coverage]:
        """Matches whose history is to be read, the most urgent first."""
        listed = [match for match in self.out.odds.coverage.values() if not match.is_fixture]
        rest = [match for match in listed if match.match_id not in asked]
        named = {update.match_id for update in self._named}
        unproven = [
            match
            for match in rest
            if not match.closed
            and not self._is_complete(match)
            and (match.in_play or not self.scope.is_pulse)
        ]
        ended = [match for match in rest if self._is_complete(match) and self._awaits_close(match)]
        ordered = [
            *by_urgency(match for match in rest if match.match_id in self._suspect),
            *by_urgency(unproven),
            *by_urgency(ended),
        ]
        if not self.scope.is_pulse:
            ordered += [
                *by_urgency(match for match in rest if match.match_id in named)[:REREADS_A_CYCLE],
                *by_urgency(match for match in rest if match.recheck)[:REREADS_A_CYCLE],
                *self._audit(rest),
            ]
        return list({match.match_id: match for match in ordered}.values())

    def _is_complete(self, match: Coverage) -> bool:
        return match.complete_since == self.out.odds.feed.stretch

    def _awaits_close(self, match: Coverage) -> bool:
        return not match.closed and has_ended(match.match_id, self.live)

    def _audit(self, matches: Sequence[Coverage]) -> list[Coverage]:
        """The match in play that was taken on trust the longest: its history shows if a window lost ticks."""
        trusted = [
            match
            for match in matches
            # What is suspect lacks something for another reason.
            if match.in_play and self._is_complete(match) and match.match_id not in self._suspect
        ]
        overdue = [m for m in by_urgency(trusted)[:1] if _asked(m) < self.stamp.before(minutes=AUDIT_MINUTES)]
        self.out.odds.audited |= {match.match_id for match in overdue}
        return overdue

    async def _history(self, match_id: str) -> None:
        known = self.known.odds.lists.get(match_id, {})
        odds = self.out.odds
        try:
            answer = await self.api.odds_history(match_id, _HISTORY_PRIORITY)
            present = self.stamp.present(answer)
            history = read_history(match_id, answer.results, present, known, odds.history_ticks)
        except TheSportsError as error:
            self.out.fail(TABLE, match_id, error)
            return
        odds.histories[match_id] = history
        odds.set_aside += history.set_aside
        self.out.rejected += history.rejected
        if not history.is_whole:
            reason = next(each.reason for each in history.rejected if not each.row_kept)
            self.out.warnings.append(f"odds/history of {match_id} could not be read in whole: {reason}")

    # -- what is known afterwards --------------------------------------------------------------------------
    def _settle(self) -> None:
        """Say of each match what is known of its odds now."""
        odds = self.out.odds
        for match_id, match in odds.coverage.items():
            odds.coverage[match_id] = self._settled(match)
        odds.updates |= {update for update in self._named if self._is_dealt_with(update)}

    def _settled(self, match: Coverage) -> Coverage:
        stretch = self.out.odds.feed.stretch
        history = self.out.odds.histories.get(match.match_id)
        is_after = match.match_id in self.out.odds.after_window
        if history:
            complete_since = stretch if history.is_whole else None
            closed = history.is_whole and has_ended(match.match_id, self.live)
            match = replace(
                match,
                asked_at=self.stamp.at,
                complete_since=complete_since,
                closed=closed,
                recheck=history.is_mended,
            )
        if match.match_id in self._suspect and not (history and is_after):
            match = replace(match, complete_since=None, closed=False)
        elif not history and (self._missed_updates or match.match_id in self._matches_named):
            match = replace(match, recheck=True)
        is_current = match.closed or match.complete_since == stretch  # after the end no price changes
        return replace(match, is_current=is_current)

    @property
    def _suspect(self) -> set[str]:
        """The matches that were repaired, or of which a window has a hole."""
        return self._repaired | self._holes

    @cached_property
    def _matches_named(self) -> set[str]:
        return {update.match_id for update in self._named}

    def _is_dealt_with(self, update: OddsUpdate) -> bool:
        """Whether the match's history was read when it held what the update is about."""
        history = self.out.odds.histories.get(update.match_id)
        if history is None or not history.is_whole:
            return False
        is_after = update.match_id in self.out.odds.after_window
        return is_after or update.updated_at < history.present.timestamp() - LAG_SECONDS


def tracked(known: Mapping[str, Coverage], live: Mapping[str, int], now: datetime) -> dict[str, Coverage]:
    """The matches seen in the live list within the last 24 hours, with what is known of their odds."""
    matches = {
        match_id: replace(match, in_play=False, is_current=False)
        for match_id, match in known.items()
        if now - match.last_seen_at <= timedelta(hours=KEPT_HOURS)
    }
    for match_id, status_id in live.items():
        match = matches.get(match_id) or Coverage(match_id=match_id, last_seen_at=now)
        matches[match_id] = replace(
            match,
            last_seen_at=now,
            in_play=status_id in IN_PLAY,
            closed=match.closed and status_id in ENDED,
            is_fixture=False,
        )
    return matches


def fixtures(
    known: Mapping[str, KnownFixture], coverage: Mapping[str, Coverage], now: datetime, hours: float
) -> dict[str, Coverage]:
    """The matches that kick off within so many hours and have not been in the live list yet. They are kept
    for as long after their kick-off as a match of the live list that was seen then."""
    return {
        match_id: Coverage(match_id=match_id, last_seen_at=fixture.kickoff_at, is_fixture=True)
        for match_id, fixture in known.items()
        if match_id not in coverage
        and fixture.kickoff_at is not None
        and not fixture.has_ended
        and timedelta(0) <= fixture.kickoff_at - now <= timedelta(hours=hours)
    }


def has_ended(match_id: str, live: Mapping[str, int]) -> bool:
    """Whether a match has ended, or has left the live list."""
    return live.get(match_id, MatchStatus.END) in ENDED


def by_urgency(matches: Iterable[Coverage]) -> list[Coverage]:
    """Matches in play first, then those whose history was read the longest ago."""
    return sorted(matches, key=lambda match: (not match.in_play, _asked(match)))


def _asked(match: Coverage) -> datetime:
    return match.asked_at or _NEVER


def after_window(feed: WindowFeed, window: Window) -> WindowFeed:
    """The feed after one more window. The stretch goes on where the window holds a tick of the one before:
    that tick is not older than the window, so nothing between the two was missed. An entry that names no
    match ends it. Only the API's own ticks are judged by, never a clock of ours."""
    keys = window.keys()
    goes_on = not feed.ticks.isdisjoint(keys) and not window.is_torn
    return replace(
        feed,
        stretch=feed.stretch if goes_on else feed.stretch + 1,
        newest=max(filter(None, (feed.newest, window.newest)), default=None),
        ticks=_newest_keys(keys),
    )


def _newest_keys(keys: set[TickKey]) -> frozenset[TickKey]:
    return frozenset(sorted(keys, key=lambda key: key[3], reverse=True)[:REMEMBERED_TICKS])


def _wanted(window: Window, wanted: Mapping[str, Coverage]) -> dict[tuple[str, int, str], list[Tick]]:
    return {key: ticks for key, ticks in window.ticks.items() if key[0] in wanted}
