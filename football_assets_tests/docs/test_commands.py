"""What the page of commands says is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from football_assets.cli import COMMANDS, main
from football_assets.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "commands.md").read_text("utf-8")
LINES = [line for block in re.findall(r"^```\n(.*?)^```$", PAGE, re.M | re.S) for line in block.splitlines()]


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_understood(line: str) -> None:
    _, name, *arguments = shlex.split(re.split(r" [|<>]+ ", line)[0])
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, arguments)


@pytest.mark.parametrize("path", [PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")])
def test_every_command_and_option_that_a_document_names_is_there(path: Path) -> None:
    for text in re.findall(r"`football-assets ([^`]+)`", path.read_text("utf-8")):
        name = text.split()[0]
        if name == "COMMAND":
            continue
        read = main.get_command(click.Context(main), name)
        assert read is not None, text
        known = {option for parameter in read.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", text)) <= known, text


@pytest.mark.parametrize("command", ["matches"])
def test_every_option_is_told(command: str) -> None:
    read = main.get_command(click.Context(main), command)
    assert read is not None
    for option in read.params:
        assert f"`{option.opts[0]}`" in PAGE


def test_commands_for_programs_have_their_options() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", PAGE, re.M)
    assert {name for name, _ in rows} <= set(COMMANDS)
    for name, options in rows:
        read = main.get_command(click.Context(main), name)
        assert read is not None
        known = {option for parameter in read.params for option in parameter.opts}
        assert set(re.findall(r"`(--\w+)`", options)) <= known
