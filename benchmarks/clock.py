"""A clock that is five hours ahead, and right again: what `health`, `status`, the alerts and `cycles` say.

    python benchmarks/clock.py --replay FOLDER [--interval 15] [--hours 5]

`football-assets start`, and each command that looks at it, have a wall clock of their own (`clock.c`, which
is compiled for it): it goes right, ahead, right again, then the API fails, and answers again. Exit status 1
where `health` was fresh while nothing was published, or not fresh while all went well.

libfaketime would do the same, but its 0.9.10 ends each `time.sleep` of Python with an error where the
monotonic clock is to stay as it is.
"""

from __future__ import annotations

import argparse
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from incidents import PROGRAM, Pipeline
from servers import ENDPOINTS, ReplayServer

SOURCE = Path(__file__).with_name("clock.c")

#: Each phase lasts so many intervals; what a change brings is judged after the first of them.
LASTS, SETTLES = 6, 4


@dataclass(frozen=True)
class Phase:
    """A time in which the clock is off by `ahead` hours, and the API is `broken` or not."""

    name: str
    ahead: bool = False
    broken: bool = False


PHASES = (
    Phase("right"),
    Phase("ahead", ahead=True),
    Phase("right again"),
    Phase("right, and the API fails", broken=True),
    Phase("right, and it answers"),
    Phase("ahead, and the API fails", ahead=True, broken=True),
    Phase("right, and it answers again"),
)


class Clocked(Pipeline):
    """A pipeline whose processes read their clock from a file."""

    def start(self) -> None:
        library = self.data.parent / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        self.set_clock(0)
        self.environment |= {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self.data.parent / "clock")}
        super().start()

    def set_clock(self, hours: int) -> None:
        """Let all of its processes have a clock so much ahead."""
        path = self.data.parent / "clock"
        path.touch()
        with path.open("r+b") as file:  # in place: it is mapped into memory
            file.write(struct.pack("q", hours * 3600))

    def status(self) -> str:
        """The first lines of `football-assets status`."""
        ran = subprocess.run(
            [*PROGRAM, "status"], env=self.environment, capture_output=True, text=True, check=False
        )
        return " / ".join(line.strip() for line in ran.stdout.splitlines()[:4])

    def cycles(self) -> Counter[str]:
        """How many rows `cycles` has of each status."""
        with suppress(duckdb.Error):
            path = str(self.data / "football.duckdb")
            with duckdb.connect(path, read_only=True) as connection:
                rows = connection.execute("SELECT status, count(*) FROM cycles GROUP BY ALL").fetchall()
            return Counter(dict(rows))
        return Counter()


def look_at(pipeline: Clocked, phase: Phase, hours: int) -> int:
    """Go through a phase and print it. Gives how often `health` said what was not so."""
    pipeline.set_clock(hours if phase.ahead else 0)
    pipeline.server.break_(ENDPOINTS, ("http502",), 1) if phase.broken else pipeline.server.heal()
    began, before, wrong = time.monotonic(), pipeline.cycles(), 0
    offset = pipeline.console.stat().st_size
    log_before = len(pipeline.alerts(0))
    said: dict[str, tuple[float, float]] = {}
    while (passed := time.monotonic() - began) < LASTS * pipeline.interval:
        status, line = pipeline.health()
        words = re.sub(r"[0-9.]+", "N", line).partition(",")[0] + f" (status {status})"
        said[words] = (said.get(words, (passed, passed))[0], passed)
        settled = passed > SETTLES * pipeline.interval
        if settled and (status == 0) is phase.broken:
            wrong += 1
            print(f"WRONG after {passed:.0f} s: {status} {line}")
        time.sleep(2)
    print(f"\n## {phase.name}")
    for words, (first, last) in said.items():
        print(f"health   {first:4.0f} to {last:3.0f} s: {words}")
    print(f"status   {pipeline.status()}")
    print(f"cycles   {dict(pipeline.cycles() - before)} more rows")
    for alert in pipeline.alerts(0)[log_before:]:
        print(f"alert    {alert[:150]}")
    with pipeline.console.open("rb") as console:
        console.seek(offset)
        print(f"console  {len(console.read().splitlines())} lines", flush=True)
    return wrong


def main() -> None:
    """Go through all phases."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--interval", type=int, default=15)
    arguments.add_argument("--hours", type=int, default=5)
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="football-")))
        server = stack.enter_context(ReplayServer(options.replay, "--now", "--clock", "-1500"))
        pipeline = Clocked(folder / "data", server, options.interval, folder / "console.txt")
        stack.callback(pipeline.close)
        while pipeline.health()[0]:
            time.sleep(1)
        wrong = sum(look_at(pipeline, phase, options.hours) for phase in PHASES)
    print(f"\n{wrong} times wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
