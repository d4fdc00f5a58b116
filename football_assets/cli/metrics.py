"""`football-assets metrics`: serves the metrics over HTTP. What they are is in `football_assets.metrics`."""

from __future__ import annotations

import signal
from threading import Event

import click

from football_assets.metrics.record import STATE_NAME
from football_assets.settings import SettingsError, load_settings

HOST = "127.0.0.1"


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=9464, show_default=True, help="Port on 127.0.0.1."
)
def metrics(port: int) -> None:
    """Serve Prometheus metrics at /metrics on 127.0.0.1, until it is stopped."""
    try:
        settings = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    from prometheus_client import start_http_server

    from football_assets.metrics.exposition import registry

    served = registry(
        settings.metrics_path / STATE_NAME, settings.published_path, settings.threshold_age_seconds
    )
    try:
        server, thread = start_http_server(port, HOST, served)
    except OSError as error:
        raise click.ClickException(f"Cannot serve at {HOST}:{port}: {error.strerror}") from None
    stopped = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())
    click.echo(f"Metrics: http://{HOST}:{port}/metrics (Ctrl-C stops it)", err=True)
    stopped.wait()
    server.shutdown()
    thread.join()
