"""Recording cycles on real files: what adds up, what survives, what is read back from the text."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from football_assets.metrics import state
from football_assets.metrics.record import STATE_NAME, TEXT_NAME, record_cycle
from football_assets_tests.cycle.reports import NOON, a_failed_report, a_report


def samples(directory: Path) -> dict[str, float]:
    """`name{label="value",...}` -> value, from the text for node_exporter. No sample stands twice."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families((directory / TEXT_NAME).read_text("utf-8")):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            name = f"{sample.name}{{{labels}}}" if labels else sample.name
            assert name not in found
            found[name] = sample.value
    return found


def test_counters_add_up_over_cycles(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path)
    record_cycle(a_report(2), tmp_path)
    record_cycle(a_failed_report(3), tmp_path)
    found = samples(tmp_path)
    assert found["football_cycles_total{data_source=api,status=success}"] == 2
    assert found["football_cycles_total{data_source=api,status=failure}"] == 1
    assert found["football_requests_total{data_source=api,endpoint=match/recent/list}"] == 100
    assert found["football_requests_total{data_source=api,endpoint=match/detail_live}"] == 5
    assert found["football_requests_retried_total{data_source=api,endpoint=match/recent/list}"] == 6
    assert found["football_requests_failed_total{cause=timeout,data_source=api}"] == 4
    assert found["football_requests_failed_total{cause=not_reachable,data_source=api}"] == 1
    assert found["football_response_bytes_total{data_source=api,endpoint=match/detail_live}"] == 600_000
    assert found["football_odds_ticks_total{data_source=api}"] == 240
    assert found["football_cache_hits_total{data_source=api}"] == 720


def test_causes_and_outcomes_stand_with_0_before_they_happen(tmp_path: Path) -> None:
    record_cycle(a_report(failures={}), tmp_path)
    found = samples(tmp_path)
    assert found["football_cycles_total{data_source=api,status=failure}"] == 0
    for cause in ("timeout", "not_reachable", "over_quota", "broken_answer", "deadline", "not_authorized"):
        assert found[f"football_requests_failed_total{{cause={cause},data_source=api}}"] == 0


def test_histogram_counts_each_cycle_in_the_buckets_above_it(tmp_path: Path) -> None:
    for number, total in enumerate((0.5, 5.0, 5.1, 500.0)):
        record_cycle(a_report(number, seconds={"total": total}), tmp_path)
    found = samples(tmp_path)
    counts = {
        bound: found[f"football_cycle_seconds_bucket{{data_source=api,le={bound}}}"]
        for bound in ("1.0", "4.0", "5.0", "7.5", "120.0", "+Inf")
    }
    assert counts == {"1.0": 1, "4.0": 1, "5.0": 2, "7.5": 3, "120.0": 3, "+Inf": 4}
    assert found["football_cycle_seconds_sum{data_source=api}"] == pytest.approx(510.6)
    assert found["football_cycle_seconds_count{data_source=api}"] == 4


def test_gauges_are_of_the_newest_cycle_and_absent_where_it_does_not_know(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path)
    found = samples(tmp_path)
    assert found["football_matches_live"] == 50
    assert found["football_matches_in_play"] == 31
    assert found["football_matches_priced"] == 24
    assert found["football_odds_waiting"] == 7
    assert found["football_rows{table=match_stats}"] == 1500
    assert found["football_memory_bytes"] == 182 * 1024 * 1024
    assert found["football_request_p95_seconds{endpoint=match/recent/list}"] == 0.25
    assert found["football_last_cycle_info{data_source=api,status=success}"] == 1
    record_cycle(a_failed_report(2), tmp_path)
    found = samples(tmp_path)
    assert "football_matches_live" not in found
    assert not any(name.startswith("football_rows{") for name in found)
    assert [name for name in found if "cycle_info" in name] == [
        "football_last_cycle_info{data_source=api,status=failure}"
    ]


def test_last_success_stays_through_failures(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path)
    record_cycle(a_failed_report(2), tmp_path)
    found = samples(tmp_path)
    assert found["football_last_success_timestamp_seconds"] == NOON.timestamp() + 64
    assert found["football_last_cycle_timestamp_seconds"] == NOON.timestamp() + 124


def test_simulated_cycles_are_counted_apart(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path)
    record_cycle(a_report(2, data_source="simulated"), tmp_path)
    found = samples(tmp_path)
    assert found["football_odds_ticks_total{data_source=api}"] == 120
    assert found["football_odds_ticks_total{data_source=simulated}"] == 120


def test_cycle_recorded_twice_counts_once(tmp_path: Path) -> None:
    record_cycle(a_report(), tmp_path)
    before = (tmp_path / STATE_NAME).read_bytes(), (tmp_path / TEXT_NAME).read_bytes()
    record_cycle(a_report(), tmp_path)
    assert ((tmp_path / STATE_NAME).read_bytes(), (tmp_path / TEXT_NAME).read_bytes()) == before


def test_cycle_that_still_runs_is_not_counted(tmp_path: Path) -> None:
    record_cycle(a_report(status="running"), tmp_path)
    record_cycle(a_report(), tmp_path)
    assert samples(tmp_path)["football_cycles_total{data_source=api,status=success}"] == 1


def test_state_does_not_grow_with_the_cycles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "REMEMBERED_CYCLES", 3)
    for number in range(10, 14):
        record_cycle(a_report(number), tmp_path)
    size = (tmp_path / STATE_NAME).stat().st_size
    for number in range(14, 20):
        record_cycle(a_report(number), tmp_path)
    kept = json.loads((tmp_path / STATE_NAME).read_bytes())["cycle_ids"]
    assert kept == ["cycle-17", "cycle-18", "cycle-19"]
    assert (tmp_path / STATE_NAME).stat().st_size < size + 200


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"series": 1}', b"\xff\xfe"])
def test_broken_state_begins_anew(tmp_path: Path, broken: bytes) -> None:
    record_cycle(a_report(1), tmp_path)
    (tmp_path / STATE_NAME).write_bytes(broken)
    record_cycle(a_report(2), tmp_path)
    assert samples(tmp_path)["football_cycles_total{data_source=api,status=success}"] == 1


def test_series_of_another_catalogue_are_left_out(tmp_path: Path) -> None:
    record_cycle(a_report(1), tmp_path)
    kept = json.loads((tmp_path / STATE_NAME).read_bytes())
    kept["series"].append({"metric": "football_gone_total", "labels": [], "value": 1, "counts": []})
    for series in kept["series"]:
        if series["metric"] == "football_cycle_seconds":
            series["counts"] = [1, 2]
        if series["metric"] == "football_odds_ticks_total":
            series["labels"] = []
    (tmp_path / STATE_NAME).write_text(json.dumps(kept))
    record_cycle(a_report(2), tmp_path)
    found = samples(tmp_path)
    assert not any("gone" in name for name in found)
    assert found["football_cycle_seconds_count{data_source=api}"] == 1
    assert found["football_odds_ticks_total{data_source=api}"] == 120
    assert found["football_cycles_total{data_source=api,status=success}"] == 2


def test_disk_that_cannot_be_written_fails_no_cycle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    record_cycle(a_report(), tmp_path / "file" / "metrics")
    assert "metrics not recorded" in capsys.readouterr().err


def test_node_exporter_finds_one_whole_file(tmp_path: Path) -> None:
    record_cycle(a_report(), tmp_path)
    assert [path.name for path in tmp_path.glob("*.prom*")] == ["football_assets.prom"]
    assert (tmp_path / TEXT_NAME).read_bytes().endswith(b"\n")


RECORDER = """
import sys
from pathlib import Path
from football_assets.metrics.record import record_cycle
from football_assets_tests.cycle.reports import a_report
first = int(sys.argv[2])
for number in range(first, first + 15):
    record_cycle(a_report(number), Path(sys.argv[1]))
"""


def test_several_processes_at_once_lose_no_cycle(tmp_path: Path) -> None:
    recorders = [
        subprocess.Popen([sys.executable, "-c", RECORDER, tmp_path, str(100 * each)]) for each in range(4)
    ]
    assert [recorder.wait(timeout=60) for recorder in recorders] == [0] * 4
    found = samples(tmp_path)
    assert found["football_cycles_total{data_source=api,status=success}"] == 60
    assert found["football_requests_total{data_source=api,endpoint=match/recent/list}"] == 3000
    assert found["football_cycle_seconds_count{data_source=api}"] == 60


def test_prometheus_client_is_imported_only_when_a_cycle_is_recorded() -> None:
    code = "import sys, football_assets.metrics.record; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_cycle_without_any_figure_is_recorded(tmp_path: Path) -> None:
    empty = replace(
        a_failed_report(), seconds={}, endpoints={}, failures={}, memory_mb=None, finished_at=None
    )
    record_cycle(empty, tmp_path)
    found = samples(tmp_path)
    assert found["football_cycles_total{data_source=api,status=failure}"] == 1
    assert found["football_last_cycle_timestamp_seconds"] == NOON.timestamp() + 60
