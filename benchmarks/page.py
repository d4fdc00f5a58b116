"""What the page costs: sessions that watch it, and how long the first paint and a refresh take.

python benchmarks/page.py [--sessions 20] [--seconds 30] [--every 5] [--matches 50 1000]

Makes published files of its own, with prices that move from edition to edition, serves them with
`football-assets scoreboard`, and watches as browsers do: a document, then its stream of changes. Half of the
sessions watch the list, a quarter a match each, the rest the pipeline. CPU is the server's, in per cent of a
core. First paint and refresh are a headless Chromium's, in one run for each number of matches.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets_tests.scoreboard.browser import CHROMIUM_OPTIONS, require_chromium, started
from football_assets_tests.scoreboard.databases import PublishedDatabase

_TICKS_PER_SECOND = 100

#: 100 ticks of each of 8 bookmakers in the first 50 matches.
_TICKS = """
INSERT INTO odds_ticks (match_id, company_id, company, market, tick_at, sequence, home_or_over,
    draw_or_line, away_or_under, status_id, suspended, home_score, away_score, seen_at)
SELECT 'm' || m, c, 'Bookmaker ' || c, 'money_line', $1 + to_minutes(CAST(t AS INTEGER)), 1, 1.5 + t / 50,
    4.0, 7.5 - t / 50, 4, FALSE, 2, 1, now()
FROM range(50) AS _(m), range(8) AS _(c), range(100) AS _(t)
"""
_EDITIONS = 4


def build(path: Path, matches: int, number: int) -> Path:
    """An edition as a file: in each tenth match a price differs from that of the one before."""
    chance = random.Random(number)
    database = PublishedDatabase(path)
    now = datetime.now(UTC)
    begun = datetime.fromtimestamp(now.timestamp() // 86400 * 86400, UTC)
    for place in range(matches):
        league = place // 4
        moved = number % 9 / 100 if chance.random() < 0.1 else 0
        database.match(
            match_id=f"m{place}", kickoff_at=begun, minute=10 + place % 80, money_line_home=1.5 + moved,
            competition_id=f"c{league}", competition=f"League {league}", country=f"Country {league % 40:02}",
            home_team_id=f"h{place}", home_team=f"Home {place}",
            away_team_id=f"a{place}", away_team=f"Away {place}",
        )  # fmt: skip
    database.connection.execute(_TICKS, [begun])
    for age in range(60):
        database.cycle(now - timedelta(minutes=age))
    return database.close()


def publish(draft: Path, path: Path) -> None:
    """Replace the published file by a copy."""
    copied = path.with_name("copy.duckdb")
    shutil.copyfile(draft, copied)
    copied.replace(path)


def cpu_seconds(pid: int) -> float:
    """What the process has used of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


async def session(client: aiohttp.ClientSession, address: str, query: str, told: dict[str, int]) -> None:
    """Watch a state as a browser does."""
    async with client.get(f"{address}?{query}") as answer:
        text = await answer.text()
    version = text.partition('data-version="')[2].partition('"')[0]
    async with client.get(f"{address}events?{query}&version={version}", timeout=None) as stream:
        async for line in stream.content:
            if line.startswith(b"event: "):
                told[line[7:].strip().decode()] = told.get(line[7:].strip().decode(), 0) + 1


async def watched(
    address: str, pid: int, path: Path, drafts: list[Path], sessions: int, seconds: float, every: float | None
) -> dict[str, Any]:
    """The server's CPU in per cent of a core while so many watch, with an edition `every` so many seconds."""
    told: dict[str, int] = {}
    kinds = ["", "", *(["match=m{0}", "view=pipeline"])]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, read_bufsize=2**24) as client:
        tasks = [
            asyncio.create_task(session(client, address, kinds[place % 4].format(place), told))
            for place in range(sessions)
        ]
        await asyncio.sleep(8)
        told.clear()
        begun, before = time.monotonic(), cpu_seconds(pid)
        number = 0
        while time.monotonic() - begun < seconds:
            if every is None:
                await asyncio.sleep(1)
                continue
            number += 1
            publish(drafts[number % len(drafts)], path)
            await asyncio.sleep(max(begun + number * every - time.monotonic(), 0))
        used, wall = cpu_seconds(pid) - before, time.monotonic() - begun
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "sessions": sessions,
        "edition_every": every,
        "cpu_percent": round(100 * used / wall, 1),
        "told": told,
    }


def painted(address: str, path: Path, drafts: list[Path], matches: int, repeats: int = 5) -> dict[str, Any]:
    """First paint, and from an edition's replacement to the changed page, in ms (medians)."""
    from playwright.sync_api import sync_playwright

    paints, refreshes = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_chromium(), args=list(CHROMIUM_OPTIONS))
        for repeat in range(repeats):
            page = browser.new_page(bypass_csp=True)  # waiting for a condition evaluates text
            page.goto(address)
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paints.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            version = page.evaluate("document.getElementById('main').dataset.version")
            publish(drafts[(repeat + 1) % len(drafts)], path)
            begun = time.monotonic()
            page.wait_for_function(f"document.getElementById('main').dataset.version !== '{version}'")
            refreshes.append(1000 * (time.monotonic() - begun))
            page.close()
        browser.close()
    return {
        "matches": matches,
        "first_paint_ms": round(statistics.median(paints)),
        "refresh_ms": round(statistics.median(refreshes)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--matches", type=int, nargs="*", default=[50, 1000])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "football.duckdb"

        def drafts(matches: int) -> list[Path]:
            """Editions of so many matches, the first of them published."""
            names = [Path(folder) / f"draft-{matches}-{number}.duckdb" for number in range(_EDITIONS)]
            built = [build(name, matches, number) for number, name in enumerate(names)]
            publish(built[0], path)
            return built

        few = drafts(50)
        with started(path.parent) as (address, pid):
            for every in (None, given.every):
                told = watched(address, pid, path, few, given.sessions, given.seconds, every)
                print(asyncio.run(told), flush=True)
            for matches in given.matches:
                print(painted(address, path, drafts(matches), matches), flush=True)


if __name__ == "__main__":
    main()
