"""The log on real files, in this process and in several at once."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog

from football_assets.logs import configure_logging, fold_tracebacks, get_logger, log_request
from football_assets.redaction import NOTICE
from football_assets.resources.finish import log_cycle
from football_assets.settings import Settings
from football_assets_tests.cycle.reports import a_failed_report, a_report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def unconfigured() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)


def events(directory: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(directory.glob("logs/*.log"))
        for line in path.read_text("utf-8").splitlines()
    ]


def test_event_is_one_json_line_in_the_file_of_its_utc_day_and_on_standard_error(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = datetime.now(UTC)
    configure_logging(settings)
    get_logger("sensor").info("a tick\nof two lines", late=1.5, team="Grêmio \udc80")
    [event] = events(tmp_path)
    assert (
        event.items()
        >= {
            "event": "a tick\nof two lines",
            "level": "info",
            "component": "sensor",
            "late": 1.5,
        }.items()
    )
    at = datetime.fromisoformat(event["timestamp"])
    assert before <= at <= datetime.now(UTC)
    assert [path.name for path in (tmp_path / "logs").iterdir()] == [f"{at:%Y-%m-%d}.log"]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert json.loads(shown.err) == event


def test_cycle_is_one_event_with_its_figures(settings: Settings, tmp_path: Path) -> None:
    configure_logging(settings)
    log_cycle(a_report())
    [event] = events(tmp_path)
    assert event["event"] == "cycle"
    assert event["level"] == "info"
    assert event["started_at"] == "2026-03-01T12:01:00+00:00"
    assert (event["total_seconds"], event["margin_seconds"], event["requests"]) == (3.9, 56.1, 51)
    assert event["endpoints"]["match/recent/list"]["p95_seconds"] == 0.25
    assert event["failures"] == {"timeout": 2}
    assert event["rows"]["match_stats"] == 1500


def test_level_tells_how_the_cycle_went(settings: Settings, tmp_path: Path) -> None:
    configure_logging(settings)
    log_cycle(a_failed_report(warnings=["slow"]))
    log_cycle(a_report(warnings=["slow"]))
    assert [event["level"] for event in events(tmp_path)] == ["error", "warning"]


@pytest.mark.parametrize(("wanted", "count"), [(False, 0), (True, 1)])
def test_requests_are_logged_only_where_asked_for(tmp_path: Path, wanted: bool, count: int) -> None:
    configure_logging(Settings(_env_file=None, data_dir=tmp_path, log_requests=wanted))
    log_request("odds/live", 0.1234567891, "timeout")
    found = events(tmp_path)
    assert len(found) == count
    for event in found:
        assert (event["endpoint"], event["seconds"], event["outcome"]) == ("odds/live", 0.123457, "timeout")


def test_terminal_gets_lines_for_people_and_the_file_the_figures(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    configure_logging(settings)
    log_cycle(a_report())
    [line] = terminal.getvalue().splitlines()
    assert "success in 3.90 s" in line
    assert "\x1b[" in line
    assert "p95_seconds" not in line
    assert events(tmp_path)[0]["cache_hits"] == 240


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_tracebacks_do_not_show_local_variables(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]
) -> None:
    shown = stream()
    monkeypatch.setattr(sys, "stderr", shown)
    configure_logging(settings)
    password = "".join(("hunt", "er2"))
    try:
        raise ValueError(len(password))
    except ValueError:
        get_logger("test").exception("it failed")
    written = json.dumps(events(tmp_path)) + shown.getvalue()
    assert "ValueError: 7" in written
    assert "hunter2" not in written


def test_directory_that_cannot_be_written_stops_nothing_and_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    configure_logging(Settings(_env_file=None, data_dir=tmp_path / "file"))
    log_cycle(a_report())
    log_cycle(a_report(2))
    told, first, second = capsys.readouterr().err.splitlines()
    assert told.startswith(f"The log cannot be written to {tmp_path}/file/logs/")
    assert [json.loads(line)["cycle_id"] for line in (first, second)] == ["cycle-1", "cycle-2"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_full_disk_stops_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / f"{datetime.now(UTC):%Y-%m-%d}.log").symlink_to("/dev/full")
    configure_logging(settings)
    log_cycle(a_report())


def test_closed_standard_error_stops_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    configure_logging(settings)
    log_cycle(a_report())
    assert len(events(tmp_path)) == 1


def test_logger_used_before_it_is_configured_leaves_standard_output_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    get_logger("early").warning("too soon")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert json.loads(shown.err)["event"] == "too soon"


def test_logger_made_early_writes_to_the_files_once_configured(settings: Settings, tmp_path: Path) -> None:
    log = get_logger("early")
    log.info("before")
    configure_logging(settings)
    log.info("after")
    assert [event["event"] for event in events(tmp_path)] == ["after"]


WRITER = """
import sys
from football_assets.logs import configure_logging, get_logger
from football_assets.settings import Settings
configure_logging(Settings(_env_file=None, data_dir=sys.argv[1]))
for number in range(200):
    get_logger("writer").info("line", writer=int(sys.argv[2]), number=number, filling="x" * 5000)
"""


def test_several_processes_lose_and_mix_no_line(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, tmp_path, str(each)], stderr=subprocess.DEVNULL)
        for each in range(4)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 4
    found = sorted((event["writer"], event["number"]) for event in events(tmp_path))
    assert found == [(writer, number) for writer in range(4) for number in range(200)]


def test_no_event_tells_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "k9/w2+Qz-81 x"
    configure_logging(
        Settings(_env_file=None, data_dir=tmp_path, thesports_user="user", thesports_secret=secret)
    )
    try:
        raise ValueError(f"bad {secret}")
    except ValueError as error:
        get_logger("test").exception("it failed", error=error, rows=[{"x": {quote(secret): secret[2:9]}}])
    get_logger("test").info(f"asked for ?secret={quote_plus(secret)}", summary=secret, team="Ajax")
    failed, asked = events(tmp_path)
    assert (failed["error"], failed["exception"], failed["rows"]) == (
        NOTICE,
        NOTICE,
        [{"x": {NOTICE: NOTICE}}],
    )
    assert (asked["event"], asked["team"]) == (NOTICE, "Ajax")
    assert "w2" not in capsys.readouterr().err


@pytest.fixture
def folding() -> Iterator[None]:
    make, of_warnings = logging.getLogRecordFactory(), logging.getLogger("py.warnings")
    handlers = of_warnings.handlers[:]
    fold_tracebacks("noisy", "py")
    yield
    of_warnings.handlers[:] = handlers
    logging.setLogRecordFactory(make)
    logging.captureWarnings(False)


def test_failure_that_a_library_logs_is_one_line_and_its_traceback_is_in_the_file(
    settings: Settings, tmp_path: Path, folding: None, caplog: pytest.LogCaptureFixture
) -> None:
    configure_logging(settings)
    try:
        raise ValueError("no answer\n\nStack Trace:\n  File ...")
    except ValueError:
        logging.getLogger("noisy.daemon").exception("A tick of %s failed", "cycles")
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info) == ("A tick of cycles failed: ValueError: no answer", None)
    [event] = events(tmp_path)
    assert (event["event"], event["level"], event["component"]) == (
        "A tick of cycles failed",
        "error",
        "noisy.daemon",
    )
    assert "Stack Trace" in event["exception"]
    assert "test_logs.py" in event["exception"]


def test_no_line_of_a_library_tells_a_secret(
    tmp_path: Path, folding: None, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "k9/w2+Qz-81 x"
    configure_logging(
        Settings(_env_file=None, data_dir=tmp_path, thesports_user="user", thesports_secret=secret)
    )
    try:
        raise ValueError(f"no answer for {secret}")
    except ValueError:
        logging.getLogger("noisy.daemon").exception("A tick failed")
    logging.getLogger("noisy.daemon").warning(f"first line\n{secret}")
    assert [record.getMessage() for record in caplog.records] == [f"A tick failed: {NOTICE}", "first line"]
    assert secret not in "".join(path.read_text("utf-8") for path in tmp_path.glob("logs/*.log"))


def test_long_messages_and_warnings_are_folded_and_short_ones_and_other_libraries_are_left(
    settings: Settings, tmp_path: Path, folding: None, caplog: pytest.LogCaptureFixture
) -> None:
    configure_logging(settings)
    logging.getLogger("noisy").warning("cut 100 % off\nthe rest")
    warnings.warn("first\nsecond", UserWarning, stacklevel=1)
    logging.getLogger("noisy").warning("one %s", "line")
    logging.getLogger("other").warning("two\nlines")
    first, second, *others = (record.getMessage() for record in caplog.records)
    assert first == "cut 100 % off"
    assert second.endswith("UserWarning: first")
    assert others == ["one line", "two\nlines"]
    assert [event["event"].count("\n") > 0 for event in events(tmp_path)] == [True, True]
