"""Every kind of hostile answer on every endpoint that it touches: whole cycles, and what they leave behind.

    python benchmarks/hostile.py --hostile FOLDER --replay FOLDER [--short] [--kinds ...] [--endpoints ...]

The folders are those of `hostile.py` and of `check.py`. Each case runs `football-assets cycle --json` with
one kind on one endpoint, on an empty data directory ("cold"), or on one that knows everything ("warm") where
the endpoint tells what is new. The cycle must end within its deadline and 2 seconds, its memory stay below a
bound; two honest cycles after it must give a database that passes `check.py`; the secret must be nowhere.
Where the answer told to wait, the wait is taken for over then. Exit status 1 if any case is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cycles_in_process
from cycles_in_process import ephemeral, settings_for
from leaks import leaks
from servers import ENDPOINTS, SECRET

from football_assets.cycle.report import CycleReport, read_reports

DEADLINE_SECONDS = 12
REQUEST_SECONDS = 5
MARGIN_SECONDS = 2
MEMORY_MB = 1_000
SHORT_SECONDS = 60

KINDS = (
    "bomb20",
    "bomb128",
    "zeros100",
    "endless",
    "headerdrip",
    "redirect",
    "redirloop",
    "badgzip",
    "notgzip",
    "brotli",
    "zstdhdr",
    "weirdenc",
    "gzipgzip",
    "badutf8",
    "utf16",
    "bom",
    "s204",
    "s304",
    "s206",
    "s100loop",
    "s101",
    "status999",
    "statusneg",
    "garbagehttp",
    "bighead",
    "manyhead",
    "cookies",
    "chunkbad",
    "clneg",
    "clhuge",
    "smuggle",
    "ra_year",
    "ra_neg",
    "ra_date",
    "ra_bad",
    "date_future",
    "date_past",
    "date_bad",
    "deeperr1010",
    "deepmsg",
    "deep1m",
    "deepid",
    "deepfield",
    "intdict",
    "code4000",
    "errhuge",
    "err_echo",
    "err_echo_dec",
    "err_ansi",
    "html_echo",
    "echo_rowtypes",
    "echo_values",
    "names",
    "nums",
    "times",
    "ids",
    "dupes",
    "futuretick",
)
#: The kinds that a short run begins with: what once leaked, hung, or took the memory.
FIRST = ("bomb20", "echo_rowtypes", "echo_values", "deeperr1010", "err_echo", "s100loop")
#: The kinds that ask to wait for years, which is believed for five minutes.
WAITING = ("ra_year", "ra_date", "ra_bad")
#: Endpoints that are asked for what is new.
WARM = ("match/detail_live", "odds/live", "odds/update")


@dataclass
class Case:
    """A kind on an endpoint, from an empty data directory ("cold") or one that knows everything ("warm")."""

    kind: str
    endpoint: str
    start: str
    problems: list[str] = field(default_factory=list)
    status: str = ""
    error: str = ""
    seconds: float = 0.0
    memory_mb: float = 0.0


class HostileServer:
    """The server, up inside the `with`."""

    def __init__(self, folder: Path) -> None:
        self._command = [sys.executable, str(folder / "hostile.py"), "--port", "0", "--secret", SECRET]

    def __enter__(self) -> HostileServer:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        self.base_url = self._process.stdout.readline().strip()
        if not self.base_url:
            raise SystemExit(f"{self._command[1]} did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def be(self, kind: str, endpoint: str = "") -> None:
        """Answer in this way from now on; an empty kind is honest."""
        only = [f"/{endpoint}"] if endpoint else []
        if endpoint == "odds/update":  # which is asked only where `odds/live` gave no answer
            only.append("/odds/live")
        query = urllib.parse.urlencode({"kind": kind, "only": ",".join(only)})
        address = f"{self.base_url.partition('/v1/')[0]}/_evil?{query}"
        urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=30).close()

    def redirected(self) -> int:
        """How often the host that the redirects point to was asked."""
        address = f"{self.base_url.partition('/v1/')[0]}/_leaks"
        with urllib.request.urlopen(address, timeout=30) as answer:
            return len(json.load(answer)["hits"])


@dataclass(frozen=True)
class Cycle:
    """A cycle that ended: what it printed, its peak memory, its seconds."""

    code: int
    output: str
    errors: str
    seconds: float
    memory_mb: float

    @property
    def figures(self) -> dict[str, object]:
        """Its JSON, empty where it printed none."""
        try:
            return dict(json.loads(self.output))
        except ValueError:
            return {}


def run_cycle(data: Path, base_url: str) -> Cycle:
    """`football-assets cycle --json` as a process of its own."""
    variables = {
        "THESPORTS_USER": "u",
        "THESPORTS_SECRET": SECRET,
        "THESPORTS_BASE_URL": base_url,
        "FOOTBALL_DATA_DIR": str(data),
        "FOOTBALL_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
        "FOOTBALL_REQUEST_TIMEOUT_SECONDS": str(REQUEST_SECONDS),
        "FOOTBALL_REQUESTS_PER_MINUTE": "10000000",
        "FOOTBALL_ODDS_HISTORY_PER_MINUTE": "10000000",
    }
    program = [sys.executable, "-m", "football_assets.cli", "cycle", "--json"]
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(program, env=os.environ | variables, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        out.seek(0)
        err.seek(0)
        return Cycle(process.returncode, out.read(), err.read(), seconds, usage.ru_maxrss / 1024)


def prepare(server: HostileServer, known: Path) -> None:
    """A data directory that knows everything."""
    ran = run_cycle(known, server.base_url)
    if ran.code:
        raise SystemExit(f"{ran.errors}\na cycle without faults failed")


class Campaign:
    """The cases on one server, in a working directory."""

    def __init__(self, server: HostileServer, replay: Path, work: Path) -> None:
        self.server, self.replay, self.work = server, replay, work
        self.known = work / "known"
        self.data = work / "data"

    def run(self, case: Case) -> None:
        """Run the case's cycle, then two honest ones, and hold what they leave."""
        shutil.rmtree(self.data, ignore_errors=True)
        if case.start == "warm":
            shutil.copytree(self.known, self.data)
        redirected = self.server.redirected()
        self.server.be(case.kind, case.endpoint)
        ran = run_cycle(self.data, self.server.base_url)
        self.server.be("")
        if case.kind in WAITING:
            settings_for(self.data, self.server.base_url, SECRET).quota_path.unlink()
        case.seconds, case.memory_mb = ran.seconds, ran.memory_mb
        report = self._newest_report()
        if report is not None:
            case.status, case.error = report.status, report.error or "; ".join(report.warnings)
        case.problems += _held(ran, report)
        if self.server.redirected() != redirected:
            case.problems.append("a redirect was followed, secret and all")
        case.problems += self._healed()
        case.problems += [
            f"the secret: {leak}" for leak in leaks(SECRET, self.data, [ran.output, ran.errors])
        ]

    def _newest_report(self) -> CycleReport | None:
        return next(iter(read_reports(self.data / "cycles", newest=1)), None)

    def _healed(self) -> list[str]:
        settings = settings_for(self.data, self.server.base_url, SECRET)
        with ephemeral() as instance:
            cycles = [cycles_in_process.run_cycle(settings, instance) for _ in range(2)]
        if not cycles[-1].succeeded:
            return [f"the second honest cycle failed: {cycles[-1].line}"]
        check = [sys.executable, str(self.replay / "check.py"), "--db", str(self.data / "football.duckdb")]
        check += ["--contract", "3"]
        checked = subprocess.run(check, capture_output=True, text=True, check=False)
        if checked.returncode:
            failed = [line for line in checked.stdout.splitlines() if not line.startswith("ok")]
            return [f"check.py: {line}" for line in failed[:3] or [checked.stderr[-200:]]]
        return []


def _held(ran: Cycle, report: CycleReport | None) -> list[str]:
    problems = []
    seconds = report.seconds.get("total", 0.0) if report else ran.seconds
    if seconds > DEADLINE_SECONDS + MARGIN_SECONDS:
        problems.append(f"it took {seconds:.1f} s, more than {DEADLINE_SECONDS + MARGIN_SECONDS}")
    if ran.memory_mb > MEMORY_MB:
        problems.append(f"it took {ran.memory_mb:.0f} MB, more than {MEMORY_MB}")
    if ran.code not in (0, 1):
        problems.append(f"its exit status is {ran.code}")
    if not ran.figures:
        problems.append("it printed no JSON")
    return problems


def cases(kinds: Sequence[str], endpoints: Sequence[str]) -> list[Case]:
    """Every case, in rounds that try each kind once, on another endpoint each time."""
    order = sorted(kinds, key=lambda kind: FIRST.index(kind) if kind in FIRST else len(FIRST))
    return [
        Case(kind, endpoint, "warm" if endpoint in WARM else "cold")
        for turn in range(len(endpoints))
        for place, kind in enumerate(order)
        for endpoint in (endpoints[(place + turn) % len(endpoints)],)
    ]


def show(case: Case) -> None:
    """Print the case as a line of the table, and what was wrong below it."""
    mark = "FAIL" if case.problems else "ok"
    name = f"{case.kind} on {case.endpoint} ({case.start})"
    figures = f"{case.status:<8}{case.seconds:5.1f} s {case.memory_mb:5.0f} MB"
    print(f"{mark:<5}{name:<50}{figures}  {case.error[:120]}")
    for problem in case.problems:
        print(f"       {problem[:300]}")
    print(end="", flush=True)


def _names(text: str) -> list[str]:
    return text.split(",")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--hostile", type=Path, required=True, help="the folder of hostile.py")
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of check.py")
    arguments.add_argument("--kinds", type=_names, default=KINDS)
    arguments.add_argument("--endpoints", type=_names, default=ENDPOINTS)
    arguments.add_argument("--seconds", type=float, default=float("inf"), help="begin no case after so long")
    arguments.add_argument("--short", action="store_const", const=SHORT_SECONDS, dest="seconds")
    options = arguments.parse_args()
    begun, done = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as place:
        with HostileServer(options.hostile) as server:
            prepare(server, Path(place) / "known")
        for case in cases(options.kinds, options.endpoints):
            if time.perf_counter() - begun > options.seconds:
                break
            with HostileServer(options.hostile) as server:  # a new one: "endless" leaves the old one busy
                Campaign(server, options.replay, Path(place)).run(case)
            show(case)
            done.append(case)
    failed = [case for case in done if case.problems]
    most = max((case.memory_mb for case in done), default=0)
    slowest = max((case.seconds for case in done), default=0)
    print(
        f"{len(done)} cases in {time.perf_counter() - begun:.0f} s, {len(failed)} failures;"
        f" at most {most:.0f} MB and {slowest:.1f} s"
    )
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
