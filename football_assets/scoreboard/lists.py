"""The lists of matches: those in play, those that are coming, and the finished ones of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from football_assets.published.formatting import plain
from football_assets.published.notices import notices
from football_assets.published.reading import Row
from football_assets.published.selection import NO_COUNTRY, found
from football_assets.scoreboard.address import Address
from football_assets.scoreboard.context import Context
from football_assets.scoreboard.page import Content, Part
from football_assets.scoreboard.views import base, matches, prices
from football_assets.scoreboard.views.base import Link, Links, Own

_SORTS = {"competition": "By competition", "kickoff": "By kick-off", "goals": "Most goals first"}

#: A match that should have begun is still awaited this long.
_OVERDUE = timedelta(hours=3)

#: Days that the view of finished matches links to.
_DAYS = 10


def live(context: Context) -> Content:
    """The matches in play."""
    rows = context.source.rows("in_play")
    said = [
        notice
        for notice in notices(context.read, rows, context.now, context.settings)
        if notice.kind in {"partial", "empty"}
    ]
    note = f"{len(rows)} in play of {context.read.matches_live} in the live list"
    return _list(context, "Live matches", note, rows, priced=True, before=base.banners(said))


def coming(context: Context) -> Content:
    """The matches that have not begun, of all days that are known or of one."""
    since = context.now - _OVERDUE
    day = context.address.day or None
    rows = context.source.rows("coming", day=day, since=since)
    days = context.source.rows("coming_days", since=since)
    links = _day_links(context.address, days, "All days")
    note = f"{len(rows)} matches{f' on {_day(day)}' if day else ''}"
    nothing = [] if rows else [base.Banner(Own("empty"), Own("No match to come is known."))]
    return _list(context, "Coming matches", note, rows, priced=False, before=[*links, *nothing])


def finished(context: Context) -> Content:
    """The results of a day: of the address's, else of the newest that has any."""
    days = context.source.rows("finished_days")
    day = context.address.day or (days[0]["day"].isoformat() if days else context.now.date().isoformat())
    rows = context.source.rows("finished", day=day)
    links = _day_links(context.address, _near(days, date.fromisoformat(day)), None, day)
    nothing = (
        [] if rows else [base.Banner(Own("empty"), Own(f"No match that is over is known of {_day(day)}."))]
    )
    note = f"{_day(day)}, {len(rows)} matches"
    return _list(context, "Results", note, rows, priced=False, before=[*links, *nothing])


def _list(
    context: Context,
    heading: str,
    note: str,
    rows: Sequence[Row],
    *,
    priced: bool,
    before: Sequence[base.View],
) -> Content:
    address = context.address
    shown = _sorted(_chosen(rows, context), address.sort)
    leagues = [
        matches.league(
            group, address, context.state.favourites, context.read.published_at,
            priced=priced, grouped=address.sort == "competition",
        )
        for group in _groups(shown, context)
    ]  # fmt: skip
    parts = [
        Part("heading", [base.Heading(Own(heading), Own(note))]),
        Part("notices", list(before)),
        Part("filters", [_filters(context, rows, len(shown), priced=priced)]),
    ]
    if rows and not shown:
        parts.append(Part("nothing", [base.Nothing(Own("No match fits the search and the filters."))]))
    if priced:
        odds = [match.odds for league in leagues for match in league.matches if match.odds is not None]
        parts.append(Part("legend", prices.legends(odds)))
    parts += [Part(f"league-{league.key}", [league]) for league in leagues]
    return Content(f"{heading} · Football live", base.header(address), parts)


def _chosen(rows: Iterable[Row], context: Context) -> list[Row]:
    address, favourites = context.address, context.state.favourites
    return [
        row
        for row in found(rows, address.q)
        if (not address.country or (row["country"] or NO_COUNTRY) == address.country)
        and (not address.competition or row["competition_id"] == address.competition)
        and (not address.favourites or favourites & {row["match_id"], row["competition_id"]})
    ]


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    if sort == "kickoff":
        return sorted(rows, key=_kickoff)
    if sort == "goals":
        return sorted(
            rows, key=lambda row: (-(row["home_score"] or 0) - (row["away_score"] or 0), _kickoff(row))
        )
    return rows


def _kickoff(row: Row) -> tuple[float, str]:
    moment: datetime | None = row["kickoff_at"]
    return (moment.timestamp() if moment else float("inf")), str(row["match_id"])


def _groups(rows: list[Row], context: Context) -> Iterator[list[Row]]:
    """The matches by competition, favourite ones first; one group where they are ordered otherwise."""
    if context.address.sort != "competition":
        if rows:
            yield rows
        return

    def of(row: Row) -> tuple[bool, str, str, str]:
        id_ = row["competition_id"] or ""
        name = row["competition"] or "\uffff"
        return id_ not in context.state.favourites, row["country"] or NO_COUNTRY, name, id_

    for _, group in groupby(sorted(rows, key=of), of):
        yield list(group)


def _filters(context: Context, rows: Sequence[Row], shown: int, *, priced: bool) -> matches.Filters:
    address = context.address
    kept = [(Own(name), value) for name, value in _kept(address) if value]
    countries = sorted({row["country"] or NO_COUNTRY for row in rows})
    competitions = sorted(
        (f"{row['country'] or NO_COUNTRY}: {row['competition']}", str(row["competition_id"]))
        for row in {row["competition_id"]: row for row in rows}.values()
        if row["competition"] and (not address.country or (row["country"] or NO_COUNTRY) == address.country)
    )
    folding = Link(Own("Unfold all"), Own(address.link(folded="")))
    if not address.folded:
        folding = Link(Own("Fold all"), Own(address.link(folded="1")))
    return matches.Filters(
        kept,
        address.q,
        matches.choices(((name, plain(name)) for name in countries), address.country, "All"),
        matches.choices(((id_, plain(name)) for name, id_ in competitions), address.competition, "All"),
        [matches.Choice(value, Own(label), value == address.sort) for value, label in _SORTS.items()],
        bool(address.favourites),
        address.american if priced else None,
        Own(f"{shown} of {len(rows)} shown" if shown != len(rows) else ""),
        folding if address.sort == "competition" and rows else None,
    )


def _kept(address: Address) -> Iterator[tuple[str, str]]:
    """What the form does not ask for and the address keeps."""
    if address.view != "live":
        yield "view", address.view
        yield "odds", address.odds
    yield "day", address.day
    yield "folded", address.folded


def _day_links(
    address: Address, days: Sequence[Row], all_days: str | None, here: str | None = None
) -> list[Links]:
    links = [] if all_days is None else [Link(Own(all_days), Own(address.link(day="")), here=not address.day)]
    links += [
        Link(
            Own(f"{_day(row['day'])} ({row['matches']})"),
            Own(address.link(day=row["day"].isoformat())),
            here=row["day"].isoformat() == (here or address.day),
        )
        for row in days
    ]
    return [Links(Own("Days"), links)] if links else []


def _near(days: Sequence[Row], day: date) -> Sequence[Row]:
    """The days around one, the newest first."""
    after = sum(row["day"] > day for row in days)
    start = max(min(after - _DAYS // 2, len(days) - _DAYS), 0)
    return days[start : start + _DAYS]


def _day(day: date | str) -> str:
    moment = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{moment:%a %d %b %Y}"
