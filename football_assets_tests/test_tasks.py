"""`tasks.py`: what it installs, by what, and what the person who waits is told."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from football_assets.settings import PROJECT_ROOT


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, with its virtual environment in another place."""
    spec = importlib.util.spec_from_file_location("tasks", PROJECT_ROOT / "tasks.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "BIN", tmp_path / "bin")
    return module


@pytest.mark.parametrize(
    ("arguments", "lock"),
    [
        (["setup"], "requirements.lock"),
        (["setup", "--dev"], "requirements-dev.lock"),
        (["setup", "--lake"], "requirements-lake.lock"),
        (["start"], "requirements.lock"),
        (["test", "-k", "nothing"], "requirements-dev.lock"),
    ],
)
def test_only_what_the_task_needs_is_installed(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], lock: str
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(tasks, "set_up", asked.append)
    monkeypatch.setattr(tasks, "become", lambda _: None)
    assert tasks.main(arguments) == 0
    assert [path.name for path in asked] == [lock]


@pytest.mark.parametrize("arguments", [[], ["setup", "--all"], ["setup", "--dev", "--lake"], ["build"]])
def test_what_is_not_known_gets_the_help(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert tasks.main(arguments) == 2
    assert "python3 tasks.py start" in capsys.readouterr().err


def recorded(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, *, uv: str | None) -> list[list[str]]:
    """The commands by which a lock file is installed."""
    commands: list[list[str]] = []
    monkeypatch.setattr(tasks.shutil, "which", lambda _: uv)
    monkeypatch.setattr(tasks, "run", commands.append)
    monkeypatch.setattr(tasks, "counted", lambda command, _: commands.append(command))
    tasks.install(tasks.RUNNING)
    return commands


def test_uv_installs_where_it_is_there_and_compiles(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, project = recorded(tasks, monkeypatch, uv="/usr/bin/uv")
    assert locked[:3] == project[:3] == ["/usr/bin/uv", "pip", "install"]
    assert "--compile-bytecode" in locked
    assert locked[-1] == str(tasks.RUNNING)
    assert project[-3:] == ["--no-deps", "--editable", str(tasks.ROOT)]


def test_pip_installs_where_there_is_no_uv(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    locked, project = recorded(tasks, monkeypatch, uv=None)
    assert locked[:4] == project[:4] == [str(tasks.BIN / "python"), "-m", "pip", "install"]


def program(*lines: str, status: int = 0) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({chr(10).join(lines)!r}); sys.exit({status})"]


def test_packages_are_counted_as_they_come(tasks: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"Collecting p{number}" for number in range(20)]
    tasks.counted(program(*lines, "Installing collected packages: all"), 20)
    said = capsys.readouterr().err.splitlines()
    assert said == [
        *(f"  {number} of at most 20 packages" for number in range(2, 21, 2)),
        "  installing them",
    ]


def test_failed_installation_shows_why_and_ends(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        tasks.counted(program("Collecting p", "No matching distribution", status=3), 20)
    assert ended.value.code == 3
    assert "No matching distribution" in capsys.readouterr().err


def test_lock_that_is_installed_is_not_installed_again(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[Path] = []
    monkeypatch.setattr(tasks, "run", lambda _: None)
    monkeypatch.setattr(tasks, "install", installed.append)
    tasks.set_up(tasks.RUNNING)
    tasks.set_up(tasks.RUNNING)
    tasks.set_up(tasks.TESTING)
    tasks.set_up(tasks.RUNNING)
    tasks.set_up(tasks.LAKE)
    tasks.set_up(tasks.RUNNING)
    assert installed == [tasks.RUNNING, tasks.TESTING, tasks.LAKE]
    tasks.set_up(tasks.TESTING)
    assert installed[3:] == [tasks.TESTING], "the lake's DuckDB is another"


def test_packages_of_a_lock_file_are_counted(tasks: ModuleType) -> None:
    assert 50 < tasks.packages(tasks.RUNNING) < tasks.packages(tasks.TESTING)
