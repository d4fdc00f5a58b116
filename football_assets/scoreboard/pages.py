"""The page as Streamlit draws it: the live list, one match, the pipeline.
What is shown is in `views`, its HTML in `markup`, charts in `charts`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from football_assets.published.formatting import number, plain
from football_assets.published.freshness import freshness, published_words
from football_assets.published.notices import Publication, notices, publication
from football_assets.published.reading import (
    Edition,
    NotPublished,
    Reading,
    Row,
    Unreadable,
    edition,
    reading,
)
from football_assets.published.selection import found
from football_assets.scoreboard import charts, views
from football_assets.scoreboard.markup import html
from football_assets.scoreboard.views import ChartTitle, Own, Title
from football_assets.settings import Settings, load_settings

#: Seconds between two looks at whether a new edition of the file is there, and at its age.
HEARTBEAT_SECONDS = 2.0

STYLE = Path(__file__).with_name("style.css")

MARKET_TITLES = {
    "money_line": ("Money line", "decimal odds"),
    "spread": ("Spread", "Hong Kong odds; positive line: the home side gives"),
    "over_under": ("Over/under", "Hong Kong odds"),
    "corners": ("Corners", "Hong Kong odds"),
}

PERIODS = {"Last hour": 60, "6 hours": 360, "24 hours": 1440}


def show() -> None:
    """Draw the view that the address asks for: `?match=ID`, `?view=pipeline`, else the matches in play."""
    st.set_page_config(
        page_title="Football live", page_icon="⚽", layout="wide", initial_sidebar_state="collapsed"
    )
    st.html(STYLE)
    settings = load_settings()
    drawn = edition(settings.published_path)
    match_id, view = st.query_params.get("match"), st.query_params.get("view")
    try:
        with reading(settings.published_path) as source:
            if match_id:
                _match(source, settings, match_id)
            elif view == "pipeline":
                _pipeline(source, settings)
            else:
                _live(source, settings)
    except (NotPublished, Unreadable) as error:
        _head("Football live")
        _show(views.Banner(Own("dead"), str(error)))
        _heartbeat(settings, drawn, None)


def _live(source: Reading, settings: Settings) -> None:
    read, matches = publication(source), source.rows("in_play")
    _head("Football live", "live")
    _heartbeat(settings, source.edition, read, matches, f"{len(matches)} in play of {read.matches_live}")
    wanted, as_american = _controls() if matches else ("", False)
    shown = found(matches, wanted)
    parameters = {"odds": "american" if as_american else None, "q": wanted}
    if matches and not shown:
        _show(views.Nothing(Own("No match in play fits the search.")))
    _show(*views.live(shown, read.published_at, parameters))


def _show(*shown: views.View) -> None:
    """Draw views as one block."""
    st.html(html(*shown))


def _controls() -> tuple[str, bool]:
    """The search and the switch of odds, kept in the address so that a link brings them along."""
    st.session_state.setdefault("q", st.query_params.get("q", ""))
    st.session_state.setdefault("american", st.query_params.get("odds") == "american")
    search, switch = st.columns([3, 1], vertical_alignment="center")
    placeholder = "Search team, competition or country"
    search.text_input("Search", key="q", placeholder=placeholder, label_visibility="collapsed", max_chars=80)
    switch.toggle("American odds", key="american")
    wanted, as_american = str(st.session_state["q"]).strip(), bool(st.session_state["american"])
    _remember("q", wanted)
    _remember("odds", "american" if as_american else "")
    return wanted, as_american


def _remember(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _match(source: Reading, settings: Settings, match_id: str) -> None:
    read, row = publication(source), source.row("match", match_id=match_id)
    _head("Football live")
    _heartbeat(settings, source.edition, read)
    if row is None:
        _show(views.Banner(Own("empty"), Own("This match is no longer in the live list.")))
        return
    _show(views.match_header(row))
    left, right = st.columns(2, gap="large")
    with left:
        _show(Title(Own("Timeline")), views.timeline(source.rows("incidents", match_id=match_id)))
    with right:
        _show(Title(Own("Statistics")), views.stats(source.rows("stats", match_id=match_id)))
    said = source.rows("commentary", match_id=match_id)
    if said:
        with st.expander(f"Commentary ({len(said)})"):
            _show(views.commentary(said))
    _movement(source, row, read)


def _movement(source: Reading, row: Row, read: Publication) -> None:
    _show(Title(Own("Odds"), row["bookmaker"] or ""))
    companies = {
        found["company_id"]: found["company"]
        for found in source.rows("odds_companies", match_id=row["match_id"])
    }
    if not companies:
        _show(views.Nothing(Own("No bookmaker has prices for this match.")))
        return
    as_american = st.query_params.get("odds") == "american"
    _show(*views.now(row, read.published_at, as_american=as_american))
    ids = sorted(companies, key=lambda company: (company != row["bookmaker_id"], str(companies[company])))
    who, since = st.columns(2, vertical_alignment="bottom")
    company = who.selectbox(
        "Bookmaker",
        ids,
        format_func=lambda chosen: plain(companies[chosen]),
        key=f"company-{row['match_id']}",
    )
    whole = since.toggle(
        "From the opening", key=f"whole-{row['match_id']}", help="Else from ten minutes before kick-off."
    )
    until = read.published_at or row["fetched_at"]
    ticks = source.rows("odds_movement", match_id=row["match_id"], company_id=company, until=until)
    if not whole and row["kickoff_at"] is not None:
        ticks = _since(ticks, row["kickoff_at"] - timedelta(minutes=10))
    goals = source.rows(
        "goals", match_id=row["match_id"], home_score=row["home_score"], away_score=row["away_score"]
    )
    _market_charts(ticks, goals)


def _since(ticks: list[Row], start: datetime) -> list[Row]:
    """The ticks that held after `start`, the first of them cut to it."""
    return [{**tick, "tick_at": max(tick["tick_at"], start)} for tick in ticks if tick["held_until"] > start]


def _market_charts(ticks: list[Row], goals: list[Row]) -> None:
    markets = [market for market in charts.OUTCOMES if any(tick["market"] == market for tick in ticks)]
    if not markets:
        _show(views.Nothing(Own("This bookmaker has no price in this time.")))
    for place, market in enumerate(markets):
        if place % 2 == 0:
            columns = st.columns(2, gap="large")
        title, unit = MARKET_TITLES[market]
        with columns[place % 2]:
            _show(ChartTitle(Own(title), Own(unit)))
            of_market = [tick for tick in ticks if tick["market"] == market]
            st.altair_chart(charts.odds_movement(market, of_market, goals), width="stretch")
            if market != "money_line":
                st.altair_chart(charts.line_movement(market, of_market), width="stretch")


def _pipeline(source: Reading, settings: Settings) -> None:
    read = publication(source)
    _head("Football live", "pipeline")
    _heartbeat(settings, source.edition, read)
    period = st.segmented_control("Period", list(PERIODS), default="Last hour", label_visibility="collapsed")
    wanted = PERIODS.get(str(period), 60) * 60 / settings.interval_seconds
    cycles = source.rows("cycles", newest=max(int(wanted), 1))
    if not cycles:
        _show(views.Banner(Own("empty"), Own("No cycle has been recorded yet.")))
        return
    _show(views.Figures(_figures(cycles, settings)))
    _show(ChartTitle(Own("Cycle"), Own("seconds by phase, failed cycles marked red")))
    st.altair_chart(charts.cycle_phases(cycles, settings.interval_seconds), width="stretch")
    _small_charts(cycles, settings.interval_seconds)
    _show(Title(Own("Newest cycles"), Own("times in UTC")), views.cycle_table(cycles[:20]))
    failed = [cycle for cycle in cycles if cycle["status"] == "failure"]
    if failed:
        _show(Title(Own("Failed cycles")), views.failures(failed[:20]))


def _small_charts(cycles: list[Row], interval: int) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _show(ChartTitle(Own("Requests"), Own("a cycle, failed ones red")))
        st.altair_chart(charts.requests(cycles, interval), width="stretch")
        _show(ChartTitle(Own("Freshness"), Own("seconds from tick to publishing")))
        st.altair_chart(charts.over_time(cycles, "freshness_seconds", interval), width="stretch")
    with right:
        _show(ChartTitle(Own("Margin"), Own(f"seconds left of {interval}")))
        st.altair_chart(charts.over_time(cycles, "margin_seconds", interval), width="stretch")
        _show(ChartTitle(Own("Memory"), Own("MB at the peak of a run")))
        st.altair_chart(
            charts.over_time(cycles, "memory_mb", interval, colour=charts.AWAY, format_=".0f"),
            width="stretch",
        )


def _figures(cycles: list[Row], settings: Settings) -> list[views.Figure]:
    newest = cycles[0]
    totals = sorted(c["total_seconds"] for c in cycles if c["total_seconds"] is not None)
    failed = sum(c["status"] == "failure" for c in cycles)

    def seconds(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f} s"

    figures = (
        ("Newest cycle", seconds(newest["total_seconds"]), f"of {settings.interval_seconds} s"),
        ("Median", seconds(totals[len(totals) // 2] if totals else None), f"of {len(cycles)} cycles"),
        ("Slowest", seconds(totals[-1] if totals else None), ""),
        ("Requests", number(newest["requests"]), f"{number(newest['requests_failed'])} failed"),
        ("Failed cycles", str(failed), f"of {len(cycles)}"),
    )
    return [views.Figure(*map(Own, figure)) for figure in figures]


def _head(title: str, here: str = "") -> None:
    odds = {"odds": st.query_params.get("odds")}
    links = [
        views.Link(Own("Live"), views.link({**odds, "q": st.query_params.get("q")}), here == "live"),
        views.Link(Own("Pipeline"), views.link({**odds, "view": "pipeline"}), here == "pipeline"),
    ]
    _show(views.Header(Own(title), links))


def _heartbeat(
    settings: Settings,
    drawn: Edition | None,
    read: Publication | None,
    matches: list[Row] | None = None,
    more: str = "",
) -> None:
    """The data's age and banners, kept up to date; another edition than the one drawn draws all again."""

    @st.fragment(run_every=HEARTBEAT_SECONDS)
    def beat() -> None:
        if edition(settings.published_path) != drawn:
            st.rerun()
        if read is None:
            return
        now = datetime.now(UTC)
        age = read.age(now)
        state = freshness(age, settings.threshold_age_seconds)
        said = views.banners(notices(read, matches, now, settings))
        _show(views.status(published_words(age), state, more), *said)

    beat()
