"""What a person is told when something breaks: each incident is provoked under a running `start`, and what
the console, `health`, the alerts and the page say of it is printed, with the section that says what to do.

    python benchmarks/incidents.py --replay FOLDER [--only NAME ...] [--interval 15]

Linux only, as root where the disk is to be full: the data are on a small tmpfs then. Exit status 1: something
was not told of, or did not heal.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from cadence import descendants
from servers import ENDPOINTS, ReplayServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets_tests.servers.ports import free_port

PROGRAM = [sys.executable, "-m", "football_assets.cli"]
DISK_MB = 400
#: An incident is looked at for so many intervals, and has so many to heal.
LASTS, HEALS = 7, 12
HOLD = "import sys, {module}; held = {hold}; print('held', flush=True); sys.stdin.read()"


@dataclass
class Pipeline:
    """`start` and the page on a data directory, as a person has them."""

    data: Path
    server: ReplayServer
    interval: int
    console: Path
    port: int = field(default_factory=free_port)
    page_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        ages = ",".join(str(self.interval * each) for each in (2, 3, 4))
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            **self.server.environment,
            "FOOTBALL_DATA_DIR": str(self.data),
            "FOOTBALL_INTERVAL_SECONDS": str(self.interval),
            "FOOTBALL_THRESHOLD_AGE_SECONDS": ages,
        }
        self.start()
        self.page = subprocess.Popen(
            [*PROGRAM, "scoreboard", "--port", str(self.page_port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Begin `start`, its console in a file."""
        with self.console.open("a") as console:
            self.process = subprocess.Popen(
                [*PROGRAM, "start", "--port", str(self.port)],
                env=self.environment,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )

    def close(self) -> None:
        """End all of it."""
        for process in (self.process, self.page):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()

    def pid_of(self, part: str) -> int:
        """The process of `start` whose command has `part`. Raises `LookupError`."""
        for pid in descendants(self.process.pid):
            with suppress(OSError):
                if part in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                    return pid
        raise LookupError(part)

    def health(self) -> tuple[int, str]:
        """The status and the line of `football-assets health`."""
        ran = subprocess.run(
            [*PROGRAM, "health"], env=self.environment, capture_output=True, text=True, check=False
        )
        return ran.returncode, (ran.stdout + ran.stderr).strip()

    def alerts(self, since: float) -> list[str]:
        """What the alerts have told since then."""
        found = []
        for log in sorted((self.data / "logs").glob("*.log")):
            for line in log.read_text("utf-8", "replace").splitlines():
                with suppress(ValueError):
                    event = json.loads(line)
                    if event.get("component") == "alerts" and _moment(event["timestamp"]) > since:
                        found.append(f"{event.get('state', event['level'])}: {event['event']}")
        return found

    def is_critical(self) -> bool:
        """Whether an alert was told whose end was not."""
        try:
            return bool(json.loads((self.data / "alerts.json").read_bytes())["critical"])
        except (OSError, ValueError):
            return False

    def shown(self) -> list[str]:
        """The notices on the page of the pipeline."""
        try:
            url = f"http://127.0.0.1:{self.page_port}/?view=pipeline"
            with urllib.request.urlopen(url, timeout=10) as answer:
                page = answer.read().decode()
        except OSError as error:
            return [f"no page: {error}"]
        notices = re.findall(r'<p class="fb-notice[^"]*">(.*?)</p>', page, re.DOTALL)
        return [unescape(re.sub(r"<[^>]+>", "", notice)).strip() for notice in notices]

    def graphql(self, text: str, **variables: Any) -> dict[str, Any]:
        """What Dagster's UI answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": text, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


#: What breaks until it is gone on with.
Provoke = Callable[[Pipeline], Iterator[None]]


@dataclass(frozen=True)
class Incident:
    """Something that breaks inside the block that `provoke` is, and where the documents say what to do. Where
    the pipeline heals by itself at once, nobody `has to know`."""

    name: str
    section: str
    provoke: Provoke
    has_to_know: bool = True


def api(fault: str, **settings: object) -> Provoke:
    """Every endpoint answers so."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        pipeline.server.set(**settings)
        pipeline.server.break_(ENDPOINTS, (fault,), 1)
        yield
        pipeline.server.heal()

    return provoke


def stopped(part: str) -> Provoke:
    """A process of `start` is frozen."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        pid = pipeline.pid_of(part)
        os.kill(pid, signal.SIGSTOP)
        yield
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    return provoke


def start_frozen(pipeline: Pipeline) -> Iterator[None]:
    """The process that watches over the others is frozen: they go on."""
    pipeline.process.send_signal(signal.SIGSTOP)
    yield
    pipeline.process.send_signal(signal.SIGCONT)


def killed(part: str) -> Provoke:
    """A process of `start` is killed."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        os.kill(pipeline.pid_of(part), signal.SIGKILL)
        yield

    return provoke


def everything_killed(pipeline: Pipeline) -> Iterator[None]:
    """All of `start` is killed, and started again afterwards."""
    for pid in (pipeline.process.pid, *descendants(pipeline.process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    pipeline.process.wait()
    yield
    pipeline.start()


def garbled(name: str) -> Provoke:
    """A file of the data directory is written over."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        path = pipeline.data / name
        path.write_bytes(b"not what it was" * (path.stat().st_size // 15 + 1))
        yield

    return provoke


def removed(name: str) -> Provoke:
    """A file of the data directory goes."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        (pipeline.data / name).unlink()
        yield

    return provoke


def held(module: str, hold: str) -> Provoke:
    """Another program holds a file of the data directory open or locked."""

    def provoke(pipeline: Pipeline) -> Iterator[None]:
        text = HOLD.format(module=module, hold=hold.format(data=pipeline.data))
        while True:
            with subprocess.Popen(
                [sys.executable, "-c", text],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as other:
                assert other.stdout and other.stdin
                if not other.stdout.readline():
                    continue  # a run has it just now
                yield
                other.stdin.close()
                return

    return provoke


def disk_full(pipeline: Pipeline) -> Iterator[None]:
    """Not a byte is left."""
    filler = pipeline.data / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 65536):
            pass
    yield
    filler.unlink()


def sensor_off(pipeline: Pipeline) -> Iterator[None]:
    """Somebody turns the sensor off in Dagster's UI, and later on again."""
    query = "{repositoriesOrError{...on RepositoryConnection{nodes{name location{name} sensors{id name}}}}}"
    (node,) = pipeline.graphql(query)["repositoriesOrError"]["nodes"]
    (id_,) = [each["id"] for each in node["sensors"] if each["name"] == "cycle_sensor"]
    pipeline.graphql("mutation($id: String!) {stopSensor(id: $id) {__typename}}", id=id_)
    yield
    selector = {
        "repositoryName": node["name"],
        "repositoryLocationName": node["location"]["name"],
        "sensorName": "cycle_sensor",
    }
    pipeline.graphql(
        "mutation($s: SensorSelector!) {startSensor(sensorSelector: $s) {__typename}}", s=selector
    )


INCIDENTS = (
    Incident("the API answers 502", "reliability.md#the-api", api("http502")),
    Incident("the API refuses the account", "procedures.md#change-the-credentials", api("unauthorized")),
    Incident("the API hangs", "reliability.md#the-api", api("hang", hang_s=60)),
    Incident("the API answers HTML", "reliability.md#the-api", api("html")),
    Incident("the quota is used up", "reliability.md#the-api", api("http429")),
    Incident("the sensor is off", "procedures.md#the-sensor-is-off", sensor_off),
    Incident(
        "the warehouse is garbled",
        "procedures.md#the-warehouse-is-broken",
        garbled("warehouse.duckdb"),
        has_to_know=False,
    ),
    Incident(
        "the warehouse is open elsewhere",
        "reliability.md#the-machine",
        held("duckdb", "duckdb.connect('{data}/warehouse.duckdb')"),
    ),
    Incident(
        "another run has the directory",
        "reliability.md#the-machine",
        held("filelock", "filelock.FileLock('{data}/pipeline.lock').acquire(timeout=0.1)"),
    ),
    Incident("the disk is full", "procedures.md#disk-full", disk_full),
    Incident(
        "the published file is deleted",
        "reliability.md#the-machine",
        removed("football.duckdb"),
        has_to_know=False,
    ),
    Incident("the daemon is frozen", "operations.md#hung-broken-full", stopped("instance.daemon")),
    Incident(
        "the daemon is killed",
        "operations.md#hung-broken-full",
        killed("instance.daemon"),
        has_to_know=False,
    ),
    Incident(
        "the web server is frozen",
        "operations.md#hung-broken-full",
        stopped("instance.webserver"),
        has_to_know=False,
    ),
    Incident("the code server is frozen", "operations.md#hung-broken-full", stopped("dagster api grpc")),
    Incident(
        "the pulses' process is frozen",
        "operations.md#hung-broken-full",
        stopped("football_assets.pulse"),
        has_to_know=False,
    ),
    Incident(
        "a run's process is frozen",
        "operations.md#hung-broken-full",
        stopped("football_assets.instance.worker"),
        has_to_know=False,
    ),
    Incident("`start` itself is frozen", "operations.md#hung-broken-full", start_frozen, has_to_know=False),
    Incident("everything is killed", "procedures.md#install-as-a-service", everything_killed),
)


@dataclass
class Told:
    """What was said of an incident, and how long it took to be over."""

    health: str = ""
    noticed: float | None = None
    shown: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    healed: float | None = None


def look_at(pipeline: Pipeline, incident: Incident) -> Told:
    """Provoke it once nothing is critical, write down what is said, and wait until it is over."""
    while pipeline.is_critical():
        time.sleep(1)
    told, begun = Told(), time.time()
    offset = pipeline.console.stat().st_size
    with contextmanager(incident.provoke)(pipeline):
        until = time.monotonic() + LASTS * pipeline.interval
        while time.monotonic() < until:
            time.sleep(2)
            status, line = pipeline.health()
            if status and told.noticed is None:
                told.noticed = time.time() - begun
            if status or not told.health:
                told.health = f"{line} (status {status})"
        told.shown = pipeline.shown()
        with pipeline.console.open("rb") as console:
            console.seek(offset)
            told.console = [_without_codes(line) for line in console.read().decode().splitlines()]
        told.alerts = pipeline.alerts(begun)
    over = time.time()
    until = time.monotonic() + HEALS * pipeline.interval
    while time.monotonic() < until and told.healed is None:
        time.sleep(1)
        if pipeline.health()[0] == 0 and pipeline.data.joinpath("football.duckdb").stat().st_mtime > over:
            told.healed = time.time() - over
    return told


def _without_codes(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def show(incident: Incident, told: Told) -> bool:
    """Print it. Gives whether all was as it should be."""
    alerted = any(line.startswith("critical") for line in told.alerts)
    silent = incident.has_to_know and not (alerted or told.noticed)
    print(f"\n## {incident.name}{'  <-- NOT TOLD' if silent else ''}")
    print(f"docs/{incident.section}")
    print(f"health   {told.health}; not fresh after {_seconds(told.noticed)}")
    for name, lines in (("alert", told.alerts), ("page", told.shown)):
        for line in dict.fromkeys(lines):
            print(f"{name:8} {line[:300]}")
    print(f"console  {len(told.console)} lines")
    for line in list(dict.fromkeys(map(_without_figures, told.console)))[:6]:
        print(f"         {line[:220]}")
    print(f"healed   {_seconds(told.healed)} after its end", flush=True)
    return not silent and told.healed is not None


def _without_figures(line: str) -> str:
    """The line's words without its time, so that what is said again is shown once."""
    with suppress(ValueError, TypeError, AttributeError):
        event = json.loads(line)
        return f"{event['level']}: {event.get('error') or event.get('summary') or event['event']}"
    return line


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f} s"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A tmpfs at `place`, where that may be had."""
    place.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={DISK_MB}m".encode()
    if libc.mount(b"tmpfs", str(place).encode(), b"tmpfs", 0, options):
        raise SystemExit(f"a small disk needs root: {os.strerror(ctypes.get_errno())}")
    try:
        yield place
    finally:
        libc.umount2(str(place).encode(), 2)


def main() -> None:
    """Look at each incident in turn."""
    description = (__doc__ or "").partition("\n\n")[0]
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--only", nargs="*", help="parts of the names of incidents")
    arguments.add_argument("--interval", type=int, default=15, help="each incident lasts seven of them")
    options = arguments.parse_args()
    wanted = [
        each for each in INCIDENTS if not options.only or any(part in each.name for part in options.only)
    ]
    failures = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="football-")))
        moving = ("--now", "--clock", "-1500", "--latency-ms", "100")
        server = stack.enter_context(ReplayServer(options.replay, *moving))
        disk = stack.enter_context(small_disk(folder / "disk"))
        pipeline = Pipeline(disk / "data", server, options.interval, folder / "console.txt")
        stack.callback(pipeline.close)
        while pipeline.health()[0]:
            time.sleep(1)
        for incident in wanted:
            failures += not show(incident, look_at(pipeline, incident))
    print(f"\n{len(wanted)} incidents, {failures} not told of or not healed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
