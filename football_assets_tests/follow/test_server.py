"""The events over HTTP: real servers on loopback, real files, clients that wait, leave and come back."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from football_assets.follow import server
from football_assets.follow.follower import LOOK_SECONDS
from football_assets.follow.position import Position
from football_assets.follow.reader import read_page
from football_assets.follow.records import json_line
from football_assets.follow.server import serving
from football_assets.follow.wanted import Wanted
from football_assets.settings import Settings
from football_assets_tests.follow.world import Play, Tick, World, goal

#: A test that waits longer hangs.
PATIENCE = 120.0


@pytest.fixture
def begun(world: World) -> World:
    """A match in play, published in edition 1."""
    world.live["a"] = Play()
    world.step()
    return world


@asynccontextmanager
async def served(world: World, **options: Any) -> AsyncIterator[str]:
    settings = Settings(_env_file=None, data_dir=world.path.parent)
    async with serving(settings, "127.0.0.1", 0, **options) as address:
        yield address


@asynccontextmanager
async def stream(address: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address, **options) as response:
        yield response


async def event(response: aiohttp.ClientResponse) -> tuple[str, dict[str, Any] | None]:
    """The id and the object of the next block that has an id; None for one without data."""
    id_, data = "", None
    while True:
        line = (await response.content.readline()).decode().rstrip("\n")
        if line.startswith("id: "):
            id_ = line.removeprefix("id: ")
        elif line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
        elif not line and id_:
            return id_, data


async def events(response: aiohttp.ClientResponse, count: int) -> list[dict[str, Any]]:
    """The next so many events."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        id_, data = await event(response)
        if data is not None:
            assert data["cursor"] == id_
            found.append(data)
    return found


def lines(world: World, after: Position) -> list[dict[str, Any]]:
    return [json.loads(json_line(change)) for change in read_page(world.path, after, Wanted()).changes]


async def test_events_are_the_lines_and_come_as_they_are_published(begun: World) -> None:
    async with served(begun) as address, stream(address, params={"since": "0"}) as response:
        assert response.content_type == "text/event-stream"
        assert await events(response, 2) == lines(begun, Position(0))
        for minute in (3, 4):  # the first edition is read by the client, later ones are shared
            begun.live["a"] = Play(score=(minute, 0), incidents=[goal(minute, (minute, 0))])
            edition = begun.step()
            expected = lines(begun, Position(edition - 1))
            assert await events(response, len(expected)) == expected


async def test_client_that_comes_back_goes_on_after_its_last_event(begun: World) -> None:
    begun.quote(*(Tick("a", second, 1.5) for second in range(5)))
    begun.publish()
    expected = lines(begun, Position(0))
    async with served(begun) as address:
        async with stream(address, params={"since": "0"}) as response:
            first = await events(response, 3)
        headers = {"Last-Event-ID": first[-1]["cursor"]}
        async with stream(address, params={"since": "0"}, headers=headers) as response:
            rest = await events(response, len(expected) - 3)
    assert first + rest == expected


async def test_filters_are_parameters(begun: World) -> None:
    begun.quote(Tick("a", 1, 1.5), Tick("a", 1, 1.5, company=22), Tick("a", 1, 1.5, market="spread"))
    begun.publish()
    params = [("since", "1"), ("kind", "price"), ("bookmaker", "pinnacle"), ("match", "arsenal")]
    async with served(begun) as address, stream(address, params=params) as response:
        (only,) = await events(response, 1)
        assert only["company"] == "Pinnacle"
        begun.quote(Tick("a", 2, 1.6), Tick("a", 2, 1.6, company=22))
        begun.publish()
        (only,) = await events(response, 1)
        assert (only["company"], only["edition"]) == ("Pinnacle", 3)


async def test_place_moves_on_while_nothing_is_wanted(begun: World) -> None:
    async with (
        served(begun, heartbeat=0.05) as address,
        stream(address, params={"since": "0", "kind": "goal"}) as response,
    ):
        assert await event(response) == ("0", None)
        while (told := await event(response)) != ("1", None):
            assert told == ("0", None)
        begun.step()
        while (told := await event(response)) != ("2", None):
            assert told == ("1", None)


@pytest.mark.parametrize(
    ("query", "headers", "status", "says"),
    [
        ("?kinds=goal", {}, 400, "Parameter 'kinds' is not known"),
        ("?kind=goals", {}, 400, "one of listing"),
        ("?since=yesterday", {}, 400, "a time with its zone"),
        ("?since=7", {}, 410, "Edition 7 is not there"),
        ("", {"Last-Event-ID": "7.1"}, 410, "Edition 7 is not there"),
        ("", {"Host": "example.com"}, 403, "FOOTBALL_ALLOWED_HOSTS"),
        ("", {"Origin": "https://example.com"}, 403, "another page"),
    ],
)
async def test_request_that_is_refused_says_why_in_one_line(
    begun: World, query: str, headers: dict[str, str], status: int, says: str
) -> None:
    async with served(begun) as address, stream(address + query, headers=headers) as response:
        assert response.status == status
        text = await response.text()
    assert says in text
    assert "\n" not in text.rstrip("\n")


async def test_number_of_clients_is_bounded(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CLIENTS", 1)
    async with served(begun, heartbeat=0.05) as address:
        async with stream(address) as first:
            await event(first)
            async with stream(address) as second:
                assert second.status == 503
        for _ in range(200):  # the place is free once the server has noticed that the first has left
            async with stream(address) as third:
                if third.status == 200:
                    return
            await asyncio.sleep(0.05)
        pytest.fail("the place of a client that has left stays taken")


async def test_number_of_clients_is_bounded_in_a_burst(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CLIENTS", 2)

    async with served(begun, heartbeat=0.05) as address, aiohttp.ClientSession() as session:
        answers = await asyncio.gather(*(session.get(address) for _ in range(10)))
        assert sorted(answer.status for answer in answers) == [200] * 2 + [503] * 8
        for answer in answers:
            answer.close()


async def test_client_waits_for_the_first_file_and_over_a_broken_one(world: World) -> None:
    async with served(world) as address, stream(address) as response:
        assert response.status == 200
        assert (await response.content.readline()).startswith(b"retry")
        world.live["a"] = Play()
        world.step()
        assert [one["cursor"] for one in await events(response, 2)] == ["1.1", "1.2"]
        broken = world.path.with_name("broken")
        broken.write_bytes(b"no database" * 1000)
        broken.replace(world.path)
        await asyncio.sleep(2 * LOOK_SECONDS)
        world.path.unlink()
        world.live["a"] = Play(score=(1, 0))
        world.step()
        position = await events(response, 1)
        assert position[0]["kind"] in ("score", "listing")


async def test_data_that_is_begun_anew_ends_the_stream_with_the_reason(begun: World, tmp_path: Path) -> None:
    begun.step()
    other = World(tmp_path / "other")
    other.step()
    async with served(begun) as address, stream(address) as response:
        assert await event(response) == ("2", None)
        other.path.replace(begun.path)
        rest = (await response.content.read()).decode()
        assert rest.startswith(": Edition 2 is not there: the newest is 1")
    other.close()


# -- clients that do not read ---------------------------------------------------------------------------
def much(world: World, edition: int, events: int) -> None:
    """An edition of so many events, each of a kilobyte."""
    world.quote(*(Tick("a", edition * 10_000 + second, 1.5) for second in range(events)))
    world.publish()


@pytest.fixture
def idle(begun: World) -> Iterator[socket.socket]:
    """A socket with small buffers."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        yield client


async def ask(client: socket.socket, address: str, since: str) -> None:
    host, port = address.removeprefix("http://").partition("/")[0].split(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (host, int(port)))
    request = f"GET /events?since={since} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
    await loop.sock_sendall(client, request.encode())


async def test_client_that_takes_nothing_loses_its_place(
    begun: World, idle: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(server, "MOST_CLIENTS", 1)
    much(begun, 1, 9_000)  # more than sockets hold
    async with served(begun) as address:
        await ask(idle, address, "1")
        seen: set[int] = set()
        async with asyncio.timeout(PATIENCE):
            while seen != {200, 503}:
                async with stream(address) as response:
                    seen |= {response.status} if seen or response.status == 503 else set()
                await asyncio.sleep(0.05)


async def test_client_that_reads_late_gets_each_event_once_from_the_file(
    begun: World, idle: socket.socket
) -> None:
    async with served(begun) as address:
        await ask(idle, address, "1")
        for edition in (1, 2, 3):
            much(begun, edition, 1_000)
            await asyncio.sleep(2 * LOOK_SECONDS)
        received = bytearray()
        async with asyncio.timeout(PATIENCE):
            while received.count(b"\ndata: ") < 3_000:
                received += await asyncio.get_running_loop().sock_recv(idle, 1 << 20)
    cursors = [line[4:].decode() for line in bytes(received).split(b"\n") if line.startswith(b"id: ")]
    told = [cursor for cursor in cursors if "." in cursor]
    assert told == [f"{edition}.{place}" for edition in (2, 3, 4) for place in range(1, 1_001)]
