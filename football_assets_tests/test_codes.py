from __future__ import annotations

import pytest

from football_assets import codes
from football_assets.settings import DEFAULT_BOOKMAKERS


def test_in_play_is_statuses_two_to_seven() -> None:
    assert sorted(codes.IN_PLAY) == [2, 3, 4, 5, 6, 7]
    assert all(status in codes.MATCH_STATUS for status in codes.IN_PLAY)


def test_every_preferred_bookmaker_has_a_name() -> None:
    assert set(DEFAULT_BOOKMAKERS) == codes.BOOKMAKERS.keys()


@pytest.mark.parametrize(
    "table",
    [
        codes.MATCH_STATUS,
        codes.INCIDENTS,
        codes.WEATHER,
        codes.VAR_REASON,
        codes.VAR_RESULT,
        codes.COMPETITION_TYPE,
    ],
)
def test_names_are_lower_case_so_that_queries_need_no_guessing(table: dict[int, str]) -> None:
    assert all(name == name.lower().strip() for name in table.values())
