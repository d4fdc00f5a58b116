"""A setting that is wrong, whichever command reads it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from football_assets.cli import COMMANDS, main

#: What a command needs, beside its name, to read its settings.
ARGUMENTS = {"backfill": ["--from", "2026-05-01"], "sql": ["SELECT 1"], "lake": ["status"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_setting_is_one_line_and_no_traceback(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_INTERVAL_SECONDS", "soon")
    result = CliRunner().invoke(main, [command, *ARGUMENTS.get(command, [])])
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == (2 if command == "health" else 1)
    assert result.output.splitlines() == [
        "Error: FOOTBALL_INTERVAL_SECONDS=soon is not allowed: a whole number from 10 to 3600"
    ]
