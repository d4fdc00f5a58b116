"""`football-assets start`: Dagster's UI and the sensor, with everything they need, until it is stopped."""

from __future__ import annotations

import click

from football_assets.instance.services import StartError, check_port, environment, prepared, services
from football_assets.instance.supervisor import ServiceError, Supervisor
from football_assets.settings import SettingsError, load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where Dagster's UI listens.")
@click.option("--port", default=3000, show_default=True, type=click.IntRange(1, 65535), help="Its port.")
def start(host: str, port: int) -> None:
    """Start Dagster's UI and the cycles. Ctrl-C stops it all."""
    try:
        settings = load_settings()
        check_port(host, port)
        with prepared(settings) as home:
            supervisor = Supervisor(services(home, host, port), environment(settings, home), _tell)
            source = "simulated data" if settings.simulated else settings.thesports_base_url
            _tell(f"Starting: {source}, every {settings.interval_seconds} s, into {settings.data_path}")
            supervisor.run(lambda: _tell(f"Running. Dagster's UI: http://{host}:{port} (Ctrl-C stops it)"))
            _tell("Stopped.")
    except (SettingsError, StartError, ServiceError) as error:
        raise click.ClickException(str(error)) from None


def _tell(message: str) -> None:
    click.echo(message, err=True)
