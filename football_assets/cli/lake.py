"""`football-assets lake`: the copy of the published tables for readers on other machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from football_assets.redaction import redacted
from football_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    import duckdb

    from football_assets.lake.target import Target


@click.group()
def lake() -> None:
    """The lake: the published tables in a DuckLake, for readers on other machines.

    \b
    Examples:
      football-assets lake status
      football-assets lake verify --all
      football-assets lake backfill
    """


@lake.command()
def status() -> None:
    """Show the newest snapshot, its cycle, what waits, and the lake's size."""
    from football_assets.lake.commit import read_state
    from football_assets.lake.maintenance import live_bytes, live_files
    from football_assets.lake.state import read_lake_state
    from football_assets.warehouse.rows import scalar

    with _opened() as (settings, _, connection):
        found = read_state(connection)
        if not found:
            click.echo("The lake is empty: the next cycle, or `football-assets lake backfill`, fills it")
            return
        snapshot = scalar(connection, "SELECT max(snapshot_id) FROM ducklake_snapshots('lake')")
        known = read_lake_state(settings.lake_path)
        click.echo(f"snapshot      {snapshot}")
        click.echo(f"edition       {found['edition']}, published {found['published_at']}")
        click.echo(f"cycle         {found['cycle_id'] or 'none: a pulse'}")
        click.echo(f"size          {live_bytes(connection):,} bytes in {live_files(connection)} files")
        click.echo(
            f"waiting       {known.cycles_waiting if known else 0} cycles, {found['files_waiting']} files"
        )
        if known and known.error:
            click.echo(f"last error    {known.error}")


@lake.command()
@click.option("--all", "everything", is_flag=True, help="All of the history, not its last 24 hours.")
def verify(everything: bool) -> None:
    """Compare the lake with the published file, row by row. What differs is sent anew by the next commit."""
    from football_assets.lake.verify import LATE, PATIENCE_SECONDS, NotInLake
    from football_assets.lake.verify import verify as verify_lake

    since = None if everything else datetime.now(UTC) - LATE
    with _opened() as (settings, target, connection):
        try:
            found = verify_lake(connection, target, since=since, patience=PATIENCE_SECONDS)
        except NotInLake as error:
            raise click.ClickException(str(error)) from None
    for one in found.different:
        click.echo(
            f"{one.name}: {one.only_in_file} rows only in the file, {one.only_in_lake} only in the lake"
        )
    if found.different:
        raise click.ClickException(
            f"{len(found.different)} tables differ; the next cycle, or `football-assets lake backfill`, "
            "sends them anew"
        )
    click.echo(f"Snapshot {found.snapshot} is equal to {settings.published_path}")


@lake.command()
def backfill() -> None:
    """Send all that the lake lacks, the whole history too. What it has already is not sent again."""
    from football_assets.lake.commit import LakeAhead, commit

    with _opened() as (_, target, connection):
        try:
            done = commit(connection, target, whole=True)
        except LakeAhead as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"Snapshot {done.snapshot}: {done.rows:,} rows sent in {done.seconds:.1f} s")


@lake.command()
def maintain() -> None:
    """Expire old snapshots, merge small files, and remove what nothing refers to."""
    from football_assets.lake.maintenance import maintain as maintain_lake

    with _opened() as (_, target, connection):
        done = maintain_lake(connection, target.keep_hours)
    click.echo(
        f"{done.snapshots_expired} snapshots expired, {done.files_before} files became {done.files_after}, "
        f"{done.files_removed} removed, in {done.seconds:.1f} s"
    )


@contextmanager
def _opened() -> Iterator[tuple[Settings, Target, duckdb.DuckDBPyConnection]]:
    """The lake of the settings. What they, the catalog or the store refuse is one line."""
    import duckdb

    from football_assets.lake.connection import attach_lake, new_connection
    from football_assets.lake.target import target_of

    try:
        settings = load_settings()
        target = target_of(settings)
        if target is None:
            raise click.ClickException("FOOTBALL_LAKE_CATALOG is not set: there is no lake (docs/lake.md)")
        # A person waits longer than a cycle may.
        target = replace(target, timeout_seconds=max(target.timeout_seconds, 60))
        with closing(new_connection(target)) as connection:
            attach_lake(connection, target)
            yield settings, target, connection
    except (duckdb.Error, OSError) as error:
        raise click.ClickException(redacted(" ".join(str(error).split())[:500])) from None
