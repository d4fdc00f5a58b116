"""The command `football-assets`: one module a subcommand, loaded only when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from football_assets.loading import loading

#: The subcommands in the order of `--help` with what they do; each is a function in the module of its name.
COMMANDS = {
    "start": "Start Dagster's UI and the cycles.",
    "cycle": "Run one cycle now.",
    "backfill": "Read matches, results and odds of past days.",
    "matches": "Show the matches in play.",
    "follow": "Tell what changes as it is published.",
    "sql": "Query the published database.",
    "status": "Show how the last cycles went.",
    "health": "Tell whether the published data are fresh.",
    "scoreboard": "Serve the live scoreboard.",
    "metrics": "Serve Prometheus metrics.",
    "lake": "Look at the copy in a DuckLake, and fill it.",
    "simulate": "Serve a simulated TheSports API.",
}


class _Commands(click.Group):
    """A group that loads only the subcommand that is called: `health` must not wait for Dagster, nor help and
    completion for all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with loading():
            command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand. A setting that is wrong is one line, whichever command reads it."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from football_assets.settings.errors import SettingsError  # not for help and completion

            if isinstance(error, SettingsError):
                raise click.ClickException(str(error)) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        named = [
            CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="football-assets")
def main() -> None:
    """Live football from TheSports' API as DuckDB tables, renewed every 60 seconds.

    \b
    Examples:
      football-assets start
      football-assets matches --team arsenal
      football-assets sql "SELECT home_team, away_team FROM in_play_matches"

    `football-assets COMMAND --help` has examples of each.
    """
