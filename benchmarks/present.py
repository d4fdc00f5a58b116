"""An hour of the replay with a moving clock: each edition's prices held against what the API told.

    python benchmarks/present.py --replay FOLDER [--seconds 3600] [--speed 10] [--pulses 2]

Cycles run a minute of the clock apart, with some pulses between. Of each edition the newest ticks of all
markets are kept, with what the rows say of themselves: live, and from the API. In the end the API's
histories tell what was right: exit status 1 where a suspended or dead price was shown as live, or where a
row that says `api` showed another tick than the last of its second, or lacked one that had been told before
the edition's requests began.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from cycles_in_process import ephemeral, run_cycle, settings_for
from servers import SECRET, ReplayServer
from tables import show

from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets.settings import Settings
from football_assets.thesports.parsing.ticks import MARKETS
from football_assets.warehouse.structure import make_macros, make_tables

MINUTE = 60.0

_SHOWN = """
SELECT
    (SELECT max(edition) FROM editions) AS edition,
    ?::DOUBLE AS asked_from,
    match_id, company_id, market, epoch(tick_at)::BIGINT AS second_at, sequence,
    home_or_over, draw_or_line, away_or_under, is_live,
    flat.data_source = 'api' AS is_api,
    flat.status_id AS match_status, flat.home_score AS match_home, flat.away_score AS match_away
FROM current_prices
JOIN flattened_matches AS flat USING (match_id)
"""

#: What the API tells of the tick that is shown, `told`: the last of the second.
_WRONG = {
    "rows": "TRUE",
    "rows that say live": "is_live",
    "rows that say api": "is_api",
    "suspended, shown as live": "is_live AND told.sealed <> 0",
    "without a price, shown as live": "is_live "
    "AND NOT is_priced(market, told.first, told.second, told.third)",
    "made before kick-off, shown as live in play": "is_live AND is_in_play(match_status) "
    "AND NOT is_in_play(told.status)",
    "of another score, shown as live in play": "is_live AND market <> 'corners' AND is_in_play(match_status) "
    "AND told.score <> (match_home || '-' || match_away)",
    "not the last tick of its second": "is_api AND (told.first, told.second, told.third) "
    "IS DISTINCT FROM (home_or_over, draw_or_line, away_or_under)",
    "an older tick than had been told": "is_api AND newest.second_at > shown.second_at",
}
_COMPARED = """
FROM shown
LEFT JOIN served AS told USING (match_id, company_id, market, second_at)
ASOF LEFT JOIN (SELECT DISTINCT match_id, company_id, market, second_at FROM served) AS newest
    ON newest.match_id = shown.match_id AND newest.company_id = shown.company_id
    AND newest.market = shown.market AND newest.second_at <= shown.asked_from
"""


class Kept:
    """The newest ticks of every edition, in memory."""

    def __init__(self) -> None:
        self.memory = duckdb.connect()
        self.memory.execute("SET enable_progress_bar = false")
        make_tables(self.memory)
        make_macros(self.memory)
        self.editions = 0

    def look(self, path: Path, asked_from: float) -> None:
        """Keep what the newest edition shows; `asked_from` is the API's time before its requests."""
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.sql(_SHOWN, params=[asked_from]).to_arrow_table()
        self.memory.register("rows", rows)
        verb = "INSERT INTO shown" if self.editions else "CREATE TABLE shown AS"
        self.memory.execute(f"{verb} FROM rows")
        self.memory.unregister("rows")
        self.editions += 1

    def serve(self, server: ReplayServer) -> None:
        """Take in what the API tells of the same matches: the last tick of each second."""
        matches = self.memory.execute("SELECT DISTINCT match_id FROM shown").fetchall()
        ticks = [
            (match_id, int(company), MARKETS[market], *tick[:1], *tick[2:8])
            for (match_id,) in matches
            for company, markets in server.odds_history(match_id).items()
            for market, told in markets.items()
            for tick in _last_of_seconds(told)
        ]
        names = (
            "match_id",
            "company_id",
            "market",
            "second_at",
            "first",
            "second",
            "third",
            "status",
            "sealed",
            "score",
        )
        table = pa.table(dict(zip(names, map(list, zip(*ticks, strict=True)), strict=True)))
        self.memory.register("ticks", table)
        self.memory.execute("CREATE TABLE served AS FROM ticks")
        self.memory.unregister("ticks")

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        columns = ", ".join(f"count(*) FILTER ({what})" for what in _WRONG.values())
        counted = self.memory.execute(f"SELECT {columns} {_COMPARED}").fetchall()[0]
        return dict(zip(_WRONG, counted, strict=True))

    def examples(self, name: str) -> list[Any]:
        """Some rows of a kind."""
        rows: list[Any] = self.memory.execute(
            f"SELECT shown.*, told.* {_COMPARED} WHERE {_WRONG[name]} LIMIT 5"
        ).fetchall()
        return rows


def _last_of_seconds(ticks: list[Any]) -> list[Any]:
    """The newest tick of each second: a history lists the newest first."""
    return list({tick[0]: tick for tick in reversed(ticks)}.values())


class Looks(Protocol):
    """Whoever looks at each edition."""

    def look(self, path: Path, asked_from: float) -> None:
        """A new edition is at `path`; `asked_from` is the API's time before its requests."""


def play(server: ReplayServer, settings: Settings, options: argparse.Namespace, kept: Looks) -> None:
    """Cycles, with pulses between, until the clock has stopped."""
    interval = MINUTE / options.speed
    ends = time.monotonic() + options.seconds / options.speed + interval
    with ephemeral() as instance, api_session(settings) as api:
        heart = Heart(settings, api)
        while time.monotonic() < ends:
            began = time.monotonic()
            asked_from = server.stats()["clock"]
            ran = run_cycle(settings, instance)
            if not ran.succeeded:
                raise SystemExit(f"a cycle failed: {ran.line}")
            kept.look(settings.published_path, asked_from)
            for number in range(1, options.pulses + 1):
                time.sleep(max(0.0, began + interval * number / (options.pulses + 1) - time.monotonic()))
                asked_from = server.stats()["clock"]
                with contextlib.redirect_stderr(io.StringIO()):
                    heart.beat(10)
                kept.look(settings.published_path, asked_from)
            time.sleep(max(0.0, began + interval - time.monotonic()))


def hour(description: str) -> argparse.Namespace:
    """The options of an hour of the replay."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--seconds", type=int, default=3600)
    arguments.add_argument("--speed", type=int, default=10)
    arguments.add_argument("--pulses", type=int, default=2)
    return arguments.parse_args()


@contextlib.contextmanager
def replayed(options: argparse.Namespace) -> Iterator[tuple[ReplayServer, Settings]]:
    """The replay with its clock moving, and a data directory that is thrown away."""
    clock = ("--clock", str(-options.seconds), "--speed", str(options.speed))
    with (
        tempfile.TemporaryDirectory(prefix="present-") as folder,
        ReplayServer(options.replay, *clock) as server,
    ):
        # The capture is of long ago.
        own = {"pulse_requests_per_minute": 10_000, "keep_history_days": 36_500}
        yield server, settings_for(Path(folder), server.base_url, SECRET, **own)


def main() -> int:
    options, kept = hour((__doc__ or "").splitlines()[0]), Kept()
    with replayed(options) as (server, settings):
        play(server, settings, options, kept)
        kept.serve(server)
        counts = kept.counts()
        show(f"{kept.editions} editions", ("what", "rows"), list(counts.items()))
        wrong = [name for name, count in list(counts.items())[3:] if count]
        for name in wrong:
            print(name, *kept.examples(name), sep="\n  ")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
