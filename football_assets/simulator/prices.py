"""The odds of all matches as the API gives them: whole histories, and what changed in the last 60 seconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from football_assets.simulator.details import ANNOUNCED_SECONDS
from football_assets.simulator.listing import Row
from football_assets.simulator.matches import Matches
from football_assets.simulator.odds import Book, Tick

WINDOW_SECONDS = 60


class Prices:
    """The odds of a world's matches. All moments are Unix seconds."""

    def __init__(self, matches: Matches) -> None:
        self._matches = matches
        self._book = lru_cache(maxsize=200)(self._open_book)

    def history(self, match_id: str, now: int) -> dict[str, dict[str, list[Tick]]]:
        """Every tick of a match up to `now`; nothing for a match that is not known."""
        number = self._matches.number(match_id, now)
        return {} if number is None else self._book(number).history(now)

    def live(self, now: int) -> dict[str, list[Any]]:
        """The ticks of the last 60 seconds of all matches by bookmaker, in the form of `odds/live`."""
        results: dict[str, list[Any]] = {}
        for match_id, bookmaker, market, (at, minute, *values, status, sealed, score) in self._window(now):
            prices = ",".join(f"{value:g}" for value in values)
            entry = [match_id, market, [at, minute, f"{prices},{sealed}", status], score]
            results.setdefault(bookmaker, []).append(entry)
        return results

    def updates(self, now: int) -> list[Row]:
        """The matches and bookmakers with ticks in the last 60 seconds, the newest first."""
        last: dict[tuple[str, str], int] = {}
        for match_id, bookmaker, _, tick in self._window(now):
            last[match_id, bookmaker] = tick[0]
        rows = [
            {"id": match_id, "company_id": int(bookmaker), "update_time": at}
            for (match_id, bookmaker), at in last.items()
        ]
        return sorted(rows, key=lambda row: -row["update_time"])

    def _window(self, now: int) -> list[tuple[str, str, str, Tick]]:
        """Match, bookmaker, market and tick, in the order of time."""
        ticks = [
            (self._matches.plays.present(number).fixture.id, *change)
            for number in self._matches.around(now, ANNOUNCED_SECONDS)
            for change in self._book(number).window(now - WINDOW_SECONDS, now)
        ]
        return sorted(ticks, key=lambda tick: tick[3][0])

    def _open_book(self, number: int) -> Book:
        return Book(self._matches.plays.present(number))
