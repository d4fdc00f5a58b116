"""`football-assets start`: what it says when it cannot start."""

import socket

import pytest
from click.testing import CliRunner
from filelock import FileLock

from football_assets.cli import main
from football_assets.instance import write_instance
from football_assets.settings import Settings


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name in ("THESPORTS_USER", "THESPORTS_SECRET"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_bad_setting_ends_it_with_one_line(data, monkeypatch) -> None:
    monkeypatch.setenv("FOOTBALL_INTERVAL_SECONDS", "soon")
    result = CliRunner().invoke(main, ["start"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed")
    assert result.output.count("\n") == 1


def test_port_in_use_ends_it_with_one_line(data) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["start", "--port", str(port)])
    assert result.exit_code == 1
    assert result.output == f"Error: Cannot serve at 127.0.0.1:{port}: Address already in use\n"


def test_second_start_on_one_data_directory_names_the_first(data, port) -> None:
    home = write_instance(Settings(_env_file=None, data_dir=data))
    (home / "start.pid").write_text("4711\n")
    with FileLock(home / "start.lock"):
        result = CliRunner().invoke(main, ["start", "--port", str(port)])
    assert result.exit_code == 1
    assert result.output == f"Error: Already running on {data} (pid 4711)\n"


def test_data_directory_that_cannot_be_made_ends_it_with_one_line(data, port, monkeypatch) -> None:
    (data / "file").touch()
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(data / "file" / "data"))
    result = CliRunner().invoke(main, ["start", "--port", str(port)])
    assert result.exit_code == 1
    assert result.output == f"Error: Cannot write to {data / 'file' / 'data'}: Not a directory\n"
