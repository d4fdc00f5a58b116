"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder, on a free port.

It is never run as root, which PostgreSQL refuses: root's tests run it as the user `postgres` or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from football_assets_tests.servers.ports import free_port, wait_for_port

USER = "football"


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresServer:
    """A server that can be stopped, killed, frozen and started again with what it holds.

    The superuser is `football`, trusted on loopback; other roles that a test makes need their password.
    """

    def __init__(self, programs: Path, directory: Path, port: int) -> None:
        self.programs = programs
        self.directory = directory
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._user = _unprivileged_user()
        if self._user:
            shutil.chown(directory, self._user)

    def initialise(self) -> None:
        """Make the cluster."""
        self._run("initdb", "--username", USER, "--auth", "trust", "--no-sync", "-E", "UTF8", str(self.data))
        rules = f"host all {USER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules)

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.directory / "data"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.data), *arguments],
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=(self.directory / "log").open("ab"),
            start_new_session=True,
            cwd=self.directory,
        )
        wait_for_port(self.port, self.process)
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server and all its sessions at once."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGCONT)
            process.send_signal(signal.SIGINT)  # "fast": sessions are ended
            process.wait(30)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server and all its sessions stand still inside the block, with open connections."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in self._pids():
                os.kill(pid, signal.SIGCONT)

    def create_database(self, name: str) -> str:
        """Make a database; gives libpq's words for reaching it as the superuser."""
        self.sql(f"CREATE DATABASE {name}")
        return f"host=127.0.0.1 port={self.port} dbname={name} user={USER}"

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run statements as the superuser; gives what psql prints, unaligned."""
        done = subprocess.run(
            [
                *(str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"),
                *("-p", str(self.port), "-U", USER, "-d", database, "-c", text),
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout.strip()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + 30
        ready = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode and time.monotonic() < until:
            time.sleep(0.05)

    def _pids(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            user=self._user,
            check=True,
            capture_output=True,
            cwd=self.directory,
        )


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A new server, removed at the end. Raises `LookupError` where PostgreSQL is not installed."""
    programs = postgres_programs()
    if programs is None:
        raise LookupError("PostgreSQL is not installed (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="football-postgres-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        server = PostgresServer(programs, directory, free_port())
        server.initialise()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _unprivileged_user() -> str | None:
    """As whom the server runs where the tests are root's; None where they are not."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
