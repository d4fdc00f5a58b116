"""The cycle's side of the lake, without a lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.target import target_of
from football_assets.settings import Settings


@pytest.mark.parametrize("change", ["commit", "maintain", "verify"])
def test_machine_that_lost_the_lead_changes_nothing(tmp_path: Path, change: str) -> None:
    catalog, data = tmp_path / "catalog.ducklake", tmp_path / "lake"
    settings = Settings(_env_file=None, data_dir=tmp_path, lake_catalog=str(catalog), lake_data=str(data))
    target = target_of(settings)
    assert target
    client = LakeClient(target, lambda: False)
    with pytest.raises(LakeFailed, match="another machine works now"):
        getattr(client, change)(5)
    client.close()
    assert not catalog.exists()
    assert not data.exists()
