"""The scoreboard as a person sees it: the real command, a real browser, a desk and a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb
import pytest

from football_assets.cycle.pulses import PulseReport, write_pulse
from football_assets.cycle.report import CycleReport, write_report
from football_assets_tests.cli.processes import run
from football_assets_tests.scoreboard.browser import CHROMIUM_OPTIONS, require_chromium, served
from football_assets_tests.scoreboard.databases import PublishedDatabase
from football_assets_tests.scoreboard.matchday import matchday

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, Page, expect  # noqa: E402

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

on_desk_and_phone = pytest.mark.parametrize("page", [DESK, PHONE], ids=["desk", "phone"], indirect=True)

VIEWS = (
    "",
    "?view=coming",
    "?view=finished",
    "?view=pipeline",
    "?match=match-0&span=opening",
    "?match=nobody",
)

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
        """Publish a matchday as of `now`, with matches before and after it."""
        moment = now or datetime.now(UTC)
        database = matchday(self._next(), now=now, data_source=data_source)
        others(database, moment)
        database.publish(self.path, now)

    def _next(self) -> Path:
        path = self.path.with_name("next.duckdb")
        path.unlink(missing_ok=True)
        return path


def others(database: PublishedDatabase, moment: datetime) -> None:
    """Matches that are not in the live list: coming, ended, deleted, and one without names yet."""
    hour = timedelta(hours=1)
    database.record(match_id="coming", status_id=1, status="not started", kickoff_at=moment + hour)
    unnamed = {"home_team_id": "new", "home_team": None, "competition_id": "new", "competition": None}
    database.record(match_id="unnamed", status_id=1, kickoff_at=moment + 2 * hour, **unnamed)
    ended = {"status_id": 8, "status": "end", "kickoff_at": moment - 3 * hour, "ended_at": moment - hour}
    database.record(match_id="ended", is_final=True, **ended)
    database.record(match_id="deleted", deleted_at=moment, **ended)


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


@pytest.fixture(scope="module")
def cycled(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scoreboard]:
    """The page on what two cycles published of simulated matches."""
    data = tmp_path_factory.mktemp("cycled")
    for _ in range(2):
        assert run(data, "cycle", FOOTBALL_SIMULATOR_MATCHES="24").returncode == 0
    with served(data) as address:
        yield Scoreboard(address, data / "football.duckdb")


def faults_of(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, each with the first elements that have it."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


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
    return url.startswith("http://127.0.0.1:")


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the page's sides."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@on_desk_and_phone
def test_the_matches_in_play_are_searched_and_priced(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    matches = page.locator(".fb-match")
    expect(matches).to_have_count(50)
    expect(page.locator(".fb-league")).to_have_count(15)
    expect(page.locator("h1")).to_contain_text("50 in play of 50")
    expect(page.get_by_text("In 2 of 50 matches something is last known")).to_be_visible()
    expect(page.locator(".fb-notice.fb-late, .fb-notice.fb-dead:visible, .fb-simulated")).to_have_count(0)
    assert fits(page)
    closed = page.locator(".fb-match", has_text="Racing del Norte")
    expect(closed.locator(".fb-price s")).to_have_count(7)
    expect(closed.locator(".fb-note")).to_have_text(["suspended"] * 3)
    old = page.locator(".fb-match", has_text="Central Pampa")
    expect(old.locator(".fb-note")).to_have_text(re.compile("^5[1-3] min old$"))

    page.get_by_label("Search").fill("liga ribera")
    expect(matches).to_have_count(1)
    expect(page.get_by_label("Search")).to_be_focused()
    expect(matches.first).to_contain_text("Atlético Ribera")
    page.get_by_label("American odds").check()
    expect(matches.first.locator(".fb-price").first).to_have_text(re.compile(r"^1[+-]\d{3,}$"))
    expect(page).to_have_url(re.compile(r"\?(q=liga\+ribera|odds=american)&"))
    kept = page.url
    page.goto("about:blank")
    page.goto(kept)
    expect(matches).to_have_count(1)
    page.get_by_label("Search").fill("nobody")
    expect(page.get_by_text("No match fits the search and the filters.")).to_be_visible()


def test_filters_sorting_and_folding_are_in_the_address(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    page.get_by_label("Country").select_option("Argentina")
    expect(page.locator(".fb-league h2 span").first).to_have_text("Argentina")
    page.get_by_label("Country").select_option("")
    page.get_by_label("Order").select_option("goals")
    expect(page.locator(".fb-league")).to_have_count(1)
    expect(page.locator(".fb-goals").first).to_have_text("11")
    expect(page).to_have_url(re.compile("sort=goals"))
    page.get_by_label("Order").select_option("competition")
    page.get_by_role("link", name="Fold all").click()
    expect(page.locator("details[open]")).to_have_count(0)
    page.locator("summary").first.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)
    scoreboard.matchday()
    expect(page.locator(".fb-status")).to_contain_text(re.compile(r"Published [0-9]+ s ago"))
    expect(page.locator("details[open]")).to_have_count(1)


def test_favourites_stay_and_are_set_with_the_keyboard(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    star = page.get_by_role("button", name="Favourite: Racing del Norte")
    star.focus()
    page.keyboard.press("Space")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.reload()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Favourites only").check()
    expect(page.locator(".fb-match")).to_have_count(1)
    page.goto(scoreboard.address + "?favourites=1")
    expect(page.locator(".fb-match")).to_have_count(1)
    star.click()
    expect(page.locator(".fb-match")).to_have_count(0)


@on_desk_and_phone
def test_a_match_has_a_page_with_events_and_moving_odds(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(f"{scoreboard.address}?q=ribera&odds=american")
    page.locator(".fb-match").click()
    expect(page).to_have_url(re.compile("match=match-0"))
    expect(page.locator("h1")).to_contain_text("Unión del Puerto")
    expect(page.locator(".fb-timeline li")).to_have_count(9)
    expect(page.locator(".fb-stats li").first).to_contain_text("Possession")
    page.get_by_text("Commentary (1)").click()
    expect(page.get_by_text("low into the far corner")).to_be_visible()
    expect(page.locator(".fb-bookmakers tbody tr")).to_have_count(2)
    expect(page.locator("figcaption")).to_have_count(7)
    expect(page.locator("#b-chart-money_line .fb-rule text")).to_have_text(["1–0", "1–1", "2–1"])
    page.get_by_role("link", name="Crown").click()
    expect(page.locator(".fb-bookmakers .fb-here th")).to_have_text("Crown")
    page.get_by_role("link", name="From the opening").click()
    expect(page.locator("#b-chart-money_line .fb-time")).to_contain_text(re.compile(r"\d\d [A-Z][a-z]{2}"))
    assert fits(page)


@on_desk_and_phone
def test_the_pipeline_tells_its_own_health(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address)
    page.get_by_role("link", name="Pipeline").click()
    expect(page.locator("#b-figures")).to_contain_text("Failed cycles2of 60")
    expect(page.locator("#b-table tbody tr")).to_have_count(20)
    expect(page.locator(".fb-errors li")).to_have_count(2)
    expect(page.locator("figcaption")).to_have_count(6)
    page.get_by_role("link", name="6 hours").click()
    expect(page.locator("#b-figures")).to_contain_text("of 61 cycles")
    assert fits(page)


def test_an_outage_is_told_as_it_happens(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address + "?view=pipeline")
    reports = scoreboard.path.parent / "cycles"
    now = datetime.now(UTC)
    pid = 2**22 + 1  # no process has it
    failed = CycleReport("outage-1", now, "failure", "api", 60.0, now, error="503 Service Unavailable")
    write_report(failed, reports)
    expect(page.get_by_text("The newest cycle failed: 503 Service Unavailable")).to_be_visible()
    write_report(CycleReport("outage-2", datetime.now(UTC), "running", "api", 60.0, pid=pid), reports)
    expect(page.get_by_text("was killed, or the machine went down").first).to_be_visible()
    expect(page.locator(".fb-notice").get_by_text("The 2 newest cycles failed, since")).to_be_visible()
    for report in reports.iterdir():
        report.unlink()
    pulse = reports.with_name("pulse.json")
    write_pulse(PulseReport(now, now, pid, error="odds/live: HTTP 503"), pulse)
    expect(page.locator(".fb-notice").get_by_text(": odds/live: HTTP 503")).to_be_visible()
    pulse.unlink()


@pytest.mark.parametrize(
    ("match_id", "told"),
    [
        ("ended", "This match ended at"),
        ("deleted", "This match was deleted by the data provider"),
        ("coming", "This match has not begun"),
        ("%3Cb%3E'", "No match with this id was ever in the live list"),
    ],
)
def test_a_match_that_is_not_in_the_list_says_why(
    scoreboard: Scoreboard, page: Page, match_id: str, told: str
) -> None:
    scoreboard.matchday()
    page.goto(f"{scoreboard.address}?match={match_id}")
    expect(page.get_by_text(told)).to_be_visible()


def test_coming_and_finished_matches_have_their_views(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address + "?view=coming")
    expect(page.locator(".fb-match")).to_have_count(2)
    expect(page.get_by_text("Name not known yet")).to_be_visible()
    expect(page.get_by_text("Competition not known yet")).to_be_visible()
    page.get_by_role("link", name="Finished").click()
    expect(page.locator("#m-ended .fb-goals")).to_have_text(["2", "1"])
    expect(page.locator("#m-deleted .fb-mark")).to_have_text("deleted")
    page.goto(scoreboard.address + "?view=finished&day=2001-02-03")
    expect(page.get_by_text("No match that is over is known of Sat 03 Feb 2001.")).to_be_visible()


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
    page.evaluate("""window.flashes = []; new MutationObserver(all => all.forEach(one =>
        window.flashes.push(one.target.className))).observe(document.querySelector('.fb-league'),
        {subtree: true, attributes: true, attributeFilter: ['class']})""")

    draft = scoreboard.draft()
    draft.match(home_score=3, money_line_home=1.6, money_line_away=7.0)
    draft.publish(scoreboard.path)
    expect(page.locator(".fb-price").first).to_have_text("11.60")
    flashes = page.evaluate("window.flashes.filter(name => /fb-up|fb-down/.test(name))")
    assert {"fb-price fb-up", "fb-price fb-down"} == set(flashes)

    draft = scoreboard.draft()
    draft.match(status_id=8, status="end", minute=None)
    draft.publish(scoreboard.path)
    expect(page.get_by_text("No match is in play. The live list holds 1 that are not.")).to_be_visible()
    expect(page.locator(".fb-match")).to_have_count(0)
    assert page.evaluate("window.notReloaded")


def test_dead_and_simulated_data_say_so_in_every_view(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday(now=datetime.now(UTC) - timedelta(minutes=7), data_source="simulated")
    for view in VIEWS:
        page.goto(scoreboard.address + view)
        expect(page.get_by_text("Simulated matches: no credentials are set")).to_be_visible()
        expect(page.get_by_text("The data are dead: published 7 min ago, due every 60 s.")).to_be_visible()


@on_desk_and_phone
def test_names_are_shown_as_they_are_and_do_nothing(scoreboard: Scoreboard, page: Page) -> None:
    draft = scoreboard.draft()
    draft.match(home_team=HOSTILE, away_team="Unbroken" * 20, competition=HOSTILE, country=HOSTILE)
    draft.incident(incident_id=1, incident="goal", team="home", minute=1, player_name=HOSTILE)
    draft.tick(datetime.now(UTC) - timedelta(minutes=5), company=HOSTILE)
    draft.publish(scoreboard.path)
    page.goto(scoreboard.address)
    expect(page.locator(".fb-team").first).to_have_text(HOSTILE.replace("\u202e", ""))
    assert fits(page)
    page.locator(".fb-match").click()
    expect(page.locator(".fb-timeline")).to_contain_text("onerror")
    expect(page.locator("figcaption")).to_have_count(1)
    assert fits(page)
    assert HOSTILE.replace("\u202e", "") in page.title()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_desk_and_phone
def test_axe_finds_nothing_in_any_view(scoreboard: Scoreboard, page: Page, scheme: str) -> None:
    scoreboard.matchday(now=datetime.now(UTC) - timedelta(minutes=7), data_source="simulated")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for view in VIEWS:
        page.goto(scoreboard.address + view)
        expect(page.locator("h1")).to_be_visible()
        assert faults_of(page) == [], view


@on_desk_and_phone
def test_what_cycles_published_is_shown_whole(cycled: Scoreboard, page: Page) -> None:
    with duckdb.connect(str(cycled.path), read_only=True) as published:
        in_play = published.execute("SELECT count(*) FROM in_play_matches").fetchall()[0][0]
        # Of some matches no bookmaker has prices.
        ((priced,),) = published.execute(
            "SELECT match_id FROM in_play_matches SEMI JOIN newest_ticks USING (match_id) LIMIT 1"
        ).fetchall()
    for view in ("?view=coming", "?view=finished", "?view=pipeline", ""):
        page.goto(cycled.address + view)
        expect(page.locator("h1")).to_be_visible()
        assert fits(page), view
        assert faults_of(page) == [], view
    expect(page.locator(".fb-match")).to_have_count(in_play)
    page.locator(f".fb-match[href*='match={priced}']").click()
    expect(page.locator("figcaption").first).to_be_visible()
    assert fits(page)
    assert faults_of(page) == []


def test_everything_is_reached_with_the_keyboard_alone(scoreboard: Scoreboard, page: Page) -> None:
    scoreboard.matchday()
    page.goto(scoreboard.address + "?q=ribera")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className || document.activeElement.name"))
    wanted = {"fb-brand", "q", "country", "competition", "sort", "favourites", "odds", "fb-fold", "fb-star"}
    assert wanted <= reached
    assert "fb-match" in reached


def test_without_scripts_the_page_is_whole_and_its_form_works(
    scoreboard: Scoreboard, browser: Browser
) -> None:
    scoreboard.matchday()
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(scoreboard.address)
    page.get_by_label("Search").fill("ribera")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".fb-match")).to_have_count(1)
    context.close()


@pytest.mark.parametrize("path", ["", "events", "static/page.js"])
def test_page_is_not_served_to_a_name_that_was_made_to_lead_here(scoreboard: Scoreboard, path: str) -> None:
    request = Request(f"{scoreboard.address}{path}", headers={"Host": "evil.example"})
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=10)
    assert refused.value.code == 403
    assert "default-src 'none'" in refused.value.headers["Content-Security-Policy"]
