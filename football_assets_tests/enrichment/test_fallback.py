"""Placeholders: what is put in the place of rows that could not be had, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from football_assets.enrichment.entities import ENTITIES, Entity
from football_assets.enrichment.fallback import add_placeholders
from football_assets.enrichment.known import Enriched, Known, KnownDetail, KnownReference, Stamp
from football_assets.tables.reference import Competition
from football_assets.thesports.errors import BrokenAnswer
from football_assets.thesports.parsing.reference import parse_competitions
from football_assets_tests.thesports.parsing.samples import competition_row

NOW = datetime(2025, 5, 28, 18, 0, tzinfo=UTC)
STAMP = Stamp(NOW, "api")
HELD = KnownReference(NOW, "api", None)


def enriched(**failed: str) -> Enriched:
    """What a cycle learned in which these ids, separated by blanks, could not be had of these tables."""
    out = Enriched()
    for table, ids in failed.items():
        for id_ in ids.split():
            out.fail(table, id_, BrokenAnswer("no"))
    return out


def filled(out: Enriched, known: Known | None = None) -> dict[str, dict[str, dict[str, object]]]:
    """By table and id, the columns of the placeholders that are not empty."""
    add_placeholders(out, known or Known(), STAMP)
    return {
        table: {
            id_: {name: value for name in row.table.column_names if (value := getattr(row, name)) is not None}
            for id_, row in rows.items()
            if row.data_source == "mock"
        }
        for table, rows in out.rows.items()
        if rows
    }


def placeholder(**columns: str) -> dict[str, object]:
    return {**columns, "fetched_at": NOW, "data_source": "mock"}


def test_team_and_competition_have_an_id_and_a_name_only() -> None:
    assert filled(enriched(teams="t1 t2", competitions="c1")) == {
        "teams": {
            "t1": placeholder(team_id="t1", name="Team t1"),
            "t2": placeholder(team_id="t2", name="Team t2"),
        },
        "competitions": {"c1": placeholder(competition_id="c1", name="Competition c1")},
    }


def test_match_has_a_competition_and_teams_of_its_own() -> None:
    assert filled(enriched(match_details="m1")) == {
        "match_details": {
            "m1": placeholder(
                match_id="m1",
                competition_id="mock-m1",
                home_team_id="mock-home-m1",
                away_team_id="mock-away-m1",
            )
        },
        "competitions": {"mock-m1": placeholder(competition_id="mock-m1", name="Competition mock-m1")},
        "teams": {
            "mock-home-m1": placeholder(team_id="mock-home-m1", name="Team mock-home-m1"),
            "mock-away-m1": placeholder(team_id="mock-away-m1", name="Team mock-away-m1"),
        },
    }


def test_what_an_earlier_cycle_left_stays() -> None:
    known = Known(
        details={"m1": KnownDetail(2, "c", "h", "a", NOW, NOW, "api")},
        references={"teams": {"t1": HELD}, "competitions": {"c1": HELD}, "countries": {"x": HELD}},
    )
    out = enriched(match_details="m1", teams="t1", competitions="c1", countries="x")
    assert filled(out, known) == {}


def test_countries_that_a_new_competition_names_have_one_where_none_is_known() -> None:
    rows = [competition_row("c1", country_id="p1"), competition_row("c2", country_id="")]
    parsed: list[Competition] = parse_competitions(rows, fetched_at=NOW, data_source="api").rows
    for failed, known, expected in (
        ("all", {}, {"p1": placeholder(country_id="p1", name="Country p1")}),
        ("all", {"countries": {"other": HELD}}, None),
        ("", {}, None),
    ):
        out = enriched(countries=failed)
        out.rows["competitions"] = {row.competition_id: row for row in parsed}
        assert filled(out, Known(references=known)).get("countries") == expected


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)
def test_nothing_that_did_not_fail_has_one(entity: Entity) -> None:
    assert filled(Enriched()) == {}
    if entity.table == "odds_ticks":
        assert filled(enriched(odds_ticks="m1")) == {}, "a price is never made up"
