"""Which runs go: a decision on their times and outcomes. No Dagster and no clock here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class EndedRun:
    """A run that is over. `kind` is its job and how it ended: runs of one kind stand in for one another."""

    run_id: str
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class KeepRuns:
    """All runs of `all_for`; of older ones one of a kind every `sample_every`; none beyond `samples_for`.

    The samples are what the plots of the last days are drawn from.
    """

    all_for: timedelta
    sample_every: timedelta
    samples_for: timedelta


def runs_to_remove(runs: Iterable[EndedRun], now: datetime, keep: KeepRuns) -> list[str]:
    """The ids of the runs that go. The first of a kind in each slot stays, and the newest of a kind."""
    ordered = sorted(runs, key=lambda run: run.created_at)
    newest = {run.kind: run.run_id for run in ordered}
    seen: set[tuple[str, int]] = set()
    removed = []
    for run in ordered:
        age = now - run.created_at
        slot = (run.kind, int(run.created_at.timestamp() // keep.sample_every.total_seconds()))
        sample = age <= keep.samples_for and slot not in seen
        seen.add(slot)
        if age > keep.all_for and not sample and newest[run.kind] != run.run_id:
            removed.append(run.run_id)
    return removed
