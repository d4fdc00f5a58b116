"""Which host this is, where process ids mean something: a boot of a machine, and a namespace of it."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

from football_assets.processes import uptime

_NAMESPACE = Path("/proc/self/ns/pid")


@cache
def this_host() -> str:
    """The host's name, and what tells it from others of that name: its boot and its namespace of process ids,
    e.g. `stadium-1 9f2c61aa 4026531836`. A container has a name of its own, and a namespace."""
    boot = (uptime().boot or "unknown")[:8]
    try:
        namespace = _NAMESPACE.stat().st_ino
    except OSError:  # not Linux
        namespace = 0
    return f"{host_name()} {boot} {namespace}"


def host_name() -> str:
    """The host's name as people say it."""
    return socket.gethostname() or os.uname().nodename


def is_here(host: str | None) -> bool:
    """Whether a run with that tag has its processes where ours are looked up. One without is of a record that
    no other machine writes to."""
    return host is None or host == this_host()
