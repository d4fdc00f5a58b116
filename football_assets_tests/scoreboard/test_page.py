"""The scoreboard as a person sees it: the real command, a real browser, a desk and a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from football_assets_tests.scoreboard.browser import CHROMIUM_OPTIONS, require_chromium, served
from football_assets_tests.scoreboard.databases import PublishedDatabase
from football_assets_tests.scoreboard.matchday import matchday

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect  # noqa: E402

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

on_desk_and_phone = pytest.mark.parametrize("page", [DESK, PHONE], ids=["desk", "phone"], indirect=True)

COMPLAINTS = {"error", "warning"}

#: On a busy machine the first page takes longer than playwright's 5 seconds: the server still imports.
expect.set_options(timeout=20_000)

HOSTILE = '<img src=x onerror="document.title=1">\u202egnihton'


class Scoreboard:
    """The running page and the file that it shows."""

    def __init__(self, address: str, path: Path) -> None:
        self.address, self.path = address, path

    def draft(self) -> PublishedDatabase:
        """The next edition, still to be written."""
        return PublishedDatabase(self._next())

    def matchday(self, *, now: datetime | None = None, data_source: str = "api") -> None:
        """Publish a matchday as of `now`."""
        matchday(self._next(), now=now, data_source=data_source).publish(self.path, now)

    def _next(self) -> Path:
        path = self.path.with_name("next.duckdb")
        path.unlink(missing_ok=True)
        return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = require_chromium()
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def scoreboard(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scoreboard]:
    data_dir = tmp_path_factory.mktemp("data")
    with served(data_dir) as address:
        yield Scoreboard(address, data_dir / "football.duckdb")


@pytest.fixture(params=[DESK], ids=["desk"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page, on a desk unless `on_desk_and_phone`. It may complain of nothing and ask nobody else."""
    complaints: list[str] = []
    phone = request.param is PHONE
    context = browser.new_context(viewport=request.param, is_mobile=phone, has_touch=phone)
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    opened.on("console", lambda said: complaints.append(said.text) if said.type in COMPLAINTS else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: None if _own(asked.url) else complaints.append(asked.url))
    yield opened
    context.close()
    assert complaints == []


def _own(url: str) -> bool:
    return bool(re.match(r"http://127\.0\.0\.1:|data:|blob:", url))


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the page's sides."""
    return bool(
        page.evaluate(
            """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .every(box => box.scrollWidth <= box.clientWidth)"""
        )
    )


@on_desk_and_phone
def test_the_matches_in_play_are_searched_and_priced(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    matches = page.locator(".fb-match")
    expect(matches).to_have_count(50)
    expect(page.locator(".fb-league")).to_have_count(15)
    expect(page.locator(".fb-status")).to_contain_text("50 in play of 50")
    expect(page.get_by_text("In 2 of 50 matches something is last known")).to_be_visible()
    expect(page.locator(".fb-notice.fb-late, .fb-notice.fb-dead, .fb-simulated, .fb-empty")).to_have_count(0)
    for chrome in ("stToolbarActions", "stAppDeployButton", "stStatusWidget", "stSidebar", "stMainMenu"):
        expect(page.get_by_test_id(chrome)).not_to_be_visible()
    assert fits(page)

    expect(page.locator(".fb-legend")).to_contain_text("Struck prices cannot be taken")
    closed = page.locator(".fb-match", has_text="Racing del Norte")
    expect(closed.locator(".fb-price s")).to_have_count(7)
    expect(closed.locator(".fb-note")).to_have_text(["suspended"] * 3)
    old = page.locator(".fb-match", has_text="Central Pampa")
    expect(old.locator(".fb-price s")).to_have_count(3)
    expect(old.locator(".fb-note")).to_have_text("51 min old")

    page.get_by_label("Search").fill("liga ribera")
    page.get_by_label("Search").press("Enter")
    expect(matches).to_have_count(1)
    shown = matches.first
    expect(shown).to_contain_text("67'")
    expect(shown).to_contain_text("Atlético Ribera")
    expect(shown.locator(".fb-goals")).to_have_text(["2", "1"])
    expect(shown.locator(".fb-red")).to_have_text("1")
    expect(shown.locator("s, .fb-note")).to_have_count(0)
    expect(page.locator(".fb-legend")).to_have_count(0)
    expect(shown.locator(".fb-price").first).to_have_text(re.compile(r"^1\d+\.\d\d$"))

    page.get_by_text("American odds").click()
    expect(shown.locator(".fb-price").first).to_have_text(re.compile(r"^1[+-]\d{3,}$"))
    expect(page).to_have_url(re.compile(r"q=liga\+ribera&odds=american|odds=american&q=liga\+ribera"))

    page.get_by_label("Search").fill("nobody")
    page.get_by_label("Search").press("Enter")
    expect(page.get_by_text("No match in play fits the search.")).to_be_visible()


@on_desk_and_phone
def test_a_match_has_a_page_with_events_and_moving_odds(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(f"{scoreboard.address}?q=ribera&odds=american")
    page.locator(".fb-match").click()
    expect(page).to_have_url(re.compile("match=match-0"))
    expect(page.locator(".fb-hero")).to_contain_text("Unión del Puerto")
    expect(page.locator(".fb-timeline li")).to_have_count(9)
    expect(page.locator(".fb-stats li").first).to_contain_text("Possession")
    page.get_by_text("Commentary (1)").click()
    expect(page.get_by_text("low into the far corner")).to_be_visible()
    expect(page.locator(".fb-now .fb-price")).to_have_count(9)
    expect(page.locator(".fb-now .fb-price").first).to_contain_text(re.compile("[+-]"))
    expect(page.locator(".fb-now s")).to_have_count(2)
    expect(page.locator(".fb-now .fb-note")).to_have_text("4 min old")
    expect(page.locator(".fb-chart")).to_have_text(
        [re.compile(market) for market in ("^Money line", "^Spread", "^Over/under", "^Corners")]
    )
    charts = page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)")
    expect(charts).to_have_count(7)
    assert fits(page)


@on_desk_and_phone
def test_the_pipeline_tells_its_own_health(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    page.get_by_role("link", name="Pipeline").click()
    expect(page.locator(".fb-figures div")).to_contain_text([
        "Newest cycle", "Median", "Slowest31.00 s", "Requests", "Failed cycles2of 60"
    ])  # fmt: skip
    expect(page.locator(".fb-cycles tbody tr")).to_have_count(20)
    expect(page.locator(".fb-errors li")).to_have_count(2)
    expect(page.locator(".fb-errors").get_by_text("503 Service Unavailable").first).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)")).to_have_count(5)
    page.get_by_text("6 hours").click()
    expect(page.locator(".fb-figures")).to_contain_text("of 61 cycles")
    assert fits(page)


def test_a_new_edition_is_shown_without_a_reload(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.path.unlink(missing_ok=True)
    page.goto(scoreboard.address)
    expect(page.get_by_text("is not there yet")).to_be_visible()
    page.evaluate("window.notReloaded = true")

    scoreboard.path.write_bytes(b"no database" * 999)
    expect(page.get_by_text("cannot be read")).to_be_visible()

    draft = scoreboard.draft()
    draft.match(home_score=3)
    draft.cycle()
    draft.publish(scoreboard.path)
    expect(page.locator(".fb-goals").first).to_have_text("3")

    draft = scoreboard.draft()
    draft.match(status_id=8, status="end", minute=None)
    draft.cycle()
    draft.publish(scoreboard.path)
    expect(page.get_by_text("No match is in play. The live list holds 1 that are not.")).to_be_visible()
    expect(page.locator(".fb-match")).to_have_count(0)
    assert page.evaluate("window.notReloaded")


def test_dead_and_simulated_data_say_so_in_every_view(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday(now=datetime.now(UTC) - timedelta(minutes=7), data_source="simulated")
    for view in ("", "?match=match-0", "?view=pipeline"):
        page.goto(scoreboard.address + view)
        expect(page.get_by_text("Simulated matches: no credentials are set")).to_be_visible()
        expect(page.get_by_text("The data are dead: published 7 min ago, due every 60 s.")).to_be_visible()


def test_a_match_that_is_gone_is_said_to_be_gone(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.draft().publish(scoreboard.path)
    page.goto(f"{scoreboard.address}?match=%3Cb%3E'")
    expect(page.get_by_text("This match is no longer in the live list.")).to_be_visible()


@on_desk_and_phone
def test_names_are_shown_as_they_are_and_do_nothing(scoreboard: Scoreboard, page: Page) -> None:
    draft = scoreboard.draft()
    draft.match(home_team=HOSTILE, away_team="Unbroken" * 20, competition=HOSTILE, country=HOSTILE)
    draft.incident(incident_id=1, incident="goal", team="home", minute=1, player_name=HOSTILE)
    draft.tick(datetime.now(UTC) - timedelta(minutes=5), company=HOSTILE)
    draft.cycle()
    draft.publish(scoreboard.path)
    page.goto(scoreboard.address)
    expect(page.locator(".fb-team").first).to_have_text(HOSTILE.replace("\u202e", ""))
    assert fits(page)
    page.locator(".fb-match").click()
    expect(page.locator(".fb-timeline")).to_contain_text("onerror")
    expect(page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)")).to_have_count(1)
    assert fits(page)
    assert page.title() == "Football live"


@pytest.mark.parametrize("path", ["", "_stcore/health", "_stcore/host-config", "static/index.html"])
def test_page_is_not_served_to_a_name_that_was_made_to_lead_here(scoreboard: Scoreboard, path: str) -> None:
    request = Request(f"{scoreboard.address}{path}", headers={"Host": "evil.example"})
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=10)
    assert refused.value.code == 403
