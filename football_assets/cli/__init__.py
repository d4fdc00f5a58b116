"""The command `football-assets`: one module a subcommand, loaded only when it is called."""

from __future__ import annotations

from importlib import import_module

import click

#: The subcommands in the order of `--help`; each is a function in the module of its name.
COMMANDS = (
    *("start", "cycle", "backfill", "matches", "follow"),
    *("status", "health", "scoreboard", "metrics", "simulate"),
)


class _Commands(click.Group):
    """A group that loads only the subcommand that is called: `health` must not wait for Dagster."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="football-assets")
def main() -> None:
    """Live football from TheSports' API as DuckDB tables, renewed every 60 seconds."""
