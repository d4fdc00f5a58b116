"""The page's HTML: whole, and harmless whatever the data hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from football_assets.cycle.pulses import PulseReport
from football_assets.published.reading import Row, reading
from football_assets.scoreboard.address import Address, read_address
from football_assets.scoreboard.charts.axes import Mark
from football_assets.scoreboard.charts.drawing import Bar, Chart, Drawn, Key, Rule
from football_assets.scoreboard.markup import ENVIRONMENT, TEMPLATES, document, html
from football_assets.scoreboard.views import base, match, matches, pipeline, prices
from football_assets.scoreboard.views.base import Own, View
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
    *(
        "a",
        "b",
        "bdi",
        "button",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "form",
    ),
    *(
        "g",
        "h1",
        "h2",
        "h3",
        "header",
        "i",
        "input",
        "label",
        "li",
        "line",
        "nav",
        "ol",
        "option",
        "p",
        "path",
    ),
    *("rect", "s", "section", "select", "small", "span", "strong", "summary", "svg", "table", "tbody", "td"),
    *("text", "th", "thead", "title", "tr", "ul"),
}
VOID = {"input", "line", "path", "rect"}
#: Attributes by which the page names its looks, its own addresses, its fields and the places in its drawings.
ATTRIBUTES = {
    *(
        "action",
        "aria-current",
        "aria-hidden",
        "aria-label",
        "aria-pressed",
        "autocomplete",
        "checked",
        "class",
    ),
    *(
        "d",
        "data-price",
        "data-star",
        "dx",
        "dy",
        "height",
        "href",
        "id",
        "maxlength",
        "method",
        "name",
        "open",
    ),
    *("placeholder", "preserveaspectratio", "role", "scope", "selected", "tabindex", "text-anchor", "title"),
    *("type", "value", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2"),
}


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
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
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


def listed(row: Row, address: Address = Address()) -> matches.League:  # noqa: B008
    """The list with this match alone."""
    return matches.league([row], address, frozenset(), NOW, priced=True)


def american() -> Address:
    return Address(odds="american")


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
    address = read_address({"q": hostile, "country": hostile, "competition": hostile, "match": hostile})
    hostile_row = {**row, **dict.fromkeys(names, hostile), "competition_id": hostile}
    for status in (4, 8, 1):
        shown = {**hostile_row, "status_id": status}
        parsed(matches.league([shown], address, frozenset(), NOW, priced=False), listed(shown, address))
        parsed(match.match_header(shown))
    parsed(base.header(address), base.Title(Own("Odds"), hostile), base.Banner(Own("dead"), hostile))
    choices = matches.choices([(hostile, hostile)], hostile, "All")
    kept = [(Own("view"), hostile)]
    parsed(matches.Filters(kept, hostile, choices, choices, choices, False, True, Own(""), None))
    market = prices.Market(Own("spread"), [prices.Price(Own("1"), Own("2.00"))], Own("suspended"))
    parsed(prices.Bookmakers([Own("Spread")], [prices.Bookmaker(hostile, Own("./"), True, [market, None])]))


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
        parsed(match.timeline(source.rows("incidents", match_id="m1"), standing=[]))
        parsed(match.stats(source.rows("stats", match_id="m1")))
        parsed(match.commentary(source.rows("commentary", match_id="m1")))
        cycles = source.rows("cycles", newest=9)
    pulse = PulseReport(NOW, NOW, 1, error=hostile)
    parsed(pipeline.failures(cycles), pipeline.cycle_table(cycles), *pipeline.at_work(cycles, pulse, 60, NOW))
    mark = Mark(5, "12:00", "04 May")
    parsed(
        Chart(
            Own("Chart"), Own(""), hostile, Own("prices"), [Key(Own("home"), Own("Home"))], [mark], [mark],
            [Bar(Own("p1"), 1, 2, 3, 4, hostile)], [Drawn(Own("home"), Own("M0 0"))],
            [Rule(1, Own("1–0"), hostile, 0)],
        )
    )  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text_in_the_title(hostile: str) -> None:
    page = document(title=hostile, header="", status="", blocks=[], version="v", assets="a")
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert not set("<>\"'") & set(title)
    assert page.count("<script") == 1


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
    others = {"match_parts.html", "document.html"}
    assert {path.name for path in TEMPLATES.glob("*.html")} == used | others


def test_every_match_of_a_matchday_is_whole(tmp_path: Path) -> None:
    with reading(matchday(tmp_path / "football.duckdb").close()) as source:
        rows = source.rows("in_play")
    assert len(rows) == 50
    for shown in rows:
        parsed(listed(shown), listed(shown, american()))
        parsed(match.match_header(shown))


def test_a_row_tells_minute_score_cards_corners_and_odds(row: Row) -> None:
    text = parsed(listed(row)).text.removeprefix("EnglandPremier League1")
    assert text == "67'Home22Away11Corners5–311.50X4.0027.50-0.50.95+0.50.90O 2.50.85U 2.51.00"


def test_names_that_are_not_had_yet_say_so(row: Row) -> None:
    text = parsed(listed({**row, "home_team": None, "competition": None})).text
    assert "Name not known yet" in text
    assert "Competition not known yet" in text


def test_a_match_links_to_its_page_with_the_search_and_the_odds_kept(row: Row) -> None:
    shown = parsed(listed(row, Address(odds="american", q="a&b")))
    assert shown.links == ["./?match=m1&odds=american&q=a%26b"]
    assert "-200" in shown.text


def test_no_bookmaker_is_no_odds(row: Row) -> None:
    assert "No odds" in parsed(listed({**row, "bookmaker_id": None})).text


def test_older_rows_are_marked(row: Row) -> None:
    assert "last known" in parsed(listed({**row, "data_source": "last_known"})).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status_id": 8}, "FT"),
        ({"status_id": 8, "home_overtime_score": 3}, "AET"),
        ({"status_id": 8, "home_overtime_score": 3, "away_shootout_score": 4}, "Pens"),
        ({"status_id": 1}, f"{NOW:%H:%M}"),
        ({"status_id": 9}, "postponed"),
        ({"status_id": 12}, "cancelled"),
        ({"status_id": 8, "deleted_at": NOW}, "deleted"),
    ],
)
def test_a_match_that_is_not_played_says_how_it_stands(row: Row, changes: Row, told: str) -> None:
    shown = {**row, "kickoff_at": NOW, **changes}
    assert told in parsed(matches.league([shown], Address(), frozenset(), NOW, priced=False)).text


def test_before_the_kick_off_no_goals_are_told(row: Row) -> None:
    assert matches.both_sides({**row, "status_id": 1})[0].goals == ""


def struck(*shown: View) -> list[str]:
    """The prices that are struck out, each without what stands around it."""
    return re.findall(r"<s>([^<]*)</s>", html(*shown))


def test_prices_that_cannot_be_taken_are_struck_with_the_reason_and_explained(row: Row) -> None:
    not_live = {**row, **dead(NOW - timedelta(minutes=51), "money_line"), **suspended("spread")}
    league = listed(not_live)
    assert struck(league) == ["1.50", "4.00", "7.50", "0.95", "0.90"]
    text = parsed(league).text
    assert "7.5051 min old" in text
    assert "0.90suspended" in text
    assert "cannot be taken" in html(*prices.legends([one.odds for one in league.matches if one.odds]))


def test_live_prices_are_not_struck_and_need_no_legend(row: Row) -> None:
    league = listed(row)
    assert struck(league) == []
    assert prices.legends([one.odds for one in league.matches if one.odds]) == []


def test_only_prices_that_can_be_taken_can_flash(row: Row) -> None:
    assert html(listed({**row, **suspended("spread")})).count("data-price") == 5


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
        shown = match.timeline(source.rows("incidents", match_id="m1"))
    assert parsed(shown).text == f"90+3'{told}"


def test_shares_of_a_statistic_add_up_and_survive_zero() -> None:
    shown = html(match.stats([{"stat_id": 2, "stat": "corner", "home": 3, "away": 1}]))
    assert 'width="37.275%"' in shown
    assert 'width="12.425%"' in shown
    parsed(match.stats([{"stat_id": 2, "stat": None, "home": 0, "away": 0}]))


def test_nothing_known_is_said() -> None:
    assert "Nothing is reported" in html(match.timeline([]))
    assert "No statistics" in html(match.stats([]))
