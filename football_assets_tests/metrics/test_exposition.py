"""The families that are made of the state, as both of Prometheus' formats have them."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from football_assets.cycle.pulses import PulseReport, write_pulse
from football_assets.metrics.catalogue import METRICS
from football_assets.metrics.exposition import PUBLISHED_METRICS, registry, text
from football_assets.metrics.state import State
from football_assets_tests.cycle.reports import a_failed_report, a_report

THRESHOLDS = (90.0, 150.0, 300.0)


def a_state() -> State:
    state = State()
    state.add(a_report(1))
    state.add(a_failed_report(2))
    state.add(a_report(3))
    return state


def test_every_metric_of_the_catalogue_is_exposed_with_its_kind_and_meaning() -> None:
    families = {
        family.name: family for family in text_string_to_metric_families(text(a_state()).decode("utf-8"))
    }
    assert len(families) == len(METRICS)
    for metric in METRICS:
        # The parser takes a counter's suffix off, as prometheus_client does.
        family = families[metric.name.removesuffix("_total")]
        assert family.type == ("gauge" if metric.kind == "lasting" else metric.kind)
        assert family.documentation == metric.meaning
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)


def test_names_follow_the_conventions() -> None:
    for metric in METRICS:
        assert metric.name.startswith("football_")
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.meaning.endswith(".")
        assert "_ms" not in metric.name
        assert "_mb" not in metric.name
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_openmetrics_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "football.duckdb").write_bytes(b"12345")
    found = registry(
        tmp_path / "none.json", tmp_path / "pulse.json", tmp_path / "football.duckdb", THRESHOLDS
    )
    families = {
        family.name: family for family in parse_openmetrics(generate_openmetrics(found).decode("utf-8"))
    }
    assert families["football_published_size_bytes"].samples[0].value == 5
    assert set(families) == set(PUBLISHED_METRICS)


@pytest.mark.parametrize(("seconds_old", "fresh"), [(10, 1), (200, 0)])
def test_age_is_worked_out_at_the_scrape(tmp_path: Path, seconds_old: float, fresh: int) -> None:
    path = tmp_path / "football.duckdb"
    path.touch()
    written = time.time() - seconds_old
    os.utime(path, (written, written))
    found = registry(tmp_path / "none.json", tmp_path / "pulse.json", path, THRESHOLDS)
    lines = generate_latest(found).decode("utf-8").splitlines()
    values = dict(line.split() for line in lines if not line.startswith("#"))
    assert float(values["football_published_age_seconds"]) == pytest.approx(seconds_old, abs=5)
    assert float(values["football_published_fresh"]) == fresh


def test_pulses_are_told_as_the_newest_report_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "pulse.json"
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    report = PulseReport(at, at, 1, 7, seconds={"total": 1.25}, network_seconds=1.0, requests=2)
    write_pulse(replace(report, number=9, failed=2, requests_sent=20), path)
    found = registry(tmp_path / "none.json", path, tmp_path / "none.duckdb", THRESHOLDS)
    values = {
        (sample.name, sample.labels.get("status")): sample.value
        for family in found.collect()
        for sample in family.samples
        if "pulse" in sample.name
    }
    assert values == {
        ("football_pulses_total", "success"): 7,
        ("football_pulses_total", "failure"): 2,
        ("football_pulse_requests_total", None): 20,
        ("football_last_pulse_timestamp_seconds", None): at.timestamp(),
        ("football_last_pulse_seconds", None): 1.25,
        ("football_last_pulse_own_seconds", None): 0.25,
    }


def test_without_a_published_file_there_is_no_age_and_nothing_is_fresh(tmp_path: Path) -> None:
    found = registry(tmp_path / "none.json", tmp_path / "pulse.json", tmp_path / "none.duckdb", THRESHOLDS)
    lines = generate_latest(found).decode("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["football_published_fresh 0.0"]
