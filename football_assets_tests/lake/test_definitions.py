"""The lake among Dagster's definitions: there with a catalog, and not at all without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from football_assets.definitions import build_definitions
from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.target import target_of
from football_assets.settings import Settings


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", **given)


def names(settings: Settings) -> set[str]:
    keys = build_definitions(settings).resolve_asset_graph().get_all_asset_keys()
    return {key.to_user_string() for key in keys}


def test_there_is_a_lake_only_with_a_catalog(tmp_path: Path) -> None:
    wanted = settings(tmp_path, lake_catalog="lake.ducklake", lake_data="lake")
    assert names(wanted) - names(settings(tmp_path)) == {"lake"}
    assert build_definitions(wanted).resolve_job_def("lake_maintenance")


def test_without_a_lake_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; import football_assets.definitions; "
        "print([name for name in sys.modules if name.startswith('football_assets.lake')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"lake_catalog": "lake.ducklake"}, "FOOTBALL_LAKE_DATA is not set"),
        ({"lake_data": "lake"}, "FOOTBALL_LAKE_CATALOG is not set"),
        ({"lake_s3_key": "key"}, "FOOTBALL_LAKE_S3_SECRET is not set"),
        ({"lake_catalog": "mysql:host=db", "lake_data": "lake"}, "lake_catalog"),
        ({"lake_s3_endpoint": "https://s3.example.com/bucket"}, "lake_s3_endpoint"),
    ],
)
def test_half_a_lake_is_refused(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(tmp_path, **given)


def test_what_gives_access_to_the_lake_is_a_secret(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        lake_catalog="postgres:host=db user=football password='with space' dbname=football",
        lake_data="s3://bucket/lake",
        lake_s3_key="key",
        lake_s3_secret="stores-secret",
    )
    assert {"with space", "stores-secret"} <= set(made.secrets)
    assert "with space" not in repr(made)
    target = target_of(made)
    assert target is not None
    assert target.data == "s3://bucket/lake/"
    assert type(target).from_json(target.to_json()) == target


def test_a_process_that_has_ended_is_closed_without_an_error(tmp_path: Path) -> None:
    target = target_of(settings(tmp_path, lake_catalog="lake.ducklake", lake_data="lake"))
    assert target is not None
    client = LakeClient(target)
    client.start()
    process = client._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(LakeFailed, match="ended without an answer"):
        client.commit(10)
    client.close()
