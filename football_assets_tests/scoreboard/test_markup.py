"""The page's HTML: whole, and harmless whatever the data hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from football_assets.published.reading import Row, reading
from football_assets.scoreboard import views
from football_assets.scoreboard.markup import ENVIRONMENT, TEMPLATES, html
from football_assets.scoreboard.views import Own, View
from football_assets_tests.scoreboard.databases import PublishedDatabase, dead, suspended
from football_assets_tests.scoreboard.matchday import matchday

NOW = datetime(2030, 5, 4, 15, 0, tzinfo=UTC)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; </bdi></a></section>",
    "\u202eevil\u2066",
    "javascript:alert(1)",
)

#: The elements that the page is made of: none that runs, loads or embeds.
HARMLESS = {
    *("a", "b", "bdi", "dd", "div", "dl", "dt", "h1", "h2", "h3", "header", "i", "li", "nav", "ol", "p"),
    *("s", "section", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
#: Attributes by which the page names its looks and its own addresses.
ATTRIBUTES = {"class", "href", "target", "title", "style"}


class Balanced(HTMLParser):
    """Fails on an unknown element or attribute, or on one that is closed where another is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(*shown: View) -> Balanced:
    text = html(*shown)
    parser = Balanced()
    parser.feed(text)
    parser.close()
    assert not parser.open
    assert all(link.startswith("./") for link in parser.links)
    assert not {"\u202e", "\u2066"} & set(text)
    return parser


def listed(row: Row, *, as_american: bool = False) -> views.Live:
    """The list with this match alone."""
    parameters = {"odds": "american" if as_american else None}
    return views.Live([views.league("England", "Cup", [row], NOW, parameters)])


@pytest.fixture
def row(tmp_path: Path) -> Row:
    """A match in play as the page reads it."""
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.match()
    with reading(database.close()) as source:
        return source.rows("in_play")[0]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text(row: Row, hostile: str) -> None:
    names = ("country", "competition", "home_team", "away_team", "status", "weather", "match_id")
    hostile_row = {**row, **dict.fromkeys(names, hostile)}
    parsed(views.Live([views.league(hostile, hostile, [hostile_row], NOW, {"q": hostile})]))
    parsed(views.match_header(hostile_row))
    parsed(views.Header(Own("Live"), [views.Link(Own("Live"), views.link({"q": hostile}), here=True)]))
    parsed(views.Title(Own("Odds"), hostile), views.Banner(Own("dead"), hostile))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_events_stay_text(tmp_path: Path, hostile: str) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    names = ("incident", "team", "player_name", "assist1_name", "var_reason", "in_player_name")
    for name in names:
        database.incident(**{"incident_id": 1, "minute": 1, "player_name": "A", name: hostile})
    database.stat(1, hostile, 1, 2)
    database.said(hostile, hostile)
    database.cycle(status="failure", error=hostile)
    with reading(database.close()) as source:
        parsed(views.timeline(source.rows("incidents", match_id="m1")))
        parsed(views.stats(source.rows("stats", match_id="m1")))
        parsed(views.commentary(source.rows("commentary", match_id="m1")))
        cycles = source.rows("cycles", newest=9)
    parsed(views.failures(cycles))
    parsed(views.cycle_table(cycles))


def test_a_template_that_thinks_of_nothing_is_safe() -> None:
    careless = ENVIRONMENT.from_string("<p>{{ name }}</p>")
    assert careless.render(name="<b>\u202eA&B") == "<p><bdi>&lt;b&gt;A&amp;B</bdi></p>"
    assert careless.render(name=None) == "<p>–</p>"
    with pytest.raises(UndefinedError):
        careless.render()


def test_own_text_is_escaped_and_stands_in_an_attribute() -> None:
    page = ENVIRONMENT.from_string('<a href="{{ address }}">{{ count }}</a>')
    assert page.render(address=Own('./?q="<&'), count=3) == '<a href="./?q=&#34;&lt;&amp;">3</a>'


def test_no_template_turns_the_escaping_off() -> None:
    templates = sorted(TEMPLATES.glob("*.html"))
    assert len(templates) > 10
    for path in templates:
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8")), path.name


def test_every_template_is_a_view_s_or_imported_by_one() -> None:
    used = {view.template for view in View.__subclasses__()}
    imported = {"match_parts.html"}
    assert {path.name for path in TEMPLATES.glob("*.html")} == used | imported


def test_every_match_of_a_matchday_is_whole(tmp_path: Path) -> None:
    with reading(matchday(tmp_path / "football.duckdb").close()) as source:
        rows = source.rows("in_play")
    assert len(rows) == 50
    for shown in rows:
        for as_american in (False, True):
            parsed(listed(shown, as_american=as_american))
        parsed(views.match_header(shown))


def test_a_row_tells_minute_score_cards_corners_and_odds(row: Row) -> None:
    text = parsed(listed(row)).text.removeprefix("EnglandCup")
    assert text == "67'Home22Away11Corners5–311.50X4.0027.50-0.50.95+0.50.90O 2.50.85U 2.51.00"


def test_a_match_links_to_its_page_with_the_search_and_the_odds_kept(row: Row) -> None:
    league = views.league("England", "Cup", [row], NOW, {"odds": "american", "q": "a&b", "match": None})
    shown = parsed(views.Live([league]))
    assert shown.links == ["./?odds=american&q=a%26b&match=m1"]
    assert "-200" in shown.text


def test_no_bookmaker_is_no_odds(row: Row) -> None:
    assert "No odds" in parsed(listed({**row, "bookmaker_id": None})).text


def test_a_market_without_a_price_is_not_among_the_priced(row: Row) -> None:
    assert views.priced(row) == ["money_line", "spread", "over_under"]


def test_older_rows_are_marked(row: Row) -> None:
    assert "last known" in parsed(listed({**row, "data_source": "last_known"})).text


def struck(*shown: View) -> list[str]:
    """The prices that are struck out, each without what stands around it."""
    return re.findall(r"<s>([^<]*)</s>", html(*shown))


def test_prices_that_cannot_be_taken_are_struck_with_the_reason_and_explained(row: Row) -> None:
    not_live = {**row, **dead(NOW - timedelta(minutes=51), "money_line"), **suspended("spread")}
    shown = views.live([not_live], NOW, {})
    assert struck(*shown) == ["1.50", "1.50", "4.00", "7.50", "0.95", "0.90"]
    text = parsed(*shown).text
    assert "7.5051 min old" in text
    assert "0.90suspended" in text
    assert text.startswith("1.50 Struck prices cannot be taken: ")
    now = views.now(not_live, NOW, as_american=True)
    assert struck(*now) == ["-200", "+300", "+650", "-105", "-111", "1.50"]


def test_live_prices_are_not_struck_and_need_no_legend(row: Row) -> None:
    for shown in (views.live([row], NOW, {}), views.now(row, NOW, as_american=False)):
        assert struck(*shown) == []
        assert "cannot be taken" not in parsed(*shown).text


@pytest.mark.parametrize(
    ("incident", "told"),
    [
        ({"incident_id": 1, "incident": "goal", "home_score": 1, "away_score": 0}, "Goal 1–0"),
        (
            {"incident_id": 9, "incident": "substitution", "in_player_name": "Paz", "out_player_name": "Gil"},
            "SubstitutionPaz for Gil",
        ),
        (
            {"incident_id": 1, "incident": "goal", "player_name": "Paz", "assist1_name": "Gil"},
            "GoalPaz, assisted by Gil",
        ),
        ({"incident_id": 28, "incident": "VAR", "var_result": "goal cancelled"}, "VARgoal cancelled"),
        ({"incident_id": 77, "incident": None}, "Incident 77"),
    ],
)
def test_an_incident_is_told_with_its_people(tmp_path: Path, incident: Row, told: str) -> None:
    database = PublishedDatabase(tmp_path / "football.duckdb")
    database.incident(minute=90, added_minute=3, team="home", **incident)
    with reading(database.close()) as source:
        shown = views.timeline(source.rows("incidents", match_id="m1"))
    assert parsed(shown).text == f"90+3'{told}"


def test_shares_of_a_statistic_add_up_and_survive_zero() -> None:
    shown = html(views.stats([{"stat_id": 2, "stat": "corner", "home": 3, "away": 1}]))
    assert "width:75%" in shown
    assert "width:25%" in shown
    parsed(views.stats([{"stat_id": 2, "stat": None, "home": 0, "away": 0}]))


def test_nothing_known_is_said() -> None:
    assert "Nothing is reported yet" in html(views.timeline([]))
    assert "No statistics" in html(views.stats([]))
