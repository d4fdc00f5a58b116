"""Which requests are answered: hosts, origins, and what a browser says of who asks."""

import pytest

from football_assets.surfaces import Guard, Policy

LOCAL = Policy.of("127.0.0.1", 3000)
PROXIED = Policy.of("127.0.0.1", 3000, ("football.example.com", "other.example.com:8443"))
OPEN = Policy.of("0.0.0.0", 3000)
LAN = Policy.of("192.168.1.5", 3000)
SIX = Policy.of("fd00::1", 3000)


@pytest.mark.parametrize(
    ("policy", "host"),
    [
        (LOCAL, "127.0.0.1:3000"),
        (LOCAL, "LocalHost:3000"),
        (LOCAL, "[::1]:3000"),
        (Policy.of("127.0.0.1", 80), "localhost"),
        (PROXIED, "football.example.com"),
        (PROXIED, "football.example.com:443"),
        (PROXIED, "football.example.com:3000"),
        (PROXIED, "other.example.com:8443"),
        (LAN, "192.168.1.5:3000"),
        (SIX, "[fd00::1]:3000"),
        (OPEN, "10.1.2.3:3000"),
        (OPEN, "[fd00::1]:3000"),
        (OPEN, "localhost:3000"),
    ],
)
def test_own_host_is_answered(policy: Policy, host: str) -> None:
    assert policy.refusal("GET", {"host": host}) is None
    assert policy.refusal("POST", {"host": host, "origin": f"http://{host}"}) is None


@pytest.mark.parametrize(
    ("policy", "host"),
    [
        (LOCAL, "evil.example:3000"),
        (LOCAL, "127.0.0.1:3001"),
        (LOCAL, "127.0.0.1"),
        (LOCAL, "127.0.0.1.evil.example:3000"),
        (LOCAL, "evil@127.0.0.1:3000"),
        (LOCAL, "127.0.0.1:3000/@evil.example"),
        (LOCAL, "127.0.0.1:99999"),
        (LOCAL, "10.1.2.3:3000"),
        (LOCAL, ""),
        (PROXIED, "football.example.com:8080"),
        (PROXIED, "other.example.com"),
        (OPEN, "evil.example:3000"),
        (OPEN, "10.1.2.3:3001"),
        (LAN, "192.168.1.6:3000"),
    ],
)
def test_foreign_host_is_refused(policy: Policy, host: str) -> None:
    assert policy.refusal("GET", {"host": host})


def test_request_without_a_host_is_refused() -> None:
    assert LOCAL.refusal("GET", {})


@pytest.mark.parametrize(
    ("policy", "origin"),
    [
        (LOCAL, "http://localhost:3000"),
        (PROXIED, "https://football.example.com"),
        (PROXIED, "https://other.example.com:8443"),
    ],
)
def test_own_origin_under_another_of_its_names_is_answered(policy: Policy, origin: str) -> None:
    assert policy.refusal("POST", {"host": "127.0.0.1:3000", "origin": origin}) is None


@pytest.mark.parametrize(
    ("policy", "origin"),
    [
        (LOCAL, "http://evil.example"),
        (LOCAL, "http://127.0.0.1:8080"),
        (LOCAL, "http://127.0.0.1"),
        (LOCAL, "null"),
        (LOCAL, ""),
        (LOCAL, "file://"),
        (LOCAL, "chrome-extension://127.0.0.1:3000"),
        (OPEN, "http://10.9.9.9:3000"),
    ],
)
def test_foreign_origin_is_refused(policy: Policy, origin: str) -> None:
    assert policy.refusal("POST", {"host": "127.0.0.1:3000", "origin": origin})


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_request_of_another_page_is_refused_and_a_link_to_a_page_is_not(site: str) -> None:
    asked = {"host": "127.0.0.1:3000", "sec-fetch-site": site}
    link = {**asked, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert LOCAL.refusal("GET", asked)
    assert LOCAL.refusal("GET", {**link, "sec-fetch-dest": "iframe"})
    assert LOCAL.refusal("GET", {**link, "sec-fetch-mode": "no-cors"})
    assert LOCAL.refusal("POST", link)
    assert LOCAL.refusal("GET", link) is None


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_request_of_its_own_page_is_answered(site: str) -> None:
    assert LOCAL.refusal("POST", {"host": "127.0.0.1:3000", "sec-fetch-site": site}) is None


@pytest.mark.parametrize(
    ("kind", "first"),
    [("http", {"status": 403}), ("websocket", {"type": "websocket.close"})],
)
async def test_guard_passes_nothing_on_that_is_refused(kind: str, first: dict[str, object]) -> None:
    passed, sent = [], []

    async def app(scope, receive, send) -> None:
        passed.append(scope["type"])

    async def send(message) -> None:
        sent.append(message)

    guard = Guard(app, LOCAL)
    host = (b"host", b"127.0.0.1:3000")
    await guard({"type": kind, "method": "GET", "headers": [host, (b"origin", b"http://evil")]}, None, send)
    assert passed == []
    assert first.items() <= sent[0].items()
    await guard({"type": kind, "method": "GET", "headers": [host]}, None, send)
    await guard({"type": "lifespan"}, None, send)
    assert passed == [kind, "lifespan"]
