"""Whether Dagster's processes still work, seen from outside. A stopped one still has its sockets open, so
each is asked for an answer. Dagster is not imported: whoever looks must stay small.
"""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

#: Seconds that an answer may take.
_PATIENCE = 3.0

#: The beginning of HTTP/2, with empty settings. The server answers with its own settings, a frame of type 4.
_HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_SETTINGS = 4

#: Dagster's daemon writes a heartbeat every 30 seconds, but none while its database cannot be written: a full
#: disk must not get it killed so often that the supervisor gives up.
LONGEST_SILENCE_SECONDS = 180.0


def code_server_answers(place: Path) -> bool:
    """Whether the gRPC server at the socket `place` answers a greeting."""
    try:
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as client:
            client.settimeout(_PATIENCE)
            client.connect(str(place))
            client.sendall(_HTTP2_GREETING)
            frame = client.recv(9)
    except OSError:
        return False
    return len(frame) > 3 and frame[3] == _SETTINGS


def web_server_answers(host: str, port: int) -> bool:
    """Whether Dagster's web server answers a request."""
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/server_info", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Heartbeat:
    """The newest heartbeat of Dagster's daemon, as `read` gives it; None where it cannot be read. No clocks
    are compared but our own."""

    def __init__(self, read: Callable[[], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._newest: object = None
        self._changed_at = clock()

    def is_fresh(self) -> bool:
        """Whether the heartbeat has changed lately. A database that cannot be read says nothing."""
        newest = self._read()
        if newest is None or newest != self._newest:
            self._newest, self._changed_at = newest, self._clock()
        return self._clock() - self._changed_at < LONGEST_SILENCE_SECONDS


def sqlite_heartbeat(database: Path) -> Callable[[], object]:
    """What reads the newest heartbeat from Dagster's SQLite file."""

    def read() -> object:
        try:
            with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1)) as connection:
                row = connection.execute(
                    "SELECT max(timestamp) FROM daemon_heartbeats WHERE daemon_type = 'SENSOR'"
                ).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row else None

    return read
