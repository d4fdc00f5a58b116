"""`match/detail_live`: the live matches with their statistics, incidents and commentary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from football_assets import codes
from football_assets.tables.live import LiveMatch, MatchComment, MatchIncident, MatchStat
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.play import numbers, word
from football_assets.thesports.parsing.reader import Reader, Rejection, UnusableRow, needed, read_rows, shown
from football_assets.thesports.parsing.values import (
    array,
    count,
    identifier,
    integer,
    long_text,
    moment,
    text,
)

_TEAMS = {1: "home", 2: "away"}


@dataclass(frozen=True, slots=True)
class LiveBatch:
    """The live list as rows for four tables, and what of it could not be read."""

    matches: list[LiveMatch]
    stats: list[MatchStat]
    incidents: list[MatchIncident]
    commentary: list[MatchComment]
    rejected: list[Rejection]

    def extend(self, other: LiveBatch) -> None:
        """Add the rows of another list."""
        self.matches.extend(other.matches)
        self.stats.extend(other.stats)
        self.incidents.extend(other.incidents)
        self.commentary.extend(other.commentary)
        self.rejected.extend(other.rejected)


@dataclass(frozen=True, slots=True)
class _Entry:
    match: LiveMatch
    stats: list[MatchStat]
    incidents: list[MatchIncident]
    commentary: list[MatchComment]


def parse_live(results: object, *, fetched_at: datetime, data_source: str) -> LiveBatch:
    """The rows of `match/detail_live`'s results as they were at `fetched_at` (aware).

    A match is rejected without an id, a status and the numbers of both sides; so is one whose score bears
    another match's id. A rejected statistic, incident or comment does not touch its match. Raises
    `BrokenAnswer` where the results are not a list.
    """
    now = fetched_at.astimezone(UTC)

    def entry(row: Reader) -> _Entry:
        return _Entry(
            match=_match(row, now, data_source),
            stats=_stats(row),
            incidents=row.entries("incidents", "match_incidents", _incident),
            commentary=row.entries("tlive", "match_commentary", _comment),
        )

    parsed = read_rows("live_matches", results, entry)
    return LiveBatch(
        matches=[entry.match for entry in parsed.rows],
        stats=[stat for entry in parsed.rows for stat in entry.stats],
        incidents=[incident for entry in parsed.rows for incident in entry.incidents],
        commentary=[comment for entry in parsed.rows for comment in entry.commentary],
        rejected=parsed.rejected,
    )


def require_readable(batch: LiveBatch, given: int) -> None:
    """Raises `BrokenAnswer` where matches were `given` and none could be read: that is no empty list."""
    if given and not batch.matches:
        first = batch.rejected[0].reason
        raise BrokenAnswer(f"live_matches: none of {given} matches could be read, the first because {first}")


def minute_of_play(status_id: int, period_started_at: datetime | None, now: datetime) -> int | None:
    """The minute, counted from 1 over the match; None when no period runs or it is not within 1 and 150."""
    period = codes.PERIODS.get(status_id)
    if period is None or period_started_at is None:
        return None
    minute = int((now - period_started_at).total_seconds() // 60) + period[0] + 1
    return minute if 1 <= minute <= codes.LAST_MINUTE else None


def _match(row: Reader, now: datetime, data_source: str) -> LiveMatch:
    score = _score(row)
    status_id = needed("score[1] (status)", score[1], integer)
    period_started_at = row.item("score[4] (kick-off)", score[4], moment)
    return LiveMatch(
        match_id=row.id,
        status_id=status_id,
        status=word(status_id, codes.MATCH_STATUS),
        minute=minute_of_play(status_id, period_started_at, now),
        **numbers(row, "home", "score[2] (home)", score[2]),
        **numbers(row, "away", "score[3] (away)", score[3]),
        period_started_at=period_started_at,
        note=row.item("score[5] (note)", score[5], text),
        fetched_at=now,
        data_source=data_source,
    )


def _score(row: Reader) -> list[object]:
    """`[match id, status, home, away, kick-off, note]`; the last two may be missing."""
    score = row.need("score", array)
    if len(score) < 4:
        raise UnusableRow(f"score is {shown(score)}, should be a list of 4 or more")
    if score[0] not in (None, "", row.id):
        raise UnusableRow(f"score[0] is {shown(score[0])}, should be the match's own id")
    for place in (2, 3):
        if not (score[place] is None or isinstance(score[place], list)):
            raise UnusableRow(f"score[{place}] is {shown(score[place])}, should be a list of numbers")
    return score + [None] * (6 - len(score))


def _stats(match: Reader) -> list[MatchStat]:
    by_id: dict[int, MatchStat] = {}
    for stat in match.entries("stats", "match_stats", _stat):
        if stat.stat_id in by_id:
            reason = f"stats: type {stat.stat_id} comes again: the later one stands"
            match.rejected.append(Rejection("match_stats", match.id, reason))
        by_id[stat.stat_id] = stat
    return list(by_id.values())


def _stat(row: Reader, _sequence: int) -> MatchStat:
    stat_id = row.need("type", integer)
    return MatchStat(
        match_id=row.id,
        stat_id=stat_id,
        stat=word(stat_id, codes.INCIDENTS),
        home=row.get("home", count),
        away=row.get("away", count),
    )


def _incident(row: Reader, sequence: int) -> MatchIncident:
    incident_id = row.need("type", integer)
    reason, result = row.get("var_reason", integer), row.get("var_result", integer)
    reason_type = row.get("reason_type", integer)
    reasons = codes.SUBSTITUTION_REASONS if incident_id == codes.SUBSTITUTION else codes.REASONS
    return MatchIncident(
        match_id=row.id,
        sequence=sequence,
        incident_id=incident_id,
        incident=word(incident_id, codes.INCIDENTS),
        team=_team(row),
        minute=row.get("time", count),
        added_minute=row.get("add_time", count),
        second=row.get("second", count),
        player_id=row.get("player_id", identifier),
        player_name=row.get("player_name", text),
        assist1_id=row.get("assist1_id", identifier),
        assist1_name=row.get("assist1_name", text),
        assist2_id=row.get("assist2_id", identifier),
        assist2_name=row.get("assist2_name", text),
        home_score=row.get("home_score", count),
        away_score=row.get("away_score", count),
        in_player_id=row.get("in_player_id", identifier),
        in_player_name=row.get("in_player_name", text),
        out_player_id=row.get("out_player_id", identifier),
        out_player_name=row.get("out_player_name", text),
        var_reason_id=reason,
        var_reason=word(reason, codes.VAR_REASON),
        var_result_id=result,
        var_result=word(result, codes.VAR_RESULT),
        reason_type=reason_type,
        reason=word(reason_type, reasons),
    )


def _comment(row: Reader, sequence: int) -> MatchComment:
    return MatchComment(
        match_id=row.id,
        sequence=sequence,
        minute=row.get("time", text),
        team=_team(row),
        text=row.get("data", long_text),
    )


def _team(row: Reader) -> str | None:
    position: int | None = row.get("position", integer)
    return word(position, _TEAMS)
