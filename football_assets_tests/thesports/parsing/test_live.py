from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from football_assets.tables.live import LiveMatch, MatchComment, MatchIncident, MatchStat
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.live import (
    LiveBatch,
    minute_of_play,
    parse_live,
    require_readable,
)
from football_assets.thesports.parsing.reader import Rejection
from football_assets_tests.thesports.parsing.samples import FETCHED_AT, GIVEN, live_row, made


def parse(*rows: object) -> LiveBatch:
    return parse_live(list(rows), **GIVEN)


def scored(*score: object) -> dict[str, Any]:
    return live_row(score=["match1", *score])


def test_every_field_of_a_match_is_read() -> None:
    batch = parse(live_row())
    assert batch.matches == [
        made(
            LiveMatch,
            "match1",
            4,
            "second half",
            61,
            2,
            1,
            0,
            3,
            6,
            0,
            0,
            1,
            0,
            1,
            2,
            None,
            0,
            0,
            datetime(2025, 5, 28, 17, 14, 51, tzinfo=UTC),
            "after a delay",
            FETCHED_AT,
            "api",
        )
    ]
    assert batch.stats == [
        made(MatchStat, "match1", 25, "ball possession", 46, 54),
        made(MatchStat, "match1", 2, "corner", 6, 0),
    ]
    assert batch.commentary == [made(MatchComment, "match1", 1, "45+2'", "away", "A corner.")]
    assert batch.rejected == []


def test_every_field_of_an_incident_is_read() -> None:
    empty: dict[str, Any] = dict.fromkeys(MatchIncident.table.column_names)
    assert parse(live_row()).incidents == [
        made(MatchIncident, **empty | given)
        for given in (
            {
                "match_id": "match1",
                "sequence": 1,
                "incident_id": 1,
                "incident": "goal",
                "team": "home",
                "minute": 18,
                "home_score": 1,
                "away_score": 0,
                "player_id": "p1",
                "player_name": "Gustav hedin",
                "assist1_id": "p2",
                "assist1_name": "Renat·Gagity",
            },
            {
                "match_id": "match1",
                "sequence": 2,
                "incident_id": 19,
                "incident": "injury time",
                "minute": 45,
                "added_minute": 5,
            },
            {
                "match_id": "match1",
                "sequence": 3,
                "incident_id": 9,
                "incident": "substitution",
                "team": "away",
                "minute": 60,
                "in_player_id": "p3",
                "in_player_name": "Davit",
                "out_player_id": "p4",
                "out_player_name": "andro",
            },
            {
                "match_id": "match1",
                "sequence": 4,
                "incident_id": 28,
                "incident": "var",
                "team": "away",
                "minute": 61,
                "var_reason_id": 6,
                "var_reason": "card upgrade",
                "var_result_id": 7,
                "var_result": "card upgrade confirmed",
            },
        )
    ]


def test_no_column_of_an_incident_is_empty_where_every_field_is_given() -> None:
    full = {
        "type": 1,
        "position": 1,
        "time": 18,
        "second": 1090,
        "add_time": 2,
        "home_score": 1,
        "away_score": 0,
        "player_id": "p1",
        "player_name": "Gustav",
        "assist1_id": "p2",
        "assist1_name": "Renat",
        "assist2_id": "p3",
        "assist2_name": "Davit",
        "in_player_id": "p4",
        "in_player_name": "In",
        "out_player_id": "p5",
        "out_player_name": "Out",
        "reason_type": 5,
        "var_reason": 6,
        "var_result": 7,
    }
    (incident,) = parse(live_row(incidents=[full])).incidents
    columns = MatchIncident.table.column_names
    assert [name for name in columns if getattr(incident, name) is None] == []
    assert (incident.second, incident.assist2_id, incident.assist2_name) == (1090, "p3", "Davit")
    assert (incident.reason_type, incident.reason) == (5, "reckless offence")


@pytest.mark.parametrize(("type_", "reason"), [(9, "injury"), (4, "encroachment")])
def test_reason_of_a_substitution_has_a_table_of_its_own(type_: int, reason: str) -> None:
    (incident,) = parse(live_row(incidents=[{"type": type_, "reason_type": 3}])).incidents
    assert incident.reason == reason


@pytest.mark.parametrize("field", ["second", "reason_type"])
def test_bad_number_of_an_incident_is_noted(field: str) -> None:
    batch = parse(live_row(incidents=[{"type": 1, field: "x"}]))
    assert getattr(batch.incidents[0], field) is None
    assert [noted.reason.partition(",")[0] for noted in batch.rejected] == [f"incidents[0].{field} is 'x'"]


def test_bad_parts_are_noted_for_their_own_tables() -> None:
    stats = [{"type": 2, "home": 1}, {"type": 2, "home": 4}, {"home": 3}, "x"]
    batch = parse(live_row(stats=stats, incidents=[{"time": 1}], tlive=["x", {"data": ["a"]}]))
    assert [(stat.stat_id, stat.home) for stat in batch.stats] == [(2, 4)]
    assert batch.rejected == [
        Rejection("match_stats", "match1", "stats[2].type is missing"),
        Rejection("match_stats", "match1", "stats[3] is 'x', should be an object"),
        Rejection("match_stats", "match1", "stats: type 2 comes again: the later one stands"),
        Rejection("match_incidents", "match1", "incidents[0].type is missing"),
        Rejection("match_commentary", "match1", "tlive[0] is 'x', should be an object"),
        Rejection(
            "match_commentary", "match1", "tlive[1].data is a list of 1, should be text", row_kept=True
        ),
    ]


def test_times_are_in_utc_whatever_zone_they_were_given_in() -> None:
    at = FETCHED_AT.astimezone(timezone(timedelta(hours=9)))
    (match,) = parse_live([live_row()], fetched_at=at, data_source="api").matches
    assert (match.fetched_at, match.fetched_at.tzinfo) == (FETCHED_AT, UTC)


def test_live_list_of_which_nothing_can_be_read_is_a_broken_answer() -> None:
    require_readable(parse(), given=0)
    require_readable(parse(live_row(), "x"), given=2)
    with pytest.raises(BrokenAnswer) as raised:
        require_readable(parse("x", {"id": "m"}), given=2)
    assert str(raised.value) == (
        "live_matches: none of 2 matches could be read, "
        "the first because results[0] is 'x', should be an object"
    )


@pytest.mark.parametrize("own", [None, "", "match1"])
def test_score_may_leave_out_the_matchs_own_id(own: str | None) -> None:
    row = live_row()
    row["score"][0] = own
    assert [match.match_id for match in parse(row).matches] == ["match1"]


def test_no_matches_is_an_empty_batch() -> None:
    assert parse() == LiveBatch([], [], [], [], [])


@pytest.mark.parametrize("results", [None, {}, "", 7, {"id": "match1"}])
def test_results_that_are_no_list_are_a_broken_answer(results: object) -> None:
    with pytest.raises(BrokenAnswer, match="should be a list"):
        parse_live(results, **GIVEN)


@pytest.mark.parametrize(
    ("bad", "id_", "reason"),
    [
        (None, None, "results[0] is missing"),
        ("row", None, "results[0] is 'row', should be an object"),
        ({"score": []}, None, "results[0].id is missing"),
        (live_row(id=7), None, "results[0].id is 7, should be an id, printable text of up to 255 characters"),
        ({"id": "x"}, "x", "score is missing"),
        (live_row("x", score="2-1"), "x", "score is '2-1', should be a list"),
        (live_row("x", score=["x", 4]), "x", "score is a list of 2, should be a list of 4 or more"),
        (live_row("x", score=["x", None, [], []]), "x", "score[1] (status) is missing"),
        (
            live_row("x", score=["x", "live", [], []]),
            "x",
            "score[1] (status) is 'live', should be a whole number of 32 bits",
        ),
        (live_row("x", score=["x", 4, 2, []]), "x", "score[2] is 2, should be a list of numbers"),
        (live_row("x", score=["y", 4, [], []]), "x", "score[0] is 'y', should be the match's own id"),
    ],
)
def test_unreadable_match_is_rejected_with_its_reason_and_the_others_go_on(
    bad: object, id_: str | None, reason: str
) -> None:
    batch = parse(bad, live_row("good"))
    assert [match.match_id for match in batch.matches] == ["good"]
    assert {stat.match_id for stat in batch.stats} == {"good"}
    assert batch.rejected == [Rejection("live_matches", id_, reason)]


def test_short_or_missing_sevens_are_padded_with_none() -> None:
    batch = parse(scored(2, [1], None))
    match = batch.matches[0]
    assert (match.home_score, match.home_half_time_score, match.away_score) == (1, None, None)
    assert (match.period_started_at, match.note, match.minute) == (None, None, None)
    assert batch.rejected == []


def test_a_bad_number_becomes_none_and_is_noted_with_its_row_kept() -> None:
    batch = parse(scored(2, [1, "x", 0, float("nan")], [10**40, True], 1748452491000, {"a": 1}))
    match = batch.matches[0]
    assert (match.home_score, match.home_half_time_score, match.home_yellow_cards) == (1, None, None)
    assert (match.away_score, match.away_half_time_score, match.period_started_at) == (None, None, None)
    assert all(noted.row_kept and noted.id == "match1" for noted in batch.rejected)
    assert [noted.reason for noted in batch.rejected] == [
        "score[4] (kick-off) is 1748452491000, should be Unix seconds within the years 1970 to 2200",
        "score[2] (home)[1] is 'x', should be a whole number from 0",
        "score[2] (home)[3] is nan, should be a whole number from 0",
        "score[3] (away)[0] is a huge number, should be a whole number from 0",
        "score[3] (away)[1] is True, should be a whole number from 0",
        "score[5] (note) is an object, should be text",
    ]


def test_unknown_codes_keep_their_number() -> None:
    row = scored(77, [], []) | {
        "stats": [{"type": 99, "home": 1, "away": 2}],
        "incidents": [{"type": 98, "position": 3, "var_reason": 97, "var_result": 96}],
    }
    batch = parse(row)
    assert (batch.matches[0].status_id, batch.matches[0].status) == (77, None)
    assert (batch.stats[0].stat_id, batch.stats[0].stat) == (99, None)
    incident = batch.incidents[0]
    assert (incident.incident_id, incident.incident, incident.team) == (98, None, None)
    assert (incident.var_reason_id, incident.var_reason) == (97, None)
    assert (incident.var_result_id, incident.var_result) == (96, None)
    assert batch.rejected == []


def test_unknown_fields_are_ignored() -> None:
    row = live_row(new={"deep": [1]})
    row["incidents"][0]["colour"] = "red"
    assert parse(row) == parse(live_row())


def test_rejected_incident_leaves_a_gap_in_the_sequence() -> None:
    incidents = [{"type": 1}, "nonsense", {"position": 1}, {"type": 12}]
    batch = parse(live_row(incidents=incidents))
    assert [(incident.sequence, incident.incident) for incident in batch.incidents] == [
        (1, "goal"),
        (4, "end"),
    ]
    assert batch.rejected == [
        Rejection("match_incidents", "match1", "incidents[1] is 'nonsense', should be an object"),
        Rejection("match_incidents", "match1", "incidents[2].type is missing"),
    ]


def test_of_two_stats_of_one_type_the_later_stands() -> None:
    batch = parse(live_row(stats=[{"type": 2, "home": 1, "away": 1}, {"type": 2, "home": 2, "away": 1}]))
    assert batch.stats == [made(MatchStat, "match1", 2, "corner", 2, 1)]
    assert [noted.entity for noted in batch.rejected] == ["match_stats"]


def test_of_two_matches_of_one_id_the_later_stands_whole() -> None:
    batch = parse(
        live_row(), live_row(score=["match1", 8, [3], [1], 0, ""], stats=[], tlive=[], incidents=[])
    )
    assert [(match.status, match.home_score) for match in batch.matches] == [("end", 3)]
    assert (batch.stats, batch.incidents, batch.commentary) == ([], [], [])
    assert batch.rejected == [Rejection("live_matches", "match1", "the id comes again: the later row stands")]


def test_an_unreadable_repetition_does_not_take_the_good_row_away() -> None:
    batch = parse(live_row(), live_row(score=None))
    assert [match.home_score for match in batch.matches] == [2]
    assert batch.rejected == [Rejection("live_matches", "match1", "score is missing")]


def test_a_megabyte_of_commentary_is_kept() -> None:
    batch = parse(live_row(tlive=[{"time": "", "data": "x" * 1_000_000, "position": 0}]))
    assert batch.commentary == [made(MatchComment, "match1", 1, None, None, "x" * 1_000_000)]


@pytest.mark.parametrize(
    ("status_id", "seconds", "minute"),
    [
        (2, 0, 1),
        (2, 59, 1),
        (2, 60, 2),
        (2, 46 * 60, 47),
        (2, -1, None),
        (4, 0, 46),
        (4, 30 * 60 + 1, 76),
        (5, 0, 91),
        (5, 59 * 60, 150),
        (5, 60 * 60, None),
        (6, 60, 92),
        (3, 60, None),
        (7, 60, None),
        (8, 60, None),
        (77, 60, None),
    ],
)
def test_minute_counts_from_the_kick_off_of_the_period(
    status_id: int, seconds: int, minute: int | None
) -> None:
    assert minute_of_play(status_id, FETCHED_AT - timedelta(seconds=seconds), FETCHED_AT) == minute


def test_without_a_kick_off_there_is_no_minute() -> None:
    assert minute_of_play(5, None, FETCHED_AT) is None
