"""Adding a cycle to what is kept in `<data>/metrics/`: the state, and the text for node_exporter."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock

from football_assets.cycle.report import CycleReport
from football_assets.files import replace_file
from football_assets.logs import get_logger
from football_assets.metrics.state import read_state, write_state

STATE_NAME = "state.json"
TEXT_NAME = "football_assets.prom"

#: Adding a cycle takes some milliseconds; who holds the lock for longer hangs.
LOCK_SECONDS = 5


def record_cycle(report: CycleReport, directory: Path) -> None:
    """Add a cycle that has ended to the metrics kept in `directory`, once however often it is called.

    Several processes may do so at once. Never raises for what the disk does: a cycle is worth more than
    its metrics, so that is logged.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / ".lock", timeout=LOCK_SECONDS):
            _add(report, directory)
    except OSError as error:
        get_logger("metrics").warning("metrics not recorded", cycle_id=report.cycle_id, error=str(error))


def _add(report: CycleReport, directory: Path) -> None:
    state = read_state(directory / STATE_NAME)
    if not state.add(report):
        return
    write_state(state, directory / STATE_NAME)
    # Only now: prometheus_client takes a tenth of a second to import, and the cycle is over.
    from football_assets.metrics.exposition import text

    replace_file(directory / TEXT_NAME, text(state))
