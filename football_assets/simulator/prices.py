"""The odds of all matches as the API gives them: whole histories, what is new and what was repaired in the
last 60 seconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from football_assets.simulator.details import ANNOUNCED_SECONDS
from football_assets.simulator.faults import Tick
from football_assets.simulator.listing import Row
from football_assets.simulator.matches import Matches
from football_assets.simulator.odds import Book

WINDOW_SECONDS = 60
#: `odds/live` has two documented forms; each holds for so many seconds.
FORM_SECONDS = 60
#: Books that are kept beside those of the live matches: of fixtures and of past days.
_OTHER_BOOKS = 200


class Prices:
    """The odds of a world's matches, of which about `count` are live. All moments are Unix seconds."""

    def __init__(self, matches: Matches, count: int) -> None:
        self._matches = matches
        self._book = lru_cache(maxsize=_OTHER_BOOKS + 2 * count)(self._open_book)
        # `odds/live` and `odds/update` are asked for in the same second.
        self._window = lru_cache(maxsize=1)(self._read_window)

    def history(self, match_id: str, now: int) -> dict[str, dict[str, list[Tick]]]:
        """Every tick of a match up to `now`; nothing for a match that is not known."""
        number = self._matches.number(match_id, now)
        return {} if number is None else self._book(number).history(now)

    def live(self, now: int) -> dict[str, list[Any]]:
        """The ticks of the last 60 seconds of all matches by bookmaker, in a form of `odds/live`."""
        written = _as_text if now // FORM_SECONDS % 2 else _as_list
        results: dict[str, list[Any]] = {}
        for match_id, bookmaker, market, tick in self._window(now):
            results.setdefault(bookmaker, []).append([match_id, market, written(tick), tick[7]])
        return results

    def updates(self, now: int) -> list[Row]:
        """The matches and bookmakers with ticks in the last 60 seconds, and each repair, the newest first."""
        last: dict[tuple[str, str], int] = {}
        for match_id, bookmaker, _, tick in self._window(now):
            last[match_id, bookmaker] = tick[0]
        named = {(*key, at) for key, at in last.items()}
        for number in self._numbers(now):
            match_id = self._matches.plays.present(number).fixture.id
            repairs = self._book(number).repairs(now - WINDOW_SECONDS, now)
            named |= {(match_id, bookmaker, moment) for bookmaker, moment in repairs}
        rows = [
            {"id": match_id, "company_id": int(bookmaker), "update_time": at}
            for match_id, bookmaker, at in sorted(named)
        ]
        return sorted(rows, key=lambda row: -row["update_time"])

    def _read_window(self, now: int) -> list[tuple[str, str, str, Tick]]:
        """Match, bookmaker, market and tick, in the order of time."""
        ticks = [
            (self._matches.plays.present(number).fixture.id, *change)
            for number in self._numbers(now)
            for change in self._book(number).window(now - WINDOW_SECONDS, now)
        ]
        return sorted(ticks, key=lambda tick: tick[3][0])

    def _numbers(self, now: int) -> list[int]:
        return list(self._matches.around(now, ANNOUNCED_SECONDS))

    def _open_book(self, number: int) -> Book:
        return Book(self._matches.plays.present(number))


def _as_text(tick: Tick) -> list[Any]:
    at, minute, *values, status, sealed, _ = tick
    prices = ",".join(f"{value:g}" for value in values)
    return [at, minute, f"{prices},{sealed}", status]


def _as_list(tick: Tick) -> list[Any]:
    return tick[:7]
