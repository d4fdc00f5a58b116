"""The files by which the project is run elsewhere: valid by the schemas of those who read them, and in
agreement with the commands, the metrics and the documents. No container engine is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from football_assets.cli import main
from football_assets.settings import PROJECT_ROOT, load_settings
from football_assets_tests.metrics.test_documents import exposed

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
HOME = "/srv/football_assets"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


COMPOSE = load(PROJECT_ROOT / "compose.yaml")
LAKE = load(PROJECT_ROOT / "compose.lake.yaml")
SERVICES_OF_COMPOSE = [*COMPOSE["services"].items(), *LAKE["services"].items()]
RULES = load(DEPLOY / "prometheus" / "alerts.yml")["groups"][0]["rules"]
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "football-assets.yaml").read_text("utf-8")))
CONTAINERS = KUBERNETES[1]["spec"]["template"]["spec"]["containers"]


def tool(name: str) -> str:
    """The path of a checker, of the environment or the machine; skips where there is none."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize(
    "command",
    [
        ("hadolint", "Dockerfile"),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.lake.yaml"),
        ("kubernetes-validate", "--strict", "deploy/kubernetes/football-assets.yaml"),
        ("promtool", "check", "rules", "deploy/prometheus/alerts.yml"),
        ("promtool", "check", "config", "deploy/prometheus/prometheus.yml"),
        ("promtool", "check", "config", "deploy/prometheus/prometheus-lake.yml"),
    ],
    ids=lambda command: f"{command[0]} {Path(command[-1]).name}",
)
def test_who_reads_the_file_finds_nothing_wrong(command: tuple[str, ...]) -> None:
    name, *arguments = command
    done = subprocess.run(
        [tool(name), *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(f"{HOME}/.venv/bin/football-assets", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    command = [tool("systemd-analyze"), "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line for line in done.stderr.splitlines() if "football" in line]
    assert (done.returncode, found) == (0, [])


def commands() -> Iterator[list[str]]:
    """Every command line of ours in these files."""
    for unit in SERVICES:
        yield from (
            line.split()
            for line in re.findall(rf"^ExecStart={HOME}/\.venv/bin/(.+)$", unit.read_text(), re.M)
        )
    for _, service in SERVICES_OF_COMPOSE:
        if service.get("command", [""])[0] == "football-assets":
            yield service["command"]
    yield from (container["args"] for container in CONTAINERS)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        yield from (each[probe]["exec"]["command"] for each in CONTAINERS if "exec" in each.get(probe, {}))
    yield re.findall(
        r'"([^"]+)"', re.findall(r"^CMD \[(.+)\]$", (PROJECT_ROOT / "Dockerfile").read_text(), re.M)[-1]
    )


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_is_understood(words: list[str]) -> None:
    if words[0] == "sh":
        words = words[2].partition(" || ")[0].split()
    assert words[0] == "football-assets"
    command = main.get_command(click.Context(main), words[1])
    assert command is not None
    command.make_context(words[1], words[2:])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_units_use_the_directories_of_the_documents(unit: Path) -> None:
    text = unit.read_text("utf-8")
    if "football-assets " in text.partition("ExecStart=")[2]:
        assert f"WorkingDirectory={HOME}\n" in text
        assert f"Environment=FOOTBALL_DATA_DIR={HOME}/data\n" in text
    for path in re.findall(r"/srv/\w+", text):
        assert path == HOME
    for document in (PROJECT_ROOT / "docs").glob("*.md"):
        assert set(re.findall(r"/srv/\w+", document.read_text("utf-8"))) <= {HOME}, document.name


@pytest.mark.parametrize("service", SERVICES_OF_COMPOSE, ids=lambda service: service[0])
def test_compose_publishes_nothing_beyond_the_machine(service: tuple[str, dict[str, Any]]) -> None:
    for port in service[1].get("ports", ()):
        assert port.startswith("127.0.0.1:")


def test_machines_with_a_lake_have_settings_that_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name, service in LAKE["services"].items() if "environment" in service]
    assert names == ["football-assets", "standby", "metrics", "standby-metrics", "postgres"]
    for name in names[:-1]:
        given = {
            variable: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value)
            for variable, value in LAKE["services"][name]["environment"].items()
        }
        assert not any("$" in value for value in given.values())
        for variable, value in given.items():
            monkeypatch.setenv(variable, value)
        settings = load_settings(_env_file=None)
        assert settings.standby
        assert settings.dagster_postgres and settings.lake_catalog and settings.lake_s3_secret
        assert settings.lake_s3_endpoint == "http://store:8333"


def test_machines_with_a_lake_have_the_locked_versions_but_of_duckdb() -> None:
    usual, lake = (
        set((PROJECT_ROOT / name).read_text("utf-8").splitlines())
        for name in ("requirements.lock", "requirements-lake.lock")
    )
    assert {line.partition("==")[0] for line in usual - lake} == {"duckdb"}
    extras = {"dagster-postgres", "psycopg2-binary", "duckdb"}
    extras |= {f"duckdb-extension-{name}" for name in ("ducklake", "httpfs", "postgres-scanner")}
    assert {line.partition("==")[0] for line in lake - usual} == extras
    for name, service in LAKE["services"].items():
        if name in ("football-assets", "standby"):
            assert service["build"]["args"] == {"LOCK": "requirements-lake.lock"}


def test_compose_runs_as_whom_the_data_belong_to_and_readers_cannot_write() -> None:
    ours = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "football_assets"}
    assert set(ours) == {"football-assets", "page", "metrics"}
    for name, service in ours.items():
        assert service["user"] == "${DATA_UID:-1000}:${DATA_GID:-1000}"
        assert service["volumes"] == ["./data:/data" if name == "football-assets" else "./data:/data:ro"]


def test_grafana_is_given_the_dashboard_and_its_data_source() -> None:
    mounts = dict(mount.split(":")[:2] for mount in COMPOSE["services"]["grafana"]["volumes"])
    for source in mounts:
        if source.startswith("./"):
            assert (PROJECT_ROOT / source).is_dir()
    provider = load(DEPLOY / "grafana" / "dashboards" / "football_assets.yml")["providers"][0]
    assert mounts["./docs/grafana"] == provider["options"]["path"]
    source = load(DEPLOY / "grafana" / "datasources" / "prometheus.yml")["datasources"][0]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_has_a_severity_its_instance_and_the_likely_cause(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(rule["annotations"]["description"]) > 40
    assert "$labels.instance" in rule["annotations"]["summary"] or rule["expr"].startswith("absent(")
    for name in re.findall(r"\bfootball_(?!assets\b)\w+", rule["expr"]):
        assert name in exposed()


def test_alerts_see_a_target_that_is_down_one_that_is_gone_and_a_metric_that_is_absent() -> None:
    rules = {rule["alert"]: rule["expr"] for rule in RULES}
    assert rules["FootballDown"] == 'up{job="football_assets"} == 0'
    assert rules["FootballAbsent"] == 'absent(up{job="football_assets"})'
    assert "unless on (instance, job) football_last_success" in rules["FootballNeverPublished"]
    jobs = [each["job_name"] for each in load(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]]
    assert jobs == ["football_assets"]


#: Series of two machines, a value a minute, and the alerts that come of them after twelve minutes.
SERIES: dict[str, tuple[dict[str, str], set[str]]] = {
    "one works, one waits and never had the lead": (
        {
            'football_lead{instance="a"}': "1x20",
            'football_lead{instance="b"}': "0x20",
            'football_last_success_timestamp_seconds{instance="a"}': "0+60x20",
        },
        set(),
    ),
    "nobody works": (
        {'football_lead{instance="a"}': "0x20", 'football_lead{instance="b"}': "0x20"},
        {"FootballNobodyLeads a", "FootballNobodyLeads b"},
    ),
    "both work": (
        {
            'football_lead{instance="a"}': "1x20",
            'football_lead{instance="b"}': "1x20",
            'football_last_success_timestamp_seconds{instance="a"}': "0+60x20",
            'football_last_success_timestamp_seconds{instance="b"}': "0+60x20",
        },
        {"FootballSeveralLead a", "FootballSeveralLead b"},
    ),
    "no standby, and no cycle ever": ({}, {"FootballNeverPublished a", "FootballNeverPublished b"}),
    "pulses stop, cycles go on, prices die": (
        {
            'football_last_success_timestamp_seconds{instance="a"}': "0+60x20",
            'football_last_success_timestamp_seconds{instance="b"}': "0+60x20",
            'football_last_pulse_timestamp_seconds{instance="a"}': "0x20",
            'football_last_pulse_timestamp_seconds{instance="b"}': "0+60x20",
            'football_matches_in_play{instance="a"}': "20x20",
            'football_matches_priced{instance="a"}': "9x20",
            'football_matches_in_play{instance="b"}': "20x20",
            'football_matches_priced{instance="b"}': "11x20",
        },
        {"FootballPulsesStopped a", "FootballPricesDead a"},
    ),
    "the lake is away": (
        {
            'football_last_success_timestamp_seconds{instance="a"}': "0+60x20",
            'football_last_success_timestamp_seconds{instance="b"}': "0+60x20",
            'football_lake_cycles_waiting{instance="a"}': "0+1x20",
            'football_lake_cycles_waiting{instance="b"}': "4x20",
        },
        {"FootballLakeBehind a"},
    ),
    "the lake is not what the file is": (
        {
            'football_last_success_timestamp_seconds{instance="a"}': "0+60x20",
            'football_last_success_timestamp_seconds{instance="b"}': "0+60x20",
            'football_lake_tables_different{instance="a"}': "0x14 2x5",
            'football_lake_tables_different{instance="b"}': "1x10 0x10",
        },
        {"FootballLakeDiffers a"},
    ),
}


@pytest.mark.parametrize("case", SERIES)
def test_alerts_of_two_machines(case: str, tmp_path: Path) -> None:
    series, expected = SERIES[case]
    up = {f'up{{instance="{each}"}}': "1x20" for each in "ab"}
    given = [
        {"series": name.replace("}", ',job="football_assets"}'), "values": values}
        for name, values in {**up, **series}.items()
    ]
    rules = {rule["alert"]: rule for rule in RULES}
    tests = [
        {
            "eval_time": "16m",
            "alertname": name,
            "exp_alerts": [
                {
                    "exp_labels": {
                        "instance": instance,
                        "job": "football_assets",
                        "severity": rules[name]["labels"]["severity"],
                    }
                }
                for instance in "ab"
                if f"{name} {instance}" in expected
            ],
        }
        for name in rules
    ]
    given_rules = {"groups": [{"name": "of_labels", "rules": [_without_annotations(rule) for rule in RULES]}]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(given_rules))
    (tmp_path / "test.yml").write_text(
        yaml.safe_dump(
            {
                "rule_files": ["rules.yml"],
                "evaluation_interval": "1m",
                "tests": [{"interval": "1m", "input_series": given, "alert_rule_test": tests}],
            }
        )
    )
    ran = subprocess.run(
        [tool("promtool"), "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _without_annotations(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "annotations"}
