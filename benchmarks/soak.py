"""A day of cycles in compressed time, with faults, kills and readers: what they use, and what is lost.

    python benchmarks/soak.py --replay FOLDER [--cycles 1440] [--seed 1]

The cycles run one after the other in this process, while the API's clock goes through ten seconds a cycle.
Some run into a random fault; now and then one is a process of its own that is killed. Two readers open the
published file again and again. At the end the clock stands still, the faults are over, and `check.py` must
find everything.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cycles_in_process import ephemeral, run_cycle, settings_for
from dagster import DagsterInstance
from kills import at_the_end, command_environment, start_cycle
from published_truth import Truth, disagreements
from readers import become_nobody, look_often, read_until
from servers import ENDPOINTS, FAULTS, SECRET, ReplayServer

from football_assets.settings import Settings

SECONDS_A_CYCLE = 10
SPEED = 10
FAULT_SHARE = 0.15
KILL_EVERY = 60
READERS = 2
#: Dagster's events are kept in memory here, and let go of after so many cycles.
CYCLES_AN_INSTANCE = 20
PROC = Path("/proc/self")


@dataclass
class Soak:
    """What has come of the cycles so far."""

    ended: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def run(settings: Settings, server: ReplayServer, cycles: int, chance: random.Random) -> Soak:
    """All cycles, with a line of figures at the start and after each tenth."""
    soak, environment = Soak(), command_environment(settings, server)
    numbers = iter(range(1, cycles + 1))
    show(soak, 0, settings)
    while batch := [number for _, number in zip(range(CYCLES_AN_INSTANCE), numbers, strict=False)]:
        with ephemeral() as instance:
            for number in batch:
                if number % KILL_EVERY == 0:
                    _kill_one(environment, chance, soak)
                _cycle(settings, server, instance, chance, soak)
                if number % max(cycles // 10, 1) == 0:
                    show(soak, number, settings)
    server.heal()
    return soak


def _cycle(
    settings: Settings, server: ReplayServer, instance: DagsterInstance, chance: random.Random, soak: Soak
) -> None:
    faulty = chance.random() < FAULT_SHARE
    if faulty:
        rate = chance.choice((0.05, 0.5, 1))
        server.break_((chance.choice(ENDPOINTS),), (chance.choice(FAULTS),), rate)
    ran = run_cycle(settings, instance)
    if faulty:
        server.heal()
    soak.seconds.append(ran.seconds)
    soak.ended[f"{'faulty' if faulty else 'sound'} {'success' if ran.succeeded else 'failure'}"] += 1
    if not ran.succeeded and not ran.line:
        soak.problems.append("a failure of which no line tells")
    if not ran.succeeded and not faulty:
        soak.problems.append(f"a cycle failed without a fault: {ran.line}")
    if ran.succeeded:
        soak.problems += disagreements(settings.published_path)


def _kill_one(environment: dict[str, str], chance: random.Random, soak: Soak) -> None:
    process = start_cycle(environment)
    time.sleep(chance.uniform(0.5, 4))
    soak.ended["killed" if process.poll() is None else "not killed in time"] += 1
    process.kill()
    process.wait()


def show(soak: Soak, number: int, settings: Settings) -> None:
    """Print what this process and the data directory use, and the times of the cycles since the last line."""
    status = (PROC / "status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    open_files = len(list((PROC / "fd").iterdir()))
    files = [path for path in settings.data_path.rglob("*") if path.is_file()]
    disk = sum(path.stat().st_size for path in files)
    used = f"{memory / 1024:>9.0f} {open_files:>10} {len(files):>6} {disk / 1e6:>8.1f}"
    times = (statistics.median(soak.seconds), max(soak.seconds)) if soak.seconds else (0, 0)
    soak.seconds.clear()
    print(f"{number:>6} {used} {times[0]:>8.2f} {times[1]:>5.2f}", flush=True)


def start_readers(path: Path, ended: Any, told: Any) -> list[Any]:
    """Readers in processes of their own, until `ended` is set."""
    forked = multiprocessing.get_context("fork")
    readers = [forked.Process(target=_read, args=(path, seed, ended, told)) for seed in range(READERS)]
    for reader in readers:
        reader.start()
    return readers


def _read(path: Path, seed: int, ended: Any, told: Any) -> None:
    """One reader; what it has seen is told once, at the end."""
    seen: Counter[str] = Counter()
    become_nobody()
    random.seed(seed)
    while not ended.is_set():
        read_until(look_often, path, time.monotonic() + 5, seen)
    told.put(seen)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of replay.py and check.py")
    arguments.add_argument("--cycles", type=int, default=1440)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    forked = multiprocessing.get_context("fork")
    ended, told = forked.Event(), forked.Queue()
    begun, clock = time.perf_counter(), str(-SECONDS_A_CYCLE * options.cycles)
    with (
        tempfile.TemporaryDirectory() as place,
        ReplayServer(options.replay, "--clock", clock, "--speed", str(SPEED), "--hang-s", "1") as server,
    ):
        Path(place).chmod(0o755)
        settings = settings_for(
            Path(place) / "data",
            server.base_url,
            SECRET,
            max_attempts=1,
            request_timeout_seconds=5,
            deadline_seconds=8,
        )
        readers = start_readers(settings.published_path, ended, told)
        print("cycles memory MB open files  files  disk MB median s max s", flush=True)
        soak = run(settings, server, options.cycles, random.Random(options.seed))
        ended.set()
        seen = sum((told.get(timeout=60) for _ in readers), Counter[str]())
        soak.problems += [text for text in seen if text.startswith("error")]
        soak.problems += at_the_end(settings, server, Truth(options.replay))
    print(f"{options.cycles} cycles in {time.perf_counter() - begun:.0f} s: {dict(soak.ended)}")
    print(f"readers: {dict(seen)}")
    print(f"{len(soak.problems)} failures")
    for problem in soak.problems[:20]:
        print(f"  {problem[:200]}")
    raise SystemExit(bool(soak.problems))


if __name__ == "__main__":
    main()
