"""`football-assets start`: Dagster's UI and the sensor, with everything they need, until it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from football_assets.alerts.watchman import Watchman
from football_assets.instance.records import Records, mend, records_of
from football_assets.instance.services import StartError, check_port, environment, prepared, services
from football_assets.instance.supervisor import ServiceError, Supervisor
from football_assets.logs import configure_logging, get_logger
from football_assets.settings import Settings, load_settings
from football_assets.surfaces import url_of

if TYPE_CHECKING:
    from football_assets.instance.lead import Lead


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
      football-assets start --port 3001
      football-assets start --read-only --sensors on
    """
    try:
        settings = load_settings()
        check_port(host, port)
        with prepared(settings) as home:
            configure_logging(settings)
            records = records_of(settings)
            mend(records, get_logger("start").warning)
            if sensors == "on":
                records.turn_on()
            source = "simulated data" if settings.simulated else settings.thesports_base_url
            _tell(f"Starting: {source}, every {settings.interval_seconds} s, into {settings.data_path}")
            with _lead(settings) as lead:
                supervisor = _supervisor(settings, home, host, port, records, lead, read_only=read_only)
                is_ours = (lambda: lead.is_held) if lead else (lambda: True)
                with Watchman(settings).looking(is_ours):
                    supervisor.run(lambda: _tell(_running(records, url_of(host, port))))
            _tell("Stopped.")
    except (StartError, ServiceError) as error:
        raise click.ClickException(str(error)) from None


def _supervisor(
    settings: Settings,
    home: Path,
    host: str,
    port: int,
    records: Records,
    lead: Lead | None,
    *,
    read_only: bool,
) -> Supervisor:
    """What keeps Dagster's processes up. When the lead is lost all of them are ended, and those of a standby
    are started: what the others have under way, a run or a pulse, ends with them."""
    is_leading = (lambda: lead.is_held) if lead else None
    processes = services(
        home, host, port, read_only=read_only, heartbeat=records.heartbeat, is_leading=is_leading
    )
    return Supervisor(
        processes,
        environment(settings, home),
        get_logger("start").warning,
        is_broken=lead.was_lost if lead else records.is_broken,
        mend=lambda: mend(records, get_logger("start").warning),
    )


@contextmanager
def _lead(settings: Settings) -> Iterator[Lead | None]:
    """This machine's hold on the lead as long as the block lasts; None where there is one machine."""
    if not settings.standby:
        yield None
        return
    # Only where it is set: it loads the driver of PostgreSQL.
    from football_assets.instance.lead import Keeping, Lead, LeadError

    log = get_logger("lead")

    def tell(words: str) -> None:
        log.info(words)
        _tell(words)

    try:
        keeping = Keeping(Lead(settings, tell))
        keeping.check()
    except LeadError as error:
        raise StartError(str(error)) from None
    with keeping as lead:
        yield lead


def _running(records: Records, address: str) -> str:
    off = records.sensors_off()
    said = f"Running. Dagster's UI: {address} (Ctrl-C stops it)"
    if off:
        said += f"\nOff, since somebody turned them off: {', '.join(off)}. `--sensors on` turns them on."
    return said


def _tell(message: str) -> None:
    click.echo(message, err=True)
