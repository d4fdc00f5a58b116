"""Liveness of real processes."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from football_assets.processes import is_running

linux = pytest.mark.skipif(sys.platform != "linux", reason="told by /proc")


def test_this_process_runs() -> None:
    assert is_running(os.getpid(), datetime.now(UTC))


def test_ended_process_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not is_running(child.pid)
    assert not is_running(0)


@linux
def test_zombie_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_running(child.pid)
    child.communicate()


@linux
def test_number_used_again_by_a_younger_process_does_not_count() -> None:
    assert not is_running(os.getpid(), datetime.now(UTC) - timedelta(days=1))
