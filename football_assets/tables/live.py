"""The live list: the matches with their statistics, incidents and commentary, and how they changed."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import Row, columns, stored, table, view
from football_assets.tables.words import (
    DataSource,
    FetchedAt,
    Known,
    MinuteOfPlay,
    Note,
    OfMatch,
    PlayNumbers,
    Sequence,
    Side,
    State,
)

PeriodStartedAt = Annotated[datetime | None, "kick-off of the present period, NULL outside play"]


@table("live_matches", key=("match_id",))
class LiveMatch(PlayNumbers, MinuteOfPlay, State, OfMatch):
    """The matches of the live list, as they stand in the newest edition."""

    period_started_at: PeriodStartedAt
    note: Note
    fetched_at: FetchedAt
    data_source: DataSource


@columns
class Statistic(Row):
    """A statistic by side."""

    stat_id: Annotated[int, "the statistic by TheSports' code"]
    stat: Annotated[str | None, "the statistic in words, NULL for a code that is not documented"]
    home: Annotated[int | None, "the home side's number"]
    away: Annotated[int | None, "the away side's number"]


@table("match_stats", key=("match_id", "stat_id"))
class MatchStat(Statistic, OfMatch):
    """The present statistics of the live matches, one row a match and statistic."""


@columns
class Incident(Row):
    """Something that happened in a match."""

    sequence: Sequence
    incident_id: Annotated[int, "type of the incident by TheSports' code"]
    incident: Annotated[str | None, "the type in words, NULL for a code that is not documented"]
    team: Side
    minute: Annotated[int | None, "minute of play; 45 or 90 in injury time"]
    added_minute: Annotated[int | None, "minutes of injury time"]
    second: Annotated[int | None, "second of play, where the API tells it"]
    player_id: Annotated[str | None, "TheSports' id of the player"]
    player_name: Annotated[str | None, "the player's name"]
    assist1_id: Annotated[str | None, "id of who gave the assist"]
    assist1_name: Annotated[str | None, "name of who gave the assist"]
    assist2_id: Annotated[str | None, "id of who gave the pass before the assist"]
    assist2_name: Annotated[str | None, "name of who gave the pass before the assist"]
    home_score: Annotated[int | None, "the home side's goals after it"]
    away_score: Annotated[int | None, "the away side's goals after it"]
    in_player_id: Annotated[str | None, "who came on"]
    in_player_name: Annotated[str | None, "name of who came on"]
    out_player_id: Annotated[str | None, "who went off"]
    out_player_name: Annotated[str | None, "name of who went off"]
    var_reason_id: Annotated[int | None, "why the video assistant was asked, by TheSports' code"]
    var_reason: Annotated[str | None, "why the video assistant was asked, in words"]
    var_result_id: Annotated[int | None, "what the video assistant found, by TheSports' code"]
    var_result: Annotated[str | None, "what the video assistant found, in words"]
    reason_type: Annotated[int | None, "why a card or a substitution, by TheSports' code; 0 is unknown"]
    reason: Annotated[str | None, "why a card was given or a player substituted, in words"]


@table("match_incidents", key=("match_id", "sequence"))
class MatchIncident(Incident, OfMatch):
    """What happened in the live matches: goals, cards, substitutions, VAR."""


@columns
class Comment(Row):
    """A line of commentary."""

    sequence: Sequence
    minute: Annotated[str | None, "as given"]
    team: Side
    text: Annotated[str | None, "the commentary, as given"]


@table("match_commentary", key=("match_id", "sequence"))
class MatchComment(Comment, OfMatch):
    """The commentary on the live matches, as given."""


@view("goals", key=("match_id", "sequence"))
class Goal(OfMatch):
    """A view: each goal that stands of the matches of the live list: goals, penalties and own goals, without
    those that the video assistant took back."""

    sequence: Sequence
    incident: Annotated[str, "goal, penalty or own goal"]
    team: Annotated[str | None, "the side that the goal counts for: home, away or NULL"]
    minute: Annotated[int | None, "minute of play; 45 or 90 in injury time"]
    added_minute: Annotated[int | None, "minutes of injury time"]
    scorer_id: Annotated[str | None, "TheSports' id of who scored; of an own goal a player of the other side"]
    scorer: Annotated[str | None, "who scored; of an own goal a player of the other side"]
    home_score: Annotated[int | None, "the home side's goals after it"]
    away_score: Annotated[int | None, "the away side's goals after it"]


ObservedAt = Annotated[datetime, "when first seen so; the same as seen_at"]


@stored("live_match_changes", key=("match_id", "observed_at"))
class LiveMatchChange(Known, PlayNumbers, State, OfMatch):
    """The state of play each time it changed, of every match seen within the last 24 hours."""

    period_started_at: PeriodStartedAt
    observed_at: ObservedAt


@stored("match_stat_changes", key=("match_id", "stat_id", "observed_at"))
class MatchStatChange(Known, Statistic, OfMatch):
    """Each statistic each time it changed, of every match seen within the last 24 hours."""

    observed_at: ObservedAt


@stored("match_incident_changes", key=("match_id", "sequence", "seen_at"))
class MatchIncidentChange(Known, Incident, OfMatch):
    """The incidents each time they changed, of every match seen within the last 24 hours."""


@stored("match_commentary_changes", key=("match_id", "sequence", "seen_at"))
class MatchCommentChange(Known, Comment, OfMatch):
    """The commentary each time it changed, of every match seen within the last 24 hours."""


@stored("live_spells", key=("match_id", "seen_at"))
class LiveSpell(Known, OfMatch):
    """From when to when a match was in the live list; `replaced_at` is when it left."""
