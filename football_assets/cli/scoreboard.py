"""`football-assets scoreboard`: starts the page. The page itself is in `football_assets.scoreboard`."""

from __future__ import annotations

from importlib.resources import files

import click

from football_assets.settings import SettingsError, load_settings

#: Nothing leaves the machine, nothing is served beyond it, and nobody edits the page while it runs.
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.enableStaticServing": "false",
    "browser.serverAddress": "127.0.0.1",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "theme.light.primaryColor": "#12794a",
    "theme.light.backgroundColor": "#fbfbfa",
    "theme.light.secondaryBackgroundColor": "#f0f1ef",
    "theme.light.textColor": "#1c211e",
    "theme.dark.primaryColor": "#4fc28b",
    "theme.dark.backgroundColor": "#121614",
    "theme.dark.secondaryBackgroundColor": "#1d2320",
    "theme.dark.textColor": "#e6eae7",
}


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port on 127.0.0.1."
)
def scoreboard(port: int) -> None:
    """Serve the live scoreboard on 127.0.0.1, until it is stopped.

    \b
    Examples:
      football-assets scoreboard
      football-assets scoreboard --port 9000
    """
    try:
        load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    from streamlit.web import cli as streamlit

    app = str(files("football_assets.scoreboard").joinpath("guarded.py"))
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    streamlit.main(["run", app, f"--server.port={port}", *options], prog_name="streamlit")
