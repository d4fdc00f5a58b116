"""The page's HTML, as strings. Whatever comes from the data passes through `text`.
How it looks is in `style.css`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from football_assets.published.formatting import (
    MARKETS,
    NONE,
    clock,
    goals,
    line,
    number,
    plain,
    prices,
    when,
)
from football_assets.published.freshness import Freshness
from football_assets.published.notices import OLDER_SOURCES, Notice
from football_assets.published.reading import Row

#: The shape beside an incident, by TheSports' type; any other has none.
SHAPES = {1: "goal", 8: "goal", 17: "goal", 29: "goal", 3: "yellow", 4: "red", 15: "red", 9: "change"}


def text(value: object) -> str:
    """Text from the data, harmless in HTML, with its direction kept to itself."""
    return f"<bdi>{html.escape(plain(value))}</bdi>"


def link(parameters: Mapping[str, str | None], path: str = "./") -> str:
    """An address on this page with the parameters that are set."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return html.escape(f"{path}?{query}" if query else path)


def header(title: str, links: Iterable[tuple[str, str, bool]]) -> str:
    """The page's title and its links: label, address, whether it is where we are."""
    shown = "".join(
        f'<a href="{address}" target="_self"{" class=fb-here" if here else ""}>{label}</a>'
        for label, address, here in links
    )
    return f'<header class="fb-head"><h1>{html.escape(title)}</h1><nav>{shown}</nav></header>'


def status(said: str, *, state: Freshness, more: str = "") -> str:
    """The line that tells how old the data are."""
    first = html.escape(said[:1].upper() + said[1:])
    rest = f"<span>{html.escape(more)}</span>" if more else ""
    return f'<p class="fb-status fb-{state.word}"><span>{first}</span>{rest}</p>'


def banners(said: Iterable[Notice]) -> str:
    """What a reader must know, one banner each."""
    return "".join(f'<p class="fb-notice fb-{notice.kind}">{html.escape(notice.text)}</p>' for notice in said)


def league(
    country: str, competition: str, matches: Iterable[Row], parameters: Mapping[str, str | None]
) -> str:
    """A competition's matches under its name."""
    as_american = parameters.get("odds") == "american"
    rows = "".join(
        match_row(row, link({**parameters, "match": row["match_id"]}), as_american=as_american)
        for row in matches
    )
    heading = f"<h2><span>{text(country)}</span>{text(competition)}</h2>"
    return f'<section class="fb-league">{heading}{rows}</section>'


def match_row(row: Row, address: str, *, as_american: bool) -> str:
    """A match in one line on a desk, a card on a phone; the whole of it is the link to its page."""
    home, away = goals(row)
    sides = _side(row, "home", home) + _side(row, "away", away)
    corners = f"<small>Corners</small><span>{_corners(row)}</span>"
    return (
        f'<a class="fb-match" href="{address}" target="_self">'
        f'<span class="fb-when">{html.escape(when(row))}{_marks(row)}</span>'
        f'<span class="fb-sides">{sides}</span><span class="fb-corners">{corners}</span>'
        f"{odds(row, ('money_line', 'spread', 'over_under'), as_american=as_american)}</a>"
    )


def _side(row: Row, side: str, scored: str) -> str:
    return (
        f'<span class="fb-side"><span class="fb-team">{text(row[f"{side}_team"])}</span>'
        f'{_cards(row, side)}<b class="fb-goals">{scored}</b></span>'
    )


def _cards(row: Row, side: str) -> str:
    shown = ""
    for colour in ("red", "yellow"):
        count = row[f"{side}_{colour}_cards"]
        if count:
            shown += f'<i class="fb-card fb-{colour}" title="{colour} cards">{count}</i>'
    return shown


def _corners(row: Row) -> str:
    corners = row["home_corners"], row["away_corners"]
    return NONE if corners == (None, None) else f"{number(corners[0])}–{number(corners[1])}"


def _marks(row: Row) -> str:
    marks = [OLDER_SOURCES[row["data_source"]]] if row["data_source"] in OLDER_SOURCES else []
    if row["odds_suspended"]:
        marks.append("suspended")
    return "".join(f'<span class="fb-mark fb-{mark.replace(" ", "-")}">{mark}</span>' for mark in marks)


def odds(row: Row, markets: Iterable[str], *, as_american: bool) -> str:
    """The chosen bookmaker's present prices, each under what it is for."""
    if row["bookmaker_id"] is None:
        return '<span class="fb-odds"><span class="fb-none">No odds</span></span>'
    shown = ""
    for market in markets:
        cells = zip(_outcomes(row, market), prices(row, market, as_american=as_american), strict=True)
        inner = "".join(
            f'<span class="fb-price"><small>{html.escape(outcome)}</small>{value}</span>'
            for outcome, value in cells
        )
        shown += f'<span class="fb-market fb-of-{market}">{inner}</span>'
    suspended = " fb-suspended" if row["odds_suspended"] else ""
    return f'<span class="fb-odds{suspended}">{shown}</span>'


def priced(row: Row) -> list[str]:
    """The markets in which the chosen bookmaker has a price."""
    return [market for market in MARKETS if any(row[column] is not None for column in MARKETS[market])]


def _outcomes(row: Row, market: str) -> tuple[str, ...]:
    if market == "money_line":
        return "1", "X", "2"
    value = row[f"{market}_line"]
    if market == "spread":
        # The API's positive handicap is given by the home side.
        return line(None if value is None else -value, signed=True), line(value, signed=True)
    return ("O", "U") if value is None else (f"O {line(value)}", f"U {line(value)}")


def match_header(row: Row) -> str:
    """A match's name, score and where it stands."""
    home, away = goals(row)
    facts = [_marks(row)] if _marks(row) else []
    if row["kickoff_at"] is not None:
        facts.append(f"<span>Kick-off {row['kickoff_at']:%d %b %H:%M} UTC</span>")
    if row["home_half_time_score"] is not None and row["status_id"] not in {1, 2}:
        facts.append(
            f"<span>HT {number(row['home_half_time_score'])}–{number(row['away_half_time_score'])}</span>"
        )
    if row["weather"]:
        degrees = "" if row["temperature_c"] is None else f", {row['temperature_c']:.0f} °C"
        facts.append(f"<span>{text(row['weather'])}{degrees}</span>")
    return (
        f'<section class="fb-hero"><p>{text(row["country"])} · {text(row["competition"])}</p>'
        f'<div><span class="fb-team">{text(row["home_team"])}{_cards(row, "home")}</span>'
        f"<strong>{home}<i>–</i>{away}</strong>"
        f'<span class="fb-team">{text(row["away_team"])}{_cards(row, "away")}</span></div>'
        f'<p><span class="fb-when">{html.escape(when(row))}</span></p>'
        f'<p class="fb-facts">{"".join(facts)}</p></section>'
    )


def timeline(incidents: Iterable[Row]) -> str:
    """A match's incidents: home on the left, away on the right, the minute between them."""
    rows = "".join(
        f'<li class="fb-{row["team"] if row["team"] in {"home", "away"} else "both"}">'
        f"<b>{clock(_played(row), row['added_minute'])}</b><span>"
        f'<i class="fb-shape fb-{SHAPES.get(row["incident_id"], "none")}"></i>{_incident(row)}</span></li>'
        for row in incidents
    )
    return (
        f'<ol class="fb-timeline">{rows}</ol>' if rows else '<p class="fb-none">Nothing is reported yet.</p>'
    )


def _played(row: Row) -> int | None:
    """The minute with its injury time, as `clock` takes it: the API gives 90 and 3 for 90+3."""
    return None if row["minute"] is None else row["minute"] + (row["added_minute"] or 0)


def _incident(row: Row) -> str:
    name = str(row["incident"] or f"Incident {row['incident_id']}")
    shown = text(name[:1].upper() + name[1:])
    if row["incident_id"] in {1, 8, 17} and row["home_score"] is not None:
        shown += f" <b>{row['home_score']}–{number(row['away_score'])}</b>"
    people = _people(row)
    return f"<span><span>{shown}</span>" + (f"<small>{people}</small>" if people else "") + "</span>"


def _people(row: Row) -> str:
    if row["in_player_name"] or row["out_player_name"]:
        return f"{text(row['in_player_name'])} for {text(row['out_player_name'])}"
    if row["var_reason"] or row["var_result"]:
        return " · ".join(text(part) for part in (row["var_reason"], row["var_result"]) if part)
    if not row["player_name"]:
        return ""
    assists = [text(row[name]) for name in ("assist1_name", "assist2_name") if row[name]]
    return text(row["player_name"]) + (f", assisted by {' and '.join(assists)}" if assists else "")


def stat_bars(stats: Iterable[Row]) -> str:
    """Each statistic as two bars from the middle, as long as each side's share of it."""
    shown = ""
    for row in stats:
        total = (row["home"] + row["away"]) or 1
        name = str(row["stat"] or f"Statistic {row['stat_id']}")
        bars = "".join(
            f'<span class="fb-bar fb-{side}"><i style="width:{_share(row[side], total)}%"></i></span>'
            for side in ("home", "away")
        )
        shown += (
            f"<li><b>{row['home']}</b><span>{text(name[:1].upper() + name[1:])}</span><b>{row['away']}</b>"
            f"<div>{bars}</div></li>"
        )
    return (
        f'<ul class="fb-stats">{shown}</ul>' if shown else '<p class="fb-none">No statistics are given.</p>'
    )


def _share(value: int, total: int) -> int:
    return max(0, min(100, round(100 * value / total)))


def commentary(lines: Iterable[Row]) -> str:
    """What is said of the match, the newest first."""
    rows = "".join(
        f"<li><b>{text(row['minute'] or '')}</b><span>{text(row['text'])}</span></li>" for row in lines
    )
    return f'<ol class="fb-said">{rows}</ol>'


def figures(pairs: Iterable[tuple[str, str, str]]) -> str:
    """A row of figures: label, value, what it is measured against."""
    shown = "".join(
        f"<div><dt>{html.escape(label)}</dt><dd>{html.escape(value)}<small>{html.escape(note)}</small></dd></div>"
        for label, value, note in pairs
    )
    return f'<dl class="fb-figures">{shown}</dl>'


def cycle_table(cycles: Iterable[Mapping[str, Any]]) -> str:
    """The newest cycles, a row each; a phone shows the columns that matter most."""
    columns = (
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
    head = "".join(f'<th class="{kind}">{name}</th>' for name, kind in columns)
    body = ""
    for row in cycles:
        seconds = [
            row[f"{name}_seconds"] for name in ("total", "live_fetch", "enrichment", "flatten", "publish")
        ]
        values = [
            f"{row['started_at']:%H:%M:%S}" if row["started_at"] else NONE,
            *(NONE if value is None else f"{value:.2f} s" for value in seconds),
            *(
                number(row[name])
                for name in ("requests", "requests_failed", "matches_in_play", "odds_ticks_new")
            ),
            NONE if row["margin_seconds"] is None else f"{row['margin_seconds']:.1f} s",
        ]
        cells = "".join(
            f'<td class="{kind}">{value}</td>' for (_, kind), value in zip(columns, values, strict=True)
        )
        failed = ' class="fb-failed"' if row["status"] == "failure" else ""
        body += f"<tr{failed}>{cells}</tr>"
    return f'<table class="fb-cycles"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def failures(cycles: Iterable[Mapping[str, Any]]) -> str:
    """The failed cycles with what made them fail."""
    rows = "".join(
        f"<li><b>{row['started_at']:%d %b %H:%M:%S}</b>"
        f"<span>{text(row['error'] or 'no error was recorded')}</span></li>"
        for row in cycles
    )
    return f'<ol class="fb-said fb-errors">{rows}</ol>'
