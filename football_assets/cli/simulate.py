"""`football-assets simulate`: the simulator as a server of its own. The simulated world is in `simulator`."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import click

from football_assets.settings import load_settings
from football_assets.surfaces import cannot_serve

if TYPE_CHECKING:
    from football_assets.simulator.answers import Simulator


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8090,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--matches", type=click.IntRange(0, 10_000), help="Live matches.  [default: the setting's]")
@click.option(
    "--latency-ms",
    type=click.FloatRange(0, 600_000),
    default=0,
    show_default=True,
    help="Milliseconds that every answer is held back.",
)
@click.option(
    "--quota",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Requests a minute to odds/history and to match/live/history each, the real API's are 120; "
    "0 for any number.",
)
@click.option("--seed", type=click.IntRange(0), help="Seed of the world.  [default: the setting's]")
@click.option(
    "--bad-rows",
    type=click.FloatRange(0, 1),
    help="Share of the rows that cannot be read, or not in whole.  [default: the setting's]",
)
def simulate(
    port: int, matches: int | None, latency_ms: float, quota: int, seed: int | None, bad_rows: float | None
) -> None:
    """Serve a simulated TheSports API on 127.0.0.1, until it is stopped.

    The first line on standard output is the base URL. Any non-empty user and secret are accepted. When it is
    stopped, it says how many requests came.

    \b
    Examples:
      football-assets simulate
      football-assets simulate --port 0 --matches 200 --latency-ms 350 --quota 120
    """
    from football_assets.simulator.answers import Simulator

    settings = load_settings()
    simulator = Simulator(
        settings.simulator_seed if seed is None else seed,
        settings.simulator_matches if matches is None else matches,
        bad_rows=settings.simulator_bad_rows if bad_rows is None else bad_rows,
    )
    try:
        asyncio.run(_serve(simulator, port=port, latency_ms=latency_ms, quota=quota))
    except OSError as error:
        raise click.ClickException(cannot_serve("127.0.0.1", port, error)) from None


async def _serve(simulator: Simulator, *, port: int, latency_ms: float, quota: int) -> None:
    from football_assets.simulator.server import Served, serving

    stopped, served = asyncio.Event(), Served()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stopped.set)
    async with serving(simulator, port=port, latency_ms=latency_ms, quota=quota, served=served) as base_url:
        click.echo(base_url)
        await stopped.wait()
    click.echo(f"{served.requests} requests, {served.refused} of them over the quota (HTTP 429)")
