"""`football-assets scoreboard`: starts the page. The page itself is in `football_assets.scoreboard`."""

from __future__ import annotations

from importlib.resources import files

import click

from football_assets.instance.services import StartError, check_port
from football_assets.settings import SettingsError, load_settings

#: Nothing leaves the machine, and nobody edits the page while it runs.
OPTIONS = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.enableStaticServing": "false",
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
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Its port.")
def scoreboard(host: str, port: int) -> None:
    """Serve the live scoreboard, until it is stopped.

    On another address than 127.0.0.1 whoever reaches it sees it; names of the machine are answered only as
    FOOTBALL_ALLOWED_HOSTS says.

    \b
    Examples:
      football-assets scoreboard
      football-assets scoreboard --host 0.0.0.0 --port 9000
    """
    try:
        load_settings()
        check_port(host, port)
    except (SettingsError, StartError) as error:
        raise click.ClickException(str(error)) from error
    from streamlit.web import cli as streamlit

    app = str(files("football_assets.scoreboard").joinpath("guarded.py"))
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    address = [f"--server.address={host}", f"--server.port={port}", f"--browser.serverAddress={host}"]
    streamlit.main(["run", app, *address, *options], prog_name="streamlit")
