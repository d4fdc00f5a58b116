"""Readers of the published database, as ordinary users, while cycles replace it: errors on either side.

    python benchmarks/readers.py --replay FOLDER [--minutes 10] [--every 5] [--pulse 2] [--readers 20]

A quarter of the readers open the file for writing, a third hold a connection for up to a minute, the rest
open it anew again and again. Each time one looks, all tables must be of one edition; who holds on must
see the same edition all the time. As root the readers become `nobody` first. Exit status 1 on any error.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import pwd
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from cycles_in_process import ephemeral, run_cycle, settings_for
from published_truth import disagreements_in
from pulses import pulses_beat
from servers import SECRET, ReplayServer

from football_assets.settings import Settings
from football_assets.warehouse.warehouse import wal

HOLD_SECONDS = 60
NEWEST_EDITION = "SELECT max(edition) FROM editions"

Look = Callable[[Path, float, "Counter[str]"], None]


def look_often(path: Path, until: float, seen: Counter[str]) -> None:
    """Open the file, look, close it: as a notebook or the command line does."""
    while time.monotonic() < until:
        with closing(_open(path)) as connection:
            _look(connection, seen)
        time.sleep(random.uniform(0.1, 1))


def hold_on(path: Path, until: float, seen: Counter[str]) -> None:
    """Keep a connection open, and see one edition in it all the time."""
    while time.monotonic() < until:
        with closing(_open(path)) as connection:
            first, let_go = _look(connection, seen), time.monotonic() + random.uniform(1, HOLD_SECONDS)
            while time.monotonic() < min(let_go, until):
                time.sleep(random.uniform(0.5, 2))
                if _look(connection, seen) != first:
                    seen["error: the edition changed under an open connection"] += 1


def open_for_writing(path: Path, until: float, seen: Counter[str]) -> None:
    """Open the file as DuckDB does without `read_only`, and write where that is let."""
    while time.monotonic() < until:
        try:
            with closing(duckdb.connect(str(path))) as connection:
                connection.execute("CREATE TABLE mine (a INTEGER)")
                seen["written"] += 1
                time.sleep(random.uniform(0, 5))
        except (duckdb.Error, OSError) as error:
            is_refusal = "permission" in str(error).lower() or "read-only" in str(error).lower()
            seen["refused" if is_refusal else f"error: {_first_line(error)}"] += 1
        time.sleep(random.uniform(0.2, 2))


def kinds(readers: int) -> list[Look]:
    """What each of so many readers does."""
    writing, holding = readers // 4, readers // 3
    often = readers - writing - holding
    return [*[open_for_writing] * writing, *[hold_on] * holding, *[look_often] * often]


def read(kind: Look, path: Path, until: float, seed: int, told: Any) -> None:
    """The life of one reader, in a process of its own; tells its counts at the end."""
    seen: Counter[str] = Counter()
    become_nobody()
    random.seed(seed)
    read_until(kind, path, until, seen)
    told.put((kind.__name__, seen))


def read_until(kind: Look, path: Path, until: float, seen: Counter[str]) -> None:
    """Read until then, from the first publishing on; an error is counted and ends nothing."""
    while time.monotonic() < until:
        if not path.exists():
            time.sleep(0.1)
            continue
        try:
            kind(path, until, seen)
        except (duckdb.Error, OSError) as error:
            seen[f"error: {_first_line(error)}"] += 1
            time.sleep(0.1)


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True, config={"threads": 1})
    connection.execute("SET timezone = 'UTC'")
    return connection


def _look(connection: duckdb.DuckDBPyConnection, seen: Counter[str]) -> str:
    for wrong in disagreements_in(connection):
        seen[f"error: {wrong}"] += 1
    seen["looks"] += 1
    return str(connection.execute(NEWEST_EDITION).fetchall()[0][0])


def become_nobody() -> None:
    """Give up root's rights, for good."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:200]


def publish_meanwhile(settings: Settings, until: float, every: float) -> Counter[str]:
    """Cycles until then, a new one each so many seconds; gives how they ended."""
    ended: Counter[str] = Counter()
    while time.monotonic() < until:
        begun = time.monotonic()
        with ephemeral() as instance:
            ran = run_cycle(settings, instance)
        ended["success" if ran.succeeded else f"error: {ran.line}"] += 1
        if wal(settings.published_path).exists():
            ended["error: a log lies beside the published file"] += 1
        time.sleep(max(0.0, min(begun + every, until) - time.monotonic()))
    return ended


def show(
    cycles: Counter[str], pulses: Counter[str], counts: dict[str, Counter[str]], readers: int, minutes: float
) -> bool:
    """Print what the cycles, pulses and readers came to; gives whether there was any error."""
    print(f"{minutes:g} minutes, {readers} readers, cycles: {dict(cycles)}, pulses: {dict(pulses)}")
    ended = cycles + pulses
    errors = {outcome: number for outcome, number in ended.items() if outcome.startswith("error")}
    for kind, seen in sorted(counts.items()):
        print(f"  {kind}: {dict(seen)}")
        errors |= {outcome: number for outcome, number in seen.items() if outcome.startswith("error")}
    print(f"{sum(errors.values())} errors")
    return bool(errors)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of replay.py and check.py")
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--every", type=float, default=5, help="seconds from one cycle to the next")
    arguments.add_argument("--pulse", type=float, default=2, help="seconds from one pulse to the next")
    arguments.add_argument("--readers", type=int, default=20)
    options = arguments.parse_args()
    seconds = 60 * options.minutes
    forked = multiprocessing.get_context("fork")
    told: Any = forked.Queue()
    with (
        tempfile.TemporaryDirectory() as place,
        ReplayServer(options.replay, "--clock", str(-seconds - 60)) as server,
    ):
        Path(place).chmod(0o755)
        settings = settings_for(Path(place) / "data", server.base_url, SECRET)
        until = time.monotonic() + seconds
        readers = [
            forked.Process(target=read, args=(kind, settings.published_path, until, seed, told))
            for seed, kind in enumerate(kinds(options.readers))
        ]
        for reader in readers:  # before the first cycle: a process with threads must not be forked
            reader.start()
        with pulses_beat(settings, options.pulse) as pulses:
            cycles = publish_meanwhile(settings, until, options.every)
        counts: dict[str, Counter[str]] = {}
        for _ in readers:
            kind, seen = told.get(timeout=60)
            counts.setdefault(kind, Counter()).update(seen)
        for reader in readers:
            reader.join(10)
    raise SystemExit(show(cycles, pulses, counts, len(readers), options.minutes))


if __name__ == "__main__":
    main()
