"""A match's page: its head, timeline, statistics and commentary. No HTML here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from football_assets.codes import BEFORE_PLAY, GOALS, MatchStatus
from football_assets.published.formatting import NONE, clock, number
from football_assets.published.reading import Row
from football_assets.scoreboard.views.base import Lines, Own, Said, View
from football_assets.scoreboard.views.matches import (
    Side,
    Star,
    both_sides,
    marks,
    shown_when,
    star,
)

#: The shape beside an incident, by TheSports' type; any other has none.
SHAPES = {1: "goal", 8: "goal", 17: "goal", 29: "goal", 3: "yellow", 4: "red", 15: "red", 9: "change"}


@dataclass(frozen=True)
class MatchHeader(View):
    """A match's name, score and where it stands."""

    template = "match_header.html"
    star: Star
    country: str
    competition: str | None
    home: Side
    away: Side
    when: str
    marks: Sequence[Own]
    facts: Sequence[str]


@dataclass(frozen=True)
class Incident:
    """Something that happened; `people` are names with the project's own words between them."""

    side: Own
    minute: Own
    shape: Own
    name: str
    score: Own
    people: Sequence[str]
    taken_back: bool = False


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


def match_header(row: Row, favourites: frozenset[str] = frozenset()) -> MatchHeader:
    """A match's name, score and where it stands."""
    home, away = both_sides(row)
    name = f"{row['home_team'] or 'home'} – {row['away_team'] or 'away'}"
    return MatchHeader(
        star(str(row["match_id"]), name, favourites),
        row["country"],
        row["competition"],
        home,
        away,
        shown_when(row),
        marks(row),
        _facts(row),
    )


def _facts(row: Row) -> list[str]:
    facts: list[str] = []
    if row["kickoff_at"] is not None:
        facts.append(Own(f"Kick-off {row['kickoff_at']:%d %b %Y %H:%M} UTC"))
    if row["home_half_time_score"] is not None and row["status_id"] not in {
        MatchStatus.FIRST_HALF,
        *BEFORE_PLAY,
    }:
        facts.append(Own(f"HT {number(row['home_half_time_score'])}–{number(row['away_half_time_score'])}"))
    facts += [row[name] for name in ("venue", "weather") if row.get(name)]
    if row.get("temperature_c") is not None:
        facts.append(Own(f"{row['temperature_c']:.0f} °C"))
    return facts


def timeline(incidents: Iterable[Row], standing: Collection[int] | None = None) -> Timeline:
    """A match's incidents. `standing` are the places of the goals that count; without, all do."""
    return Timeline([_incident(row, standing) for row in incidents])


def stats(rows: Iterable[Row]) -> Stats:
    """A match's statistics with each side's share."""
    return Stats([_stat(row) for row in rows])


def commentary(lines: Iterable[Row]) -> Lines:
    """What is said of the match, the newest first."""
    said = [Said(row["minute"] or "", row["text"]) for row in lines]
    return Lines(said, summary=Own(f"Commentary ({len(said)})"))


def _incident(row: Row, standing: Collection[int] | None) -> Incident:
    name = str(row["incident"] or f"Incident {row['incident_id']}")
    is_goal = row["incident_id"] in GOALS
    return Incident(
        Own(row["team"] if row["team"] in {"home", "away"} else "both"),
        Own(clock(row["minute"], row["added_minute"])),
        Own(SHAPES.get(row["incident_id"], "none")),
        name[:1].upper() + name[1:],
        Own(
            f"{row['home_score']}–{number(row['away_score'])}"
            if is_goal and row["home_score"] is not None
            else ""
        ),
        _people(row),
        is_goal and standing is not None and row["sequence"] not in standing,
    )


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
