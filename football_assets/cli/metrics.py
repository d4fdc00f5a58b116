"""`football-assets metrics`: serves the metrics over HTTP. What they are is in `football_assets.metrics`."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import click

from football_assets.metrics.record import STATE_NAME
from football_assets.settings import load_settings
from football_assets.surfaces import Policy, cannot_serve, url_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=9464, show_default=True, help="Its port.")
def metrics(host: str, port: int) -> None:
    """Serve Prometheus metrics at /metrics, until it is stopped.

    On another address than 127.0.0.1 whoever reaches it reads them; names of the machine are answered only as
    FOOTBALL_ALLOWED_HOSTS says.

    \b
    Examples:
      football-assets metrics
      football-assets metrics --host 0.0.0.0 --port 9500
    """
    settings = load_settings()
    from prometheus_client import make_wsgi_app
    from prometheus_client.exposition import ThreadingWSGIServer

    from football_assets.metrics.exposition import registry

    served = registry(
        settings.metrics_path / STATE_NAME,
        settings.pulse_path if settings.pulse_seconds else None,
        settings.published_path,
        settings.threshold_age_seconds,
    )
    if settings.lake_catalog:
        from football_assets.metrics.lake import LakeCollector

        served.register(LakeCollector(settings.lake_path))
    if settings.standby:
        from football_assets.metrics.lead import LeadCollector

        served.register(LeadCollector(settings.lead_path))
    app = guarded(make_wsgi_app(served), Policy.from_settings(host, port, settings))
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = type("Listening", (ThreadingWSGIServer,), {"address_family": family})
        server: WSGIServer = make_server(host, port, app, listening, _Silent)
    except OSError as error:
        raise click.ClickException(cannot_serve(host, port, error)) from None
    stopped = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    click.echo(f"Metrics: {url_of(host, port)}/metrics (Ctrl-C stops it)", err=True)
    stopped.wait()
    server.shutdown()
    thread.join()


def guarded(app: WSGIApplication, policy: Policy) -> WSGIApplication:
    """The WSGI application behind the policy: what it refuses gets status 403."""

    def guard(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        reason = policy.refusal(environ["REQUEST_METHOD"], headers)
        if reason is None:
            return app(environ, start)
        start("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [reason.encode()]

    return guard


class _Silent(WSGIRequestHandler):
    """Logs no request."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""
