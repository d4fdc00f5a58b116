"""Which matches are shown, and in which groups."""

from __future__ import annotations

import pytest

from football_assets.published.selection import Wanted, by_competition, found


def test_matches_are_grouped_as_they_come() -> None:
    rows = [
        {"country": "England", "competition": "Cup", "match_id": 1},
        {"country": "England", "competition": "Cup", "match_id": 2},
        {"country": None, "competition": None, "match_id": 3},
    ]
    assert [(country, name, len(group)) for country, name, group in by_competition(rows)] == [
        ("England", "Cup", 2),
        ("Unknown country", "Unknown competition", 1),
    ]


@pytest.mark.parametrize(
    ("wanted", "match_ids"),
    [
        ("", ["m1", "m2"]),
        ("ARSENAL", ["m1"]),
        ("england gunners", []),
        ("england cup", ["m1", "m2"]),
        ("strasse", ["m2"]),
        ("  ", ["m1", "m2"]),
        ("%' OR 1=1", []),
    ],
)
def test_each_word_of_the_search_must_occur(wanted: str, match_ids: list[str]) -> None:
    shared = {"country": "England", "competition": "Cup", "away_team": None}
    rows = [
        {"match_id": "m1", "home_team": "Arsenal", **shared},
        {"match_id": "m2", "home_team": "Straße", **shared},
    ]
    assert [row["match_id"] for row in found(rows, wanted)] == match_ids


ROW = {"country": None, "competition": "FA Cup", "home_team": "Straße", "away_team": None}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(country="UNKNOWN"), True),
        (Wanted(country="brazil"), False),
        (Wanted(competition="cup"), True),
        (Wanted(competition="league"), False),
        (Wanted(team="STRASSE"), True),
        (Wanted(team="cup"), False),
        (Wanted(competition="cup", team="league"), False),
    ],
)
def test_all_that_is_wanted_must_occur_in_its_own_name(wanted: Wanted, fits: bool) -> None:
    assert wanted.of([ROW]) == ([ROW] if fits else [])
