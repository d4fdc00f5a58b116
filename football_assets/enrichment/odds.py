"""Odds: by window where nothing was missed, else a match's whole history, as far as the quota allows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from football_assets.codes import IN_PLAY
from football_assets.enrichment.known import Enriched, Known, Moment, OddsFeed, OddsMatch, is_distrusted
from football_assets.thesports.client import TheSports
from football_assets.thesports.endpoints import ODDS_HISTORY
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.odds import (
    Tick,
    TickKey,
    Window,
    read_history,
    read_window,
    window_columns,
)

TABLE = "odds_ticks"
#: Ends for good: end, cut in half, cancel. The others may still be played.
ENDED = frozenset({8, 11, 12})
KEPT_HOURS = 24.0
#: How long a match's history may wait for its turn under the quota before it is left to the next cycle.
QUOTA_WAIT_SECONDS = 3.0
#: Ticks of a window that are remembered to recognise the next one.
REMEMBERED_TICKS = 500
#: A match in play is audited this long after its history was last read, one in a cycle.
AUDIT_MINUTES = 30.0
#: Histories are large: asked for last, their answers would be read with no request left to wait meanwhile.
_FEED_PRIORITY, _HISTORY_PRIORITY = 0, 1
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Odds:
    """Fetches the odds of the live matches (`live`: match id to status) into `out`. `polled` are the
    windows that were read between the cycles, the oldest first."""

    api: TheSports
    live: Mapping[str, int]
    known: Known
    polled: Sequence[Window]
    moment: Moment
    out: Enriched

    async def fetch(self) -> None:
        """Ask for the window and for the histories that it does not spare."""
        self.out.odds = tracked(self.known.odds, self.live, self.moment.now)
        room = self.api.quota.available(ODDS_HISTORY, within=QUOTA_WAIT_SECONDS)
        first = self._first(room)
        async with asyncio.TaskGroup() as tasks:
            for match in first:
                tasks.create_task(self._history(match.match_id))
            named = await self._windows()
            asked = {match.match_id for match in first}
            for match in self._due(asked, named)[: room - len(first)]:
                tasks.create_task(self._history(match.match_id))
        self._mark_current()

    def _first(self, room: int) -> list[OddsMatch]:
        """Matches never asked for: they are due whatever the window holds. Room is left for those in play
        that it may turn out not to cover."""
        new = by_urgency(match for match in self.out.odds.values() if match.asked_at is None)
        new_in_play = sum(match.in_play for match in new)
        others_in_play = sum(match.in_play for match in self.out.odds.values()) - new_in_play
        return new[: min(room, max(new_in_play, room - others_in_play))]

    async def _windows(self) -> set[str]:
        """Read the windows; gives the matches that are known to have changed unseen."""
        windows = list(self.polled)
        named: set[str] = set()
        try:
            windows.append(read_window((await self.api.odds_live(_FEED_PRIORITY)).results))
        except TheSportsError as error:
            self.out.warnings.append(f"odds/live not read, so histories are: {error}")
            self.out.fail(TABLE, "odds/live", error)
            named = await self._updated()
        feed = self.known.feed
        for window in windows:
            feed = after_window(feed, window)
        if "odds/live" in self.out.failed.get(TABLE, {}) or is_distrusted(feed, self.moment.now):
            feed = replace(feed, stretch=feed.stretch + 1)
        self.out.feed = feed
        self.out.window_ticks = window_columns(_merged(windows, self.out.odds))
        return named

    async def _updated(self) -> set[str]:
        try:
            rows = (await self.api.odds_update(_FEED_PRIORITY)).results
        except TheSportsError as error:
            self.out.warnings.append(f"odds/update not read: {error}")
            return set()
        return {str(row.get("id")) for row in rows if isinstance(row, dict)}

    def _due(self, asked: set[str], named: set[str]) -> list[OddsMatch]:
        """Matches whose history is to be read, the most urgent first."""
        rest = [match for match in self.out.odds.values() if match.match_id not in asked]
        unproven = [match for match in rest if not match.closed and not self._is_complete(match)]
        ended = [match for match in rest if self._is_complete(match) and self._awaits_close(match)]
        changed = [match for match in unproven if match.match_id in named]
        ordered = [*by_urgency(changed), *by_urgency(unproven), *by_urgency(ended), *self._audit(rest)]
        return list({match.match_id: match for match in ordered}.values())

    def _is_complete(self, match: OddsMatch) -> bool:
        return match.complete_since == self.out.feed.stretch

    def _awaits_close(self, match: OddsMatch) -> bool:
        return not match.closed and has_ended(match.match_id, self.live)

    def _audit(self, matches: Sequence[OddsMatch]) -> list[OddsMatch]:
        """The match in play that was taken on trust the longest: its history shows if a window lost ticks."""
        trusted = [match for match in matches if match.in_play and self._is_complete(match)]
        oldest = by_urgency(trusted)[:1]
        return [m for m in oldest if (m.asked_at or _NEVER) < self.moment.before(minutes=AUDIT_MINUTES)]

    async def _history(self, match_id: str) -> None:
        match = self.out.odds[match_id]
        trusted = self._is_complete(match)  # else there was a gap, which accounts for what is missing
        closing = has_ended(match_id, self.live)
        whole = closing or trusted or match.complete_since is None
        heads = {} if whole else self.known.heads.get(match_id, {})
        try:
            answer = await self.api.odds_history(match_id, _HISTORY_PRIORITY)
            self.out.rejected += read_history(match_id, answer.results, heads, self.out.history_ticks)
        except TheSportsError as error:
            self.out.fail(TABLE, match_id, error)
            return
        if trusted and match.in_play:
            self.out.audited.add(match_id)
        # The stretch is set at the end: the window of this cycle may still be on its way.
        self.out.odds[match_id] = replace(match, asked_at=self.moment.now, complete_since=-1, closed=closing)

    def _mark_current(self) -> None:
        stretch = self.out.feed.stretch
        for match_id, match in self.out.odds.items():
            since = stretch if match.complete_since == -1 else match.complete_since
            is_current = match.closed or since == stretch  # after the end no price changes
            self.out.odds[match_id] = replace(match, complete_since=since, is_current=is_current)


def tracked(known: Mapping[str, OddsMatch], live: Mapping[str, int], now: datetime) -> dict[str, OddsMatch]:
    """The matches seen in the live list within the last 24 hours, with what is known of their odds."""
    matches = {
        match_id: replace(match, in_play=False, is_current=False)
        for match_id, match in known.items()
        if now - match.last_seen_at <= timedelta(hours=KEPT_HOURS)
    }
    for match_id, status_id in live.items():
        match = matches.get(match_id) or OddsMatch(match_id, now)
        closed = match.closed and status_id in ENDED
        matches[match_id] = replace(match, last_seen_at=now, in_play=status_id in IN_PLAY, closed=closed)
    return matches


def has_ended(match_id: str, live: Mapping[str, int]) -> bool:
    """Whether a match has ended, or has left the live list."""
    return live.get(match_id, 8) in ENDED


def by_urgency(matches: Iterable[OddsMatch]) -> list[OddsMatch]:
    """Matches in play first, then those whose history was read the longest ago."""
    return sorted(matches, key=lambda match: (not match.in_play, match.asked_at or _NEVER))


def after_window(feed: OddsFeed, window: Window) -> OddsFeed:
    """The feed after one more window. The stretch goes on where the window holds a tick of the one before:
    that tick is not older than the window, so nothing between the two was missed. Only the API's own
    ticks are judged by, never a clock of ours."""
    keys = window.keys()
    overlaps = not feed.ticks.isdisjoint(keys)
    newest = window.newest
    return replace(
        feed,
        stretch=feed.stretch if overlaps else feed.stretch + 1,
        newest=newest
        if feed.newest is None or (newest is not None and newest > feed.newest)
        else feed.newest,
        ticks=_newest_keys(keys),
    )


def _newest_keys(keys: set[TickKey]) -> frozenset[TickKey]:
    return frozenset(sorted(keys, key=lambda key: key[3], reverse=True)[:REMEMBERED_TICKS])


def _merged(
    windows: Sequence[Window], wanted: Mapping[str, OddsMatch]
) -> dict[tuple[str, int, str], list[Tick]]:
    merged: dict[tuple[str, int, str], list[Tick]] = {}
    for window in windows:
        for key, ticks in window.ticks.items():
            if key[0] in wanted:
                merged.setdefault(key, []).extend(ticks)
    return merged
