"""The client against a real server: what it makes of every kind of answer, and when it asks again."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import html
import json
import logging
import math
import time
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, unquote_plus

import aiohttp
import pytest
from aiohttp.compression_utils import HAS_BROTLI, HAS_ZSTD
from pydantic import SecretStr

from football_assets.redaction import NOTICE
from football_assets.thesports import client as client_module
from football_assets.thesports.bounds import Bounds
from football_assets.thesports.client import BREAKER_FAILURES, LARGE_BYTES, TheSports
from football_assets.thesports.errors import (
    ApiFailure,
    BrokenAnswer,
    DeadlinePassed,
    NotAuthorized,
    NotFound,
    NotReachable,
    NotSent,
    OverQuota,
    TheSportsError,
    TimedOut,
)
from football_assets.thesports.quota import Quota
from football_assets_tests.thesports.api import (
    ADDRESS_REFUSED,
    Reply,
    ScriptedApi,
    compressed,
    echo,
    envelope,
    hang,
    late,
    ok,
    raw,
    reset,
    truncated,
)
from football_assets_tests.thesports.clock import Clock

USER = "us3r@x y"
SECRET = "s3cr &+/%é=c0re9"
TELLTALES = ("us3r", "s3cr", "c0re9")
GOOD = ok([{"id": "m"}])


@pytest.fixture
async def make(api: ScriptedApi, clock: Clock) -> AsyncIterator[Callable[..., TheSports]]:
    opened: list[TheSports] = []

    def client(**options: Any) -> TheSports:
        quota = Quota(clock=clock.time)
        given = {"quota": quota, "sleep": clock.sleep, "jitter": lambda: 1.0} | options
        opened.append(TheSports(api.base_url, USER, SecretStr(SECRET), **given))
        return opened[-1]

    yield client
    for each in opened:
        await each.close()


async def failure(request: Any) -> TheSportsError:
    with pytest.raises(TheSportsError) as caught:
        await request
    return caught.value


# -- what is asked -----------------------------------------------------------------------------------
async def test_each_method_asks_its_endpoint(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    client = make()
    for request in (
        client.live(),
        client.match("m"),
        client.matches_since(7),
        client.diary(86400),
        client.live_history("m"),
        client.odds_history("m"),
        client.odds_live(),
        client.odds_update(),
        client.team("t"),
        client.teams_since(7),
        client.competition("c"),
        client.competitions_since(7),
        client.countries(),
        client.deleted(),
        client.page("team/additional/list", 2),
    ):
        await request
    assert [(asked.endpoint, dict(asked.query)) for asked in api.asked] == [
        ("match/detail_live", {}),
        ("match/recent/list", {"uuid": "m"}),
        ("match/recent/list", {"time": "7"}),
        ("match/diary", {"tsp": "86400"}),
        ("match/live/history", {"uuid": "m"}),
        ("odds/history", {"uuid": "m"}),
        ("odds/live", {}),
        ("odds/update", {}),
        ("team/additional/list", {"uuid": "t"}),
        ("team/additional/list", {"time": "7"}),
        ("competition/additional/list", {"uuid": "c"}),
        ("competition/additional/list", {"time": "7"}),
        ("country/list", {}),
        ("deleted", {}),
        ("team/additional/list", {"page": "2"}),
    ]


async def test_credentials_arrive_as_they_are(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    seen: list[str] = []
    api.answers("match/detail_live", echo(lambda address: seen.append(address) or b"{}"))  # type: ignore[func-returns-value]
    await failure(make(max_attempts=1).live())
    assert unquote_plus(seen[0]).endswith(f"user={USER}&secret={SECRET}")


async def test_only_what_can_be_unpacked_is_accepted(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    await make().live()
    encodings = {part.strip() for part in api.asked[0].headers["Accept-Encoding"].split(",")}
    assert {"gzip", "deflate"} <= encodings
    assert encodings - {"gzip", "deflate"} == {
        name for name, there in (("br", HAS_BROTLI), ("zstd", HAS_ZSTD)) if there
    }


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_packed_answers_are_read(
    api: ScriptedApi, make: Callable[..., TheSports], encoding: str
) -> None:
    api.answers("match/detail_live", compressed([{"id": "m"}], encoding))
    client = make()
    assert (await client.live()).results == [{"id": "m"}]
    assert client.traffic.endpoints["match/detail_live"].bytes == len(
        b'{"code": 0, "results": [{"id": "m"}]}'
    )


async def test_answer_tells_the_query_and_the_apis_time(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("match/detail_live", ok([], {"Date": "Wed, 28 May 2025 17:30:00 GMT"}, max_time=5))
    answer = await make().live()
    assert answer.query == {"max_time": 5}
    assert answer.server_time == datetime(2025, 5, 28, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "extra"),
    [
        ({}, {}),
        ({"results_extra": {"team": [{"id": "t"}]}}, {"team": [{"id": "t"}]}),
        ({"results_extra": []}, {}),
        ({"results_extra": None}, {}),
    ],
)
async def test_answer_tells_what_its_rows_refer_to(
    api: ScriptedApi, make: Callable[..., TheSports], given: dict[str, Any], extra: dict[str, Any]
) -> None:
    api.answers("match/diary", envelope({"code": 0, "results": [{"id": "m"}]} | given))
    answer = await make().diary(0)
    assert (answer.results, answer.extra) == ([{"id": "m"}], extra)


@pytest.mark.parametrize(
    "date",
    ["", "soon", "Wed, 28 May 99999 17:30:00 GMT", "Wed, 28 May 2025 17:30:00 +99999999999999999999"],
)
async def test_unreadable_date_is_no_date(
    api: ScriptedApi, make: Callable[..., TheSports], date: str
) -> None:
    api.answers("match/detail_live", ok([], {"Date": date}))
    assert (await make().live()).server_time is None


async def test_numbers_beyond_the_fast_decoder_are_read(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("match/detail_live", raw(b'{"code":0,"results":[NaN,1000000000000000000000,"\\ud800"]}'))
    nan, huge, half = (await make().live()).results
    assert (math.isnan(nan), huge, half) == (True, 10**21, "\ud800")


async def test_empty_list_stands_for_an_empty_object(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("odds/history", ok([]))
    assert (await make().odds_history("m")).results == {}


async def test_empty_err_beside_good_results_is_no_error(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("match/detail_live", envelope({"code": 0, "err": "", "results": [1]}))
    assert (await make().live()).results == [1]


# -- each kind of failure ----------------------------------------------------------------------------
FAILURES: dict[str, tuple[Reply, type[TheSportsError]]] = {
    "err in the envelope": (envelope({"err": "something is wrong"}), ApiFailure),
    "code 9999": (envelope({"code": 9999, "msg": "unknown error"}), ApiFailure),
    "code 429": (envelope({"code": 429, "msg": "Too Many Requests"}), OverQuota),
    "HTTP 429": (raw(b"", 429), OverQuota),
    "code 404": (envelope({"code": 404, "msg": "no such resource"}), NotFound),
    "HTTP 404": (raw(b"", 404), NotFound),
    "code of another type": (envelope({"code": "0", "results": []}), BrokenAnswer),
    "no code": (envelope({"results": []}), BrokenAnswer),
    "HTTP 500": (raw(b"upstream error", 500), NotReachable),
    "HTTP 302": (raw(b"", 302, {"Location": "http://127.0.0.1:9/"}), BrokenAnswer),
    "HTTP 204": (raw(b"", 204), BrokenAnswer),
    "HTML": (raw(b"<html><body>maintenance</body></html>"), BrokenAnswer),
    "empty body": (raw(b""), BrokenAnswer),
    "not JSON": (raw(b'{"code":0,"results":[}'), BrokenAnswer),
    "not UTF-8": (raw(b'{"code":0,"results":["\xff"]}'), BrokenAnswer),
    "too deep": (raw(b"[" * 100_000), BrokenAnswer),
    "too many digits": (raw(b'{"code":0,"results":[' + b"9" * 5000 + b"]}"), BrokenAnswer),
    "a list": (envelope([1]), BrokenAnswer),
    "null results": (ok(None), BrokenAnswer),
    "no results": (envelope({"code": 0}), BrokenAnswer),
    "results of another type": (ok({}), BrokenAnswer),
    "broken packing": (raw(b"not gzip", headers={"Content-Encoding": "gzip"}), NotReachable),
    "unknown packing": (raw(b"\x1b\x00", headers={"Content-Encoding": "br"}), NotReachable),
    "truncated": (truncated, NotReachable),
    "reset": (reset, NotReachable),
}
REFUSALS: dict[str, tuple[Reply, type[TheSportsError]]] = {
    "address refused": (envelope({"err": ADDRESS_REFUSED}), NotAuthorized),
    "endpoint refused": (envelope({"err": "URL is not authorized"}), NotAuthorized),
    "HTTP 401": (raw(b"", 401), NotAuthorized),
    "HTTP 403": (raw(b"", 403), NotAuthorized),
}


@pytest.mark.parametrize("kind", FAILURES)
async def test_failure_has_its_own_exception(
    api: ScriptedApi, make: Callable[..., TheSports], kind: str
) -> None:
    reply, expected = FAILURES[kind]
    api.answers("match/detail_live", reply)
    client = make(max_attempts=3)
    error = await failure(client.live())
    assert type(error) is expected
    assert len(api.asked) == (3 if error.heals else 1)
    assert client.traffic.failures == {error.cause: 1}


@pytest.mark.parametrize("kind", [kind for kind, (_, error) in FAILURES.items() if error.heals])
async def test_failure_that_heals_is_asked_again(
    api: ScriptedApi, make: Callable[..., TheSports], kind: str
) -> None:
    api.answers("match/detail_live", FAILURES[kind][0], GOOD)
    client = make(max_attempts=2)
    assert (await client.live()).results == [{"id": "m"}]
    assert client.traffic.endpoints["match/detail_live"].retried == 1
    assert not client.traffic.failures


async def test_refused_connection_is_not_reachable(make: Callable[..., TheSports]) -> None:
    client = TheSports("http://127.0.0.1:9/v1", USER, SecretStr(SECRET), max_attempts=1)
    assert type(await failure(client.live())) is NotReachable
    await client.close()


async def test_hanging_answer_times_out(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("match/detail_live", hang, GOOD)
    client = make(request_timeout=0.05)
    assert (await client.live()).results == [{"id": "m"}]
    api.answers("match/detail_live", hang)
    assert type(await failure(make(request_timeout=0.05, max_attempts=1).live())) is TimedOut


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Bounds:
    bounds = Bounds(size=1000, rows=5, values=300)
    monkeypatch.setattr(client_module, "bounds_of", lambda *_, **__: bounds)
    return bounds


@pytest.mark.parametrize(
    ("reply", "excess"),
    [
        (ok(["x" * 1000]), "more than 1000 bytes"),
        (compressed(["x" * 1000], "gzip"), "more than 1000 bytes"),
        (ok([1] * 6), "6 rows, more than 5"),
        (raw(b'{"code":0,"results":[' + b"[]," * 300 + b"[]]}"), "more than 300 values"),
        (raw(b'{"code":0,"results":' + b"[" * 64 + b"]" * 64 + b"}"), "more than 64 deep"),
        (raw(b'{"code":0,"results":' + b'{"":' * 64 + b"0" + b"}" * 64 + b"}"), "more than 64 deep"),
        (raw(b'{"code":0,"results":[' + b"[0,[]," * 64 + b"0" + b"]" * 64 + b"]}"), "more than 64 deep"),
        (raw(b'{"err":' + b"[" * 70 + b"]" * 70 + b"}"), "more than 64 deep"),
    ],
    ids=range(8),
)
async def test_answer_beyond_its_bounds_is_broken(
    api: ScriptedApi, make: Callable[..., TheSports], small: Bounds, reply: Reply, excess: str
) -> None:
    api.answers("match/detail_live", reply)
    error = await failure(make(max_attempts=1).live())
    assert type(error) is BrokenAnswer
    assert excess in str(error)


@pytest.mark.parametrize(
    "results",
    [
        ["x" * 940],
        [1] * 5,
        [[0] * 95],
        ["[[{" * 20],
    ],
    ids=range(4),
)
async def test_answer_within_its_bounds_is_read(
    api: ScriptedApi, make: Callable[..., TheSports], small: Bounds, results: Any
) -> None:
    api.answers("match/detail_live", ok(results))
    assert (await make(max_attempts=1).live()).results == results


async def test_bomb_is_not_unpacked(api: ScriptedApi, make: Callable[..., TheSports], small: Bounds) -> None:
    api.answers("match/detail_live", compressed([[]] * 1_000_000, "gzip"))
    client = make(max_attempts=1)
    assert "more than 1000 bytes" in str(await failure(client.live()))


async def test_wire_that_unpacks_to_nothing_is_cut(
    api: ScriptedApi, make: Callable[..., TheSports], small: Bounds
) -> None:
    empty_blocks = b"\x00\x00\x00\xff\xff" * 1000
    packed = gzip.compress(b"")[:10] + empty_blocks + b"\x03\x00" + bytes(8)
    api.answers("match/detail_live", raw(packed, headers={"Content-Encoding": "gzip"}))
    assert "more than 1000 bytes" in str(await failure(make(max_attempts=1).live()))


async def test_bytes_in_flight_are_bounded(
    api: ScriptedApi, make: Callable[..., TheSports], small: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MAX_BYTES_IN_FLIGHT", 3 * small.size)
    api.answers("match/detail_live", late(0.01, GOOD))
    client = make(max_connections=50)
    await asyncio.gather(*(client.live() for _ in range(20)))
    assert api.max_in_flight == 3


@pytest.mark.parametrize("drip", [b"X: y\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"{},"])
async def test_answer_that_never_ends_is_cut_by_the_deadline(drip: bytes) -> None:
    async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b"" if drip.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n"
        writer.write(head + (b"\r\n" if drip == b"{}," else b""))
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(drip)
                await writer.drain()
                await asyncio.sleep(0.01)

    server = await asyncio.start_server(dripping, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    begun = time.monotonic()
    client = TheSports(f"http://127.0.0.1:{port}", USER, SecretStr(SECRET), deadline=begun + 0.3)
    assert type(await failure(client.live())) is TimedOut
    assert time.monotonic() - begun < 1
    await client.close()
    server.close()


async def test_answer_that_came_before_it_was_asked_for_and_never_ends_is_cut() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    good = b'{"code":0,"results":["' + b"x" * 900_000 + b'"]}'

    async def smuggling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head % len(good) + good + head % 100 + b"{")
        with contextlib.suppress(ConnectionError):
            await reader.read()

    server = await asyncio.start_server(smuggling, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = TheSports(
        f"http://127.0.0.1:{port}", USER, SecretStr(SECRET), request_timeout=0.3, max_attempts=1
    )
    begun = time.monotonic()
    await asyncio.wait_for(asyncio.gather(*(client.live() for _ in range(3)), return_exceptions=True), 5)
    for _ in range(3):
        with contextlib.suppress(TheSportsError):
            await asyncio.wait_for(client.live(), 5)
    assert time.monotonic() - begun < 3
    await client.close()
    server.close()


# -- what the messages name --------------------------------------------------------------------------
async def test_refused_connection_names_host_and_cause() -> None:
    client = TheSports("http://127.0.0.1:9/v1", USER, SecretStr(SECRET), max_attempts=1)
    expected = "match/detail_live: 127.0.0.1 cannot be reached (connection refused)"
    assert str(await failure(client.live())) == expected
    await client.close()


async def test_unknown_name_is_told() -> None:
    client = TheSports("http://nowhere.invalid/v1", USER, SecretStr(SECRET), max_attempts=1)
    expected = "match/detail_live: nowhere.invalid cannot be reached (its name is not known)"
    assert str(await failure(client.live())) == expected
    await client.close()


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (reset, "127.0.0.1 closed the connection without an answer"),
        (truncated, "127.0.0.1 sent an answer that breaks off or cannot be unpacked"),
        (
            raw(b"no gzip", headers={"Content-Encoding": "gzip"}),
            "127.0.0.1 sent an answer that breaks off or cannot be unpacked",
        ),
        (hang, "no answer from 127.0.0.1 within 0.1 s"),
    ],
)
async def test_lost_answer_names_host_and_cause(
    api: ScriptedApi, make: Callable[..., TheSports], reply: Reply, cause: str
) -> None:
    api.answers("match/detail_live", reply)
    error = await failure(make(max_attempts=1, request_timeout=0.1).live())
    assert str(error) == f"match/detail_live: {cause}"


async def test_https_to_a_plain_server_is_told(api: ScriptedApi) -> None:
    address = api.base_url.replace("http:", "https:")
    client = TheSports(address, USER, SecretStr(SECRET), max_attempts=1)
    assert str(await failure(client.live())).endswith("127.0.0.1 cannot be reached (no TLS connection)")
    await client.close()


# -- the secret in good answers ----------------------------------------------------------------------
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda address: address,
    unquote_plus,
    lambda address: html.escape(unquote_plus(address)),
    lambda address: unquote_plus(address)[:-1],
    quote,
)


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(
    "place",
    [
        lambda told: {"results": [{"id": "m", "note": told}]},
        lambda told: {"results": [{"id": "m", "x": [[{"y": [told]}]]}]},
        lambda told: {"results": [{told: "m"}]},
        lambda told: {"results": [], "results_extra": {"team": [{"name": told}]}},
    ],
)
async def test_rows_that_repeat_the_secret_are_refused_until_they_do_not(
    api: ScriptedApi,
    make: Callable[..., TheSports],
    spell: Callable[[str], str],
    place: Callable[[str], dict[str, Any]],
) -> None:
    careless = echo(lambda address: json.dumps({"code": 0, **place(spell(address))}).encode())
    api.answers("match/detail_live", careless)
    error = await failure(make(max_attempts=1).live())
    assert type(error) is BrokenAnswer
    assert "repeat the credentials" in str(error)
    api.answers("match/detail_live", careless, GOOD)
    assert (await make(max_attempts=2).live()).results == [{"id": "m"}]


@pytest.mark.parametrize("spell", SPELLINGS)
async def test_query_that_repeats_the_secret_is_cleared_of_it(
    api: ScriptedApi, make: Callable[..., TheSports], spell: Callable[[str], str]
) -> None:
    rows = [{"id": "m", "name": "Ajax 62%", "price": 1.5}]
    api.answers(
        "match/detail_live",
        echo(
            lambda address: json.dumps({"code": 0, "results": rows, "query": {"x": spell(address)}}).encode()
        ),
    )
    answer = await make(max_attempts=1).live()
    assert (answer.results, answer.query) == (rows, {"x": NOTICE})


async def test_huge_answer_with_the_secret_is_refused(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("match/detail_live", ok([SECRET, "x" * 2**20]))
    error = await failure(make(max_attempts=1).live())
    assert "repeat the credentials" in str(error)


async def test_closed_session_is_an_error_like_others(api: ScriptedApi) -> None:
    session = aiohttp.ClientSession()
    await session.close()
    client = TheSports(api.base_url, USER, SecretStr(SECRET), session=session, max_attempts=1)
    assert type(await failure(client.live())) is NotReachable


@pytest.mark.parametrize("kind", ["address refused", "HTTP 401", "HTTP 403"])
async def test_refused_account_is_asked_for_nothing_more(
    api: ScriptedApi, make: Callable[..., TheSports], kind: str
) -> None:
    api.answers("match/detail_live", REFUSALS[kind][0])
    client = make()
    for request in (client.live(), client.live(), client.countries()):
        error = await failure(request)
        assert isinstance(error, NotAuthorized)
        assert "THESPORTS_SECRET" in str(error)
    assert len(api.asked) == 1


async def test_refused_endpoint_leaves_the_others(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("odds/live", REFUSALS["endpoint refused"][0])
    client = make()
    assert isinstance(await failure(client.odds_live()), NotAuthorized)
    assert isinstance(await failure(client.odds_live()), NotAuthorized)
    await client.live()
    assert api.counts == {"odds/live": 1, "match/detail_live": 1}


# -- attempts ----------------------------------------------------------------------------------------
async def test_backoff_doubles_up_to_its_bound(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    api.answers("match/detail_live", raw(b"", 500))
    await failure(make(max_attempts=7).live())
    assert clock.slept == [0.5, 1, 2, 4, 8, 8]


async def test_jitter_takes_up_to_half_of_a_wait(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    api.answers("match/detail_live", raw(b"", 500))
    await failure(make(max_attempts=3, jitter=lambda: 0.0).live())
    assert clock.slept == [0.25, 0.5]


@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
async def test_seconds_to_wait_are_waited(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock, name: str
) -> None:
    api.answers("match/detail_live", raw(b"", 429, {name: "3"}), GOOD)
    await make().live()
    assert clock.slept == [3]


async def test_date_to_wait_for_is_waited_for(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    api.answers("match/detail_live", raw(b"", 429, {"Retry-After": date}), GOOD)
    await make().live()
    assert sum(clock.slept) == pytest.approx(30, abs=2)


@pytest.mark.parametrize("value", ["\N{SUPERSCRIPT TWO}", "soon", "-5", "", "Wed, 01 Jan 2020 00:00:00 GMT"])
async def test_unreadable_time_to_wait_is_the_usual_pause(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock, value: str
) -> None:
    api.answers("match/detail_live", raw(b"", 429, {"Retry-After": value}), GOOD)
    await make().live()
    assert sum(clock.slept) == pytest.approx(client_module.DEFAULT_RETRY_AFTER_SECONDS, abs=0.1)


async def test_told_to_wait_all_wait(api: ScriptedApi, make: Callable[..., TheSports], clock: Clock) -> None:
    api.answers("odds/history", raw(b"", 429, {"Retry-After": "4"}), ok({}))
    client = make(max_attempts=1)
    await failure(client.odds_history("a"))
    began = clock.now
    await client.odds_history("b")
    assert clock.now - began == pytest.approx(4)


async def test_long_pause_is_left_to_the_next_cycle(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    client = make()
    client.quota.pause("odds/history", 30)
    assert isinstance(await failure(client.odds_history("a")), OverQuota)
    assert (api.asked, clock.slept) == ([], [])


async def test_urgent_request_waits_for_the_reserve_only(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    quota = Quota(clock=clock.time, total_limit=4)
    client = make(quota=quota)
    for after in (0, 0, 20, 40):
        clock.now += after
        quota.done(quota.take("country/list", urgent=True) or 0)
    clock.now -= 3
    assert quota.wait("odds/live", urgent=True) < 5 < quota.wait("odds/live")
    await client.odds_live()
    assert api.counts == {"odds/live": 1}


async def test_passed_deadline_sends_nothing(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    assert isinstance(await failure(make(deadline=time.monotonic() - 1).live()), DeadlinePassed)
    assert not api.asked


async def test_deadline_cuts_an_attempt_and_the_wait_after_it(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    api.answers("match/detail_live", hang)
    began = time.monotonic()
    assert isinstance(await failure(make(deadline=began + 0.1).live()), TimedOut)
    assert time.monotonic() - began < 1
    assert (len(api.asked), clock.slept) == (1, [])


async def test_answers_that_wait_when_the_deadline_passes_are_not_read(
    api: ScriptedApi, make: Callable[..., TheSports], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = client_module.read

    def slowly(*given: Any) -> Any:
        time.sleep(0.3)
        return read(*given)

    monkeypatch.setattr(client_module, "read", slowly)
    api.answers("match/detail_live", GOOD)
    client = make(deadline=time.monotonic() + 1, request_timeout=60)
    found = await asyncio.gather(*(client.live() for _ in range(10)), return_exceptions=True)
    late = [one for one in found if isinstance(one, TheSportsError)]
    assert len(late) >= 6
    assert {type(one) for one in late} <= {DeadlinePassed, TimedOut}


async def test_deadline_leaves_no_time_for_a_pause(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    api.answers("match/detail_live", raw(b"", 429, {"Retry-After": "20"}))
    assert isinstance(await failure(make(deadline=time.monotonic() + 10).live()), OverQuota)
    assert clock.slept == []


# -- ahead of time -----------------------------------------------------------------------------------
async def test_what_was_begun_is_asked_once_and_answers_the_first_call(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    client = make()
    for _ in range(2):
        client.begin_diary(86400)
        client.begin_countries()
    api.answers("match/diary", GOOD)
    answers = await asyncio.gather(client.diary(86400), client.countries(), client.diary(0))
    assert [answer.results for answer in answers] == [[{"id": "m"}], [], [{"id": "m"}]]
    assert api.counts == {"match/diary": 2, "country/list": 1}
    await client.countries()
    assert api.counts["country/list"] == 2


async def test_failure_of_what_was_begun_is_raised_where_it_is_asked_for(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("deleted", raw(b"", 404), ok({}))
    client = make()
    client.begin_deleted()
    await failure(client.deleted())
    assert (await client.deleted()).results == {}


# -- many at once ------------------------------------------------------------------------------------
async def test_connections_stay_within_their_limit(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("team/additional/list", late(0.01, ok([])))
    client = make(max_connections=3)
    await asyncio.gather(*(client.team(str(number)) for number in range(20)))
    assert api.max_in_flight == 3


async def test_urgent_requests_overtake(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    client = make(max_connections=1)
    requests = [client.team(str(number), priority=3) for number in range(3)] + [client.odds_live(0)]
    await asyncio.gather(*requests)
    assert [asked.endpoint for asked in api.asked].index("odds/live") == 1


async def test_connection_is_free_while_an_answer_waits_to_be_read(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    client = make(max_connections=1)
    api.answers("team/additional/list", ok([{"id": "1", "name": "x" * LARGE_BYTES}]))
    async with client._reading:
        first = asyncio.ensure_future(client.team("1"))
        await asyncio.wait_for(api.reached.wait(), 10)
        api.reached.clear()
        second = asyncio.ensure_future(client.team("2"))
        await asyncio.wait_for(api.reached.wait(), 10)
        assert not first.done()
    await asyncio.gather(first, second)


async def test_failing_endpoint_is_given_up(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("team/additional/list", raw(b"", 500))
    client = make(max_attempts=2)
    errors = [await failure(client.team(str(number))) for number in range(BREAKER_FAILURES + 3)]
    assert [type(error) for error in errors[-3:]] == [NotSent] * 3
    assert len(api.asked) == 2 * BREAKER_FAILURES
    await client.live()


async def test_success_keeps_an_endpoint_open(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    client = make(max_attempts=1)
    for _ in range(3):
        api.answers("team/additional/list", raw(b"", 500))
        for number in range(BREAKER_FAILURES - 1):
            assert isinstance(await failure(client.team(str(number))), NotReachable)
        api.answers("team/additional/list", ok([]))
        await client.team("t")


async def test_unknown_resources_do_not_close_their_endpoint(
    api: ScriptedApi, make: Callable[..., TheSports]
) -> None:
    api.answers("team/additional/list", *[FAILURES["code 404"][0]] * (BREAKER_FAILURES + 1), ok([{}]))
    client = make()
    for number in range(BREAKER_FAILURES + 1):
        assert isinstance(await failure(client.team(str(number))), NotFound)
    assert (await client.team("t")).results == [{}]


async def test_requests_held_back_by_the_quota_do_not_close_their_endpoint(
    api: ScriptedApi, make: Callable[..., TheSports], clock: Clock
) -> None:
    client = make()
    client.quota.pause("odds/history", 30)
    for number in range(BREAKER_FAILURES + 1):
        assert isinstance(await failure(client.odds_history(str(number))), OverQuota)
    clock.now += 31
    await client.odds_history("m")


async def test_session_passed_in_stays_open(api: ScriptedApi) -> None:
    async with aiohttp.ClientSession() as session:
        client = TheSports(api.base_url, USER, SecretStr(SECRET), session=session)
        await client.live()
        await client.close()
        assert not session.closed


async def test_own_session_is_closed(make: Callable[..., TheSports]) -> None:
    client = make()
    await client.live()
    session = client._transport._session
    await client.close()
    assert session is not None
    assert session.closed


async def test_traffic_is_counted_by_attempt(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("match/detail_live", raw(b"", 500), GOOD)
    client = make()
    await client.live()
    counted = client.traffic.endpoints["match/detail_live"]
    assert (len(counted.seconds), counted.retried, counted.failed) == (2, 1, 0)
    assert 0 < client.traffic.open_seconds <= client.traffic.busy_seconds + 1e-6


# -- the secret --------------------------------------------------------------------------------------
ECHOES: dict[str, tuple[Reply, type[TheSportsError]]] = {
    f"{place}, {form}": (echo(make_body), expected)
    for form, spell in {
        "as sent": lambda address: address,
        "decoded": unquote_plus,
        "as HTML": lambda address: html.escape(unquote_plus(address)),
        "in lower case escapes": lambda address: address.replace("%C3%A9", "%c3%a9"),
        "decoded and cut": lambda address: unquote_plus(address)[:-1],
    }.items()
    for place, make_body, expected in (
        ("err", lambda a, s=spell: json.dumps({"err": f"bad request {s(a)}"}).encode(), ApiFailure),
        (
            "refusal",
            lambda a, s=spell: json.dumps({"err": f"not authorized: {s(a)}"}).encode(),
            NotAuthorized,
        ),
        ("msg", lambda a, s=spell: json.dumps({"code": 9999, "msg": s(a)}).encode(), ApiFailure),
        ("long msg", lambda a, s=spell: json.dumps({"code": 9, "msg": "x" * 70 + s(a)}).encode(), ApiFailure),
        ("code", lambda a, s=spell: json.dumps({"code": s(a)[-20:]}).encode(), BrokenAnswer),
        ("body", lambda a, s=spell: s(a)[-20:].encode(), BrokenAnswer),
    )
}


def assert_keeps_the_secret(error: BaseException, records: list[logging.LogRecord]) -> None:
    shown = [str(error), repr(error), repr(error.args), repr(vars(error))]
    shown += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    chained: BaseException | None = error
    while chained := (chained.__cause__ or chained.__context__):
        shown += [str(chained), repr(chained), repr(chained.args)]
    shown += [f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in records]
    assert not [text for text in shown for telltale in TELLTALES if telltale in text]


@pytest.fixture
def debug_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("asyncio", "aiohttp", "aiohttp.client", "aiohttp.internal"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("kind", FAILURES | REFUSALS | ECHOES)
async def test_no_failure_tells_the_secret(
    api: ScriptedApi, make: Callable[..., TheSports], debug_log: pytest.LogCaptureFixture, kind: str
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0001
    reply, expected = (FAILURES | REFUSALS | ECHOES)[kind]
    api.answers("match/detail_live", reply)
    client = make(max_attempts=2)
    error = await failure(client.live())
    assert type(error) is expected
    assert_keeps_the_secret(error, debug_log.records)


async def test_no_failure_without_an_answer_tells_the_secret(
    api: ScriptedApi, make: Callable[..., TheSports], debug_log: pytest.LogCaptureFixture
) -> None:
    api.answers("match/detail_live", hang)
    unreachable = make(max_attempts=1)
    unreachable._transport._base_url = "http://127.0.0.1:9"
    no_address = make(max_attempts=1)
    no_address._transport._base_url = "http://[nowhere"
    for client in (make(request_timeout=0.05, max_attempts=1), unreachable, no_address):
        assert_keeps_the_secret(await failure(client.live()), debug_log.records)


async def test_cancelled_request_keeps_the_secret(
    api: ScriptedApi, make: Callable[..., TheSports], debug_log: pytest.LogCaptureFixture
) -> None:
    api.answers("match/detail_live", hang)
    client = make()
    task = asyncio.create_task(client.live())
    await api.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert_keeps_the_secret(caught.value, debug_log.records)
    assert client.quota.available("match/detail_live", within=61) == client.quota.available("x", within=61)


async def test_messages_can_be_written_anywhere(api: ScriptedApi, make: Callable[..., TheSports]) -> None:
    api.answers("match/detail_live", envelope({"err": "half \ud83d\nand a second line"}))
    text = str(await failure(make(max_attempts=1).live()))
    assert text.encode()
    assert text.isprintable()
