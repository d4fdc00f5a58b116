"""`football-assets start`: Dagster's UI and the sensor, with everything they need, until it is stopped."""

from __future__ import annotations

from pathlib import Path

import click

from football_assets.alerts.outside import sensors_off
from football_assets.alerts.watchman import Watchman
from football_assets.instance.healing import broken, set_aside_broken, turn_on
from football_assets.instance.services import StartError, check_port, environment, prepared, services
from football_assets.instance.supervisor import ServiceError, Supervisor
from football_assets.logs import configure_logging, get_logger
from football_assets.settings import SettingsError, load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where Dagster's UI listens.")
@click.option("--port", default=3000, show_default=True, type=click.IntRange(1, 65535), help="Its port.")
@click.option("--read-only", is_flag=True, help="Dagster's UI shows everything and changes nothing.")
@click.option(
    "--sensors", type=click.Choice(["on"]), help="Turn on the sensors and schedules that somebody turned off."
)
def start(host: str, port: int, read_only: bool, sensors: str | None) -> None:
    """Start Dagster's UI and the cycles. Ctrl-C stops it all.

    \b
    Examples:
      football-assets start
      football-assets start --port 3001 --read-only
      football-assets start --sensors on
    """
    try:
        settings = load_settings()
        check_port(host, port)
        with prepared(settings) as home:
            configure_logging(settings)
            log = get_logger("start")

            def mend() -> None:
                for path in set_aside_broken(home):
                    log.warning(f"{path} could not be read: it was set aside, and Dagster begins it anew")

            mend()
            if sensors == "on":
                turn_on(home)
            processes = services(home, host, port, read_only=read_only)
            supervisor = Supervisor(
                processes,
                environment(settings, home),
                log.warning,
                is_broken=lambda: bool(broken(home)),
                mend=mend,
            )
            source = "simulated data" if settings.simulated else settings.thesports_base_url
            _tell(f"Starting: {source}, every {settings.interval_seconds} s, into {settings.data_path}")
            with Watchman(settings).looking():
                supervisor.run(lambda: _tell(_running(home, f"http://{host}:{port}")))
            _tell("Stopped.")
    except (SettingsError, StartError, ServiceError) as error:
        raise click.ClickException(str(error)) from None


def _running(home: Path, address: str) -> str:
    off = sensors_off(home)
    said = f"Running. Dagster's UI: {address} (Ctrl-C stops it)"
    if off:
        said += f"\nOff, since somebody turned them off: {', '.join(off)}. `--sensors on` turns them on."
    return said


def _tell(message: str) -> None:
    click.echo(message, err=True)
