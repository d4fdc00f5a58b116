"""The cycle as a Dagster resource: the lock, the measurement, the warehouse, and the report at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from dagster import AssetKey, DagsterRun, Failure, RetryRequested

from football_assets.cycle.lock import PipelineBusy, holding
from football_assets.cycle.measure import Measure, killed
from football_assets.cycle.report import CycleReport, Status, read_reports, write_report
from football_assets.logs import configure_logging
from football_assets.names import PUBLISHED_ASSET, TICK_TAG
from football_assets.resources.api import ApiSession
from football_assets.resources.finish import finish
from football_assets.settings import Settings
from football_assets.thesports.errors import DeadlinePassed, TheSportsError
from football_assets.warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from football_assets.warehouse.warehouse import Warehouse

#: The error of a run that ended outside of any phase, which Dagster has recorded.
UNEXPLAINED = "The run ended before it had published"

#: Before a step is run once more, in seconds.
REPEAT_AFTER_SECONDS = 1.0


@dataclass
class Cycle:
    """What the steps of a run share beside the API. `is_whole` tells that the run publishes, and so is a
    cycle with a report; a run of single assets has none. `follows_failure` tells that the cycle before
    failed: the API may answer nothing, or nothing to this account."""

    settings: Settings
    measure: Measure
    api: ApiSession
    is_whole: bool
    follows_failure: bool = False
    is_finished: bool = False

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse, opened by the first step that uses it."""
        from football_assets.warehouse.takeover import warehouse_of

        return warehouse_of(self.settings, self.measure.warnings.append)

    @property
    def data_source(self) -> str:
        """How rows of this run's answers name their source."""
        return self.measure.data_source

    @contextmanager
    def phase(self, name: str, may_repeat: bool = False) -> Iterator[None]:
        """Time a phase of the cycle. What the API, a database or the disk refuses in it becomes a `Failure`
        whose message is one line.

        Where the phase `may_repeat`, Dagster is asked to run its step once more for what may heal by itself.
        A retry policy would do so too, but fails the run with a sentence about its retries.
        """
        former = self.measure.error
        try:
            with self.measure.phase(name):
                yield
        except Exception as error:
            if not _comes_from_outside(error):
                raise
            self.warehouse.give_up_if_corrupt(error)
            if former and isinstance(error, DeadlinePassed):
                # That a second attempt had no time left says nothing: the first one's error does.
                self.measure.error = former
            failure = Failure(self.measure.error)
            if may_repeat and isinstance(error, TheSportsError) and error.heals:
                raise RetryRequested(max_retries=1, seconds_to_wait=REPEAT_AFTER_SECONDS) from failure
            raise failure from None

    def report(self, status: Status = "success") -> CycleReport:
        """The report as of now."""
        return self.measure.report(status, self.api.traffic, self.settings.max_connections)

    def finish(self, report: CycleReport) -> None:
        """Keep the report of the cycle, and tell the log and the metrics of it."""
        finish(report, self.settings)
        self.is_finished = True


@contextmanager
def running_cycle(settings: Settings, run: DagsterRun, api: ApiSession) -> Iterator[Cycle]:
    """The cycle of a run, with the data directory's lock held.

    Raises `Failure`, one line, when the directory is another run's for a whole interval (of which there is a
    report, as of any failed cycle), or when it is not writable.
    """
    configure_logging(settings)
    measure = Measure(
        cycle_id=run.run_id,
        data_source=settings.data_source,
        interval_seconds=settings.interval_seconds,
        tick_at=_tick_at(run),
    )
    try:
        with holding(settings.lock_path, settings.interval_seconds):
            for report in list(killed(settings.reports_path)):
                finish(report, settings)
            last = next(read_reports(settings.reports_path, newest=1), None)
            failed = last is not None and last.status == "failure"
            cycle = Cycle(settings, measure, api, is_whole=_publishes(run), follows_failure=failed)
            if cycle.is_whole:
                write_report(cycle.report("running"), settings.reports_path)
            try:
                yield cycle
            finally:
                try:
                    if "warehouse" in vars(cycle):
                        cycle.warehouse.close()
                finally:  # closing may fail too, as on a full disk
                    if cycle.is_whole and not cycle.is_finished:
                        measure.error = measure.error or UNEXPLAINED
                        cycle.finish(cycle.report("failure"))
    except PipelineBusy as busy:
        if _publishes(run):
            measure.error = str(busy)
            finish(measure.report("failure", api.traffic, settings.max_connections), settings)
        raise Failure(str(busy)) from None
    except OSError as error:
        raise Failure(f"{settings.data_path} cannot be written: {error.strerror or error}") from None


def _comes_from_outside(error: Exception) -> bool:
    """Whether the API, a database or the disk is to blame, and no fault in the program."""
    import duckdb

    return isinstance(error, TheSportsError | WarehouseError | OSError | duckdb.Error)


def _tick_at(run: DagsterRun) -> datetime | None:
    tick_at = run.tags.get(TICK_TAG)
    return datetime.fromisoformat(tick_at) if tick_at else None


def _publishes(run: DagsterRun) -> bool:
    if run.step_keys_to_execute:
        return PUBLISHED_ASSET in run.step_keys_to_execute
    return not run.asset_selection or AssetKey(PUBLISHED_ASSET) in run.asset_selection
