"""Where the commands that serve listen: at the address that they are told and at no other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from football_assets_tests.cli.processes import COMMAND, environment, run
from football_assets_tests.servers.ports import free_port

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 as loopback"
)

#: What is asked of each, and how it is told where to listen.
SERVING = {
    "scoreboard": ("/", lambda host, port: ["scoreboard", "--host", host, "--port", str(port)]),
    "metrics": ("/metrics", lambda host, port: ["metrics", "--host", host, "--port", str(port)]),
    "follow": (
        "/",
        lambda host, port: ["follow", "--serve", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
    ),
}

NOBODYS = "192.0.2.1"  # RFC 5737: no machine has it


@contextmanager
def serving(data: Path, name: str, host: str, port: int) -> Iterator[str]:
    """The address that the command tells."""
    with subprocess.Popen(
        [*COMMAND, *SERVING[name][1](host, port)], env=environment(data), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            told = re.search(r"http://\S+:\d+", process.stderr.readline())
            assert told
            yield told[0]
        finally:
            process.kill()


@pytest.mark.parametrize("name", SERVING)
@pytest.mark.parametrize(("host", "told"), [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]")])
def test_server_listens_where_it_is_told_and_nowhere_else(
    tmp_path: Path, name: str, host: str, told: str
) -> None:
    port, path = free_port(), SERVING[name][0]
    with serving(tmp_path, name, host, port) as address:
        assert address == f"http://{told}:{port}"
        with urlopen(address + path, timeout=20) as answer:
            assert answer.status == 200
        with pytest.raises(URLError, match="refused"):
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=20)


@pytest.mark.parametrize("name", SERVING)
def test_address_of_another_machine_is_one_line(tmp_path: Path, name: str) -> None:
    ran = run(tmp_path, *SERVING[name][1](NOBODYS, 9000))
    assert ran.returncode == 1
    assert ran.stderr == f"Error: Cannot serve at {NOBODYS}:9000: Cannot assign requested address\n"
