"""Every fault of the replayed API on every endpoint, at several rates: what is published, said, and healed.

    python benchmarks/faults.py --replay FOLDER [--short] [--endpoints ...] [--faults ...] [--rates ...]

Each case begins with a copy of a prepared data directory from which the endpoint is asked, runs a cycle with
the fault, holds what is published then against what was served, heals the API and counts the cycles until
everything is there. Exit status 1 if any case is not as it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from unittest.mock import patch

import duckdb
from cycles_in_process import Ran, ephemeral, run_cycle, settings_for
from dagster import DagsterInstance
from leaks import leaks
from published_truth import Truth, disagreements
from servers import ENDPOINTS, FAULTS, SECRET, ReplayServer

from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets.settings import Settings
from football_assets.thesports.client import TheSports
from football_assets.thesports.errors import ApiFailure
from football_assets.warehouse.store import ENRICHED_TABLES

RATES = (5, 50, 100)
HEALING_CYCLES = 3
SHORT_SECONDS = 60

#: Where a case starts. "moved": all was known 45 seconds ago, so that one window of prices tells what is new.
#: "late": all was known ten minutes ago, and every history is due. "nameless": prices are known, no details
#: of any match, no team, competition or country.
STARTS = {
    "match/detail_live": ("moved",),
    "match/recent/list": ("moved", "nameless"),
    "odds/history": ("late",),
    "odds/live": ("moved",),
    "odds/update": ("moved",),
    "team/additional/list": ("nameless",),
    "competition/additional/list": ("nameless",),
    "country/list": ("nameless",),
}

#: The tables that may lack rows while the endpoint is broken.
MAY_LACK = {
    "match/recent/list": ("match_details", "teams", "competitions"),
    "odds/history": ("odds_ticks",),
    "team/additional/list": ("teams",),
    "competition/additional/list": ("competitions",),
    "country/list": ("countries",),
}


@dataclass
class Case:
    """One fault on one endpoint at one rate, and what came of it."""

    endpoint: str
    fault: str
    rate: int
    problems: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    healed_after: int = 0
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.endpoint} {self.fault} {self.rate}%"


class Campaign:
    """The cases on one server, in a working directory."""

    def __init__(self, server: ReplayServer, truth: Truth, work: Path) -> None:
        self.server, self.truth, self.work = server, truth, work
        self.data = work / "data"

    def run(self, case: Case) -> None:
        """Run the case from each of its starts."""
        begun = time.perf_counter()
        for start in STARTS[case.endpoint]:
            shutil.rmtree(self.data, ignore_errors=True)
            shutil.copytree(self.work / start, self.data)
            with ephemeral() as instance:
                if not self._break(case, instance):
                    self._heal(case, instance)
        case.seconds = time.perf_counter() - begun

    def _break(self, case: Case, instance: DagsterInstance) -> bool:
        """Run a cycle with the fault; gives whether everything is there all the same."""
        published = self.data / "football.duckdb"
        before = _digest(published)
        self.server.set(hang_s=2)
        self.server.break_((case.endpoint,), (case.fault,), case.rate / 100)
        with _reaching(case.endpoint):
            ran = run_cycle(self._settings(impatient=case.fault == "hang"), instance)
        replaced = _digest(published) != before
        if case.fault != "hang" and published.exists():
            case.problems += self._pulse()
        self.server.heal()
        case.outcomes.append("ok" if ran.succeeded else "failed")
        if ran.line:
            case.lines.append(ran.line)
        case.problems += _told(ran, replaced)
        case.problems += [f"the secret: {where}" for where in leaks(SECRET, self.data, [ran.told])]
        if not replaced:
            return False
        if not self._wrong(published):
            return True
        case.problems += disagreements(published)
        case.problems += self.truth.untruths(published, may_lack(case))
        return False

    def _pulse(self) -> list[str]:
        """A pulse with the fault. It may fail, and tells why; the published file agrees with itself."""
        settings = self._settings()
        with api_session(settings) as api:
            report = Heart(settings, api).beat(5)
        told = [] if report is None else [report.error or "", *report.warnings]
        return [f"the secret: {where}" for where in leaks(SECRET, self.data, told)] + [
            f"after a pulse: {wrong}" for wrong in disagreements(self.data / "football.duckdb")
        ]

    def _wrong(self, published: Path) -> list[str]:
        return (
            disagreements(published) or self.truth.failed_checks(published, fast=True) or _degraded(published)
        )

    def _heal(self, case: Case, instance: DagsterInstance) -> None:
        published = self.data / "football.duckdb"
        wrong: list[str] = []
        for number in range(1, HEALING_CYCLES + 1):
            ran = run_cycle(self._settings(), instance)
            if not ran.succeeded:
                wrong = [f"did not succeed: {ran.line}"]
                continue
            wrong = self._wrong(published)
            if not wrong:
                case.healed_after = max(case.healed_after, number)
                return
        case.problems.append(f"not healed after {HEALING_CYCLES} cycles: {wrong[0]}")

    def _settings(self, *, impatient: bool = False) -> Settings:
        waits = {"request_timeout_seconds": 0.7, "deadline_seconds": 5} if impatient else {}
        return settings_for(self.data, self.server.base_url, SECRET, **waits)


def may_lack(case: Case) -> tuple[str, ...]:
    """The tables that may lack rows. Where the account is refused nothing more is asked, of any endpoint."""
    return ENRICHED_TABLES if case.fault == "unauthorized" else MAY_LACK.get(case.endpoint, ())


def prepare(folder: Path, server: ReplayServer, work: Path) -> None:
    """The data directories that the cases start from."""
    with ephemeral() as instance:
        for start, seconds in {"moved": -45, "late": -600}.items():
            with ReplayServer(folder, "--clock", str(seconds), "--speed", "0") as earlier:
                _must(run_cycle(settings_for(work / start, earlier.base_url, SECRET), instance))
        _must(run_cycle(settings_for(work / "nameless", server.base_url, SECRET), instance))
    with duckdb.connect(str(work / "nameless" / "warehouse.duckdb")) as connection:
        for table in ("match_details", "teams", "competitions", "countries"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM pipeline.cursors")
        connection.execute("DELETE FROM pipeline.reads")


def cases(
    endpoints: Sequence[str], faults: Sequence[str], rates: Sequence[int], seed: int | None
) -> Iterator[Case]:
    """The cases in their order, or with a seed in a random one."""
    every = [Case(*one) for one in product(endpoints, faults, rates)]
    if seed is not None:
        random.Random(seed).shuffle(every)
    return iter(every)


def _reaching(endpoint: str) -> AbstractContextManager[object]:
    """`odds/update` is asked only where `odds/live` gave no answer."""
    if endpoint != "odds/update":
        return nullcontext()
    return patch.object(TheSports, "odds_live", side_effect=ApiFailure("odds/live: made to fail"))


def _told(ran: Ran, replaced: bool) -> Iterator[str]:
    if ran.report is None:
        yield "a cycle without a report"
    elif ran.succeeded != replaced:
        yield f"the cycle's end is {ran.report.status}; that the file was replaced is {replaced}"
    elif (ran.report.requests_failed or not ran.succeeded) and not ran.line:
        yield "a failure of which no line tells"
    if "\n" in (ran.report.error or "" if ran.report else ""):
        yield "an error of several lines"


def _degraded(published: Path) -> list[str]:
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM flattened_matches WHERE data_source <> 'api'"
        ).fetchall()
    return [f"{rows[0][0]} matches are not from the API"] if rows[0][0] else []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _must(ran: Ran) -> None:
    if not ran.succeeded:
        raise SystemExit(f"{ran.told}\na cycle without faults failed: {ran.line}")


def show(case: Case) -> None:
    """Print the case as a line of the table, and what was wrong below it."""
    outcome = "/".join(case.outcomes)
    line = case.lines[0] if case.lines else ""
    mark = "FAIL" if case.problems else "ok"
    figures = f"{outcome:<9} healed {case.healed_after}  {case.seconds:4.1f} s"
    print(f"{mark:<4} {case.name:<46} {figures}  {line[:150]}")
    for problem in case.problems:
        print(f"       {problem[:300]}")
    print(end="", flush=True)


def summarise(done: Sequence[Case], seconds: float) -> None:
    """Print what the cases come to."""
    failed = [case for case in done if case.problems]
    healed = Counter(case.healed_after for case in done)
    outcomes = Counter(outcome for case in done for outcome in case.outcomes)
    print(f"{len(done)} cases in {seconds:.0f} s, {len(failed)} failures")
    print(f"cycles with the fault: {outcomes['ok']} succeeded, {outcomes['failed']} failed and left the file")
    print(
        "healed after cycles: "
        + ", ".join(f"{cycles}: {number}" for cycles, number in sorted(healed.items()))
    )
    for case in failed:
        print(f"  {case.name}: {case.problems[0][:200]}")


def _several(allowed: Sequence[str]) -> object:
    def parse(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(allowed):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not of {', '.join(allowed)}")
        return names

    return parse


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of replay.py and check.py")
    arguments.add_argument("--endpoints", type=_several(ENDPOINTS), default=ENDPOINTS)
    arguments.add_argument("--faults", type=_several(FAULTS), default=FAULTS)
    arguments.add_argument(
        "--rates", type=lambda text: [int(rate) for rate in text.split(",")], default=RATES
    )
    arguments.add_argument("--seconds", type=float, help="a random sample within about so long")
    arguments.add_argument("--short", action="store_const", const=SHORT_SECONDS, dest="seconds")
    arguments.add_argument("--seed", type=int, default=1, help="of the sample")
    options = arguments.parse_args()
    seed = options.seed if options.seconds else None
    begun, done = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as place, ReplayServer(options.replay) as server:
        campaign = Campaign(server, Truth(options.replay), Path(place))
        prepare(options.replay, server, campaign.work)
        for case in cases(options.endpoints, options.faults, options.rates, seed):
            if options.seconds and time.perf_counter() - begun > options.seconds:
                break
            campaign.run(case)
            show(case)
            done.append(case)
    summarise(done, time.perf_counter() - begun)
    raise SystemExit(any(case.problems for case in done))


if __name__ == "__main__":
    main()
