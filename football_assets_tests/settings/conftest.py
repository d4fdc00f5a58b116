"""An environment and a working directory of which nothing is read by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.settings import variables


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without the project's variables."""
    for variable in variables():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path
