"""The notebook runs from top to bottom on simulated data and draws a match with its prices and goals."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from football_assets.settings import PROJECT_ROOT
from football_assets_tests.cli.processes import COMMAND

NOTEBOOK = PROJECT_ROOT / "examples" / "match_prices.ipynb"


def executed(data: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The outputs of all cells on a data directory, as opened from the notebook's folder."""
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(data))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    place = {"metadata": {"path": str(NOTEBOOK.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_notebook_draws_a_match_of_the_simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        **os.environ,
        "THESPORTS_USER": "",
        "THESPORTS_SECRET": "",
        "FOOTBALL_DATA_DIR": str(tmp_path),
        "FOOTBALL_SIMULATOR_MATCHES": "12",
    }
    subprocess.run([*COMMAND, "cycle"], env=environment, check=True, capture_output=True, timeout=120)
    outputs = executed(tmp_path, monkeypatch)
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "data: simulated" in said
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)
