"""Two machines on one PostgreSQL, as namespaces of process ids: the one that works is killed or frozen.

    python benchmarks/failover.py [--kills 1] [--freezes 1] [--interval 30] [--wait 300]

Prints, for each time, the seconds until the other has the lead, and from then until its next cycle has begun;
how often the standby's UI did not answer meanwhile; and how many runs were marked as failed by then. Needs
root (for `unshare`), PostgreSQL's programs and `football-assets[postgres]`. Exit status 1: nobody took over.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from football_assets_tests.servers.ports import free_port
from football_assets_tests.servers.postgres import PostgresServer, running_postgres

_START = "from football_assets.cli import main; main()"
_BEGUN = "SELECT count(*) FROM runs WHERE pipeline_name = 'cycle' AND status IN ('STARTED', 'SUCCESS')"


class Machine:
    """`football-assets start` in a namespace of its own, on a data directory of its own."""

    def __init__(self, place: Path, address: str, interval: int) -> None:
        self.port = free_port()
        own = {
            "DATA_DIR": place,
            "DAGSTER_POSTGRES": address,
            "STANDBY": "true",
            "INTERVAL_SECONDS": interval,
        }
        own |= {"PULSE_SECONDS": 0, "SIMULATOR_MATCHES": 10, "FIXTURE_DAYS": 0, "MAX_CONNECTIONS": 5}
        environment = os.environ | {f"FOOTBALL_{name}": str(value) for name, value in own.items()}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-c", _START]
        with place.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "start", "--port", str(self.port)], env=environment, stderr=log
            )
        self.log = place.with_suffix(".log")

    def answers(self) -> bool:
        """Whether its UI answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/server_info", timeout=5):
                return True
        except OSError:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""
        for pid in _tree(self.process.pid):
            os.kill(pid, number)


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _tree(int(child)))]


def trial(server: PostgresServer, name: str, number: signal.Signals, interval: int, wait: float) -> bool:
    """One fail-over on a new database, printed. Gives whether there was one."""
    address = server.create_database(name)

    def number_of(statement: str) -> int:
        try:
            return int(server.sql(statement, name) or 0)
        except subprocess.CalledProcessError:  # no tables yet
            return 0

    def until(condition: object) -> float | None:
        begun = time.monotonic()
        while time.monotonic() - begun < wait:
            if condition():  # type: ignore[operator]
                return time.monotonic() - begun
            time.sleep(0.2)
        return None

    with tempfile.TemporaryDirectory(prefix="football-failover-") as place:
        first = Machine(Path(place) / "first", address, interval)
        second = None
        try:
            until(lambda: number_of("SELECT term FROM football_lead") == 1)
            second = Machine(Path(place) / "second", address, interval)
            until(lambda: second.answers() and number_of(_BEGUN) > 0)
            begun, silent = number_of(_BEGUN), 0
            first.signal(number)

            def watched(statement: str, above: int) -> bool:
                nonlocal silent
                silent += not second.answers()
                return number_of(statement) > above

            taken = until(lambda: watched("SELECT term FROM football_lead", 1))
            cycle = until(lambda: watched(_BEGUN, begun))
            failed = number_of("SELECT count(*) FROM runs WHERE status = 'FAILURE'")
            lost = None
            if number is signal.SIGSTOP:
                first.signal(signal.SIGCONT)
                lost = until(lambda: "The lead is lost" in first.log.read_text())
            print(
                f"{number.name}: lead after {taken} s, next cycle {cycle} s later; standby's UI silent "
                f"{silent} times; runs failed {failed}; woken, it saw that it lost after {lost} s",
                flush=True,
            )
            return taken is not None and cycle is not None
        finally:
            for machine in filter(None, (first, second)):
                machine.process.kill()
                machine.process.wait()


def main() -> int:
    """Run the trials."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--freezes", type=int, default=1)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--wait", type=float, default=300)
    options = parser.parse_args()
    ways = [signal.SIGKILL] * options.kills + [signal.SIGSTOP] * options.freezes
    with running_postgres() as server:
        done = [
            trial(server, f"trial_{number}", way, options.interval, options.wait)
            for number, way in enumerate(ways)
        ]
    return 0 if all(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
