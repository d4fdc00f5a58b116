"""What the page shows, as plain data: each view is one template's. No HTML here.

`str` is text from the data, `Own` the project's own words and numbers: only these may stand in an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from football_assets.published.formatting import (
    MARKETS,
    NONE,
    clock,
    goals,
    legend,
    line,
    market_note,
    market_state,
    number,
    prices,
    when,
)
from football_assets.published.freshness import Freshness
from football_assets.published.notices import OLDER_SOURCES, Notice
from football_assets.published.reading import Row
from football_assets.published.selection import by_competition

#: The shape beside an incident, by TheSports' type; any other has none.
SHAPES = {1: "goal", 8: "goal", 17: "goal", 29: "goal", 3: "yellow", 4: "red", 15: "red", 9: "change"}

#: The markets in the list of matches; the page of a match shows all that have a price.
LISTED_MARKETS = ("money_line", "spread", "over_under")

#: The columns of the table of cycles; a phone leaves out the wide ones.
CYCLE_COLUMNS = (
    ("Started", ""),
    ("Total", ""),
    ("Live fetch", "fb-wide"),
    ("Enrichment", "fb-wide"),
    ("Flatten", "fb-wide"),
    ("Publish", "fb-wide"),
    ("Requests", ""),
    ("Failed", ""),
    ("In play", "fb-wide"),
    ("New ticks", "fb-wide"),
    ("Margin", ""),
)


class Own(str):
    """Text of the project's own making. It is escaped like any other, and not isolated."""

    __slots__ = ()


@dataclass(frozen=True)
class View:
    """Something that is shown; `template` is the file that shows it, its fields are the template's names."""

    template: ClassVar[str]


@dataclass(frozen=True)
class Link:
    """A link of the page's head; `here` marks the one where we are."""

    label: Own
    address: Own
    here: bool


@dataclass(frozen=True)
class Header(View):
    """The page's title and its links."""

    template = "header.html"
    title: Own
    links: Sequence[Link]


@dataclass(frozen=True)
class Status(View):
    """How old the data are, and whether that will do (fresh, late, dead)."""

    template = "status.html"
    said: Own
    state: Own
    more: Own


@dataclass(frozen=True)
class Banner(View):
    """What a reader must know."""

    template = "banner.html"
    kind: Own
    text: str


@dataclass(frozen=True)
class Nothing(View):
    """Said in the place of something that is not there."""

    template = "nothing.html"
    text: Own


@dataclass(frozen=True)
class Title(View):
    """A heading of a part of the page, with a note (no note where it is empty)."""

    template = "title.html"
    text: Own
    note: str = ""


@dataclass(frozen=True)
class ChartTitle(View):
    """A heading of a chart, with a note."""

    template = "chart_title.html"
    text: Own
    note: str = ""


@dataclass(frozen=True)
class Card:
    """How many cards of a colour a side has."""

    colour: Own
    count: int


@dataclass(frozen=True)
class Side:
    """One side of a match."""

    team: str
    cards: Sequence[Card]
    goals: Own


@dataclass(frozen=True)
class Price:
    """A price under what it is for."""

    outcome: Own
    value: Own


@dataclass(frozen=True)
class Market:
    """The prices of a market; a note tells why they cannot be taken, and is empty where they can."""

    name: Own
    prices: Sequence[Price]
    note: Own


@dataclass(frozen=True)
class Odds:
    """The chosen bookmaker's present prices; no market where there is no bookmaker."""

    markets: Sequence[Market]


@dataclass(frozen=True)
class Now(View):
    """A match's present prices on its page."""

    template = "now.html"
    odds: Odds


@dataclass(frozen=True)
class Legend(View):
    """What the signs at the prices mean."""

    template = "legend.html"
    text: Own


@dataclass(frozen=True)
class Match:
    """A match of the list; the whole of it is the link to its page."""

    address: Own
    when: str
    marks: Sequence[Own]
    sides: Sequence[Side]
    corners: Own
    odds: Odds


@dataclass(frozen=True)
class League:
    """A competition's matches."""

    country: str
    competition: str
    matches: Sequence[Match]


@dataclass(frozen=True)
class Live(View):
    """The matches in play."""

    template = "live.html"
    leagues: Sequence[League]


@dataclass(frozen=True)
class MatchHeader(View):
    """A match's name, score and where it stands."""

    template = "match_header.html"
    country: str
    competition: str
    home: Side
    away: Side
    when: str
    marks: Sequence[Own]
    kickoff: Own
    half_time: Own
    weather: str
    degrees: Own


@dataclass(frozen=True)
class Incident:
    """Something that happened; `people` are names with the project's own words between them."""

    side: Own
    minute: Own
    shape: Own
    name: str
    score: Own
    people: Sequence[str]


@dataclass(frozen=True)
class Timeline(View):
    """A match's incidents: home on the left, away on the right, the minute between them."""

    template = "timeline.html"
    incidents: Sequence[Incident]


@dataclass(frozen=True)
class Stat:
    """A statistic of both sides, with each side's share in per cent."""

    name: str
    home: int
    away: int
    home_share: int
    away_share: int


@dataclass(frozen=True)
class Stats(View):
    """Each statistic as two bars from the middle."""

    template = "stats.html"
    stats: Sequence[Stat]


@dataclass(frozen=True)
class Said:
    """A line of commentary or of an error, with its minute or time."""

    when: str
    text: str


@dataclass(frozen=True)
class Lines(View):
    """Lines of text, each with its minute or time."""

    template = "lines.html"
    lines: Sequence[Said]
    kind: Own


@dataclass(frozen=True)
class Figure:
    """A value, and what it is measured against."""

    label: Own
    value: Own
    note: Own


@dataclass(frozen=True)
class Figures(View):
    """A row of figures."""

    template = "figures.html"
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Cell:
    """A value in a column of the table of cycles."""

    kind: Own
    value: Own


@dataclass(frozen=True)
class Cycle:
    """A cycle's row."""

    failed: bool
    cells: Sequence[Cell]


@dataclass(frozen=True)
class CycleTable(View):
    """The newest cycles, a row each."""

    template = "cycle_table.html"
    columns: Sequence[Cell]
    cycles: Sequence[Cycle]


def link(parameters: Mapping[str, str | None], path: str = "./") -> Own:
    """An address on this page with the parameters that are set."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return Own(f"{path}?{query}" if query else path)


def status(said: str, state: Freshness, more: str = "") -> Status:
    """The line that tells how old the data are."""
    return Status(Own(said[:1].upper() + said[1:]), Own(state.word), Own(more))


def banners(said: Iterable[Notice]) -> list[Banner]:
    """What a reader must know, one banner each."""
    return [Banner(Own(notice.kind), Own(notice.text)) for notice in said]


def live(matches: Iterable[Row], at: datetime | None, parameters: Mapping[str, str | None]) -> list[View]:
    """The matches, published at that time, under their competitions; the links keep the parameters."""
    leagues = [league(*found, at, parameters) for found in by_competition(matches)]
    return [*_legend(match.odds for league in leagues for match in league.matches), Live(leagues)]


def now(row: Row, at: datetime | None, *, as_american: bool) -> list[View]:
    """A match's present prices in all markets."""
    shown = odds(row, priced(row), at, as_american=as_american)
    return [Now(shown), *_legend([shown])]


def _legend(shown: Iterable[Odds]) -> list[View]:
    """The legend, where there is anything that it explains."""
    struck = any(market.note for odds in shown for market in odds.markets)
    return [Legend(Own(legend("struck")))] if struck else []


def league(
    country: str,
    competition: str,
    matches: Iterable[Row],
    at: datetime | None,
    parameters: Mapping[str, str | None],
) -> League:
    """A competition's matches under its name."""
    as_american = parameters.get("odds") == "american"
    return League(
        country,
        competition,
        [
            match(row, link({**parameters, "match": row["match_id"]}), at, as_american=as_american)
            for row in matches
        ],
    )


def match(row: Row, address: Own, at: datetime | None, *, as_american: bool) -> Match:
    """A match of the list."""
    return Match(
        address,
        when(row),
        _marks(row),
        _sides(row),
        _corners(row),
        odds(row, LISTED_MARKETS, at, as_american=as_american),
    )


def odds(row: Row, markets: Iterable[str], at: datetime | None, *, as_american: bool) -> Odds:
    """The chosen bookmaker's present prices in these markets."""
    if row["bookmaker_id"] is None:
        return Odds([])
    return Odds(
        [
            Market(
                Own(market),
                _prices(row, market, as_american=as_american),
                Own(market_note(row, market, at)),
            )
            for market in markets
        ]
    )


def priced(row: Row) -> list[str]:
    """The markets in which the chosen bookmaker has a price."""
    return [market for market in MARKETS if market_state(row, market) != "none"]


def match_header(row: Row) -> MatchHeader:
    """A match's name, score and where it stands."""
    home, away = _sides(row)
    kickoff, half_time, degrees = "", "", ""
    if row["kickoff_at"] is not None:
        kickoff = f"Kick-off {row['kickoff_at']:%d %b %H:%M} UTC"
    if row["home_half_time_score"] is not None and row["status_id"] not in {1, 2}:
        half_time = f"HT {number(row['home_half_time_score'])}–{number(row['away_half_time_score'])}"
    if row["temperature_c"] is not None:
        degrees = f", {row['temperature_c']:.0f} °C"
    return MatchHeader(
        row["country"],
        row["competition"],
        home,
        away,
        when(row),
        _marks(row),
        Own(kickoff),
        Own(half_time),
        row["weather"] or "",
        Own(degrees),
    )


def timeline(incidents: Iterable[Row]) -> Timeline:
    """A match's incidents."""
    return Timeline([_incident(row) for row in incidents])


def stats(rows: Iterable[Row]) -> Stats:
    """A match's statistics with each side's share."""
    return Stats([_stat(row) for row in rows])


def commentary(lines: Iterable[Row]) -> Lines:
    """What is said of the match, the newest first."""
    return Lines([Said(row["minute"] or "", row["text"]) for row in lines], Own(""))


def failures(cycles: Iterable[Mapping[str, Any]]) -> Lines:
    """The failed cycles with what made them fail."""
    return Lines(
        [
            Said(Own(f"{row['started_at']:%d %b %H:%M:%S}"), row["error"] or "no error was recorded")
            for row in cycles
        ],
        Own("fb-errors"),
    )


def cycle_table(cycles: Iterable[Mapping[str, Any]]) -> CycleTable:
    """The newest cycles, a row each."""
    return CycleTable(_cells(name for name, _ in CYCLE_COLUMNS), [_cycle(row) for row in cycles])


def _sides(row: Row) -> tuple[Side, Side]:
    home, away = (
        Side(row[f"{side}_team"], _cards(row, side), Own(scored))
        for side, scored in zip(("home", "away"), goals(row), strict=True)
    )
    return home, away


def _cards(row: Row, side: str) -> list[Card]:
    counts = ((colour, row[f"{side}_{colour}_cards"]) for colour in ("red", "yellow"))
    return [Card(Own(colour), count) for colour, count in counts if count]


def _corners(row: Row) -> Own:
    corners = row["home_corners"], row["away_corners"]
    return Own(NONE if corners == (None, None) else f"{number(corners[0])}–{number(corners[1])}")


def _marks(row: Row) -> list[Own]:
    return [Own(OLDER_SOURCES[row["data_source"]])] if row["data_source"] in OLDER_SOURCES else []


def _prices(row: Row, market: str, *, as_american: bool) -> list[Price]:
    values = prices(row, market, as_american=as_american)
    return [
        Price(Own(outcome), Own(value)) for outcome, value in zip(_outcomes(row, market), values, strict=True)
    ]


def _outcomes(row: Row, market: str) -> tuple[str, ...]:
    if market == "money_line":
        return "1", "X", "2"
    value = row[f"{market}_line"]
    if market == "spread":
        # The API's positive handicap is given by the home side.
        return line(None if value is None else -value, signed=True), line(value, signed=True)
    return ("O", "U") if value is None else (f"O {line(value)}", f"U {line(value)}")


def _incident(row: Row) -> Incident:
    name = str(row["incident"] or f"Incident {row['incident_id']}")
    scored = row["incident_id"] in {1, 8, 17} and row["home_score"] is not None
    return Incident(
        Own(row["team"] if row["team"] in {"home", "away"} else "both"),
        Own(clock(_played(row), row["added_minute"])),
        Own(SHAPES.get(row["incident_id"], "none")),
        name[:1].upper() + name[1:],
        Own(f"{row['home_score']}–{number(row['away_score'])}" if scored else ""),
        _people(row),
    )


def _played(row: Row) -> int | None:
    """The minute with its injury time, as `clock` takes it: the API gives 90 and 3 for 90+3."""
    return None if row["minute"] is None else row["minute"] + (row["added_minute"] or 0)


def _people(row: Row) -> list[str]:
    if row["in_player_name"] or row["out_player_name"]:
        return _joined(Own(" for "), (row["in_player_name"] or NONE, row["out_player_name"] or NONE))
    if row["var_reason"] or row["var_result"]:
        return _joined(Own(" · "), filter(None, (row["var_reason"], row["var_result"])))
    if not row["player_name"]:
        return []
    assists = _joined(Own(" and "), filter(None, (row["assist1_name"], row["assist2_name"])))
    return [row["player_name"], *([Own(", assisted by "), *assists] if assists else [])]


def _joined(between: Own, names: Iterable[str]) -> list[str]:
    joined = [part for name in names for part in (between, name)]
    return joined[1:]


def _stat(row: Row) -> Stat:
    total = (row["home"] + row["away"]) or 1
    name = str(row["stat"] or f"Statistic {row['stat_id']}")
    shares = (max(0, min(100, round(100 * row[side] / total))) for side in ("home", "away"))
    return Stat(name[:1].upper() + name[1:], row["home"], row["away"], *shares)


def _cycle(row: Mapping[str, Any]) -> Cycle:
    phases = (row[f"{name}_seconds"] for name in ("total", "live_fetch", "enrichment", "flatten", "publish"))
    counts = (row[name] for name in ("requests", "requests_failed", "matches_in_play", "odds_ticks_new"))
    values = (
        f"{row['started_at']:%H:%M:%S}" if row["started_at"] else NONE,
        *(NONE if value is None else f"{value:.2f} s" for value in phases),
        *map(number, counts),
        NONE if row["margin_seconds"] is None else f"{row['margin_seconds']:.1f} s",
    )
    return Cycle(row["status"] == "failure", _cells(values))


def _cells(values: Iterable[str]) -> list[Cell]:
    return [Cell(Own(kind), Own(value)) for value, (_, kind) in zip(values, CYCLE_COLUMNS, strict=True)]
