"""A file of the data directory is damaged between two cycles: do the next two mend it?

    python benchmarks/damage.py --replay FOLDER [--cuts 20] [--flips 200] [--no-files] [--seed 1]

The warehouse is cut off at places over its whole length, has one bit changed at random places, and each file
that a cycle leaves behind (Dagster's databases, the quota, records) is emptied, halved and filled with noise:
each damage by itself, on a copy of the same directory. `football-assets cycle` then runs at most twice, while
the replay stands still; the published file must be readable before, and all of `check.py` pass after. Then
the rows of the past are counted that were published before and are not any more. Exit status 1: a damage was
not mended, or rows were lost.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from published_truth import Truth, disagreements
from servers import ReplayServer
from tables import show

from football_assets.warehouse.history.layout import HISTORIES

PROGRAM = (sys.executable, "-m", "football_assets.cli")
CYCLES = 2
SECONDS = 120
#: Not damaged: what is published (a cycle replaces it whole), and locks, which have no contents.
LEFT_OUT = ("football.duckdb", ".lock", ".pid", "workspace.yaml", "dagster.yaml")

Damage = Callable[[Path], None]


@dataclass
class Tally:
    """What became of the damages of one kind."""

    tried: int = 0
    cycles: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0
    lost: int = 0
    problems: list[str] = field(default_factory=list)


class Trial:
    """A data directory as two cycles leave it, and copies of it that are damaged."""

    def __init__(self, server: ReplayServer, truth: Truth, place: Path) -> None:
        self._server = server
        self._truth = truth
        self.sound, self._data = place / "sound", place / "data"
        for _ in range(2):
            self._cycle(self.sound)

    def run(self, tally: Tally, name: str, damage: Damage) -> None:
        """Damage `name` in a copy, and write down what the cycles make of it."""
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.copytree(self.sound, self._data)
        damage(self._data / name)
        tally.tried += 1
        published = self._data / "football.duckdb"
        wrong = [f"before: {one}" for one in disagreements(published)]
        for number in range(1, CYCLES + 1):
            line = self._cycle(self._data)
            wrong += [] if line is None else [line]
            found = self._truth.failed_checks(published, fast=True) if line is None else [line]
            if not found:
                tally.cycles[f"{number}"] += 1
                lost = lost_rows(self.sound / "football.duckdb", published)
                tally.lost += sum(lost.values())
                tally.problems += [f"{name}: {count} rows of {view} lost" for view, count in lost.items()]
                break
        else:
            tally.cycles["not mended"] += 1
            tally.problems += [f"{name}: {one}" for one in (*wrong, *found)][-1:]
        tally.problems += [f"{name}: {one}" for one in wrong if one.startswith("before")]
        tally.set_aside += bool(list(self._data.rglob("*.corrupt-*")))
        print(f"{name}: {dict(tally.cycles)} of {tally.tried} by cycles until well", flush=True)

    def _cycle(self, data: Path) -> str | None:
        """One cycle. Gives what it said where it failed."""
        environment = {**os.environ, **self._server.environment, "FOOTBALL_DATA_DIR": str(data)}
        try:
            ran = subprocess.run(
                [*PROGRAM, "cycle", "--json"],
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"did not end within {SECONDS} s"
        return (
            (ran.stderr.strip().splitlines() or [f"status {ran.returncode}"])[-1] if ran.returncode else None
        )


def lost_rows(before: Path, after: Path) -> dict[str, int]:
    """How many rows of each history, and of teams and matches, the later file does not have."""
    queries = {history.view: f"FROM {{}}.{history.view}" for history in HISTORIES}
    queries |= {"teams": "SELECT team_id FROM {}.teams", "matches": "SELECT match_id FROM {}.matches"}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{before}' AS before (READ_ONLY)")
        connection.execute(f"ATTACH '{after}' AS after (READ_ONLY)")
        counts = {
            name: connection.execute(
                f"SELECT count(*) FROM ({query.format('before')} EXCEPT ALL {query.format('after')})"
            ).fetchall()[0][0]
            for name, query in queries.items()
        }
    return {name: count for name, count in counts.items() if count}


def cut_at(share: float) -> Damage:
    """Cut the file off after a share of its length."""
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def bit_flipped(chance: random.Random) -> Damage:
    """Change one bit somewhere."""

    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(chance.randrange(path.stat().st_size))
            (byte,) = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1 << chance.randrange(8)]))

    return damage


def noise(path: Path) -> None:
    """Fill the file with noise of its own length."""
    path.write_bytes(random.Random(len(path.name)).randbytes(path.stat().st_size))


def files(folder: Path) -> Iterator[str]:
    """The files that are damaged, by their path below the data directory."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size and not path.name.endswith(LEFT_OUT):
            yield str(path.relative_to(folder))


def main() -> None:
    """Run the trials and print what became of each kind."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--cuts", type=int, default=20)
    arguments.add_argument("--flips", type=int, default=200)
    arguments.add_argument("--files", action=argparse.BooleanOptionalAction, default=True)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    chance, warehouse = random.Random(options.seed), "warehouse.duckdb"
    tallies = {"warehouse cut off": Tally(), "a bit of the warehouse": Tally()}
    with (
        tempfile.TemporaryDirectory(prefix="damage-") as place,
        ReplayServer(options.replay) as server,
    ):
        trial = Trial(server, Truth(options.replay), Path(place))
        for number in range(options.cuts):
            trial.run(tallies["warehouse cut off"], warehouse, cut_at(number / options.cuts))
        for _ in range(options.flips):
            trial.run(tallies["a bit of the warehouse"], warehouse, bit_flipped(chance))
        kinds: dict[str, Damage] = {"emptied": cut_at(0), "halved": cut_at(0.5), "noise": noise}
        for name in files(trial.sound) if options.files else ():
            for kind, damage in kinds.items():
                trial.run(tallies.setdefault(f"a file {kind}", Tally()), name, damage)
    header = ("damage", "tried", "well after 1", "after 2", "not mended", "set aside", "rows lost")
    rows = [
        (name, one.tried, one.cycles["1"], one.cycles["2"], one.cycles["not mended"], one.set_aside, one.lost)
        for name, one in tallies.items()
        if one.tried
    ]
    show("Damaged between two cycles", header, rows)
    problems = [problem for one in tallies.values() for problem in one.problems]
    print("\n".join(problems))
    raise SystemExit(bool(problems))


if __name__ == "__main__":
    main()
