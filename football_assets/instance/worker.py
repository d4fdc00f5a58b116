"""A run's process: makes all ready that a run uses, waits to be told its run, executes it, ends.

    python -m football_assets.instance.worker [FD]

Reads two lines: the instance, as Dagster writes it, and later the run's id. It says that it has the run by a
byte to the open file FD. When its input ends instead, whoever started it is gone or has no use for it, and
it ends.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from football_assets.loading import loading

if TYPE_CHECKING:
    from dagster import DagsterInstance

#: What a run imports at some moment of its course. What these import is not named again.
MODULES = (
    "dagster._cli.api",
    "football_assets.cycle.breakdown",
    "football_assets.definitions",
    "football_assets.enrichment.ahead",
    "football_assets.metrics.exposition",
    "football_assets.published.freshness",
    "football_assets.metrics.record",
    "football_assets.published.reading",
    "football_assets.steps.enrichment",
    "football_assets.steps.live",
    "football_assets.steps.publishing",
    "football_assets.surfaces",
    "football_assets.thesports.client",
    "football_assets.warehouse.history.compaction",
    "football_assets.warehouse.history.moves",
    "football_assets.warehouse.inbox",
    "football_assets.warehouse.takeover",
    "upath.implementations.local",  # of Dagster's default I/O manager
)


def main() -> None:
    """Wait, ready, for the run, and execute it."""
    # Ctrl-C reaches all processes of a terminal, also while they import.
    heeded = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with loading():
        from dagster import DagsterInstance, deserialize_value
        from dagster._core.instance import InstanceRef

    with DagsterInstance.from_ref(deserialize_value(sys.stdin.readline(), InstanceRef)) as instance:
        load_modules()
        run_id = sys.stdin.readline().strip()
        signal.signal(signal.SIGINT, heeded)
        if run_id:
            for descriptor in map(int, sys.argv[1:]):
                os.write(descriptor, b".")
                os.close(descriptor)
            _execute(run_id, instance)


def load_modules() -> None:
    """Import what a run imports. What cannot be is told when the run needs it, in the run's own log."""
    with loading():
        for module in MODULES:
            with suppress(Exception):
                import_module(module)
        with suppress(Exception):
            _use_a_parameter()


def _use_a_parameter() -> None:
    """At the first parameter of a query DuckDB 1.5, which machines with a lake have, imports pandas."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SELECT ?", [0])


def _execute(run_id: str, instance: DagsterInstance) -> None:
    """What `dagster api execute_run`, a run's process in a container, does once it has its instance."""
    from dagster._cli.api import _execute_run_command_body
    from dagster._utils.interrupts import capture_interrupts

    with capture_interrupts():
        _execute_run_command_body(run_id, instance, lambda _: None, set_exit_code_on_failure=False)


if __name__ == "__main__":
    main()
