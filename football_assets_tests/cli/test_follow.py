"""`football-assets follow` on files that the real publish step makes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from football_assets_tests.cli.processes import COMMAND, environment, run
from football_assets_tests.follow.world import Play, Tick, World, goal
from football_assets_tests.servers.ports import free_port

Process = subprocess.Popen[str]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.live["a"] = Play()
    world.step()
    yield world
    world.close()


@contextmanager
def following(data: Path, *arguments: str, **variables: str) -> Iterator[Process]:
    """The command while it runs; it is stopped at the end."""
    process = subprocess.Popen(
        [*COMMAND, "follow", *arguments],
        env=environment(data, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().rstrip("\n")


def next_object(process: Process) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(next_line(process.stdout))
    return told


def test_changes_are_told_as_they_are_published_and_after_a_kill_from_the_cursor_on(
    world: World, tmp_path: Path
) -> None:
    with following(tmp_path, "--json", "--since", "0") as process:
        entered, state = next_object(process), next_object(process)
        assert (entered["kind"], entered["cursor"], state["kind"]) == ("listing", "1.1", "state")
        world.live["a"] = Play(score=(1, 0), incidents=[goal(3, (1, 0))])
        world.step()
        score = next_object(process)
    assert (score["kind"], score["before"], score["home_score"]) == ("score", {"home_score": 0}, 1)
    world.quote(Tick("a", 10, 1.5))
    world.step()
    with following(tmp_path, "--json", "--since", score["cursor"]) as process:
        told = [next_object(process) for _ in range(2)]
        world.quote(Tick("a", 20, 1.6))
        world.step()
        told.append(next_object(process))
    assert [(one["kind"], one["cursor"]) for one in told] == [
        *(("goal", "2.2"), ("price", "3.1"), ("price", "4.1"))
    ]
    assert set(told[0]) >= {"edition", "published_at", "known_at", "home_team", "competition", "player_name"}
    assert told[2]["tick_at"] == "2026-03-10T15:00:20Z"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_follower_waits_for_the_first_file_tells_what_it_brings_and_stops_at_a_signal(
    tmp_path: Path, stop: signal.Signals
) -> None:
    world = World(tmp_path / "data")
    with following(world.path.parent, "--kind", "state") as process:
        assert "is not there yet" in next_line(process.stderr)
        world.live["a"] = Play()
        world.step()
        line = next_line(process.stdout)
        assert re.fullmatch(
            r"\d\d:\d\d:\d\d  1\.2 +Arsenal - Chelsea +first half, 0-0  Europe, Premier League", line
        )
        process.send_signal(stop)
        assert process.wait(10) == 0
    world.close()


def test_broken_file_is_told_once_and_the_next_one_is_followed(world: World, tmp_path: Path) -> None:
    whole = world.path.read_bytes()
    world.path.unlink()
    world.path.write_bytes(b"no database" * 1000)
    with following(tmp_path, "--json", "--since", "1.1") as process:
        assert "cannot be read" in next_line(process.stderr)
        draft = tmp_path / "draft"
        draft.write_bytes(whole)
        draft.replace(world.path)
        assert next_object(process)["cursor"] == "1.2"


def test_without_since_only_what_comes_is_told(world: World, tmp_path: Path) -> None:
    with following(tmp_path, "--json", "--since", "1") as process:
        world.live["b"] = Play()
        world.step()
        assert next_object(process)["cursor"] == "2.1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--since", "yesterday"), "'yesterday' is not allowed: a time with its zone"),
        (("--since", "2026-05-01T18:30:00"), "has no time zone: write 2026-05-01T18:30:00Z"),
        (("--since", "2999-01-01T00:00:00Z"), "is in the future"),
        (("--since", "0.5"), "is not allowed"),
        (("--since", "7.1"), "Edition 7 is not there: the newest is 1"),
        (("--bookmaker", "nobody"), "one of BET365"),
        (("--kind", "goals"), "one of listing"),
        (("--market", "x"), "one of money_line"),
        (("--serve", "x"), "HOST:PORT"),
        (("--serve", "9000", "--kind", "goal"), "--serve takes no --kind"),
        (("--serve", "9000", "--json"), "--serve takes no --json"),
    ],
)
def test_mistake_is_one_line_that_says_what_would_be_right(
    world: World, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = run(tmp_path, "follow", *arguments)
    assert result.returncode != 0
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_served_events_are_the_same(world: World, tmp_path: Path) -> None:
    port = free_port()
    with following(tmp_path, "--serve", str(port)) as process:
        assert f"http://127.0.0.1:{port}/events" in next_line(process.stderr)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/events?since=0", timeout=20) as events:
            data = [line for line in (events.readline() for _ in range(9)) if line.startswith(b"data: ")]
        assert [json.loads(line[6:])["cursor"] for line in data] == ["1.1", "1.2"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_address_that_is_taken_is_told_in_one_line(world: World, tmp_path: Path) -> None:
    port = free_port()
    with following(tmp_path, "--serve", str(port)) as process:
        next_line(process.stderr)
        result = run(tmp_path, "follow", "--serve", str(port))
    assert result.returncode == 1
    assert f"Cannot serve at 127.0.0.1:{port}" in result.stderr
