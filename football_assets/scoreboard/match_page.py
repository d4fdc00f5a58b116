"""A match's page, at whatever day: what stands of it in the live list, else what the history holds."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from football_assets.codes import BEFORE_PLAY, ENDED, IN_PLAY, MatchStatus
from football_assets.published.formatting import plain
from football_assets.published.reading import Row
from football_assets.scoreboard.context import Context
from football_assets.scoreboard.match_odds import Told, match_odds, moment_words
from football_assets.scoreboard.page import Content, Part
from football_assets.scoreboard.past import past_rows
from football_assets.scoreboard.views import base, match
from football_assets.scoreboard.views.base import Banner, Own, View


def match_page(context: Context) -> Content:
    """The match that the address names."""
    told = _told(context)
    header = base.header(context.address)
    if told is None:
        return Content("No such match · Football live", header, [Part("unknown", _unknown(context))])
    row = told.row
    title = f"{plain(row['home_team'] or 'Home')} – {plain(row['away_team'] or 'Away')} · Football live"
    standing = {found["sequence"] for found in told.rows("standing_goals")}
    parts = [
        Part("hero", [match.match_header(row, context.state.favourites), *_state(told)]),
        Part("timeline", [base.Title(Own("Timeline")), match.timeline(told.rows("incidents"), standing)]),
        Part("stats", [base.Title(Own("Statistics")), match.stats(told.rows("stats"))]),
    ]
    said = told.rows("commentary")
    if said:
        parts.append(Part("commentary", [match.commentary(said)]))
    return Content(title, header, [*parts, *match_odds(context, told)])


def is_settled(content: Content) -> bool:
    """Whether the page will hardly change: the match is not in the live list."""
    return any(isinstance(view, Banner) for part in content.parts[:1] for view in part.views)


def _told(context: Context) -> Told | None:
    match_id = context.address.match
    record = context.source.row("match_record", match_id=match_id)
    row = context.source.row("match", match_id=match_id)
    if row is not None:
        known = {"venue": None, "deleted_at": None, "result": None, "ended_at": None, **(record or {})}

        def present(name: str, **parameters: Any) -> list[Row]:
            return context.source.rows(name, match_id=match_id, **parameters)

        return Told({**known, **row}, live=True, rows=present)
    if record is None:
        return None
    day = (record["kickoff_at"] or record["first_seen_at"]).astimezone(UTC).date()
    context.source.find_history()

    def past(name: str, **parameters: Any) -> list[Row]:
        return past_rows(context.source, name, day, match_id=match_id, **parameters)

    unknown = dict.fromkeys(("minute", "weather", "temperature_c", "bookmaker_id"))
    return Told({**unknown, **record}, live=False, rows=past)


def _unknown(context: Context) -> list[View]:
    return [
        base.Heading(Own("No such match")),
        Banner(
            Own("empty"),
            Own(
                "No match with this id was ever in the live list or in the fixtures that are known here. "
                "It was not deleted: a deleted match keeps its page."
            ),
        ),
    ]


def _state(told: Told) -> list[Banner]:
    """Why the match is not in play, or not in the live list; nothing where it is both."""
    row, status = told.row, told.row["status_id"]
    if told.live and status in IN_PLAY:
        return []
    if row["deleted_at"] is not None:
        text = f"This match was deleted by the data provider, as told at {moment_words(row['deleted_at'])}."
    elif status == MatchStatus.END:
        confirmed = (
            "The result was told again after the end."
            if row.get("is_final")
            else "The result may still change."
        )
        at = f" at {moment_words(row['ended_at'])}" if row["ended_at"] else ""
        text = f"This match ended{at}. {confirmed}"
    elif status in ENDED:
        text = f"This match is over without a result: {plain(row['status'])}."
    elif status in BEFORE_PLAY:
        text = f"This match has not begun: {plain(row['status'])}."
    elif told.live:
        text = f"This match is in the live list and not being played: {plain(row['status'])}."
    else:
        text = (
            f"This match is no longer in the live list, and its end was not told; it was last seen at "
            f"{moment_words(row['last_seen_at'])}."
        )
    return [Banner(Own("state"), Own(text))]
