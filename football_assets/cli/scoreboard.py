"""`football-assets scoreboard`: serves the page. The page itself is in `football_assets.scoreboard`."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import click

from football_assets.settings import Settings, load_settings
from football_assets.surfaces import cannot_serve

if TYPE_CHECKING:
    from football_assets.scoreboard.context import QuotaUse


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the page has no login."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port.")
def scoreboard(host: str, port: int) -> None:
    """Serve the scoreboard, until it is stopped.

    \b
    Examples:
      football-assets scoreboard
      football-assets scoreboard --port 9000
    """
    settings = load_settings()
    try:
        asyncio.run(_serve(settings, host, port))
    except OSError as error:
        raise click.ClickException(cannot_serve(host, port, error)) from None


async def _serve(settings: Settings, host: str, port: int) -> None:
    from football_assets.scoreboard.server import serving

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    async with serving(settings, host, port, lambda: _quotas(settings)) as address:
        click.echo(f"Scoreboard: {address} (Ctrl-C stops it)", err=True)
        await stopped.wait()


def _quotas(settings: Settings) -> list[QuotaUse]:
    """The use of the API's quotas: the page itself knows nothing of the API."""
    from football_assets.scoreboard.context import QuotaUse
    from football_assets.thesports.quota import ENDPOINT_LIMITS, usage

    limits = dict.fromkeys(ENDPOINT_LIMITS, settings.odds_history_per_minute)
    return [
        QuotaUse(one.endpoint or "All requests", one.used, one.limit, one.paused_seconds)
        for one in usage(settings.quota_path, limits, settings.requests_per_minute, time.time())
    ]
