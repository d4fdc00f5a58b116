"""The help: complete, quick to be had, and with examples that are true."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from football_assets.cli import COMMANDS, main
from football_assets_tests.cli.processes import COMMAND


def help_of(*words: str) -> str:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    return result.output


def examples(command: str) -> list[list[str]]:
    """The words of each example, up to a pipe."""
    lines = [line.strip() for line in help_of(command).splitlines()]
    return [
        shlex.split(re.split(r" [|<>]+ ", line)[0]) for line in lines if line.startswith("football-assets ")
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_that_its_options_allow(command: str) -> None:
    found = examples(command)
    assert found
    for _, name, *arguments in found:
        assert name == command
        read = main.get_command(click.Context(main), name)
        assert read is not None
        read.make_context(name, list(arguments))


def test_help_names_every_command_and_loads_none() -> None:
    program = (
        "import sys; from football_assets.cli import main; main(['--help'], standalone_mode=False); "
        "print([name for name in sys.modules if name.startswith(('dagster', 'football_assets.cli.'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for name, text in COMMANDS.items():
        assert any(line.split() == [name, *text.split()] for line in done.stdout.splitlines())


def test_shell_completes_commands_and_options() -> None:
    def completed(words: str, place: int) -> list[str]:
        environment = {
            **os.environ,
            "_FOOTBALL_ASSETS_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(place),
        }
        program = "from football_assets.cli import main; main(prog_name='football-assets')"
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert completed("football-assets ma", 1) == ["matches"]
    assert completed("football-assets matches --co", 2) == ["--country", "--competition"]


def test_unknown_command_is_told_with_the_help() -> None:
    done = subprocess.run([*COMMAND, "matchs"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "No such command 'matchs'" in done.stderr
