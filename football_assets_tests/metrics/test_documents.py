"""The dashboard and the documentation name what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from football_assets.metrics.catalogue import METRICS
from football_assets.metrics.exposition import PUBLISHED_METRICS, PULSE_METRICS, PULSES, text
from football_assets.metrics.lake import LAKE_METRICS
from football_assets.metrics.lead import LEAD_METRICS
from football_assets.metrics.state import State
from football_assets.settings import PROJECT_ROOT
from football_assets_tests.cycle.reports import a_report

DASHBOARD = PROJECT_ROOT / "docs" / "grafana" / "football_assets.json"
DOCUMENT = PROJECT_ROOT / "docs" / "metrics.md"

#: What is worked out when it is asked for.
AT_THE_SCRAPE = {**PULSE_METRICS, **PUBLISHED_METRICS, **LAKE_METRICS, **LEAD_METRICS}


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return loaded


def exposed() -> dict[str, set[str]]:
    """Name of each exposed sample -> its labels."""
    state = State()
    state.add(a_report())
    found: dict[str, set[str]] = {name: set() for name in AT_THE_SCRAPE}
    found[PULSES] = {"status"}
    for family in text_string_to_metric_families(text(state).decode("utf-8")):
        for sample in family.samples:
            found[sample.name] = set(sample.labels)
    return found


def queries(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]


def test_dashboard_asks_only_for_what_is_exposed_by_labels_that_it_has(dashboard: dict[str, Any]) -> None:
    found = exposed()
    asked = queries(dashboard) + [each["definition"] for each in dashboard["templating"]["list"][1:]]
    for query in asked:
        names = re.findall(r"\bfootball_\w+", query)
        assert names
        for name in names:
            assert name in found, query
        labels = re.findall(r"(\w+)\s*=~?\s*\"", query) + [
            label for group in re.findall(r"by \(([^)]*)\)", query) for label in re.split(r",\s*", group)
        ]
        for label in labels:
            assert any(label in found[name] for name in names), query


def test_dashboard_shows_every_metric_that_changes(dashboard: dict[str, Any]) -> None:
    asked = " ".join(queries(dashboard))
    names = {metric.name for metric in METRICS} | AT_THE_SCRAPE.keys() - PUBLISHED_METRICS.keys()
    missing = {name for name in names if name not in asked}
    assert missing == {"football_last_cycle_timestamp_seconds"}


def test_dashboard_takes_its_datasource_from_a_variable(dashboard: dict[str, Any]) -> None:
    assert [each["type"] for each in dashboard["templating"]["list"]] == ["datasource", "query"]
    assert dashboard["templating"]["list"][0]["query"] == "prometheus"
    for panel in dashboard["panels"]:
        for place in (panel, *panel.get("targets", ())):
            if panel["type"] != "row":
                assert place["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_have_their_own_ids_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    assert dashboard["schemaVersion"] >= 37
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


def listed(path: Path) -> list[tuple[str, str, str, str]]:
    rows = re.findall(r"^\| `(football_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", path.read_text("utf-8"), re.M)
    return [(name, kind, labels.replace("`", ""), meaning) for name, kind, labels, meaning in rows]


def test_document_lists_every_metric_with_its_kind_labels_and_meaning() -> None:
    expected = [
        (
            metric.name,
            "gauge" if metric.kind == "lasting" else metric.kind,
            ", ".join(metric.labels),
            metric.meaning,
        )
        for metric in METRICS
    ]
    expected += [
        (
            name,
            "counter" if name.endswith("_total") else "gauge",
            "status" if name == PULSES else "",
            meaning,
        )
        for name, meaning in AT_THE_SCRAPE.items()
    ]
    assert listed(DOCUMENT) == expected
