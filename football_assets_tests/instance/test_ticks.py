"""A sensor whose last tick is of the future ticks all the same, in either kind of Dagster's storage."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from dagster._core.remote_origin import (  # noqa: TID251 - what the daemon stores
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (  # noqa: TID251 - what the daemon stores
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
)

from football_assets.instance import open_instance
from football_assets.settings import load_settings
from football_assets_tests.instance.databases import address, postgres

__all__ = ["address", "postgres"]


@pytest.fixture(params=["files", "PostgreSQL"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    if request.param == "PostgreSQL":
        monkeypatch.setenv("FOOTBALL_DAGSTER_POSTGRES", request.getfixturevalue("address"))


@pytest.mark.parametrize("hours, is_known", [(0, True), (-5, True), (5, False)])
def test_tick_of_the_future_is_none(storage: None, hours: int, is_known: bool) -> None:
    at = time.time() + hours * 3600
    data = SensorInstigatorData(last_tick_timestamp=at, last_tick_start_timestamp=at, cursor="kept")
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("place"), "repository")
    origin = RemoteInstigatorOrigin(repository, "cycle_sensor")
    with open_instance(load_settings(_env_file=None)) as instance:
        instance.add_instigator_state(
            InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, data)
        )
        (listed,) = instance.all_instigator_state()
        one = instance.get_instigator_state(origin.get_id(), origin.get_selector().get_id())
    for found in (listed, one):
        assert found and isinstance(found.instigator_data, SensorInstigatorData)
        times = (found.instigator_data.last_tick_timestamp, found.instigator_data.last_tick_start_timestamp)
        assert times == ((at, at) if is_known else (None, None))
        assert found.instigator_data.cursor == "kept"
