"""Real servers on loopback that alerts are sent to: a webhook's receiver and a mail server."""

from __future__ import annotations

import json
import socketserver
import ssl
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@contextmanager
def served(server: Any) -> Iterator[Any]:
    """The server, answering in a thread of its own."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Receiver(ThreadingHTTPServer):
    """Takes POSTs. Answers with the statuses given, one after the other, then with 200."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.statuses = list(statuses)
        self.requests = 0
        self.accepted: list[Any] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/T0/B0/very-secret"


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 200:
            self.server.accepted.append(json.loads(body))
        self.send_response(status)
        self.send_header("Location", self.server.url)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class MailServer(socketserver.ThreadingTCPServer):
    """Takes messages. With a certificate it offers STARTTLS; `refused` are the recipients it does not know,
    `broken` are commands that it answers with that code."""

    daemon_threads = True

    def __init__(
        self,
        certificate: Path | None = None,
        *,
        refused: tuple[str, ...] = (),
        broken: dict[str, int] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.certificate, self.refused, self.broken = certificate, refused, broken or {}
        self.heard: list[str] = []
        self.messages: list[str] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            command = line.split()[0].upper()
            if command in self.server.broken:
                self.say(f"{self.server.broken[command]} no, very-secret")
            else:
                getattr(self, f"on_{command.lower()}", self.on_other)(line)
            if command == "QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def on_other(self, line: str) -> None:
        self.say("250 fine")

    def on_ehlo(self, line: str) -> None:
        secure = isinstance(self.connection, ssl.SSLSocket)
        if self.server.certificate and not secure:
            self.say("250-here")
            self.say("250 STARTTLS")
        else:
            self.say("250-here")
            self.say("250 AUTH PLAIN")

    def on_starttls(self, line: str) -> None:
        self.say("220 go on")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def on_auth(self, line: str) -> None:
        _, user, password = b64decode(line.split()[2]).decode().split("\0")
        self.say("235 welcome" if (user, password) == ("user", "very-secret") else "535 no")

    def on_rcpt(self, line: str) -> None:
        known = not any(address in line for address in self.server.refused)
        self.say("250 fine" if known else "550 unknown")

    def on_data(self, line: str) -> None:
        self.say("354 go on")
        lines = []
        while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(text)
        self.server.messages.append("\n".join(lines))
        self.say("250 taken")

    def on_quit(self, line: str) -> None:
        self.say("221 bye")


def make_certificate(directory: Path) -> Path:
    """A certificate for localhost, signed by itself, in one file with its key."""
    path = directory / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-keyout", str(path), "-out", str(directory / "cert.pem"), "-days", "30"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    with path.open("ab") as file:
        file.write((directory / "cert.pem").read_bytes())
    return path
