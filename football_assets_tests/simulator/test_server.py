"""The server: who may ask, how often, how long it takes, and where it listens."""

from __future__ import annotations

import asyncio
import socket
import time

import aiohttp
import pytest
from pydantic import SecretStr

from football_assets.simulator.answers import Simulator
from football_assets.simulator.server import serving
from football_assets.thesports.client import TheSports
from football_assets.thesports.errors import NotAuthorized, NotFound, OverQuota
from football_assets_tests.simulator.asking import START, Clock, asking

CREDENTIALS = {"user": "user", "secret": "secret"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("user, secret", [("", "secret"), ("user", "")])
async def test_empty_credentials_are_not_authorized(clock, user, secret) -> None:
    async with serving(Simulator(clock=clock)) as base_url:
        api = TheSports(base_url, user, SecretStr(secret))
        with pytest.raises(NotAuthorized):
            await api.live()
        await api.close()


async def test_an_unknown_endpoint_is_code_404(clock) -> None:
    async with asking(Simulator(clock=clock)) as api:
        with pytest.raises(NotFound):
            await api.page("match/unheard/of", 1)


async def test_errors_come_with_http_status_200(clock) -> None:
    answers = []
    async with serving(Simulator(clock=clock)) as base_url, aiohttp.ClientSession() as session:
        for endpoint, query in (("match/detail_live", {}), ("nothing", CREDENTIALS)):
            async with session.get(f"{base_url}/{endpoint}", params=query) as response:
                answers.append((response.status, await response.json()))
    assert answers == [
        (200, {"err": "IP is not authorized to access, please contact our business staff."}),
        (200, {"code": 404, "msg": "no such resource"}),
    ]


async def test_quota_lets_odds_history_be_asked_so_often_a_minute(clock) -> None:
    async with asking(Simulator(clock=clock), quota=3) as api:
        match_id = (await api.live()).results[20]["id"]
        for clock.now in (START, START + 10, START + 20):
            await api.odds_history(match_id)
        with pytest.raises(OverQuota) as refused:
            await api.odds_history(match_id)
        assert refused.value.retry_after == 40
        await api.live()


async def test_quota_has_room_again_after_a_minute(clock) -> None:
    async with serving(Simulator(clock=clock), quota=1) as base_url, aiohttp.ClientSession() as session:
        statuses = []
        for clock.now in (START, START + 59.5, START + 60):
            async with session.get(f"{base_url}/odds/history", params=CREDENTIALS) as response:
                statuses.append((response.status, response.headers.get("Retry-After")))
    assert statuses == [(200, None), (429, "1"), (200, None)]


async def test_final_rows_have_a_quota_of_their_own(clock) -> None:
    async with serving(Simulator(clock=clock), quota=1) as base_url, aiohttp.ClientSession() as session:
        statuses = []
        for endpoint in ("odds/history", "match/live/history", "match/live/history", "match/detail_live"):
            async with session.get(f"{base_url}/{endpoint}", params=CREDENTIALS) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 429, 200]


async def test_the_date_of_every_answer_is_the_simulators_time(clock) -> None:
    async with serving(Simulator(clock=clock), quota=1) as base_url, aiohttp.ClientSession() as session:
        dates = []
        for clock.now in (START, START + 86_400.7):
            async with session.get(f"{base_url}/odds/history", params=CREDENTIALS) as response:
                dates.append((response.status, response.headers.getall("Date")))
            async with session.get(f"{base_url}/odds/history", params=CREDENTIALS) as response:
                dates.append((response.status, response.headers.getall("Date")))
    first, second = ["Thu, 09 Oct 2025 08:53:20 GMT"], ["Fri, 10 Oct 2025 08:53:20 GMT"]
    assert dates == [(200, first), (429, first), (200, second), (429, second)]


async def test_every_answer_is_held_back_for_the_latency(clock) -> None:
    async with asking(Simulator(clock=clock), latency_ms=80) as api:
        started = time.monotonic()
        await api.countries()
        assert time.monotonic() - started >= 0.08


@pytest.mark.parametrize("accepted, encoding", [("gzip", "gzip"), ("identity", None)])
async def test_answers_are_compressed_for_clients_that_accept_it(clock, accepted, encoding) -> None:
    headers = {"Accept-Encoding": accepted}
    async with (
        serving(Simulator(clock=clock)) as base_url,
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{base_url}/match/detail_live", params=CREDENTIALS) as response,
    ):
        assert response.headers.get("Content-Encoding") == encoding
        assert len((await response.json())["results"]) > 40


async def test_it_listens_on_loopback_and_ends_with_the_block(clock) -> None:
    async with serving(Simulator(clock=clock)) as base_url:
        assert base_url.startswith("http://127.0.0.1:")
        assert base_url.endswith("/v1/football")
        port = int(base_url.split(":")[2].split("/")[0])
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


async def test_a_port_in_use_is_an_os_error(clock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError):
            async with serving(Simulator(clock=clock), port=taken.getsockname()[1]):
                pass


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
async def test_another_page_is_not_answered(clock, headers) -> None:
    async with serving(Simulator(clock=clock)) as base_url, aiohttp.ClientSession() as session:
        async with session.get(f"{base_url}/match/detail_live", params=CREDENTIALS) as answer:
            assert answer.status == 200
        async with session.get(
            f"{base_url}/match/detail_live", params=CREDENTIALS, headers=headers
        ) as refused:
            assert refused.status == 403


async def test_a_day_of_many_matches_lets_other_requests_pass(clock) -> None:
    """A diary takes its time; what is asked meanwhile does not wait for it."""
    day = {**CREDENTIALS, "tsp": str(START // 86_400 * 86_400 - 3 * 86_400)}
    async with serving(Simulator(1, 200, clock)) as base_url, aiohttp.ClientSession() as session:

        async def asked(endpoint: str, query: dict[str, str]) -> str:
            async with session.get(f"{base_url}/{endpoint}", params=query) as response:
                assert (await response.json())["code"] == 0
            order.append(endpoint)
            return endpoint

        order: list[str] = []
        diary = asyncio.create_task(asked("match/diary", day))
        await asyncio.sleep(0)
        while not diary.done():
            await asked("country/list", CREDENTIALS)
        await diary
    assert order.index("match/diary") >= 3
