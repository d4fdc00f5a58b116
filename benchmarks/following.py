"""`football-assets follow` on a replay with a moving clock: each change once, whatever is killed.

    python benchmarks/following.py --replay FOLDER [--minutes 20] [--every 15] [--pulses 3] [--restarts 3]

A follower writes lines, another client reads the same as Server-Sent Events. Each is killed some times and
goes on after the last line, or event, that it had in whole. Meanwhile the API takes back incidents and prices
while a match leaves the list and comes back, another is deleted. What they told is held against how editions
differ (`standing.py`). Exit status 1 where anything is missing, told twice, or not so.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cycles_in_process import ephemeral, run_cycle, settings_for
from servers import SECRET, ReplayServer
from standing import Counted, Standing, tick_key, tick_rest

from football_assets.pulse.beat import Heart
from football_assets.resources.api import api_session
from football_assets.settings import Settings

COMMAND = (sys.executable, "-m", "football_assets.cli", "follow")


class Listener(threading.Thread):
    """Collects what one follower tells; `read` gives lines from a cursor on until it is cut off."""

    def __init__(self, name: str, read: Callable[[str, threading.Event], Iterator[bytes]]) -> None:
        super().__init__(daemon=True)
        self.name = name
        self._read = read
        self._cut = threading.Event()
        self.lines: list[dict[str, Any]] = []
        self.delays: list[float] = []
        self.begun = 0
        self.ended = False

    def run(self) -> None:
        cursor = "0"
        while not self.ended:
            self._cut.clear()
            self.begun += 1
            for line in self._read(cursor, self._cut):
                told = json.loads(line)
                self.lines.append(told)
                if told["edition"] > 1:
                    self.delays.append(time.time() - datetime.fromisoformat(told["published_at"]).timestamp())
                cursor = told["cursor"]

    def cut(self) -> None:
        """Kill the follower, or its connection."""
        self._cut.set()

    def end(self) -> None:
        """Kill it for good."""
        self.ended = True
        self._cut.set()
        self.join(20)


def lines_of(environment: dict[str, str]) -> Callable[[str, threading.Event], Iterator[bytes]]:
    """A way to read lines of the command."""

    def read(cursor: str, cut: threading.Event) -> Iterator[bytes]:
        command = [*COMMAND, "--json", "--since", cursor]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            killer = threading.Thread(target=lambda: (cut.wait(), process.kill()), daemon=True)
            killer.start()
            for line in process.stdout:
                if line.endswith(b"\n"):
                    yield line

    return read


def events_of(port: int) -> Callable[[str, threading.Event], Iterator[bytes]]:
    """A way to read events of the server."""

    def read(cursor: str, cut: threading.Event) -> Iterator[bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        event = b""
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/events", headers={"Last-Event-ID": cursor})
            response = connection.getresponse()
            while not cut.is_set() and (line := response.readline()):
                if line.startswith(b"data: "):
                    event = line.removeprefix(b"data: ")
                elif line == b"\n" and event:
                    yield event
                    event = b""

    return read


def told_by(lines: list[dict[str, Any]]) -> Counted:
    """What lines tell, in the terms of `standing.py`."""
    told: Counted = Counter()
    for line in lines:
        edition, kind, change = line["edition"], line["kind"], line["change"]
        if kind in ("price", "past_price"):
            line = line | {"tick_at": datetime.fromisoformat(line["tick_at"])}
            told[(edition, "price", change, tick_key(line), tick_rest(line))] += 1
        elif kind in ("goal", "card", "incident"):
            for word in {"new": ["come"], "withdrawn": ["gone"]}.get(change, ["come", "gone"]):
                told[(edition, "incident", word, line["match_id"])] += 1
        elif kind in ("state", "score", "numbers"):
            word = change if change in ("new", "withdrawn") else "told"
            told[(edition, kind, word, line["match_id"])] += 1
        else:
            told[(edition, kind, change, line["match_id"])] += 1
    return told


class Vendor:
    """What the vendor changes in the course of the run, a step at a time."""

    def __init__(self, server: ReplayServer) -> None:
        self._root = server.base_url.partition("/v1/")[0]
        self._query = f"user=bench&secret={urllib.request.quote(SECRET, safe='')}"
        self._base = server.base_url
        rows = self._ask("match/detail_live")["results"]
        busy = sorted(rows, key=lambda row: -len(row.get("incidents") or []))
        self._ids = [row["id"] for row in busy[:4]]
        self._incidents = busy[0]["incidents"]
        self.steps = iter((self._mend_incidents, self._mend_prices, self._leave, self._return, self._delete))

    def _ask(self, endpoint: str, more: str = "") -> Any:
        with urllib.request.urlopen(f"{self._base}/{endpoint}?{self._query}&{more}", timeout=10) as answer:
            return json.load(answer)

    def _alter(self, what: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self._root}/_alter",
            data=json.dumps(what).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(request, timeout=10).close()

    def _mend_incidents(self) -> None:
        others = self._incidents[1:]
        last = {**others[-1], "time": (others[-1].get("time") or 0) + 1}
        self._alter({"live": {self._ids[0]: {"incidents": [*others[:-1], last]}}})

    def _mend_prices(self) -> None:
        odds = self._ask("odds/history", f"uuid={self._ids[1]}")["results"]
        for markets in odds.values():
            for ticks in markets.values():
                if len(ticks) > 4:
                    del ticks[3]
                    ticks[1][2] = round(ticks[1][2] + 0.01, 2)
        self._alter({"odds": {self._ids[1]: odds}})

    def _leave(self) -> None:
        self._alter({"leave": [self._ids[2]]})

    def _return(self) -> None:
        self._alter({"return": [self._ids[2]]})

    def _delete(self) -> None:
        self._alter({"delete": [self._ids[3]]})


def play(options: argparse.Namespace, place: Path) -> bool:
    """The whole run; gives whether all was told once."""
    seconds = 60 * options.minutes
    clock = ("--now", "--clock", str(-seconds - 120), "--latency-ms", "350")
    with ReplayServer(options.replay, *clock) as server:
        settings = settings_for(place, server.base_url, SECRET)
        environment = {**os.environ, **server.environment, "FOOTBALL_DATA_DIR": str(place)}
        served = subprocess.Popen(
            [*COMMAND, "--serve", "0"], env=environment, stderr=subprocess.PIPE, text=True
        )
        assert served.stderr is not None
        said = re.match(r"Events: http://127\.0\.0\.1:(\d+)/", served.stderr.readline())
        assert said is not None
        listeners = [Listener("lines", lines_of(environment)), Listener("events", events_of(int(said[1])))]
        for listener in listeners:
            listener.start()
        try:
            with api_session(settings) as api:
                standing = publish(options, settings, Vendor(server), listeners, Heart(settings, api))
            give_up = time.monotonic() + 120
            while time.monotonic() < give_up and any(behind(one, standing) for one in listeners):
                time.sleep(1)
        finally:
            for listener in listeners:
                listener.end()
            served.kill()
            served.wait()
    return show(standing, listeners)


def publish(
    options: argparse.Namespace, settings: Settings, vendor: Vendor, listeners: list[Listener], heart: Heart
) -> Standing:
    """Cycles until the end with pulses between, each looked at; the listeners are cut off in between."""
    standing, chance = Standing(), random.Random(options.seed)
    begun = time.monotonic()
    cuts = sorted(chance.uniform(0.1, 0.95) for _ in range(options.restarts * len(listeners)))
    steps = [0.2, 0.35, 0.5, 0.65, 0.8]
    while (share := (time.monotonic() - begun) / (60 * options.minutes)) < 1:
        started = time.monotonic()
        while steps and steps[0] < share:
            steps.pop(0)
            next(vendor.steps)()
        with ephemeral() as instance:
            ran = run_cycle(settings, instance)
        if not ran.succeeded:
            print(f"a cycle failed: {ran.line}")
            continue
        standing.look(settings.published_path)
        for number in range(1, options.pulses + 1):
            time.sleep(max(0.0, started + options.every * number / (options.pulses + 1) - time.monotonic()))
            pulse = heart.beat(10)
            if pulse is not None and pulse.edition:
                standing.look(settings.published_path)
            elif pulse is not None:
                print(f"a pulse failed: {pulse.error}")
        while cuts and cuts[0] < share:
            listeners[len(cuts) % len(listeners)].cut()
            cuts.pop(0)
            time.sleep(chance.uniform(0, 1))
        time.sleep(max(0.0, started + options.every - time.monotonic()))
    return standing


def behind(listener: Listener, standing: Standing) -> bool:
    """Whether there are changes that were not told yet."""
    newest = max(edition for edition, *_ in standing.expected)
    return (
        not listener.lines
        or listener.lines[-1]["edition"] < newest
        or told_by(listener.lines) != standing.expected
    )


def show(standing: Standing, listeners: list[Listener]) -> bool:
    """Print what each told; gives whether it was what it should be."""
    kinds: Counter[str] = Counter()
    for (_, kind, *_), number in standing.expected.items():
        kinds[kind] += number
    print(f"{standing.editions} editions, changes by kind: {dict(kinds)}")
    is_right = True
    for listener in listeners:
        told = told_by(listener.lines)
        cursors = [line["cursor"] for line in listener.lines]
        in_order = cursors == sorted(cursors, key=lambda cursor: tuple(map(int, cursor.split("."))))
        missing = (standing.expected - told).total()
        more = (told - standing.expected).total()
        changes = Counter((line["kind"], line["change"]) for line in listener.lines)
        late = statistics.median(listener.delays) if listener.delays else float("nan")
        print(
            f"{listener.name}: {len(cursors)} lines, begun {listener.begun} times, {missing} missing, "
            f"{more} too many, {len(cursors) - len(set(cursors))} cursors twice, in order: {in_order}, "
            f"{late:.2f} s after publishing (median)"
        )
        print(f"  {dict(sorted(changes.items()))}")
        is_right &= not missing and not more and len(cursors) == len(set(cursors)) and in_order
    return is_right


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--replay", type=Path, required=True, help="the folder of replay.py")
    arguments.add_argument("--minutes", type=float, default=20)
    arguments.add_argument("--every", type=float, default=15, help="seconds from one cycle to the next")
    arguments.add_argument("--pulses", type=int, default=3, help="between two cycles")
    arguments.add_argument("--restarts", type=int, default=3, help="of each follower")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        is_right = play(options, Path(place))
    print(f"{datetime.now(UTC):%Y-%m-%d}: {'each change once' if is_right else 'NOT each change once'}")
    raise SystemExit(not is_right)


if __name__ == "__main__":
    main()
