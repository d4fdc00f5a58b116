"""The checks in a run of Dagster, after assets of the real names that publish a real file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterInstance,
    Definitions,
    asset,
    define_asset_job,
    in_process_executor,
)

from football_assets.checks.definition import CHECKS, build_checks
from football_assets.checks.evaluation import evaluate, former_report, report_of
from football_assets.checks.freshness import published_freshness
from football_assets.cycle.report import write_report
from football_assets.settings import Settings
from football_assets_tests.checks.reports import report
from football_assets_tests.scoreboard.databases import PublishedDatabase

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


def run(
    settings: Settings, instance: DagsterInstance, publish: Callable[[], object]
) -> dict[tuple[str, str], AssetCheckEvaluation]:
    """What the checks say in a run whose `football_db` publishes by `publish`, by asset and check."""

    @asset
    def live_matches() -> None:
        pass

    @asset
    def odds_ticks() -> None:
        pass

    @asset(deps=[live_matches])
    def flattened_matches() -> None:
        pass

    @asset(deps=[flattened_matches])
    def football_db() -> None:
        publish()

    job = Definitions(
        assets=[live_matches, odds_ticks, flattened_matches, football_db],
        asset_checks=[build_checks(settings)],
        jobs=[define_asset_job("cycle", executor_def=in_process_executor)],
    ).resolve_job_def("cycle")
    result = job.execute_in_process(instance=instance)
    assert result.success
    return {
        (evaluation.asset_key.to_user_string(), evaluation.check_name): evaluation
        for evaluation in result.get_asset_check_evaluations()
    }


def publish_one_match(settings: Settings) -> None:
    database = PublishedDatabase(settings.published_path)
    database.cycle(data_source="simulated", odds_repaired=0, odds_set_aside=0)
    database.match(data_source="simulated", odds_at=datetime.now(UTC))
    database.insert("match_details", match_id="m1")
    database.close()


def test_good_cycle_passes_all_checks_after_publishing(settings, instance) -> None:
    write_report(report(), settings.reports_path)
    said = run(settings, instance, lambda: publish_one_match(settings))
    assert set(said) == {(check.asset, check.name) for check in CHECKS}
    assert [one.description for one in said.values() if not one.passed] == []
    metadata = said["football_db", "total_seconds"].metadata
    assert metadata["value"].value == 4.0
    assert metadata["state"].value == "normal"
    assert "what_to_do" not in metadata


def test_each_check_is_shown_with_its_query_after_what_it_judges(settings) -> None:
    specs = {
        (spec.asset_key.to_user_string(), spec.name): spec for spec in build_checks(settings).check_specs
    }
    assert set(specs) == {(check.asset, check.name) for check in CHECKS}
    for check in CHECKS:
        spec = specs[check.asset, check.name]
        assert spec.description == check.description
        deps = [dep.asset_key.to_user_string() for dep in spec.additional_deps]
        assert deps == ([] if check.asset == "football_db" else ["football_db"])
        shown = {name: value.value for name, value in spec.metadata.items()}
        assert shown == ({"sql": f"```sql\n{check.sql}```"} if check.sql else {})


def test_rows_are_held_against_the_cycle_before_and_figures_are_of_the_own_one(settings, instance) -> None:
    noon = datetime.now(UTC)
    before = report("before", noon - timedelta(minutes=1), rows={"live_matches": 30}, seconds={"total": 50.0})
    write_report(before, settings.reports_path)
    said = run(settings, instance, lambda: publish_one_match(settings))
    assert "live_matches from 30 to 1" in said["football_db", "steady_row_counts"].description
    write_report(report("own", noon, rows={"live_matches": 1}), settings.reports_path)
    outcomes = {check.name: outcome for check, outcome in evaluate(settings, "own", noon)}
    assert outcomes["steady_row_counts"].metadata["former_cycle_id"] == "before"
    write_report(report("later", noon, seconds={"total": 49.0}), settings.reports_path)
    outcomes = {check.name: outcome for check, outcome in evaluate(settings, "own", noon)}
    assert outcomes["total_seconds"].metadata["cycle_id"] == "own"


def test_severity_tells_a_warning_from_a_critical_state(settings, instance) -> None:
    write_report(report(seconds={"enrichment": 9.0, "total": 50.0}), settings.reports_path)
    said = run(settings, instance, lambda: publish_one_match(settings))
    warning, critical = said["football_db", "enrichment_seconds"], said["football_db", "total_seconds"]
    assert (warning.passed, warning.severity) == (False, AssetCheckSeverity.WARN)
    assert (critical.passed, critical.severity) == (False, AssetCheckSeverity.ERROR)
    assert "football-assets cycle" in critical.metadata["what_to_do"].value


def test_without_file_and_reports_the_checks_say_so_and_the_run_goes_on(settings, instance) -> None:
    said = run(settings, instance, lambda: None)
    assert [name for (_, name), one in said.items() if one.passed] == []
    assert "there is no report" in said["football_db", "total_seconds"].description
    assert "is not there yet" in said["live_matches", "known_statuses"].description
    assert said["live_matches", "known_statuses"].severity is AssetCheckSeverity.WARN
    assert said["football_db", "age_seconds"].severity is AssetCheckSeverity.ERROR


def test_file_that_is_no_database_is_told_of(settings, instance) -> None:
    said = run(settings, instance, lambda: settings.published_path.write_text("no database"))
    assert "cannot be read" in said["football_db", "steady_row_counts"].description


def test_table_that_is_missing_stops_only_the_checks_of_it(settings, instance) -> None:
    def publish() -> None:
        database = PublishedDatabase(settings.published_path)
        database.connection.execute("DROP TABLE match_details")
        database.close()

    said = run(settings, instance, publish)
    missing = said["flattened_matches", "in_play_details"]
    assert not missing.passed
    assert missing.description.startswith("Not checked: the published database could not be asked: ")
    assert "match_details does not exist" in missing.description
    assert "\n" not in missing.description
    assert said["live_matches", "known_statuses"].passed


def test_own_report_is_preferred_to_newer_ones_of_others() -> None:
    own, other = report("own"), report("other")
    assert report_of("own", [other, own]) is own
    assert report_of("own", [report("own", status="running"), other]) is other
    assert report_of("own", [report("own", status="failure")]) is None


@pytest.mark.parametrize(
    ("changed", "comparable"),
    [
        ({}, True),
        ({"finished_at": NOON - timedelta(minutes=4)}, False),
        ({"status": "failure"}, False),
        ({"data_source": "api"}, False),
        ({"cycle_id": "own"}, False),
    ],
)
def test_former_cycle_is_a_successful_one_just_before_of_the_same_source(
    settings, changed, comparable
) -> None:
    former = report(**{"cycle_id": "former", "finished_at": NOON - timedelta(minutes=1), **changed})
    assert former_report("own", [former], settings, NOON) == (former if comparable else None)


def test_former_cycle_is_looked_for_beyond_those_that_do_not_count(settings) -> None:
    former = report("former", NOON - timedelta(minutes=2))
    others = [report("own", NOON), report("failed", NOON, status="failure")]
    assert former_report("own", [*others, former], settings, NOON) == former


def test_former_cycle_may_have_ended_just_so_long_ago(settings) -> None:
    former = report("former", NOON - timedelta(minutes=3))
    assert former_report("own", [former], settings, NOON) == former
    assert former_report("own", [former], settings, NOON + timedelta(seconds=0.1)) is None


def test_freshness_is_by_the_thresholds_of_the_age(settings) -> None:
    policy = published_freshness(settings)
    assert policy.fail_window.to_timedelta() == timedelta(seconds=300)
    assert policy.warn_window.to_timedelta() == timedelta(seconds=150)


def test_freshness_has_no_window_shorter_than_dagster_accepts(tmp_path: Path) -> None:
    quick = Settings(_env_file=None, data_dir=tmp_path, threshold_age_seconds="10,20,30")
    policy = published_freshness(quick)
    assert policy.fail_window.to_timedelta() == timedelta(seconds=60)
    assert policy.warn_window is None
