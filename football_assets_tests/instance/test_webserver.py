"""Dagster's UI in a real browser: what it may do itself, and that no other page can do any of it."""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from football_assets.instance.fence import Leader, write_leader
from football_assets.instance.webserver import follow_the_lead
from football_assets_tests.instance.elsewhere import pages_of_others
from football_assets_tests.instance.waiting import eventually
from football_assets_tests.scoreboard.browser import CHROMIUM_OPTIONS, require_chromium
from football_assets_tests.servers.ports import free_port

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page  # noqa: E402

PROGRAM = """
import sys
from pathlib import Path
from football_assets.instance.services import environment, prepared, services
from football_assets.instance.supervisor import Supervisor
from football_assets.settings import Settings
settings = Settings(_env_file=None, data_dir=Path(sys.argv[1]))
with prepared(settings) as home:
    code, _daemon, web = services(home, "127.0.0.1", int(sys.argv[2]), "small_graph")
    Supervisor([code, web], environment(settings, home), print).run(lambda: print("up", flush=True))
"""

GRAPH = """
from dagster import DefaultSensorStatus, Definitions, SkipReason, in_process_executor, job, op, sensor

@op
def nothing():
    pass

@job(executor_def=in_process_executor)
def small():
    nothing()

@sensor(job=small, default_status=DefaultSensorStatus.RUNNING)
def starter():
    return SkipReason("as told")

definitions = Definitions(jobs=[small], sensors=[starter])
"""

LOCATION = 'repositoryLocationName: "football_assets"'
REPOSITORY = f'repositoryName: "__repository__", {LOCATION}'
LAUNCH = (
    'mutation { launchRun(executionParams: {mode: "default", runConfigData: {}, '
    f'selector: {{pipelineName: "small", {REPOSITORY}}}}}) '
    "{ ... on LaunchRunSuccess { run { id } } } }"
)
SENSOR = f'{{ sensorOrError(sensorSelector: {{sensorName: "starter", {REPOSITORY}}}) '
SENSOR += (
    "{ ... on Sensor { id sensorState { id status } } } runsOrError { ... on Runs { results { id } } } }"
)


class Served:
    """The UI, and what it says of the sensor and the runs."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, page: Page, query: str) -> Any:
        """The answer to GraphQL that the UI's own page sends."""
        return page.evaluate(
            "query => fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'},"
            " body: JSON.stringify({query})}).then(answer => answer.json())",
            query,
        )["data"]

    def state(self, page: Page) -> tuple[str, int]:
        """The sensor's status and the number of runs."""
        said = self.ask(page, SENSOR)
        return said["sensorOrError"]["sensorState"]["status"], len(said["runsOrError"]["results"])

    def mutations(self, page: Page) -> list[str]:
        """What an attacker would like to send."""
        sensor = self.ask(page, SENSOR)["sensorOrError"]
        stop = json.dumps(sensor["id"])
        return [
            f"mutation {{ stopSensor(id: {stop}) {{ __typename }} }}",
            LAUNCH,
            f"mutation {{ shutdownRepositoryLocation({LOCATION}) {{ __typename }} }}",
        ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    require_chromium()
    place, port = tmp_path_factory.mktemp("web"), free_port()
    (place / "small_graph.py").write_text(GRAPH)
    paths = os.pathsep.join([str(place), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-c", PROGRAM, str(place), str(port)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout and process.stdout.readline() == "up\n"
            yield Served(port)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = require_chromium()
    # Any name leads to this machine, as an attacker's does at the second look: DNS rebinding.
    rebound = "--host-resolver-rules=MAP *.example 127.0.0.1"
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_OPTIONS, rebound])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(served.address)
    yield opened
    context.close()


ATTACK = textwrap.dedent("""\
    async ([address, mutations]) => {
        const tried = []
        const attempt = async (name, doing) => {
            try { const answer = await doing(); tried.push(name + ": " + answer) }
            catch (error) { tried.push(name + ": " + error) }
        }
        const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds))
        for (const mutation of mutations) {
            const link = address + "/graphql?query=" + encodeURIComponent(mutation)
            const body = JSON.stringify({query: mutation})
            const types = ["text/plain", "text/plain; application/json", "application/x-www-form-urlencoded"]
            await attempt("get", () => fetch(link, {mode: "no-cors"}))
            await attempt("image", async () => { new Image().src = link; await wait(200) })
            for (const type of types) {
                const options = {method: "POST", mode: "no-cors", headers: {"Content-Type": type}}
                await attempt(type, () => fetch(link, {...options, body: "x"}))
                await attempt(type, () => fetch(address + "/graphql", {...options, body}))
            }
            await attempt("json", () => fetch(address + "/graphql",
                {method: "POST", headers: {"Content-Type": "application/json"}, body}))
            const frame = document.createElement("iframe")
            frame.name = "target"
            document.body.append(frame)
            for (const [method, type] of [["GET", ""], ["POST", "text/plain"],
                                          ["POST", "application/x-www-form-urlencoded"]]) {
                const form = document.createElement("form")
                Object.assign(form, {method, enctype: type, action: link, target: "target"})
                form.innerHTML = "<input name=query>"
                form.firstChild.value = mutation
                document.body.append(form)
                form.submit()
                await wait(300)
            }
            await attempt("socket", () => new Promise((done, failed) => {
                const socket = new WebSocket(address.replace("http", "ws") + "/graphql", "graphql-ws")
                socket.onopen = () => done("open")
                socket.onerror = () => failed("refused")
            }))
        }
        return tried
    }
    """)


def test_no_other_page_can_change_anything(served: Served, browser: Browser, page: Page) -> None:
    before = served.state(page)
    assert before[0] == "RUNNING"
    mutations = served.mutations(page)
    with pages_of_others() as other_port:
        context = browser.new_context()
        for origin in (f"http://127.0.0.1:{other_port}", f"http://evil.example:{other_port}"):
            for address in (served.address, f"http://localhost:{served.port}"):
                other = context.new_page()
                other.goto(origin)
                tried = other.evaluate(ATTACK, [address, mutations])
                assert "socket: refused" in tried
                assert "socket: open" not in tried
                assert any(one.startswith("json: TypeError") for one in tried)
                for mutation in mutations:
                    answer = other.goto(f"{address}/graphql?query={quote(mutation)}")
                    assert answer and answer.status == 403
        context.close()
    assert served.state(page) == before


def test_page_by_dns_rebinding_gets_nothing(served: Served, browser: Browser, page: Page) -> None:
    before = served.state(page)
    context = browser.new_context()
    rebound = context.new_page()
    for path in ("/", "/graphql?query={version}", "/server_info"):
        answer = rebound.goto(f"http://evil.example:{served.port}{path}")
        assert answer and answer.status == 403
    tried = rebound.evaluate(ATTACK, [f"http://evil.example:{served.port}", served.mutations(page)])
    assert "socket: refused" in tried
    assert "socket: open" not in tried
    context.close()
    assert served.state(page) == before


def test_ui_works_queries_a_run_and_its_live_events(served: Served, page: Page) -> None:
    received: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(str(frame))))
    run_id = served.ask(page, LAUNCH)["launchRun"]["run"]["id"]
    page.goto(f"{served.address}/runs/{run_id}")
    page.get_by_text("RUN_SUCCESS").first.wait_for(timeout=60_000)
    assert any("RUN_SUCCESS" in frame or "RunSuccessEvent" in frame for frame in received)


def test_the_same_mutations_work_from_the_ui_itself(served: Served, page: Page) -> None:
    stop = served.mutations(page)[0]
    assert served.ask(page, stop)["stopSensor"]["__typename"] == "StopSensorMutationResult"
    assert eventually(lambda: served.state(page)[0] == "STOPPED", within=10)


def test_link_to_the_ui_from_another_page_opens_it(served: Served, browser: Browser) -> None:
    with pages_of_others() as other_port:
        context = browser.new_context()
        other = context.new_page()
        other.goto(f"http://evil.example:{other_port}")
        with other.expect_navigation() as opened:
            other.evaluate("address => { location.href = address }", f"{served.address}/runs")
        assert opened.value and opened.value.status == 200
        context.close()


def test_requests_change_something_only_while_this_machine_works(tmp_path: Path) -> None:
    context, lead = (
        SimpleNamespace(_read_only=None, create_request_context=lambda source: source),
        tmp_path / "lead",
    )
    follow_the_lead(context, lead)  # type: ignore[arg-type]

    def is_read_only() -> bool:
        assert context.create_request_context("request") == "request"
        return bool(context._read_only)

    assert is_read_only(), "nobody has said that it works"
    write_leader(lead, Leader(1, "here 7", datetime.now(UTC)), is_here=True)
    assert not is_read_only()
    write_leader(lead, Leader(2, "there 8", datetime.now(UTC)), is_here=False)
    assert is_read_only()
    write_leader(lead, Leader(3, "here 7", datetime.now(UTC)), is_here=True)
    os.utime(lead, (0, 0))
    assert is_read_only(), "what kept the lead is gone"
