"""The supervisor with real processes: small ones, that do what Dagster's do when they are killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from football_assets.instance.supervisor import Limits, Service, ServiceError, Supervisor
from football_assets.processes import is_running
from football_assets_tests.instance.waiting import eventually

SUPERVISE = """
import sys
from pathlib import Path
from football_assets.instance.supervisor import Limits, Service, ServiceError, Supervisor
place = Path(sys.argv[1])
program = sys.argv[2]
services = [Service(name, [sys.executable, "-c", program, str(place / name)], (place / name).exists)
            for name in ("first", "second")]
services.append(Service("leader's", [sys.executable, "-c", program, str(place / "third")], lambda: True,
                        is_wanted=(place / "leads").exists))
try:
    limits = Limits(restarts=2, first_pause=0.05, look_every=0.1, hung=0.5)
    say = lambda line: print(line, flush=True)
    Supervisor(services, {}, say, limits).run(lambda: say("up"))
except ServiceError as error:
    sys.exit(str(error))
"""

#: Writes its pid and that of a child, as the code server has its run, and stays.
STAYS = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
draft = pathlib.Path(sys.argv[1] + ".tmp")
draft.write_text(f"{os.getpid()} {child.pid}")
draft.rename(sys.argv[1])
time.sleep(60)
"""


class Supervised:
    """A supervisor in a process of its own, over two services."""

    def __init__(self, place: Path, program: str) -> None:
        self.place = place
        command = [sys.executable, "-c", SUPERVISE, str(place), textwrap.dedent(program)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def pids(self, name: str) -> list[int]:
        return [int(pid) for pid in (self.place / name).read_text().split()]


@pytest.fixture
def supervised(tmp_path: Path):
    started: list[Supervised] = []

    def start(program: str = STAYS) -> Supervised:
        started.append(Supervised(tmp_path, program))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_everything_and_that_is_no_failure(supervised, number) -> None:
    one = supervised()
    assert one.line() == "up"
    pids = one.pids("first") + one.pids("second")
    one.process.send_signal(number)
    assert one.process.wait(10) == 0
    assert not [pid for pid in pids if is_running(pid)]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of others does not tell the children")
def test_killed_supervisor_takes_its_services_with_it(supervised) -> None:
    one = supervised()
    assert one.line() == "up"
    services = [one.pids("first")[0], one.pids("second")[0]]
    children = [one.pids("first")[1], one.pids("second")[1]]
    one.process.kill()
    try:
        assert eventually(lambda: not any(map(is_running, services)))
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def test_killed_service_is_started_again_and_what_it_had_started_is_gone(supervised) -> None:
    one = supervised()
    assert one.line() == "up"
    service, child = one.pids("first")
    bystander = one.pids("second")[0]
    os.kill(service, signal.SIGKILL)
    assert one.line() == "The first died (killed by SIGKILL); it is started again in 0.05 s"
    assert eventually(lambda: one.pids("first")[0] != service)
    assert not is_running(child)
    assert is_running(bystander)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a stopped process")
def test_stopped_service_is_killed_and_started_again(supervised) -> None:
    one = supervised()
    assert one.line() == "up"
    service = one.pids("first")[0]
    os.kill(service, signal.SIGSTOP)
    assert one.line().startswith("The first has not answered for ")
    assert one.line() == "The first died (killed by SIGKILL); it is started again in 0.05 s"
    assert eventually(lambda: one.pids("first")[0] != service)


def test_service_that_answers_no_more_is_killed_and_started_again() -> None:
    said: list[str] = []
    begun = time.monotonic()
    service = Service("deaf", [sys.executable, "-c", "import time; time.sleep(60)"], is_alive=lambda: False)

    def tell(line: str) -> None:
        said.append(line)
        if len(said) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    Supervisor([service], {}, tell, Limits(look_every=0.05, hung=0.2, first_pause=0)).run()
    assert said[0].startswith("The deaf has not answered for ")
    assert said[1].startswith("The deaf died (killed by SIGKILL)")
    assert time.monotonic() - begun < 10


def test_service_that_keeps_dying_ends_it_all_with_one_line(supervised) -> None:
    one = supervised("import pathlib, sys; pathlib.Path(sys.argv[1]).touch(); sys.exit(3)")
    out, err = one.process.communicate(timeout=10)
    assert one.process.returncode == 1
    assert err.strip() == "The first died 3 times in a row, the last time exit status 3"
    assert out.count("it is started again") >= 2


def test_service_that_ends_at_its_start_is_told(tmp_path: Path) -> None:
    dead = Service("daemon", [sys.executable, "-c", "raise SystemExit(4)"], lambda: False)
    with pytest.raises(ServiceError, match=r"^The daemon ended at its start \(exit status 4\)$"):
        Supervisor([dead], {}, print, Limits(start_up=10)).run()


def test_service_that_does_not_come_up_is_told_and_ended(tmp_path: Path) -> None:
    slow = Service("web server", [sys.executable, "-c", "import time; time.sleep(60)"], lambda: False)
    started = time.monotonic()
    with pytest.raises(ServiceError, match=r"did not come up in 0.2 seconds"):
        Supervisor([slow], {}, print, Limits(start_up=0.2)).run()
    assert time.monotonic() - started < 5


def test_service_deaf_to_the_signal_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    stop_at = time.monotonic() + 1
    service = Service("deaf", [sys.executable, "-c", deaf], lambda: time.monotonic() > stop_at)
    supervisor = Supervisor([service], {}, print, Limits(stop=0.3))
    supervisor.run(lambda: os.kill(os.getpid(), signal.SIGTERM))


def test_service_of_the_machine_that_works_runs_while_it_works(supervised) -> None:
    one = supervised()
    assert eventually((one.place / "second").exists) and not (one.place / "third").exists()
    (one.place / "leads").touch()
    assert eventually((one.place / "third").exists)
    first = one.pids("third")[0]
    (one.place / "leads").unlink()
    assert eventually(lambda: not is_running(first))
    (one.place / "third").unlink()
    (one.place / "leads").touch()
    assert eventually((one.place / "third").exists), "and again when it works again"
    assert is_running(one.pids("third")[0]) and is_running(one.pids("first")[0])
