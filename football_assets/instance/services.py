"""Dagster as three processes: code server, daemon, web server. How they are kept up is not here."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from football_assets.instance import write_instance
from football_assets.instance.databases import RUNS
from football_assets.instance.liveness import (
    Heartbeat,
    code_server_answers,
    sqlite_heartbeat,
    web_server_answers,
)
from football_assets.instance.supervisor import Service
from football_assets.processes import is_running
from football_assets.settings import Settings
from football_assets.surfaces import cannot_serve

#: The module with the definitions that are served.
DEFINITIONS = "football_assets.definitions"

_LONGEST_SOCKET_PATH = 100
#: gRPC reads the socket's path as a part of an address, in which `%41` is an `A` and `#` ends the path.
_PLAIN_PATH = re.compile(r"[\w/.~+@,=-]+", re.ASCII)


class StartError(Exception):
    """Why it cannot be started, in one line."""


@contextmanager
def prepared(settings: Settings) -> Iterator[Path]:
    """Dagster's home, made and taken by this process alone as long as the block lasts.

    Raises `StartError` when another process has it, naming that, or when it cannot be written.
    """
    try:
        home = write_instance(settings)
        lock = FileLock(home / "start.lock", blocking=False)
        lock.acquire()
    except Timeout:
        pid = (home / "start.pid").read_text("ascii") if (home / "start.pid").exists() else "unknown"
        raise StartError(f"Already running on {settings.data_path} (pid {pid.strip()})") from None
    except OSError as error:
        raise StartError(f"Cannot write to {settings.data_path}: {error.strerror or error}") from None
    with lock:
        (home / "start.pid").write_text(f"{os.getpid()}\n", "ascii")
        try:
            yield home
        finally:
            (home / "start.pid").unlink(missing_ok=True)


def environment(settings: Settings, home: Path) -> dict[str, str]:
    """What the processes get: this process's environment, the home and the data directory as absolute paths.

    Python may keep its compiled files: without them each run takes seconds longer to start.
    """
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return own | {"DAGSTER_HOME": str(home), "FOOTBALL_DATA_DIR": str(settings.data_path)}


def services(
    home: Path,
    host: str,
    port: int,
    definitions: str = DEFINITIONS,
    *,
    read_only: bool = False,
    heartbeat: Callable[[], object] | None = None,
    is_leading: Callable[[], bool] | None = None,
) -> list[Service]:
    """The processes in the order of their start. Each has its own: one that dies takes no other with it.

    With `read_only` Dagster's UI changes nothing. `heartbeat` reads the daemon's newest one, from SQLite if
    it is not told otherwise. The daemon, which starts the runs, is there while `is_leading` says so; at other
    times the UI changes nothing.
    """
    place = _socket_path(home)
    workspace = home / "workspace.yaml"
    server = {"socket": str(place), "location_name": "football_assets"}
    # JSON is YAML too, whatever is in the directory's name.
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}) + "\n", "utf-8")
    quiet = ["--log-level", "warning"]
    code = [sys.executable, "-m", "dagster", "api", "grpc", "-m", definitions, "--socket", str(place), *quiet]
    daemon = [sys.executable, "-m", "football_assets.instance.daemon", "run", "-w", str(workspace), *quiet]
    web = [sys.executable, "-m", "football_assets.instance.webserver"]
    web += ["--workspace", str(workspace), "--host", host, "--port", str(port)]
    web += ["--read-only"] if read_only else []
    web += ["--standby"] if is_leading else []
    return [
        Service(
            "code server",
            code,
            lambda: code_server_answers(place),
            lambda: code_server_answers(place),
        ),
        Service(
            "daemon",
            daemon,
            is_alive=Heartbeat(heartbeat or sqlite_heartbeat(home / RUNS)).is_fresh,
            is_wanted=is_leading or (lambda: True),
        ),
        Service(
            "web server",
            web,
            lambda: web_server_answers(host, port),
            lambda: web_server_answers(host, port),
        ),
    ]


def check_port(host: str, port: int) -> None:
    """Raises `StartError` when nothing can be served at that address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(address)
    except OSError as error:
        raise StartError(cannot_serve(host, port, error)) from None


def _socket_path(home: Path) -> Path:
    """A place for this start's socket; those of starts that are no more are removed.

    A server unlinks its path when it ends, so an old one that is still finishing must not share it.
    """
    is_usable = len(bytes(home)) < _LONGEST_SOCKET_PATH - 20 and _PLAIN_PATH.fullmatch(str(home))
    place = home if is_usable else Path("/tmp")  # noqa: S108
    for old in home.glob("code-*.sock"):
        pid = old.stem.removeprefix("code-")
        if pid.isdigit() and not is_running(int(pid)):
            old.unlink(missing_ok=True)
    return place / f"code-{os.getpid()}.sock"
