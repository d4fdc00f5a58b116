"""Cycles and pulses killed at random moments: what is published after each, and whether the next cycle heals.

    python benchmarks/kills.py --replay FOLDER [--kills 100] [--seed 1]

Each is a process of its own, `football-assets cycle` or one pulse, ended by SIGKILL: at a random time of its
run, or a moment after it was seen to store or to publish. The API's clock moves meanwhile, so that there is
something to store. Exit status 1 if anything is lost, left over or not healed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from cycles_in_process import NO_QUOTAS, ephemeral, run_cycle, settings_for
from filelock import FileLock, Timeout
from leaks import leaks
from published_truth import Truth, disagreements
from servers import SECRET, ReplayServer

from football_assets.cycle.report import read_reports
from football_assets.settings import Settings

#: Seconds that the API's clock goes through while the cycles are killed, ten for each.
SECONDS_A_KILL = 10
SPEED = 2

#: Phases that are short, each with the file that is there while it lasts.
PULSE = """
from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets.settings import load_settings
settings = load_settings()
with api_session(settings) as api:
    Heart(settings, api).beat(10)
"""

WATCHED = {"storing": "warehouse.duckdb.wal", "publishing": "football.duckdb.draft"}

#: What a data directory holds after a cycle that succeeded, beside the directories.
AT_REST = {"football.duckdb", "warehouse.duckdb", "quota.db", "pipeline.lock", "quota.db-wal", "quota.db-shm"}


@dataclass
class Tally:
    """What came of the kills."""

    kills: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    problems: list[str] = field(default_factory=list)


def command_environment(settings: Settings, server: ReplayServer) -> dict[str, str]:
    """The variables of `football-assets cycle` as a process of its own."""
    given = {f"FOOTBALL_{name.upper()}": str(value) for name, value in NO_QUOTAS.items()}
    return {**os.environ, **server.environment, **given, "FOOTBALL_DATA_DIR": str(settings.data_path)}


def start_cycle(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """`football-assets cycle`, which tells nobody anything."""
    command = str(Path(sys.executable).with_name("football-assets"))
    silent = subprocess.DEVNULL
    return subprocess.Popen([command, "cycle"], env=environment, stdout=silent, stderr=silent)


def start_pulse(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """One pulse as a process of its own."""
    silent = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-c", PULSE], env=environment, stdout=silent, stderr=silent)


def kill(process: subprocess.Popen[bytes], data: Path, phase: str, after: float) -> bool:
    """Kill the process so long after its start, or after the phase was seen; gives whether it still ran."""
    watched = data / WATCHED[phase] if phase in WATCHED else None
    while watched and process.poll() is None and not watched.exists():
        time.sleep(0.001)
    time.sleep(after)
    running = process.poll() is None
    process.kill()
    process.wait()
    return running


def left_over(settings: Settings) -> Iterator[str]:
    """Files that no cycle in progress explains."""
    for path in settings.data_path.iterdir():
        if path.is_file() and path.name not in AT_REST:
            yield f"left over: {path.name}"
    for path in settings.data_path.glob("*/*"):
        if path.suffix in (".tmp", ".draft"):
            yield f"left over: {path.parent.name}/{path.name}"


def after_a_kill(settings: Settings, pid: int) -> Iterator[str]:
    """What is wrong right after a kill, and after the cycle that follows it."""
    published = settings.published_path
    if published.exists():
        yield from disagreements(published)
    try:
        with FileLock(settings.lock_path, timeout=0):
            pass
    except Timeout:
        yield "the lock stayed"
    begun = [report.cycle_id for report in read_reports(settings.reports_path, newest=1) if report.pid == pid]
    with ephemeral() as instance:
        ran = run_cycle(settings, instance)
    if not ran.succeeded:
        yield f"the next cycle failed: {ran.line}"
        return
    yield from disagreements(published)
    yield from left_over(settings)
    yield from leaks(SECRET, settings.data_path / "logs", [ran.told])
    with closing(duckdb.connect(str(published), read_only=True)) as connection:
        known = {row[0] for row in connection.execute("SELECT cycle_id FROM cycles").fetchall()}
    if missing := set(begun) - known:
        yield f"no row of the killed cycle {missing}"


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of replay.py and check.py")
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    begun = time.perf_counter()
    clock = str(-SECONDS_A_KILL * options.kills)
    with (
        tempfile.TemporaryDirectory() as place,
        ReplayServer(options.replay, "--clock", clock, "--speed", str(SPEED)) as server,
    ):
        settings = settings_for(Path(place) / "data", server.base_url, SECRET)
        tally = kill_cycles(settings, server, options.kills, random.Random(options.seed))
        tally.problems += at_the_end(settings, server, Truth(options.replay))
    print(
        f"{options.kills} cycles in {time.perf_counter() - begun:.0f} s: {dict(tally.kills)} killed, ", end=""
    )
    print(f"{tally.finished} had ended; {len(tally.problems)} failures")
    raise SystemExit(bool(tally.problems))


def kill_cycles(settings: Settings, server: ReplayServer, kills: int, chance: random.Random) -> Tally:
    """Kill so many cycles, and print a line of each."""
    tally, environment = Tally(), command_environment(settings, server)
    for _ in range(2):
        started = time.perf_counter()
        start_cycle(environment).wait()
        whole = time.perf_counter() - started
    print(f"a whole cycle: {whole:.1f} s", flush=True)
    for number in range(1, kills + 1):
        phase = chance.choice(("any", "any", *WATCHED))
        after = chance.uniform(0, whole) if phase == "any" else chance.uniform(0, 0.1)
        start = chance.choice((start_cycle, start_pulse))
        process = start(environment)
        running = kill(process, settings.data_path, phase, after)
        tally.kills[phase] += running
        tally.finished += not running
        problems = list(after_a_kill(settings, process.pid))
        tally.problems += problems
        outcome = f"{start.__name__.removeprefix('start_')} {'killed' if running else 'had ended'}"
        print(
            f"{number:>4} {phase:<10} +{after:5.2f} s {outcome:<16} {'; '.join(problems) or 'ok'}", flush=True
        )
    return tally


def at_the_end(settings: Settings, server: ReplayServer, truth: Truth) -> Iterator[str]:
    """What is wrong once the API's clock stands still and one more cycle has run."""
    while (now := server.stats()["clock"]) < truth.end:
        time.sleep(min((truth.end - now) / SPEED + 0.1, 10))
    with ephemeral() as instance:
        ran = run_cycle(settings, instance)
    wrong = truth.failed_checks(settings.published_path) if ran.succeeded else [ran.line]
    wrong += [f"the secret: {where}" for where in leaks(SECRET, settings.data_path)]
    print(f"at the end: {wrong or 'check.py passes, and the secret is nowhere'}")
    yield from wrong


if __name__ == "__main__":
    main()
