"""`football-assets cycle`: one whole cycle in this process, by the same Dagster job as the sensor's."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import click
from dagster import DagsterEvent, Failure
from rich.console import Console
from rich.status import Status

from football_assets.cycle.breakdown import breakdown, short
from football_assets.cycle.measure import phases_told_to
from football_assets.cycle.report import PHASES, CycleReport, read_reports
from football_assets.logs import files_only, get_logger
from football_assets.resources.cycle import UNEXPLAINED
from football_assets.settings import Settings, load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print only one JSON object.")
@click.option("--details", is_flag=True, help="Print every figure also on a terminal.")
def cycle(as_json: bool, details: bool) -> None:
    """Run one cycle now and print how long each part took: in short on a terminal, every figure in a pipe.

    \b
    Examples:
      football-assets cycle
      football-assets cycle --details
      football-assets cycle --json
    """
    in_short = sys.stdout.isatty() and not (as_json or details)
    try:
        settings = load_settings()
        with _progress() if sys.stderr.isatty() else nullcontext():
            report = run_cycle(settings)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(report.summary()))
    else:
        click.echo(short(report) if in_short else breakdown(report))
    if report.status != "success":
        raise SystemExit(1)


@contextmanager
def _progress() -> Iterator[None]:
    """A line on the terminal that says which phase is under way, and goes when all is done. The log's lines
    go to its file alone meanwhile."""
    with Console(stderr=True).status("starting") as line, files_only(), phases_told_to(_saying(line)):
        yield


def _saying(line: Status) -> Callable[[str], None]:
    return lambda phase: line.update(PHASES.get(phase, phase))


def run_cycle(settings: Settings) -> CycleReport:
    """Run the job and give its report. Raises `click.ClickException`, one line, when it has none: the data
    directory was another run's all the time, or cannot be written.

    Where Dagster's record is broken, it is begun anew, and so is the run.
    """
    try:
        return _run_cycle(settings)
    except click.ClickException:
        raise
    except Exception:
        if not _mended(settings):
            raise
        return _run_cycle(settings)


def _mended(settings: Settings) -> bool:
    """Whether Dagster's record was broken, and is not any more. Raises `click.ClickException` where it is for
    somebody else to mend."""
    from football_assets.instance.records import mend, records_of
    from football_assets.instance.services import StartError, prepared

    records = records_of(settings)
    if not records.is_broken():
        return False
    try:
        with prepared(settings):
            mend(records, get_logger("cycle").warning)
    except StartError as error:
        raise click.ClickException(
            f"Dagster's record cannot be read, and is mended by `football-assets start`: {error}"
        ) from None
    return True


def _run_cycle(settings: Settings) -> CycleReport:
    from football_assets.instance.worker import load_modules

    load_modules()  # before the imports below, which then find all loaded
    from football_assets.definitions import build_definitions
    from football_assets.instance import open_instance
    from football_assets.names import CYCLE_JOB

    job = build_definitions(settings).resolve_job_def(CYCLE_JOB)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with open_instance(settings) as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)
    report = next(
        (one for one in read_reports(settings.reports_path, newest=20) if one.cycle_id == result.run_id), None
    )
    if report is None:
        raise click.ClickException(_why(result.all_events))
    return replace(report, error=_why(result.all_events)) if report.error == UNEXPLAINED else report


def _why(events: Sequence[DagsterEvent]) -> str:
    """What made a run fail, by the first error that Dagster has recorded of it, in one line."""
    errors = (getattr(event.event_specific_data, "error", None) for event in events)
    first = next((error for error in errors if error), None)
    if first is None:
        return UNEXPLAINED
    return " ".join(first.message.removeprefix(f"{Failure.__module__}.{Failure.__qualname__}: ").split())
