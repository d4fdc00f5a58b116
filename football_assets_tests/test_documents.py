"""What the documents say is true: the README's commands run, its queries answer, and nothing is left out."""

from __future__ import annotations

import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from football_assets.cli import COMMANDS
from football_assets.settings import PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text("utf-8")

#: Commands that go on until they are stopped. Each has tests of its own.
SERVERS = {"start", "scoreboard", "metrics", "simulate"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with a `data/football.duckdb` by a cycle on the simulator."""
    directory = tmp_path_factory.mktemp("readme")
    command(directory, "football-assets", "cycle")
    return directory


def command(directory: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "THESPORTS_USER": "",
        "THESPORTS_SECRET": "",
        "FOOTBALL_DATA_DIR": "data",
        "FOOTBALL_SIMULATOR_MATCHES": "12",
    }
    result = subprocess.run(
        words, cwd=directory, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize(
    ("written", "function"), [("tables.md", "tables"), ("codes.md", "codes"), ("settings.md", "settings")]
)
def test_document_says_what_the_code_says(written: str, function: str) -> None:
    generated = runpy.run_path(str(PROJECT_ROOT / "docs" / "generate.py"))[function]()
    assert (PROJECT_ROOT / "docs" / written).read_text("utf-8") == generated


def test_readme_names_every_command() -> None:
    assert set(re.findall(r"^\| `football-assets (\w+)` \|", README, re.MULTILINE)) == set(COMMANDS)


def test_every_command_of_the_readme_runs(directory: Path) -> None:
    lines = [line.split() for block in blocks("bash") for line in block.splitlines()]
    ours = [words for words in lines if words[0] == "football-assets"]
    assert ours
    for words in ours:
        assert command(directory, *words, *(["--help"] if words[1] in SERVERS else []))


def test_every_query_of_the_readme_answers(directory: Path) -> None:
    (block,) = blocks("sql")
    queries = [query for query in block.split(";") if query.strip()]
    assert len(queries) == 3
    with duckdb.connect(str(directory / "data" / "football.duckdb"), read_only=True) as connection:
        found = [len(connection.execute(query).fetchall()) for query in queries]
    assert found[0] > 0


def test_python_of_the_readme_prints_the_matches(directory: Path) -> None:
    (block,) = blocks("python")
    assert "competition" in command(directory, sys.executable, "-c", block)


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in (PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.skipif(
    Path(sys.prefix) != PROJECT_ROOT / ".venv", reason="the environment is not the one that tasks.py makes"
)
def test_start_of_the_readme_brings_matches_and_stops_at_a_signal(tmp_path: Path) -> None:
    assert "python3 tasks.py start" in README
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "THESPORTS_USER": "",
        "THESPORTS_SECRET": "",
        "FOOTBALL_DATA_DIR": str(tmp_path),
        "FOOTBALL_SIMULATOR_MATCHES": "12",
    }
    started = subprocess.Popen(
        [sys.executable, "tasks.py", "start", "--port", str(port)], cwd=PROJECT_ROOT, env=environment
    )
    try:
        give_up = time.monotonic() + 120
        while not (tmp_path / "football.duckdb").exists():
            assert started.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.2)
        with duckdb.connect(str(tmp_path / "football.duckdb"), read_only=True) as connection:
            assert connection.execute("SELECT DISTINCT data_source FROM live_matches").fetchall() == [
                ("simulated",)
            ]
    finally:
        started.send_signal(signal.SIGTERM)
    assert started.wait(30) == 0
