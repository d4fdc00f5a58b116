"""How old a price and a score are when a reader first finds them, and what the pipeline uses meanwhile.

    python benchmarks/freshness.py --replay FOLDER [--minutes 20] [--pulse 5] [--latency-ms 350]

`football-assets start` runs on a replay whose clock goes with the wall clock, and a reader opens each edition
as it is published. A tick's age is then the time of its first edition less its own; a score's, less that of
the tick that told it first. At the end every tick of the API's histories must have been in an edition: exit
status 1 where one is missing. What the processes use is that of `start` and all below it.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from cadence import descendants, memory_mb
from servers import ReplayServer, Server
from tables import show

from football_assets.thesports.parsing.ticks import MARKETS

COMMAND = (sys.executable, "-m", "football_assets.cli", "start")
#: The clock starts so long before the capture's moment, beyond the minutes that are measured.
MARGIN_SECONDS = 120
#: Editions of the first cycle, which finds everything, are not measured.
FIRST_EDITIONS = 3
#: Ticks younger than this at the end may still be on their way.
ON_THE_WAY_SECONDS = 30
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")

TickKey = tuple[str, int, str, float, int]
Score = tuple[int, int]


@dataclass(frozen=True)
class Edition:
    """One edition as the reader found it; `found` is the reader's time."""

    number: int
    is_pulse: bool
    seconds: float | None
    found: float


@dataclass
class Reader:
    """Opens each edition once it is there, and notes when each tick and score was first in one."""

    path: Path
    editions: list[Edition] = field(default_factory=list)
    ticks: dict[TickKey, float] = field(default_factory=dict)
    scores: list[tuple[str, Score, float]] = field(default_factory=list)
    _inode: int | None = None
    _standing: dict[str, Score] = field(default_factory=dict)
    _known: set[TickKey] = field(default_factory=set)

    def look(self) -> None:
        """Read the edition if it is a new one."""
        try:
            inode = self.path.stat().st_ino
        except FileNotFoundError:
            return
        if inode == self._inode:
            return
        self._inode, found = inode, time.time()
        with duckdb.connect(str(self.path), read_only=True) as connection:
            self._read(connection, found)

    def _read(self, connection: duckdb.DuckDBPyConnection, found: float) -> None:
        newest = connection.execute(
            "SELECT edition, cycle_id IS NULL, seconds FROM editions ORDER BY edition DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            return
        number, is_pulse, seconds = newest
        self.editions.append(Edition(number, is_pulse, seconds, found))
        is_measured = len(self.editions) > FIRST_EDITIONS
        recent = connection.execute(
            "SELECT match_id, company_id, market, epoch(tick_at), sequence FROM odds_ticks"
            " WHERE tick_at > to_timestamp(?)",
            [found - 300],
        ).fetchall()
        fresh = set(recent) - self._known
        self._known |= fresh
        if is_measured:
            self.ticks |= dict.fromkeys(fresh, found)
        for match_id, *score in connection.execute(
            "SELECT match_id, home_score, away_score FROM live_matches"
        ).fetchall():
            told = (score[0], score[1])
            if is_measured and self._standing.get(match_id, told) != told:
                self.scores.append((match_id, told, found))
            self._standing[match_id] = told

    def all_ticks(self) -> set[TickKey]:
        """Every tick of the newest edition."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return set(
                connection.execute(
                    "SELECT match_id, company_id, market, epoch(tick_at), sequence FROM odds_ticks"
                ).fetchall()
            )


@dataclass
class Use:
    """What the processes use: seconds of a processor so far, and samples of their memory."""

    pid: int
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    memory: list[tuple[float, float]] = field(default_factory=list)

    def sample(self) -> None:
        """Take a sample of both."""
        self.seconds = max(self.seconds, sum(map(_seconds, (self.pid, *descendants(self.pid)))))
        self.memory.append((time.monotonic() - self.began, sum(memory_mb(self.pid).values())))


def _seconds(pid: int) -> float:
    """Processor seconds of a process and of its children that have ended."""
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, numbers[11:15])) / CLOCK_TICKS


@contextmanager
def started(server: Server, data: Path, pulse: float) -> Iterator[subprocess.Popen[bytes]]:
    """`football-assets start` on a free port, with its output beside the data."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= server.environment | {
        "FOOTBALL_DATA_DIR": str(data),
        "FOOTBALL_PULSE_SECONDS": str(pulse),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with (data.parent / "start.log").open("wb") as log:
        process = subprocess.Popen([*COMMAND, "--port", port], env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def watch(process: subprocess.Popen[bytes], path: Path, seconds: float) -> tuple[Reader, Use]:
    """Read every edition for so long, and measure what the processes use once the first ones are there."""
    reader, use, sampled = Reader(path), Use(process.pid), 0.0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise SystemExit("football-assets start has ended")
        reader.look()
        if time.monotonic() - sampled > 20:
            use.sample()
            sampled = time.monotonic()
        time.sleep(0.02)
    return reader, use


def missing(reader: Reader, api: dict[str, Any], latest: float) -> list[str]:
    """Ticks of the API's histories, up to `latest`, that are not in the newest edition."""
    places = {
        (match_id, company_id, market, at) for match_id, company_id, market, at, _ in reader.all_ticks()
    }
    return [
        f"{match_id} {company} {market} {tick[0]}"
        for match_id, results in api.items()
        for company, markets in results.items()
        for market, ticks in markets.items()
        for tick in ticks
        if tick[0] <= latest and (match_id, int(company), MARKETS[market], float(tick[0])) not in places
    ]


def scores_told(results: dict[str, Any]) -> Iterator[tuple[float, Score]]:
    """When each score of a match was told first, the oldest first; corners tell their own."""
    ticks = sorted(
        (
            tick
            for markets in results.values()
            for name, told in markets.items()
            if name != "cr"
            for tick in told
        ),
        key=lambda tick: tick[0],
    )
    last: Score | None = None
    for tick in ticks:
        home, _, away = str(tick[7]).partition("-")
        if home.isdigit() and away.isdigit() and (int(home), int(away)) != last:
            last = (int(home), int(away))
            yield tick[0], last


def score_ages(reader: Reader, api: dict[str, Any]) -> list[float]:
    """The ages of scores when they were first found."""
    ages = []
    for match_id, score, found in reader.scores:
        told = [at for at, each in scores_told(api.get(match_id, {})) if each == score and at <= found]
        if told:
            ages.append(found - max(told))
    return ages


def middle(values: Iterable[float], behind: float = 0.0) -> tuple[int, float, float, float]:
    """How many, and their median, 95th percentile and worst."""
    ordered = sorted(value - behind for value in values)
    if not ordered:
        return 0, 0.0, 0.0, 0.0
    return (
        len(ordered),
        statistics.median(ordered),
        ordered[int(len(ordered) * 0.95)],
        ordered[-1],
    )


def report(reader: Reader, use: Use, api: dict[str, Any], behind: float) -> None:
    """Print what was seen."""
    cycles = [edition for edition in reader.editions if not edition.is_pulse]
    pulses = [edition.seconds or 0.0 for edition in reader.editions if edition.is_pulse]
    gaps = [later.found - earlier.found for earlier, later in pairwise(reader.editions)]
    rows = [
        ("a tick's age", *middle((found - key[3] for key, found in reader.ticks.items()), behind)),
        ("a score's age", *middle(score_ages(reader, api), behind)),
        ("between editions", *middle(gaps)),
        ("between cycles' editions", *middle(b.found - a.found for a, b in pairwise(cycles))),
        ("a pulse", *middle(pulses)),
    ]
    show("Seconds", ("what", "of", "median", "95 %", "worst"), rows)
    lasted = time.monotonic() - use.began
    print(
        f"{len(pulses)} pulses, {len(cycles)} cycles; the replay's clock is {behind:.2f} s behind: subtracted"
    )
    print(f"processor: {use.seconds / lasted:.1%} of one core over {lasted / 60:.0f} minutes")
    step = max(len(use.memory) // 12, 1)
    print("memory (MB at minute):", ", ".join(f"{mb:.0f} at {at / 60:.0f}" for at, mb in use.memory[::step]))


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, default=20.0)
    arguments.add_argument("--pulse", type=float, default=5.0)
    arguments.add_argument("--latency-ms", type=float, default=350.0)
    options = arguments.parse_args()
    seconds = options.minutes * 60
    clock = ("--now", "--clock", str(-(seconds + MARGIN_SECONDS)), "--latency-ms", str(options.latency_ms))
    with (
        tempfile.TemporaryDirectory(prefix="freshness-") as folder,
        ReplayServer(options.replay, *clock) as server,
    ):
        data = Path(folder) / "data"
        data.mkdir()
        with started(server, data, options.pulse) as process:
            reader, use = watch(process, data / "football.duckdb", seconds)
            behind = time.time() - server.stats()["clock"]
            latest = time.time() - behind - ON_THE_WAY_SECONDS
            matches = {key[0] for key in reader.all_ticks()}
            api = {match_id: server.odds_history(match_id) for match_id in sorted(matches)}
            report(reader, use, api, behind)
            lost = missing(reader, api, latest)
        for line in (Path(folder) / "start.log").read_text(errors="replace").splitlines():
            if '"level": "error"' in line or "Traceback" in line:
                print(line[:300])
    print(f"{len(lost)} ticks of the API's histories are in no edition", *lost[:10], sep="\n  ")
    return bool(lost)


if __name__ == "__main__":
    raise SystemExit(main())
