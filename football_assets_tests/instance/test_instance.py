"""The instance: its home, its configuration, and that the two ways to start find the same one."""

import pytest
import yaml
from dagster import asset, materialize

from football_assets.instance import dagster_home, instance_config, open_instance, write_instance
from football_assets.settings import PROJECT_ROOT, Settings


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "/elsewhere")
    return Settings(_env_file=None, data_dir=tmp_path / "data")


def test_project_root_has_the_same_instance_for_plain_dagster_dev() -> None:
    assert yaml.safe_load((PROJECT_ROOT / "dagster.yaml").read_text("utf-8")) == instance_config(
        "data/dagster"
    )


def test_home_is_made_within_the_data_directory(settings) -> None:
    home = write_instance(settings)
    assert home == dagster_home(settings) == settings.data_path / "dagster"
    assert yaml.safe_load((home / "dagster.yaml").read_text("utf-8")) == instance_config(str(home))
    assert [path.name for path in home.iterdir()] == ["dagster.yaml"]


def test_home_written_by_an_older_version_is_brought_up_to_date(settings) -> None:
    home = write_instance(settings)
    (home / "dagster.yaml").write_text("telemetry: {enabled: true}\n")
    write_instance(settings)
    assert yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))["telemetry"] == {"enabled": False}


def test_runs_are_kept_in_the_home_and_nothing_is_queued(settings) -> None:
    @asset
    def one() -> int:
        return 1

    with open_instance(settings) as instance:
        assert materialize([one], instance=instance).success
        assert "Queued" not in type(instance.run_coordinator).__name__
        assert not instance.telemetry_enabled
    with open_instance(settings) as instance:
        assert instance.get_runs_count() == 1
    assert (dagster_home(settings) / "history" / "runs.db").exists()
